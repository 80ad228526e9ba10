-- AlterTable
ALTER TABLE "certificate_requests" ADD COLUMN     "ocpp_request_id" INTEGER,
ADD COLUMN     "use" TEXT NOT NULL DEFAULT 'charge_point',
ADD COLUMN     "wanted_root" JSONB;

-- AlterTable
ALTER TABLE "installed_certificates" ADD COLUMN     "children" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "local_list_entries" ADD COLUMN     "token_type" TEXT;

-- AlterTable
ALTER TABLE "local_lists" ADD COLUMN     "max_bytes" INTEGER;
