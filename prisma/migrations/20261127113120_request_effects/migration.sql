-- CreateTable
CREATE TABLE "request_effects" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "result" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "request_effects_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "request_effects_created_at_idx" ON "request_effects"("created_at");
