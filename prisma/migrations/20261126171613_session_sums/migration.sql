-- CreateTable
CREATE TABLE "session_sum_days" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_sum_days_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_sums" (
    "day_id" BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "site_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "sessions" INTEGER NOT NULL,
    "energy_wh" BIGINT NOT NULL,
    "duration_ms" BIGINT NOT NULL,
    "billed" INTEGER NOT NULL,
    "under_review" INTEGER NOT NULL,
    "excl_tax" TEXT NOT NULL,
    "tax" TEXT NOT NULL,
    "incl_tax" TEXT NOT NULL,

    CONSTRAINT "session_sums_pkey" PRIMARY KEY ("day_id","by","charge_point_id","evse_id","site_id","currency")
);

-- CreateTable
CREATE TABLE "session_sum_changes" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_sum_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "session_sum_days_organization_id_zone_starts_at_key" ON "session_sum_days"("organization_id", "zone", "starts_at");

-- CreateIndex
CREATE INDEX "session_sum_changes_organization_id_at_idx" ON "session_sum_changes"("organization_id", "at");

-- What the sums of a day are made of has changed: decision 013. A trigger, so that it is said in the transaction of the change whoever makes it, also a
-- process of an older version. Its condition is all that what happens now costs; a day is added up 13 hours after its end (src/reports/sums-store.ts).
CREATE FUNCTION session_sums_session_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO session_sum_changes (organization_id, at)
  SELECT DISTINCT t.organization_id, t.at
    FROM (VALUES (NEW.organization_id, NEW.started_at), (NEW.organization_id, NEW.ended_at),
                 (OLD.organization_id, OLD.started_at), (OLD.organization_id, OLD.ended_at)) AS t(organization_id, at)
   WHERE t.at < now() - interval '12 hours';
  RETURN NULL;
END $$;

CREATE TRIGGER session_sums_inserted AFTER INSERT ON sessions FOR EACH ROW
  WHEN (NEW.ended_at IS NOT NULL AND least(NEW.started_at, NEW.ended_at) < now() - interval '12 hours')
  EXECUTE FUNCTION session_sums_session_changed();
CREATE TRIGGER session_sums_updated AFTER UPDATE ON sessions FOR EACH ROW
  WHEN (coalesce(NEW.ended_at, OLD.ended_at) IS NOT NULL
        AND least(NEW.started_at, OLD.started_at, NEW.ended_at, OLD.ended_at) < now() - interval '12 hours')
  EXECUTE FUNCTION session_sums_session_changed();
CREATE TRIGGER session_sums_deleted AFTER DELETE ON sessions FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL AND least(OLD.started_at, OLD.ended_at) < now() - interval '12 hours')
  EXECUTE FUNCTION session_sums_session_changed();

-- Whatever changes a cost changes its session too, but for reviews, and what is done by hand.
CREATE FUNCTION session_sums_cost_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO session_sum_changes (organization_id, at)
  SELECT DISTINCT s.organization_id, t.at
    FROM sessions s CROSS JOIN LATERAL (VALUES (s.started_at), (s.ended_at)) AS t(at)
   WHERE s.id = coalesce(NEW.session_id, OLD.session_id) AND s.ended_at IS NOT NULL AND t.at < now() - interval '12 hours';
  RETURN NULL;
END $$;

CREATE TRIGGER session_sums_cost_inserted AFTER INSERT ON session_costs FOR EACH ROW
  WHEN (NEW.is_final OR NEW.created_at < now() - interval '12 hours')
  EXECUTE FUNCTION session_sums_cost_changed();
CREATE TRIGGER session_sums_cost_updated AFTER UPDATE ON session_costs FOR EACH ROW
  WHEN ((OLD.is_final OR OLD.created_at < now() - interval '12 hours')
        AND (OLD.is_final, OLD.currency, OLD.total_excl_tax, OLD.total_tax, OLD.total_incl_tax, OLD.review_status, OLD.reprice_at)
            IS DISTINCT FROM
            (NEW.is_final, NEW.currency, NEW.total_excl_tax, NEW.total_tax, NEW.total_incl_tax, NEW.review_status, NEW.reprice_at))
  EXECUTE FUNCTION session_sums_cost_changed();
CREATE TRIGGER session_sums_cost_deleted AFTER DELETE ON session_costs FOR EACH ROW
  WHEN (OLD.is_final OR OLD.created_at < now() - interval '12 hours')
  EXECUTE FUNCTION session_sums_cost_changed();
