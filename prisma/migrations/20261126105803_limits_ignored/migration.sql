-- AlterTable
ALTER TABLE "session_limits" ADD COLUMN     "ignored_since" TIMESTAMPTZ(3);
