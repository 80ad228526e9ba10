-- AlterTable
ALTER TABLE "charge_points" ADD COLUMN     "driver_messages" BOOLEAN;

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "driver_language" TEXT NOT NULL DEFAULT 'en',
ADD COLUMN     "driver_messages" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "receipt_url" TEXT;

-- AlterTable
ALTER TABLE "session_costs" ADD COLUMN     "manner" JSONB,
ADD COLUMN     "unplugged_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "tariffs" ADD COLUMN     "texts" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "tokens" ADD COLUMN     "language" TEXT;

-- CreateTable
CREATE TABLE "default_prices" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "made_of" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "default_prices_pkey" PRIMARY KEY ("charge_point_id")
);
