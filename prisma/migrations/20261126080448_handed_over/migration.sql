-- AlterTable
ALTER TABLE "charge_points" ADD COLUMN     "handed_over" BOOLEAN NOT NULL DEFAULT false;
