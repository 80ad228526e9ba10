-- AlterTable
ALTER TABLE "session_costs" ADD COLUMN     "shown_by" TEXT;
