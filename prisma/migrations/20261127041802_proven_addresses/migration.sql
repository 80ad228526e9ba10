-- AlterTable
ALTER TABLE "invitations" ADD COLUMN     "mailed" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "address_proven" BOOLEAN NOT NULL DEFAULT true;
