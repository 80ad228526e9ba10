-- AlterTable
ALTER TABLE "commands" ADD COLUMN     "trace_id" UUID;

-- AlterTable
ALTER TABLE "domain_events" ADD COLUMN     "trace_id" UUID;

-- AlterTable
ALTER TABLE "frames" ADD COLUMN     "trace_id" UUID;

-- CreateIndex
CREATE INDEX "domain_events_trace_id_idx" ON "domain_events"("trace_id") WHERE (trace_id IS NOT NULL);
