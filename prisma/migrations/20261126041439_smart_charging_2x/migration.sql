-- CreateTable
CREATE TABLE "charging_profile_reports" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "command_id" TEXT,
    "request_id" INTEGER NOT NULL,
    "criteria" JSONB,
    "status" TEXT NOT NULL,
    "parts" JSONB NOT NULL,
    "profiles" JSONB NOT NULL,
    "drift" JSONB,
    "why" TEXT,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "charging_profile_reports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "external_limits" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "is_grid_critical" BOOLEAN,
    "is_local_generation" BOOLEAN,
    "schedules" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "reported_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "external_limits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "charging_needs" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "session_id" TEXT,
    "ocpp_transaction_id" TEXT,
    "needs" JSONB NOT NULL,
    "answer" TEXT NOT NULL,
    "profile" JSONB,
    "command_id" TEXT,
    "ev_schedule" JSONB,
    "ev_schedule_at" TIMESTAMPTZ(3),
    "within" BOOLEAN,
    "renegotiations" INTEGER NOT NULL DEFAULT 0,
    "reported_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "charging_needs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_power" (
    "charge_point_id" TEXT NOT NULL,
    "ocpp_transaction_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "priority_active" BOOLEAN,
    "priority_at" TIMESTAMPTZ(3),
    "allowed_transfer" TEXT[],
    "allowed_transfer_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_power_pkey" PRIMARY KEY ("charge_point_id","ocpp_transaction_id")
);

-- CreateTable
CREATE TABLE "smart_charging_settings" (
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "needs_answer" TEXT,
    "fallback_current_a" DOUBLE PRECISION,
    "fallback_power_w" DOUBLE PRECISION,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "smart_charging_settings_pkey" PRIMARY KEY ("organization_id","charge_point_id")
);

-- CreateTable
CREATE TABLE "der_controls" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "command_id" TEXT NOT NULL,
    "control_id" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL,
    "type" TEXT NOT NULL,
    "control" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "is_started" BOOLEAN NOT NULL,
    "why" TEXT,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "der_controls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "der_reports" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "command_id" TEXT,
    "request_id" INTEGER NOT NULL,
    "criteria" JSONB,
    "status" TEXT NOT NULL,
    "parts" JSONB NOT NULL,
    "controls" JSONB NOT NULL,
    "drift" JSONB,
    "why" TEXT,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "der_reports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "der_events" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "control_id" TEXT,
    "control_type" TEXT,
    "fault" TEXT,
    "info" TEXT,
    "superseded_ids" TEXT[],
    "at" TIMESTAMPTZ(3) NOT NULL,
    "raw_at" TEXT,
    "historical" BOOLEAN NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "der_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "charging_profile_reports_charge_point_id_id_idx" ON "charging_profile_reports"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "charging_profile_reports_open" ON "charging_profile_reports"("charge_point_id") WHERE ((status = 'requested'::text) OR (status = 'receiving'::text));

-- CreateIndex
CREATE INDEX "charging_profile_reports_command_id_idx" ON "charging_profile_reports"("command_id");

-- CreateIndex
CREATE INDEX "external_limits_charge_point_id_id_idx" ON "external_limits"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "external_limits_active" ON "external_limits"("charge_point_id") WHERE (status = 'active'::text);

-- CreateIndex
CREATE INDEX "charging_needs_charge_point_id_id_idx" ON "charging_needs"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "charging_needs_session_id_idx" ON "charging_needs"("session_id");

-- CreateIndex
CREATE INDEX "der_controls_charge_point_id_id_idx" ON "der_controls"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "der_controls_held" ON "der_controls"("charge_point_id") WHERE ((status = 'pending'::text) OR (status = 'active'::text) OR (status = 'superseded'::text));

-- CreateIndex
CREATE INDEX "der_controls_command_id_idx" ON "der_controls"("command_id");

-- CreateIndex
CREATE INDEX "der_reports_charge_point_id_id_idx" ON "der_reports"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "der_reports_open" ON "der_reports"("charge_point_id") WHERE ((status = 'requested'::text) OR (status = 'receiving'::text));

-- CreateIndex
CREATE INDEX "der_reports_command_id_idx" ON "der_reports"("command_id");

-- CreateIndex
CREATE INDEX "der_events_charge_point_id_id_idx" ON "der_events"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "der_events_charge_point_id_at_idx" ON "der_events"("charge_point_id", "at");
