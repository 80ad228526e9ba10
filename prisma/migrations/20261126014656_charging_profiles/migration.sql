-- CreateTable
CREATE TABLE "charging_profiles" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "command_id" TEXT NOT NULL,
    "profile_id" INTEGER NOT NULL,
    "connector_id" INTEGER NOT NULL,
    "purpose" TEXT NOT NULL,
    "stack_level" INTEGER NOT NULL,
    "transaction_id" INTEGER,
    "profile" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "why" TEXT,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "charging_profiles_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "charging_profiles_charge_point_id_id_idx" ON "charging_profiles"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "charging_profiles_open" ON "charging_profiles"("charge_point_id") WHERE ((status = 'pending'::text) OR (status = 'active'::text));

-- CreateIndex
CREATE INDEX "charging_profiles_command_id_idx" ON "charging_profiles"("command_id");
