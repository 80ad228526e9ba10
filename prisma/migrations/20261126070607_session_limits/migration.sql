-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "is_limited" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "session_limits" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "session_id" TEXT,
    "command_id" TEXT,
    "limit" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,
    "told" JSONB,
    "offered" INTEGER NOT NULL,
    "reached" TEXT,
    "reached_by" TEXT,
    "reached_at" TIMESTAMPTZ(3),
    "stops" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_limits_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "session_limits_session_id_key" ON "session_limits"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "session_limits_command_id_key" ON "session_limits"("command_id");

-- CreateIndex
CREATE INDEX "session_limits_due" ON "session_limits"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "session_limits_waiting" ON "session_limits"("created_at") WHERE (session_id IS NULL);
