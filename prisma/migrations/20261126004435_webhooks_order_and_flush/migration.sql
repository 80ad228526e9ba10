-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "not_before" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "webhook_deliveries_ordered_leased" ON "webhook_deliveries"("endpoint_id", "ordered_key") WHERE (status = 'pending' AND ordered_key IS NOT NULL AND lease_token IS NOT NULL);

-- CreateIndex
CREATE INDEX "webhook_deliveries_extra" ON "webhook_deliveries"("endpoint_id", "next_attempt_at") WHERE (status = 'pending' AND ordered_key IS NULL AND origin <> 'event');
