-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "stop_key" TEXT;
