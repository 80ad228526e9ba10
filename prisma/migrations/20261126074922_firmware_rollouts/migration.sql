-- CreateTable
CREATE TABLE "firmware_rollouts" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "image_id" TEXT NOT NULL,
    "target_version" TEXT NOT NULL,
    "signed" BOOLEAN NOT NULL,
    "strategy" TEXT NOT NULL,
    "stage_sizes" INTEGER[],
    "max_failed_percent" INTEGER NOT NULL,
    "filter" JSONB NOT NULL,
    "options" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "stage" INTEGER NOT NULL DEFAULT 0,
    "awaiting_promotion" BOOLEAN NOT NULL DEFAULT false,
    "paused_by" TEXT,
    "tolerated" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "look_at" TIMESTAMPTZ(3),
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "firmware_rollouts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "firmware_rollout_members" (
    "rollout_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "stage" INTEGER NOT NULL,
    "update_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "reason" TEXT,

    CONSTRAINT "firmware_rollout_members_pkey" PRIMARY KEY ("rollout_id","charge_point_id")
);

-- CreateIndex
CREATE INDEX "firmware_rollouts_organization_id_id_idx" ON "firmware_rollouts"("organization_id", "id");

-- CreateIndex
CREATE INDEX "firmware_rollouts_to_look_at" ON "firmware_rollouts"("look_at") WHERE (look_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "firmware_rollouts_open_by_image" ON "firmware_rollouts"("image_id") WHERE (ended_at IS NULL);

-- CreateIndex
CREATE INDEX "firmware_rollout_members_rollout_id_stage_state_idx" ON "firmware_rollout_members"("rollout_id", "stage", "state");
