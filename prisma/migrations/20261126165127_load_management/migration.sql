-- CreateTable
CREATE TABLE "site_loads" (
    "site_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "settings" JSONB NOT NULL,
    "prices" JSONB NOT NULL DEFAULT '[]',
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "look_at" TIMESTAMPTZ(3),
    "looked_at" TIMESTAMPTZ(3),
    "state" TEXT,
    "state_since" TIMESTAMPTZ(3),
    "cap" INTEGER,
    "cap_reason" TEXT,
    "ceiling" INTEGER,

    CONSTRAINT "site_loads_pkey" PRIMARY KEY ("site_id")
);

-- CreateTable
CREATE TABLE "load_meters" (
    "site_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "draw" INTEGER NOT NULL,
    "peak" INTEGER NOT NULL,
    "peak_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "load_meters_pkey" PRIMARY KEY ("site_id")
);

-- CreateTable
CREATE TABLE "load_members" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "managed" BOOLEAN NOT NULL,
    "priority" INTEGER NOT NULL,
    "phases" INTEGER NOT NULL,
    "balanced" BOOLEAN NOT NULL,
    "unit" TEXT,
    "min_tenths" INTEGER,
    "max_tenths" INTEGER,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "load_members_pkey" PRIMARY KEY ("charge_point_id")
);

-- CreateTable
CREATE TABLE "load_lines" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "site_id" TEXT NOT NULL,
    "confirmed" JSONB,
    "in_flight" JSONB NOT NULL DEFAULT '[]',
    "sent_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "retry_at" TIMESTAMPTZ(3),
    "target" INTEGER NOT NULL,
    "ceiling" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "shares" JSONB NOT NULL DEFAULT '[]',
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "load_lines_pkey" PRIMARY KEY ("charge_point_id")
);

-- CreateTable
CREATE TABLE "load_history" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "site_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "cap" INTEGER NOT NULL,
    "cap_reason" TEXT NOT NULL,
    "ceiling" INTEGER NOT NULL,
    "charging" INTEGER NOT NULL,
    "paused" INTEGER NOT NULL,
    "offline" INTEGER NOT NULL,
    "sent" JSONB NOT NULL,
    "sent_count" INTEGER NOT NULL,

    CONSTRAINT "load_history_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "charging_profiles_of_load" ON "charging_profiles"("id") WHERE (profile_id = 2147483647);

-- CreateIndex
CREATE INDEX "site_loads_organization_id_site_id_idx" ON "site_loads"("organization_id", "site_id");

-- CreateIndex
CREATE INDEX "site_loads_to_look_at" ON "site_loads"("look_at") WHERE (look_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "load_lines_site_id_idx" ON "load_lines"("site_id");

-- CreateIndex
CREATE INDEX "load_history_site_id_id_idx" ON "load_history"("site_id", "id");

-- AddForeignKey
ALTER TABLE "site_loads" ADD CONSTRAINT "site_loads_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;
