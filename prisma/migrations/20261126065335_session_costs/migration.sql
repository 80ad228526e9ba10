-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "is_priced" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "session_costs" (
    "session_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "tariff_id" TEXT,
    "tariff_version" INTEGER,
    "level" TEXT,
    "target_id" TEXT,
    "currency" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "tally" JSONB NOT NULL,
    "cost" JSONB,
    "total_excl_tax" TEXT,
    "total_tax" TEXT,
    "total_incl_tax" TEXT,
    "is_final" BOOLEAN NOT NULL DEFAULT false,
    "told_at" TIMESTAMPTZ(3),
    "tell_at" TIMESTAMPTZ(3),
    "reprice_at" TIMESTAMPTZ(3),
    "reprice_reason" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "review_status" TEXT,
    "review_reasons" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "reviewed_by" TEXT,
    "reviewed_at" TIMESTAMPTZ(3),
    "review_note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_costs_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "cost_corrections" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "reason" TEXT NOT NULL,
    "corrected_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cost_corrections_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "session_costs_to_tell" ON "session_costs"("tell_at") WHERE (tell_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "session_costs_to_reprice" ON "session_costs"("reprice_at") WHERE (reprice_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "session_costs_to_review" ON "session_costs"("organization_id", "session_id") WHERE (review_status = 'open');

-- CreateIndex
CREATE INDEX "cost_corrections_organization_id_session_id_id_idx" ON "cost_corrections"("organization_id", "session_id", "id");
