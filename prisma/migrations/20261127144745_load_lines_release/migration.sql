-- AlterTable
ALTER TABLE "load_lines" ADD COLUMN     "release_command_id" TEXT;
