-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "freed_at" TIMESTAMPTZ(3);

-- What runs may say of its connector, instead of what its charger said of it, that it has become free.
UPDATE "sessions" SET "charging_state" = 'idle', "freed_at" = "updated_at" WHERE "ended_at" IS NULL AND "charging_state" = 'freed';
