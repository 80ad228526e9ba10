-- CreateTable
CREATE TABLE "tariffs" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "tariffs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tariff_versions" (
    "tariff_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tariff_versions_pkey" PRIMARY KEY ("tariff_id","version")
);

-- CreateTable
CREATE TABLE "tariff_assignments" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "target_type" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "tariff_id" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tariff_assignments_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "tariffs_organization_id_id_idx" ON "tariffs"("organization_id", "id");

-- CreateIndex
CREATE INDEX "tariff_assignments_organization_id_id_idx" ON "tariff_assignments"("organization_id", "id");

-- CreateIndex
CREATE INDEX "tariff_assignments_tariff_id_idx" ON "tariff_assignments"("tariff_id");

-- CreateIndex
CREATE UNIQUE INDEX "tariff_assignments_organization_id_target_type_target_id_key" ON "tariff_assignments"("organization_id", "target_type", "target_id");

-- AddForeignKey
ALTER TABLE "tariffs" ADD CONSTRAINT "tariffs_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tariff_versions" ADD CONSTRAINT "tariff_versions_tariff_id_fkey" FOREIGN KEY ("tariff_id") REFERENCES "tariffs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tariff_assignments" ADD CONSTRAINT "tariff_assignments_tariff_id_fkey" FOREIGN KEY ("tariff_id") REFERENCES "tariffs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
