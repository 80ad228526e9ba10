-- AlterTable
ALTER TABLE "connectors" ADD COLUMN     "activity" TEXT;

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "charging_state" TEXT,
ADD COLUMN     "last_seq_no" INTEGER,
ADD COLUMN     "missing_seq_nos" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
ADD COLUMN     "ocpp_transaction_id" TEXT,
ADD COLUMN     "remote_start_id" INTEGER;

-- CreateTable
CREATE TABLE "transaction_events" (
    "charge_point_number" INTEGER NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "seq_no" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "digest" TEXT NOT NULL,
    "event_type" TEXT NOT NULL,
    "trigger_reason" TEXT NOT NULL,
    "charging_state" TEXT,
    "offline" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT NOT NULL,

    CONSTRAINT "transaction_events_pkey" PRIMARY KEY ("charge_point_number","transaction_id","seq_no","received_at")
) PARTITION BY RANGE ("received_at");

-- CreateTable
CREATE TABLE "held_transaction_events" (
    "charge_point_id" TEXT NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "seq_no" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "held_transaction_events_pkey" PRIMARY KEY ("charge_point_id","transaction_id","seq_no","digest")
);

-- CreateIndex
CREATE INDEX "held_transaction_events_due_at_idx" ON "held_transaction_events"("due_at");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_by_ocpp_transaction" ON "sessions"("charge_point_id", "ocpp_transaction_id") WHERE (ocpp_transaction_id IS NOT NULL);

-- Rows of no other partition (database/partitions.ts)
CREATE TABLE "transaction_events_default" PARTITION OF "transaction_events" DEFAULT;
