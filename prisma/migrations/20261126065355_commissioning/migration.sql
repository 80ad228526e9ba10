-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "uncommissioned" TEXT NOT NULL DEFAULT 'accepted';

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "is_test" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "commissioning_runs" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "template_id" TEXT,
    "skip_test" BOOLEAN NOT NULL,
    "expected" JSONB,
    "step_timeout_s" INTEGER NOT NULL,
    "test_token" TEXT NOT NULL,
    "test_token_key" TEXT NOT NULL,
    "command_id" TEXT,
    "change_id" TEXT,
    "session_id" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "asked_at" TIMESTAMPTZ(3),
    "boots_before" INTEGER,
    "phase_at" TIMESTAMPTZ(3) NOT NULL,
    "asks" INTEGER NOT NULL DEFAULT 0,
    "steps" JSONB NOT NULL,
    "failure" JSONB,
    "lifecycle_before" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "deadline_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "commissioning_runs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "commissioning_runs_organization_id_id_idx" ON "commissioning_runs"("organization_id", "id");

-- CreateIndex
CREATE INDEX "commissioning_runs_charge_point_id_id_idx" ON "commissioning_runs"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "commissioning_runs_due" ON "commissioning_runs"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "commissioning_runs_open_by_charge_point" ON "commissioning_runs"("charge_point_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "commissioning_runs_charge_point_id_test_token_key_key" ON "commissioning_runs"("charge_point_id", "test_token_key");
