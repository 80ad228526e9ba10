-- CreateTable
CREATE TABLE "former_sites" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT,
    "postal_code" TEXT,
    "city" TEXT,
    "country" TEXT,
    "latitude" TEXT,
    "longitude" TEXT,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "former_sites_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "former_charge_points" (
    "number" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "connector_standard" TEXT,
    "connector_format" TEXT,
    "power_type" TEXT,
    "meter_serial" TEXT,
    "left_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "former_charge_points_pkey" PRIMARY KEY ("number")
);
