-- AlterTable
ALTER TABLE "tokens" ADD COLUMN     "credit" TEXT;

-- CreateTable
CREATE TABLE "station_costs" (
    "session_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "seq_no" INTEGER NOT NULL,
    "tariff_id" TEXT,
    "cost" JSONB,
    "is_final" BOOLEAN NOT NULL,
    "told_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "station_costs_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "direct_payments" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "psp_ref" TEXT NOT NULL,
    "token_uid" TEXT NOT NULL,
    "token_key" TEXT NOT NULL,
    "command_id" TEXT NOT NULL,
    "max_cost" TEXT NOT NULL,
    "currency" TEXT,
    "card_last4" TEXT,
    "via" TEXT NOT NULL,
    "valid_until" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "direct_payments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "web_payments" (
    "charge_point_id" TEXT NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "url_template" TEXT NOT NULL,
    "validity_s" INTEGER NOT NULL,
    "length" INTEGER NOT NULL,
    "secret" BYTEA NOT NULL,
    "previous_secret" BYTEA,
    "set_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "web_payments_pkey" PRIMARY KEY ("charge_point_id","evse_id")
);

-- CreateIndex
CREATE INDEX "direct_payments_organization_id_id_idx" ON "direct_payments"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "direct_payments_organization_id_psp_ref_key" ON "direct_payments"("organization_id", "psp_ref");

-- CreateIndex
CREATE UNIQUE INDEX "direct_payments_charge_point_id_token_key_key" ON "direct_payments"("charge_point_id", "token_key");

-- CreateIndex
CREATE INDEX "web_payments_organization_id_idx" ON "web_payments"("organization_id");
