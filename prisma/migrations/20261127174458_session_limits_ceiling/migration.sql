-- AlterTable
ALTER TABLE "session_limits" ADD COLUMN     "ceiling" TEXT;

-- What runs was paid, or had that left, and nobody has set anything else since: then its source would be another.
UPDATE "session_limits" SET "ceiling" = "limit"->>'maxCost' WHERE "source" IN ('payment', 'credit') AND "ended_at" IS NULL;
