-- CreateTable
CREATE TABLE "device_models" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "inventory_base" TEXT,
    "inventory_at" TIMESTAMPTZ(3),
    "inventory_firmware" TEXT,
    "wanted_at" TIMESTAMPTZ(3),
    "wanted_base" TEXT,

    CONSTRAINT "device_models_pkey" PRIMARY KEY ("charge_point_id")
);

-- CreateTable
CREATE TABLE "device_variables" (
    "charge_point_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "component_instance" TEXT,
    "evse_id" INTEGER,
    "connector_id" INTEGER,
    "variable" TEXT NOT NULL,
    "variable_instance" TEXT,
    "attribute" TEXT NOT NULL,
    "value" TEXT,
    "previous_value" TEXT,
    "secret" BOOLEAN NOT NULL,
    "mutability" TEXT,
    "persistent" BOOLEAN,
    "constant" BOOLEAN,
    "data_type" TEXT,
    "unit" TEXT,
    "min_limit" DOUBLE PRECISION,
    "max_limit" DOUBLE PRECISION,
    "max_elements" INTEGER,
    "values_list" TEXT,
    "supports_monitoring" BOOLEAN,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3),
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "device_variables_pkey" PRIMARY KEY ("charge_point_id","key")
);

-- CreateTable
CREATE TABLE "device_reports" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" INTEGER NOT NULL,
    "command_id" TEXT NOT NULL,
    "base" TEXT,
    "criteria" JSONB,
    "status" TEXT NOT NULL,
    "parts" JSONB NOT NULL,
    "missing" JSONB,
    "change_id" TEXT,
    "firmware_version" TEXT,
    "requested_by" TEXT NOT NULL,
    "waiting_node" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "device_reports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "device_models_wanted" ON "device_models"("wanted_at") WHERE (wanted_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "device_reports_charge_point_id_id_idx" ON "device_reports"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "device_reports_charge_point_id_request_id_idx" ON "device_reports"("charge_point_id", "request_id");

-- CreateIndex
CREATE INDEX "device_reports_command_id_idx" ON "device_reports"("command_id");

-- CreateIndex
CREATE INDEX "device_reports_open" ON "device_reports"("charge_point_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "device_reports_due" ON "device_reports"("due_at") WHERE (due_at IS NOT NULL);
