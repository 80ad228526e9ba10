-- AlterTable
ALTER TABLE "domain_events" ADD COLUMN     "site_id" TEXT,
ADD COLUMN     "tx" BIGINT NOT NULL DEFAULT 0;
-- In two steps: a default that is not constant would rewrite the table under an exclusive lock.
ALTER TABLE "domain_events" ALTER COLUMN "tx" SET DEFAULT ((pg_current_xact_id())::text)::bigint;

-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "ordered_key" TEXT,
ADD COLUMN     "origin" TEXT NOT NULL DEFAULT 'event',
ADD COLUMN     "sequence" BIGINT,
ADD COLUMN     "throttle_key" TEXT;

-- AlterTable
ALTER TABLE "webhook_endpoints" ADD COLUMN     "charge_point_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "failing_since" TIMESTAMPTZ(3),
ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "last_success_at" TIMESTAMPTZ(3),
ADD COLUMN     "min_intervals" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "ordered" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "previous_secret" BYTEA,
ADD COLUMN     "previous_secret_until" TIMESTAMPTZ(3),
ADD COLUMN     "site_ids" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "webhook_attempts" (
    "delivery_id" TEXT NOT NULL,
    "number" SMALLINT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "response_status" SMALLINT,
    "error" TEXT,
    "response_body" TEXT,
    "response_headers" JSONB,
    "signature" TEXT,
    "previous_signature" TEXT,
    "standard_signature" TEXT,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("delivery_id","number")
);

-- CreateTable
CREATE TABLE "webhook_recoveries" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "cursor" TEXT,
    "looked" INTEGER NOT NULL DEFAULT 0,
    "created" INTEGER NOT NULL DEFAULT 0,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "leased_until" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_recoveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "webhook_recoveries_organization_id_id_idx" ON "webhook_recoveries"("organization_id", "id");

-- CreateIndex
CREATE INDEX "webhook_recoveries_running" ON "webhook_recoveries"("created_at") WHERE (status = 'running');

-- CreateIndex
CREATE INDEX "domain_events_organization_id_tx_id_idx" ON "domain_events"("organization_id", "tx", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_ordered" ON "webhook_deliveries"("endpoint_id", "ordered_key", "sequence", "id") WHERE (status = 'pending' AND ordered_key IS NOT NULL);

-- CreateIndex
CREATE INDEX "webhook_deliveries_throttled" ON "webhook_deliveries"("endpoint_id", "throttle_key", "id" DESC) WHERE (throttle_key IS NOT NULL);
