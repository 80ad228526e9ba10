-- CreateTable
CREATE TABLE "uploads" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "request_id" INTEGER NOT NULL,
    "command_id" TEXT NOT NULL,
    "external_url" TEXT,
    "token_hash" BYTEA,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "claim" TEXT,
    "claimed_until" TIMESTAMPTZ(3),
    "charger_status" TEXT,
    "error_code" TEXT,
    "error_message" TEXT,
    "log_from" TIMESTAMPTZ(3),
    "log_to" TIMESTAMPTZ(3),
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "file_name" TEXT,
    "size_bytes" BIGINT,
    "sha256" TEXT,
    "stored_as" TEXT,
    "stored_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "uploads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "certificate_requests" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "csr" TEXT NOT NULL,
    "csr_hash" TEXT NOT NULL,
    "subject" TEXT,
    "key_type" TEXT,
    "error_code" TEXT,
    "error_message" TEXT,
    "chain" TEXT,
    "serial_number" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "command_id" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "certificate_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "installed_certificates" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "hash_algorithm" TEXT NOT NULL,
    "issuer_name_hash" TEXT NOT NULL,
    "issuer_key_hash" TEXT NOT NULL,
    "serial_number" TEXT NOT NULL,
    "subject" TEXT,
    "installed_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "reported_at" TIMESTAMPTZ(3),

    CONSTRAINT "installed_certificates_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "certificate_authorities" (
    "id" TEXT NOT NULL,
    "certificate" TEXT NOT NULL,
    "private_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "certificate_authorities_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "uploads_token_hash_key" ON "uploads"("token_hash");

-- CreateIndex
CREATE INDEX "uploads_organization_id_id_idx" ON "uploads"("organization_id", "id");

-- CreateIndex
CREATE INDEX "uploads_charge_point_id_id_idx" ON "uploads"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "uploads_command_id_idx" ON "uploads"("command_id");

-- CreateIndex
CREATE INDEX "uploads_open_by_charge_point" ON "uploads"("charge_point_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "uploads_due" ON "uploads"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "uploads_stored" ON "uploads"("stored_at") WHERE (stored_as IS NOT NULL);

-- CreateIndex
CREATE INDEX "certificate_requests_organization_id_id_idx" ON "certificate_requests"("organization_id", "id");

-- CreateIndex
CREATE INDEX "certificate_requests_charge_point_id_id_idx" ON "certificate_requests"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "certificate_requests_command_id_idx" ON "certificate_requests"("command_id");

-- CreateIndex
CREATE INDEX "certificate_requests_due" ON "certificate_requests"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "installed_certificates_organization_id_id_idx" ON "installed_certificates"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "installed_certificates_charge_point_id_type_hash_algorithm__key" ON "installed_certificates"("charge_point_id", "type", "hash_algorithm", "issuer_name_hash", "issuer_key_hash", "serial_number");
