-- AlterTable
ALTER TABLE "reservations" ADD COLUMN     "active_since" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "reservations_by_session" ON "reservations"("session_id") WHERE (session_id IS NOT NULL);
