-- CreateTable
CREATE TABLE "handovers" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "to_organization_id" TEXT,
    "named" BOOLEAN NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "charge_point_identity" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "note" TEXT,
    "initiated_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_by" TEXT,
    "accepted_at" TIMESTAMPTZ(3),
    "site_id" TEXT,
    "name" TEXT,
    "waiting_for" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "reason" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "previous_number" INTEGER,
    "key_change" TEXT,
    "key_command_id" TEXT,
    "key_tries" INTEGER NOT NULL DEFAULT 0,
    "old_key_hash" BYTEA,
    "care" JSONB NOT NULL DEFAULT '[]',
    "care_due_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "handovers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "handover_steps" (
    "handover_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "happening" TEXT NOT NULL,
    "from_status" TEXT,
    "to_status" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "by_organization_id" TEXT,
    "detail" TEXT,

    CONSTRAINT "handover_steps_pkey" PRIMARY KEY ("handover_id","number")
);

-- CreateIndex
CREATE UNIQUE INDEX "handovers_token_hash_key" ON "handovers"("token_hash");

-- CreateIndex
CREATE INDEX "handovers_organization_id_id_idx" ON "handovers"("organization_id", "id");

-- CreateIndex
CREATE INDEX "handovers_to_organization_id_id_idx" ON "handovers"("to_organization_id", "id");

-- CreateIndex
CREATE INDEX "handovers_due" ON "handovers"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "handovers_care_due" ON "handovers"("care_due_at") WHERE (care_due_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "handovers_open_by_charge_point" ON "handovers"("charge_point_id") WHERE (due_at IS NOT NULL);
