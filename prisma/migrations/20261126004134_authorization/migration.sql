-- AlterTable
ALTER TABLE "charge_points" ADD COLUMN     "authorization_policy" TEXT,
ADD COLUMN     "local_list" TEXT NOT NULL DEFAULT 'manual';

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "authorization_policy" TEXT NOT NULL DEFAULT 'list',
ADD COLUMN     "tokens_revision" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "free_of_charge" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "token_group_id" TEXT;

-- AlterTable
ALTER TABLE "tokens" ADD COLUMN     "allowed_charge_point_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "allowed_site_ids" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "token_groups" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "parent_id_tag" TEXT NOT NULL,
    "parent_id_key" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "valid_until" TIMESTAMPTZ(3),
    "max_concurrent" INTEGER,
    "allowed_site_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "allowed_charge_point_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "token_groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unknown_tokens" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "uid_key" TEXT NOT NULL,
    "uid" TEXT NOT NULL,
    "last_charge_point_id" TEXT NOT NULL,
    "count" BIGINT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unknown_tokens_pkey" PRIMARY KEY ("organization_id","uid_key")
);

-- CreateTable
CREATE TABLE "reservations" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "ocpp_id" INTEGER NOT NULL,
    "replaces_id" TEXT,
    "connector_id" INTEGER NOT NULL,
    "token_uid" TEXT NOT NULL,
    "group_id" TEXT,
    "parent_id_tag" TEXT,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "command_id" TEXT,
    "session_id" TEXT,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reservations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "local_lists" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "version" INTEGER,
    "content_version" INTEGER,
    "synced_revision" BIGINT,
    "refresh_at" TIMESTAMPTZ(3),
    "supported" BOOLEAN,
    "enabled" BOOLEAN,
    "max_entries" INTEGER,
    "max_per_message" INTEGER,
    "step" TEXT NOT NULL DEFAULT 'idle',
    "mode" TEXT NOT NULL DEFAULT 'auto',
    "requested_by" TEXT,
    "command_id" TEXT,
    "needs_full" BOOLEAN NOT NULL DEFAULT false,
    "sent" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "checked_at" TIMESTAMPTZ(3),
    "synced_at" TIMESTAMPTZ(3),
    "error" JSONB,
    "failed_at" TIMESTAMPTZ(3),
    "retry_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "local_lists_pkey" PRIMARY KEY ("charge_point_id")
);

-- CreateTable
CREATE TABLE "local_list_entries" (
    "charge_point_id" TEXT NOT NULL,
    "uid_key" TEXT NOT NULL,
    "uid" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "parent_id_tag" TEXT,

    CONSTRAINT "local_list_entries_pkey" PRIMARY KEY ("charge_point_id","uid_key")
);

-- CreateIndex
CREATE INDEX "token_groups_organization_id_id_idx" ON "token_groups"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "token_groups_organization_id_parent_id_key_key" ON "token_groups"("organization_id", "parent_id_key");

-- CreateIndex
CREATE UNIQUE INDEX "unknown_tokens_id_key" ON "unknown_tokens"("id");

-- CreateIndex
CREATE INDEX "unknown_tokens_organization_id_last_seen_at_idx" ON "unknown_tokens"("organization_id", "last_seen_at" DESC);

-- CreateIndex
CREATE INDEX "unknown_tokens_last_seen_at_idx" ON "unknown_tokens"("last_seen_at");

-- CreateIndex
CREATE INDEX "reservations_organization_id_id_idx" ON "reservations"("organization_id", "id");

-- CreateIndex
CREATE INDEX "reservations_charge_point_id_id_idx" ON "reservations"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "reservations_charge_point_id_ocpp_id_idx" ON "reservations"("charge_point_id", "ocpp_id");

-- CreateIndex
CREATE INDEX "reservations_open_by_charge_point" ON "reservations"("charge_point_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "reservations_due" ON "reservations"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "local_lists_due" ON "local_lists"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "sessions_open_by_token_group" ON "sessions"("token_group_id") WHERE (ended_at IS NULL AND token_group_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "tokens_group_id_idx" ON "tokens"("group_id") WHERE (group_id IS NOT NULL);

-- Until now a token's group was a mere text, the parentIdTag: each becomes a group of that name.
INSERT INTO "token_groups" ("id", "organization_id", "name", "parent_id_tag", "parent_id_key", "created_at", "updated_at")
SELECT 'tgr_' || upper(left(md5("organization_id" || ' ' || lower(btrim("group_id"))), 26)), "organization_id", min("group_id"),
       upper(left(md5(lower(btrim("group_id"))), 20)), left(md5(lower(btrim("group_id"))), 20), now(), now()
  FROM "tokens" WHERE "group_id" IS NOT NULL GROUP BY "organization_id", lower(btrim("group_id"));
UPDATE "token_groups" SET "parent_id_tag" = "name", "parent_id_key" = lower(btrim("name")) WHERE length("name") <= 20;
UPDATE "tokens" SET "group_id" = 'tgr_' || upper(left(md5("organization_id" || ' ' || lower(btrim("group_id"))), 26))
 WHERE "group_id" IS NOT NULL;

-- OCPP 1.6 §5.13: reservationId is an integer.
CREATE SEQUENCE "reservation_ids" AS INTEGER START 1 MINVALUE 1 MAXVALUE 2147483647 CYCLE;

-- AddForeignKey
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "token_groups"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token_groups" ADD CONSTRAINT "token_groups_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
