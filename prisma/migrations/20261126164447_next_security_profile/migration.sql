-- AlterTable
ALTER TABLE "charge_points" ADD COLUMN     "next_security_profile" SMALLINT;
