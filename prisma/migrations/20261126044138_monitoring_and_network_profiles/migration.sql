-- CreateTable
CREATE TABLE "monitoring_settings" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "base" TEXT,
    "base_at" TIMESTAMPTZ(3),
    "level" SMALLINT,
    "level_at" TIMESTAMPTZ(3),

    CONSTRAINT "monitoring_settings_pkey" PRIMARY KEY ("charge_point_id")
);

-- CreateTable
CREATE TABLE "variable_monitors" (
    "charge_point_id" TEXT NOT NULL,
    "monitor_id" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "severity" SMALLINT NOT NULL,
    "transaction" BOOLEAN NOT NULL,
    "origin" TEXT,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "variable_monitors_pkey" PRIMARY KEY ("charge_point_id","monitor_id")
);

-- CreateTable
CREATE TABLE "device_events" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "raw_at" TEXT,
    "historical" BOOLEAN NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "trigger" TEXT NOT NULL,
    "cause" BIGINT,
    "key" TEXT NOT NULL,
    "value" TEXT,
    "tech_code" TEXT,
    "tech_info" TEXT,
    "cleared" BOOLEAN NOT NULL,
    "transaction_id" TEXT,
    "monitor_id" INTEGER,
    "origin" TEXT NOT NULL,
    "severity" SMALLINT,

    CONSTRAINT "device_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "device_conditions" (
    "charge_point_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "monitor_id" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "severity" SMALLINT,
    "origin" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "cleared_at" TIMESTAMPTZ(3),
    "occurrences" INTEGER NOT NULL,
    "value" TEXT,
    "tech_code" TEXT,
    "tech_info" TEXT,
    "transaction_id" TEXT,
    "event_id" TEXT NOT NULL,

    CONSTRAINT "device_conditions_pkey" PRIMARY KEY ("charge_point_id","key","monitor_id")
);

-- CreateTable
CREATE TABLE "event_streams" (
    "charge_point_id" TEXT NOT NULL,
    "stream_id" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "monitor_id" INTEGER NOT NULL,
    "interval_s" INTEGER,
    "batch_size" INTEGER,
    "status" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "last_at" TIMESTAMPTZ(3),
    "pending" INTEGER NOT NULL,
    "received" INTEGER NOT NULL,

    CONSTRAINT "event_streams_pkey" PRIMARY KEY ("charge_point_id","stream_id")
);

-- CreateTable
CREATE TABLE "event_stream_values" (
    "charge_point_id" TEXT NOT NULL,
    "stream_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "event_stream_values_pkey" PRIMARY KEY ("charge_point_id","stream_id","at")
);

-- CreateTable
CREATE TABLE "network_profiles" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "command_id" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "profile" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "why" TEXT,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "network_profiles_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "device_events_organization_id_id_idx" ON "device_events"("organization_id", "id");

-- CreateIndex
CREATE INDEX "device_events_charge_point_id_id_idx" ON "device_events"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "device_events_charge_point_id_event_id_idx" ON "device_events"("charge_point_id", "event_id");

-- CreateIndex
CREATE INDEX "device_conditions_organization_id_event_id_idx" ON "device_conditions"("organization_id", "event_id");

-- CreateIndex
CREATE INDEX "event_stream_values_at_idx" ON "event_stream_values"("at");

-- CreateIndex
CREATE INDEX "network_profiles_charge_point_id_id_idx" ON "network_profiles"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "network_profiles_command_id_idx" ON "network_profiles"("command_id");

-- CreateIndex
CREATE INDEX "network_profiles_open" ON "network_profiles"("charge_point_id") WHERE ((status = 'pending'::text) OR (status = 'stored'::text));

-- CreateIndex
CREATE INDEX "event_stream_values_charge_point_id_at_idx" ON "event_stream_values"("charge_point_id", "at");
