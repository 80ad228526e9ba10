-- CreateTable
CREATE TABLE "display_messages" (
    "charge_point_id" TEXT NOT NULL,
    "message_id" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "message" JSONB NOT NULL,
    "origin" TEXT NOT NULL,
    "command_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "display_messages_pkey" PRIMARY KEY ("charge_point_id","message_id")
);

-- CreateTable
CREATE TABLE "display_message_refreshes" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "request_id" INTEGER NOT NULL,
    "command_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "why" TEXT,
    "parts" JSONB NOT NULL,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),

    CONSTRAINT "display_message_refreshes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "display_message_refreshes_charge_point_id_id_idx" ON "display_message_refreshes"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "display_message_refreshes_open" ON "display_message_refreshes"("charge_point_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "display_message_refreshes_due" ON "display_message_refreshes"("due_at") WHERE (due_at IS NOT NULL);
