-- CreateTable
CREATE TABLE "security_events" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "critical" BOOLEAN NOT NULL,
    "severity" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "raw_at" TEXT,
    "historical" BOOLEAN NOT NULL,
    "tech_info" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "security_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "security_events_organization_id_id_idx" ON "security_events"("organization_id", "id");

-- CreateIndex
CREATE INDEX "security_events_charge_point_id_id_idx" ON "security_events"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "security_events_charge_point_id_at_idx" ON "security_events"("charge_point_id", "at");
