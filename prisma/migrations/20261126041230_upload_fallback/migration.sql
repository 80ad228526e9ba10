-- AlterTable
ALTER TABLE "uploads" ADD COLUMN     "fallback" TEXT,
ADD COLUMN     "retries" INTEGER,
ADD COLUMN     "retry_interval_s" INTEGER;
