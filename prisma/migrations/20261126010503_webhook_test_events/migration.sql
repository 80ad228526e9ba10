-- AlterTable
ALTER TABLE "domain_events" ADD COLUMN     "is_test" BOOLEAN NOT NULL DEFAULT false;
