-- AlterTable
ALTER TABLE "installed_certificates" ADD COLUMN     "certificate" TEXT;

-- CreateIndex
CREATE INDEX "installed_certificates_roots" ON "installed_certificates"("organization_id") WHERE (certificate IS NOT NULL);
