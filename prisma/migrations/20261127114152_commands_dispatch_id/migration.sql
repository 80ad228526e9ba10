-- AlterTable
ALTER TABLE "commands" ADD COLUMN     "dispatch_id" UUID;
