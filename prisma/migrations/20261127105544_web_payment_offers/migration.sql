-- CreateTable
CREATE TABLE "web_payment_offers" (
    "charge_point_id" TEXT NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "command_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "url_template" TEXT NOT NULL,
    "validity_s" INTEGER NOT NULL,
    "length" INTEGER NOT NULL,
    "secret" BYTEA NOT NULL,
    "set_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "web_payment_offers_pkey" PRIMARY KEY ("charge_point_id","evse_id","command_id")
);

-- CreateIndex
CREATE INDEX "web_payment_offers_organization_id_idx" ON "web_payment_offers"("organization_id");
