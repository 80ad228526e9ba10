-- CreateTable
CREATE TABLE "customer_reports" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "request_id" INTEGER NOT NULL,
    "command_id" TEXT NOT NULL,
    "report" BOOLEAN NOT NULL,
    "clear" BOOLEAN NOT NULL,
    "subject" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "why" TEXT,
    "parts" JSONB NOT NULL,
    "content" BYTEA,
    "collected_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),

    CONSTRAINT "customer_reports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "customer_reports_charge_point_id_id_idx" ON "customer_reports"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "customer_reports_open" ON "customer_reports"("charge_point_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "customer_reports_due" ON "customer_reports"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "customer_reports_with_content" ON "customer_reports"("created_at") WHERE (content IS NOT NULL);
