-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "may_come_early" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "webhook_endpoints" ADD COLUMN     "well_since" TIMESTAMPTZ(3);
