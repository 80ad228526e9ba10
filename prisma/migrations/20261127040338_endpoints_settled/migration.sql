-- AlterTable
ALTER TABLE "webhook_endpoints" ADD COLUMN     "order_settled_at" TIMESTAMPTZ(3);
