-- AlterTable
ALTER TABLE "commands" ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "sealed" TEXT,
ADD COLUMN     "waiting_node" TEXT;

-- CreateTable
CREATE TABLE "command_bulks" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "requested_by" TEXT NOT NULL,
    "timeout_s" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "matched" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "command_bulks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "command_bulk_members" (
    "bulk_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "command_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "code" TEXT,
    "message" TEXT,
    "leased_until" TIMESTAMPTZ(3),

    CONSTRAINT "command_bulk_members_pkey" PRIMARY KEY ("bulk_id","charge_point_id")
);

-- CreateIndex
CREATE INDEX "command_bulks_organization_id_id_idx" ON "command_bulks"("organization_id", "id");

-- CreateIndex
CREATE INDEX "command_bulk_members_pending" ON "command_bulk_members"("bulk_id") WHERE (state = 'pending');
