-- AlterTable
ALTER TABLE "command_bulks" ADD COLUMN     "trace_id" UUID;

-- AlterTable
ALTER TABLE "firmware_rollouts" ADD COLUMN     "trace_id" UUID;

-- AlterTable
ALTER TABLE "firmware_updates" ADD COLUMN     "trace_id" UUID;
