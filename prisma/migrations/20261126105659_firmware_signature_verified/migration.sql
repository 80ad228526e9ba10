-- AlterTable
ALTER TABLE "firmware_images" ADD COLUMN     "signature_verified" BOOLEAN NOT NULL DEFAULT false;
