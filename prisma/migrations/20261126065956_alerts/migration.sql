-- AlterTable
ALTER TABLE "charge_point_states" ADD COLUMN     "last_message_at" TIMESTAMPTZ(3),
ADD COLUMN     "taken_over_at" TIMESTAMPTZ(3),
ADD COLUMN     "takeovers" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "connectors" ADD COLUMN     "status_since" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "alerts" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "site_id" TEXT,
    "evse_id" INTEGER NOT NULL,
    "connector_id" INTEGER NOT NULL,
    "subject" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "holds" BOOLEAN NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "occurrences" INTEGER NOT NULL,
    "streak" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "members" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "triggered_at" TIMESTAMPTZ(3),
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,
    "resolved_at" TIMESTAMPTZ(3),
    "resolution" TEXT,
    "resolved_by" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_members" (
    "alert_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_members_pkey" PRIMARY KEY ("alert_id","charge_point_id")
);

-- CreateTable
CREATE TABLE "alert_comments" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "alert_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "text" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_comments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_rules" (
    "organization_id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "enabled" BOOLEAN,
    "severity" TEXT,
    "for_s" INTEGER,
    "threshold" DOUBLE PRECISION,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "alert_rules_pkey" PRIMARY KEY ("organization_id","rule","scope_id")
);

-- CreateTable
CREATE TABLE "maintenance_windows" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "reason" TEXT,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "repeats" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "maintenance_windows_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_claims" (
    "name" TEXT NOT NULL,
    "node_id" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "job_claims_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "alerts_live_by_rule" ON "alerts"("rule", "charge_point_id") WHERE ((resolved_at IS NULL) OR holds);

-- CreateIndex
CREATE INDEX "alerts_live_by_charge_point" ON "alerts"("charge_point_id") WHERE ((resolved_at IS NULL) OR holds);

-- CreateIndex
CREATE INDEX "alerts_charge_point_id_resolved_at_idx" ON "alerts"("charge_point_id", "resolved_at");

-- CreateIndex
CREATE INDEX "alerts_organization_id_id_idx" ON "alerts"("organization_id", "id");

-- CreateIndex
CREATE INDEX "alerts_charge_point_id_id_idx" ON "alerts"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "alerts_resolved_at_idx" ON "alerts"("resolved_at");

-- CreateIndex
CREATE UNIQUE INDEX "alerts_live" ON "alerts"("organization_id", "rule", "charge_point_id", "evse_id", "connector_id", "subject") WHERE ((resolved_at IS NULL) OR holds);

-- CreateIndex
CREATE INDEX "alert_members_charge_point_id_idx" ON "alert_members"("charge_point_id");

-- CreateIndex
CREATE INDEX "alert_comments_alert_id_id_idx" ON "alert_comments"("alert_id", "id");

-- CreateIndex
CREATE INDEX "maintenance_windows_organization_id_id_idx" ON "maintenance_windows"("organization_id", "id");

-- CreateIndex
CREATE INDEX "maintenance_windows_repeating" ON "maintenance_windows"("ends_at") WHERE (repeats <> 'never'::text);

-- CreateIndex
CREATE INDEX "charge_point_states_offline" ON "charge_point_states"("disconnected_at") WHERE (NOT connected);

-- CreateIndex
CREATE INDEX "device_conditions_alerting" ON "device_conditions"("opened_at") WHERE (state = 'alerting'::text);

-- CreateIndex
CREATE INDEX "firmware_requests_updates_told" ON "firmware_requests"("status_at") WHERE (kind = 'update'::text);

-- CreateIndex
CREATE INDEX "installed_certificates_expires_at_idx" ON "installed_certificates"("expires_at");

-- CreateIndex
CREATE INDEX "schema_deviations_last_at_idx" ON "schema_deviations"("last_at");

-- CreateIndex
CREATE INDEX "security_events_critical" ON "security_events"("received_at") WHERE (severity = 'critical'::text);

-- CreateIndex
CREATE INDEX "sessions_odd" ON "sessions"("started_at") WHERE (flags && ARRAY['meter_backwards'::text, 'meter_reset'::text, 'orphan_stop'::text]);
