-- AlterTable
ALTER TABLE "reservations" ADD COLUMN     "connector_type" TEXT,
ADD COLUMN     "token_kind" TEXT;

-- CreateTable
CREATE TABLE "firmware_requests" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" INTEGER,
    "command_id" TEXT NOT NULL,
    "location" TEXT,
    "checksum" TEXT,
    "signed" BOOLEAN NOT NULL,
    "outcome" TEXT NOT NULL,
    "answer" TEXT,
    "status" TEXT,
    "status_at" TIMESTAMPTZ(3),
    "statuses" JSONB NOT NULL DEFAULT '[]',
    "locations" JSONB NOT NULL DEFAULT '[]',
    "published_at" TIMESTAMPTZ(3),
    "unpublished_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "firmware_requests_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "firmware_requests_charge_point_id_kind_id_idx" ON "firmware_requests"("charge_point_id", "kind", "id");

-- CreateIndex
CREATE INDEX "firmware_requests_charge_point_id_id_idx" ON "firmware_requests"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "firmware_requests_charge_point_id_request_id_idx" ON "firmware_requests"("charge_point_id", "request_id");

-- CreateIndex
CREATE INDEX "firmware_requests_command_id_idx" ON "firmware_requests"("command_id");

-- CreateIndex
CREATE INDEX "firmware_requests_published" ON "firmware_requests"("charge_point_id") WHERE (published_at IS NOT NULL AND unpublished_at IS NULL);
