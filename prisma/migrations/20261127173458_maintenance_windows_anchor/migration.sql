-- AlterTable
ALTER TABLE "maintenance_windows" ADD COLUMN     "anchor_at" TIMESTAMPTZ(3);
