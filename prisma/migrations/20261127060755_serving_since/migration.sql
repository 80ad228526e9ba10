-- AlterTable
ALTER TABLE "nodes" ADD COLUMN     "serving_since" TIMESTAMPTZ(3);
