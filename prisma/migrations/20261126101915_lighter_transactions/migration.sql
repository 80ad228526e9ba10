-- DropIndex
DROP INDEX "sessions_by_ocpp_transaction";

-- AlterTable
ALTER TABLE "transaction_events" DROP CONSTRAINT "transaction_events_pkey";

-- CreateIndex
CREATE INDEX "transaction_events_charge_point_number_received_at_idx" ON "transaction_events"("charge_point_number", "received_at");
