-- CreateTable
CREATE TABLE "receipt_counters" (
    "organization_id" TEXT NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "receipt_counters_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "receipts" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "session_id" TEXT NOT NULL,
    "billed" INTEGER NOT NULL,
    "body" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "receipts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cdrs" (
    "session_id" TEXT NOT NULL,
    "billed" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cdrs_pkey" PRIMARY KEY ("session_id","billed")
);

-- CreateIndex
CREATE UNIQUE INDEX "receipts_organization_id_number_key" ON "receipts"("organization_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "receipts_session_id_billed_key" ON "receipts"("session_id", "billed");
