-- AlterTable
ALTER TABLE "charge_points" ADD COLUMN     "next_key_command_id" TEXT,
ADD COLUMN     "next_key_hash" BYTEA,
ADD COLUMN     "next_key_kid" TEXT,
ADD COLUMN     "next_key_salt" BYTEA,
ADD COLUMN     "next_key_state" TEXT;

-- CreateTable
CREATE TABLE "charge_point_configuration" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT,
    "readonly" BOOLEAN NOT NULL,
    "secret" BOOLEAN NOT NULL,
    "known" BOOLEAN NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "charge_point_configuration_pkey" PRIMARY KEY ("charge_point_id","key")
);

-- CreateTable
CREATE TABLE "configuration_changes" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "to_read" JSONB,
    "items" JSONB NOT NULL,
    "reboot" TEXT NOT NULL,
    "rebooted" BOOLEAN NOT NULL DEFAULT false,
    "steps" INTEGER NOT NULL DEFAULT 0,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "command_id" TEXT,
    "requested_by" TEXT NOT NULL,
    "waiting_node" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "configuration_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "configuration_templates" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "vendor" TEXT,
    "model" TEXT,
    "firmware" TEXT,
    "vendor_like" TEXT NOT NULL,
    "model_like" TEXT NOT NULL,
    "firmware_like" TEXT NOT NULL,
    "weight" SMALLINT NOT NULL,
    "values" JSONB NOT NULL,
    "at_boot" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "configuration_templates_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "configuration_changes_organization_id_id_idx" ON "configuration_changes"("organization_id", "id");

-- CreateIndex
CREATE INDEX "configuration_changes_charge_point_id_id_idx" ON "configuration_changes"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "configuration_changes_due" ON "configuration_changes"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "configuration_changes_open_by_charge_point" ON "configuration_changes"("charge_point_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "configuration_templates_organization_id_id_idx" ON "configuration_templates"("organization_id", "id");
