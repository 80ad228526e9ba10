-- AlterTable
ALTER TABLE "export_schedules" ADD COLUMN     "first_from" TIMESTAMPTZ(3);
