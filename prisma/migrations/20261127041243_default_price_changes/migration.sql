-- AlterTable
ALTER TABLE "default_prices" ADD COLUMN     "change_id" TEXT;
