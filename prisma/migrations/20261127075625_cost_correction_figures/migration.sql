-- AlterTable
ALTER TABLE "cost_corrections" ADD COLUMN     "figures_changed" BOOLEAN NOT NULL DEFAULT false;
