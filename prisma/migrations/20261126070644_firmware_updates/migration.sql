-- CreateTable
CREATE TABLE "firmware_updates" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "rollout_id" TEXT,
    "image_id" TEXT NOT NULL,
    "target_version" TEXT NOT NULL,
    "from_version" TEXT,
    "signed" BOOLEAN NOT NULL,
    "max_attempts" INTEGER NOT NULL,
    "retry_delay_s" INTEGER NOT NULL,
    "stage_timeout_s" INTEGER NOT NULL,
    "wait_until_idle" BOOLEAN NOT NULL,
    "window_from" TEXT,
    "window_to" TEXT,
    "retrieve_at" TIMESTAMPTZ(3),
    "install_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "request_id" INTEGER,
    "command_id" TEXT,
    "token_hash" BYTEA,
    "link_expires_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "charger_status" TEXT,
    "booted_version" TEXT,
    "verified" BOOLEAN,
    "error_code" TEXT,
    "error_message" TEXT,
    "history" JSONB NOT NULL DEFAULT '[]',
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "firmware_updates_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "firmware_updates_token_hash_key" ON "firmware_updates"("token_hash");

-- CreateIndex
CREATE INDEX "firmware_updates_organization_id_id_idx" ON "firmware_updates"("organization_id", "id");

-- CreateIndex
CREATE INDEX "firmware_updates_charge_point_id_id_idx" ON "firmware_updates"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "firmware_updates_of_rollouts" ON "firmware_updates"("rollout_id", "status") WHERE (rollout_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "firmware_updates_by_command" ON "firmware_updates"("command_id") WHERE (command_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "firmware_updates_due_by_charge_point" ON "firmware_updates"("charge_point_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "firmware_updates_due" ON "firmware_updates"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "firmware_updates_open_by_image" ON "firmware_updates"("image_id") WHERE (ended_at IS NULL);

-- CreateIndex
CREATE INDEX "firmware_updates_failed" ON "firmware_updates"("organization_id", "failed_at") WHERE (failed_at IS NOT NULL);
