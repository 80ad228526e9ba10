-- AlterTable
ALTER TABLE "evse_uptimes" ADD COLUMN     "excluded_s" INTEGER NOT NULL DEFAULT 0;
