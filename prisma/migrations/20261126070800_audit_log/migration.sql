-- CreateTable
CREATE TABLE "audit_entries" (
    "organization_id" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "principal_kind" TEXT NOT NULL,
    "principal_id" TEXT,
    "address" TEXT,
    "operation" TEXT NOT NULL,
    "method" TEXT,
    "path" TEXT,
    "target" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "status" INTEGER,
    "code" TEXT,
    "call_position" BIGINT,
    "repeated" INTEGER NOT NULL DEFAULT 1,
    "kid" TEXT NOT NULL,
    "mac" BYTEA NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("organization_id","position")
);

-- CreateTable
CREATE TABLE "audit_chains" (
    "organization_id" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "mac" BYTEA NOT NULL,
    "gone_until" BIGINT NOT NULL,
    "gone_mac" BYTEA NOT NULL,
    "kid" TEXT NOT NULL,
    "seal" BYTEA NOT NULL,

    CONSTRAINT "audit_chains_pkey" PRIMARY KEY ("organization_id")
);

-- CreateIndex
CREATE INDEX "audit_entries_organization_id_call_position_idx" ON "audit_entries"("organization_id", "call_position");

-- CreateIndex
CREATE INDEX "audit_entries_organization_id_at_idx" ON "audit_entries"("organization_id", "at");

-- CreateIndex
CREATE INDEX "audit_entries_organization_id_principal_id_position_idx" ON "audit_entries"("organization_id", "principal_id", "position");

-- CreateIndex
CREATE INDEX "audit_entries_organization_id_operation_position_idx" ON "audit_entries"("organization_id", "operation", "position");

-- CreateIndex
CREATE INDEX "audit_entries_organization_id_request_id_idx" ON "audit_entries"("organization_id", "request_id");
