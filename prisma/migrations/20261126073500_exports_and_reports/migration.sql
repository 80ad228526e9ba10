-- AlterTable
ALTER TABLE "charge_points" ADD COLUMN     "connector_format" TEXT,
ADD COLUMN     "connector_standard" TEXT,
ADD COLUMN     "power_type" TEXT;

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "address" TEXT,
ADD COLUMN     "country_code" TEXT,
ADD COLUMN     "legal_name" TEXT,
ADD COLUMN     "party_id" TEXT,
ADD COLUMN     "vat_id" TEXT;

-- AlterTable
ALTER TABLE "sites" ADD COLUMN     "address" TEXT,
ADD COLUMN     "city" TEXT,
ADD COLUMN     "country" TEXT,
ADD COLUMN     "latitude" TEXT,
ADD COLUMN     "longitude" TEXT,
ADD COLUMN     "postal_code" TEXT;

-- CreateTable
CREATE TABLE "connection_history" (
    "charge_point_number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "connected" BOOLEAN NOT NULL,

    CONSTRAINT "connection_history_pkey" PRIMARY KEY ("charge_point_number","at","connected")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "export_schedules" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "site_id" TEXT,
    "charge_point_id" TEXT,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "export_schedules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "export_files" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "schedule_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "site_id" TEXT,
    "charge_point_id" TEXT,
    "timezone" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "to_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "error" TEXT,
    "size_bytes" BIGINT,
    "sha256" TEXT,
    "stored_as" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "export_files_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "export_schedules_organization_id_id_idx" ON "export_schedules"("organization_id", "id");

-- CreateIndex
CREATE INDEX "export_schedules_due_at_idx" ON "export_schedules"("due_at");

-- CreateIndex
CREATE INDEX "export_files_organization_id_id_idx" ON "export_files"("organization_id", "id");

-- CreateIndex
CREATE INDEX "export_files_due" ON "export_files"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "export_files_stored" ON "export_files"("completed_at") WHERE (stored_as IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "export_files_schedule_id_from_at_key" ON "export_files"("schedule_id", "from_at");

-- CreateIndex
CREATE INDEX "sessions_ended" ON "sessions"("organization_id", "ended_at", "id") WHERE (ended_at IS NOT NULL);

-- Rows of no other partition (database/partitions.ts)
CREATE TABLE "connection_history_default" PARTITION OF "connection_history" DEFAULT;

-- What is known of the past: when each was last seen to come or to go
INSERT INTO "connection_history" ("charge_point_number", "at", "connected")
SELECT c."number", CASE WHEN s."connected" THEN s."connected_at" ELSE s."disconnected_at" END, s."connected"
  FROM "charge_point_states" s JOIN "charge_points" c ON c."id" = s."charge_point_id"
 WHERE CASE WHEN s."connected" THEN s."connected_at" ELSE s."disconnected_at" END IS NOT NULL
ON CONFLICT DO NOTHING;
