-- CreateTable
CREATE TABLE "firmware_images" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "vendor" TEXT,
    "model" TEXT,
    "description" TEXT,
    "source" TEXT NOT NULL,
    "url" TEXT,
    "file_name" TEXT,
    "size_bytes" BIGINT,
    "sha256" TEXT,
    "signature" TEXT,
    "signing_certificate" TEXT,
    "stored_as" TEXT,
    "stored_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "firmware_images_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "firmware_images_organization_id_id_idx" ON "firmware_images"("organization_id", "id");

-- CreateIndex
CREATE INDEX "firmware_images_stored" ON "firmware_images"("stored_as") WHERE (stored_as IS NOT NULL);
