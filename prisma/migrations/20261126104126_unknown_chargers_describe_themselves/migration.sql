-- AlterTable
ALTER TABLE "unknown_charge_points" ADD COLUMN     "firmware_version" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "model" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "serial_number" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "vendor" TEXT NOT NULL DEFAULT '';
