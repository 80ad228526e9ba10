-- AlterTable
ALTER TABLE "local_lists" ADD COLUMN     "synced_hash" TEXT;
