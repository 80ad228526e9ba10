-- CreateTable
CREATE TABLE "battery_swaps" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "request_id" INTEGER NOT NULL,
    "command_id" TEXT,
    "requested_by" TEXT,
    "token_uid" TEXT,
    "authorization" TEXT,
    "status" TEXT NOT NULL,
    "why" TEXT,
    "batteries_in" JSONB NOT NULL,
    "batteries_out" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "in_at" TIMESTAMPTZ(3),
    "out_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "battery_swaps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "settlements" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "psp_ref" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "info" TEXT,
    "amount" DECIMAL(18,6) NOT NULL,
    "settled_at" TIMESTAMPTZ(3) NOT NULL,
    "ocpp_transaction_id" TEXT,
    "receipt_id" TEXT,
    "receipt_by_csms" BOOLEAN NOT NULL,
    "receipt_url" TEXT,
    "vat_number" TEXT,
    "company" JSONB,
    "earlier" JSONB NOT NULL DEFAULT '[]',
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "settlements_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "battery_swaps_organization_id_id_idx" ON "battery_swaps"("organization_id", "id");

-- CreateIndex
CREATE INDEX "battery_swaps_charge_point_id_id_idx" ON "battery_swaps"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "battery_swaps_charge_point_id_request_id_id_idx" ON "battery_swaps"("charge_point_id", "request_id", "id");

-- CreateIndex
CREATE INDEX "battery_swaps_command_id_idx" ON "battery_swaps"("command_id");

-- CreateIndex
CREATE INDEX "settlements_organization_id_id_idx" ON "settlements"("organization_id", "id");

-- CreateIndex
CREATE INDEX "settlements_charge_point_id_id_idx" ON "settlements"("charge_point_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "settlements_charge_point_id_psp_ref_key" ON "settlements"("charge_point_id", "psp_ref");
