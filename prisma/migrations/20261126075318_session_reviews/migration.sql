-- CreateTable
CREATE TABLE "session_reviews" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "reasons" TEXT[],
    "before" JSONB NOT NULL,
    "after" JSONB,
    "decided_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_reviews_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "session_reviews_organization_id_session_id_id_idx" ON "session_reviews"("organization_id", "session_id", "id");
