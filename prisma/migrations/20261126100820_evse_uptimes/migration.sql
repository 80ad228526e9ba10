-- AlterTable
ALTER TABLE "alert_rules" ADD COLUMN     "window_days" INTEGER;

-- CreateTable
CREATE TABLE "evse_uptimes" (
    "charge_point_id" TEXT NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "window_days" INTEGER NOT NULL,
    "observed_s" INTEGER NOT NULL,
    "offline_s" INTEGER NOT NULL,
    "faulted_s" INTEGER NOT NULL,
    "unavailable_s" INTEGER NOT NULL,
    "measured_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "evse_uptimes_pkey" PRIMARY KEY ("charge_point_id","evse_id")
);
