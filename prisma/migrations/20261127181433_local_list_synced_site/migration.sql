-- AlterTable
ALTER TABLE "local_lists" ADD COLUMN     "synced_site_id" TEXT;
