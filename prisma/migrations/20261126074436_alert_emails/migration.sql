-- CreateTable
CREATE TABLE "alert_recipients" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "min_severity" TEXT NOT NULL,
    "site_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "resolved" BOOLEAN NOT NULL,
    "active" BOOLEAN NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_recipients_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_emails" (
    "alert_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "recipient_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" SMALLINT NOT NULL,
    "next_attempt_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "alert_emails_pkey" PRIMARY KEY ("alert_id","kind","recipient_id")
);

-- CreateIndex
CREATE INDEX "alert_recipients_organization_id_id_idx" ON "alert_recipients"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "alert_recipients_organization_id_email_key" ON "alert_recipients"("organization_id", "email");

-- CreateIndex
CREATE INDEX "alert_emails_due" ON "alert_emails"("next_attempt_at", "recipient_id") WHERE (status = 'pending'::text);

-- CreateIndex
CREATE INDEX "alert_emails_recipient_id_created_at_idx" ON "alert_emails"("recipient_id", "created_at");

-- CreateIndex
CREATE INDEX "alert_emails_created_at_idx" ON "alert_emails"("created_at");
