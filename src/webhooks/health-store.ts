/** What becomes of whole endpoints by how they fare: switched off when they fail for days, caught up with when they are back. */
import type { Database, Statement } from '../database/contract.ts';
import { FAILING_LIMIT, LAST_RETRIES } from './health.ts';

/**
 * Whoever has had nothing to answer for days may be well by now: what counts is how long its failures have gone on, not how long the first of
 * them is ago. Plan: Seq Scan on webhook_endpoints (100 at most per organization), every 30 s.
 */
const DISABLE_FAILING: Statement = {
  name: 'webhooks_disable_failing',
  text: `UPDATE webhook_endpoints SET active = false, disabled_reason = 'failing', updated_at = $1
    WHERE active AND deleted_at IS NULL AND failures >= $2::int
      AND last_failure_at >= failing_since + $3::float8 * interval '1 millisecond'
   RETURNING id, organization_id AS "organizationId", failing_since AS "failingSince", failures`,
};

/**
 * Retries of one endpoint, planned after $2 and at the latest at $3, are brought to $4, $4 + $6 ms, … each up to $6 ms later; but
 * never later than they were planned, and never before what Retry-After demanded. Who has made $7 attempts has but its last retry
 * left: that stays where it is until the endpoint is well (BRING_LAST).
 *   Limit → LockRows → Index Scan using webhook_deliveries_due, then webhook_deliveries_pkey
 */
const PULL_FORWARD: Statement = {
  name: 'webhooks_pull_forward',
  text: `WITH waiting AS MATERIALIZED (
    SELECT w.id, w.next_attempt_at, w.not_before, w.attempts >= $7::int AS is_last FROM webhook_deliveries w
     WHERE w.endpoint_id = $1 AND w.status = 'pending' AND w.attempts > 0
       AND w.next_attempt_at > $2 AND w.next_attempt_at <= $3
       AND (w.leased_until IS NULL OR w.leased_until < clock_timestamp())
     ORDER BY w.next_attempt_at LIMIT $5 FOR UPDATE SKIP LOCKED
  ), placed AS (
    SELECT id, greatest(not_before, $4::timestamptz
             + (row_number() OVER (ORDER BY next_attempt_at, id) - 1 + random()) * $6::float8 * interval '1 millisecond') AS at
      FROM waiting WHERE NOT is_last
  ), moved AS (
    UPDATE webhook_deliveries d SET next_attempt_at = p.at FROM placed p
     WHERE d.id = p.id AND p.at < d.next_attempt_at
  ), kept AS (
    UPDATE webhook_deliveries d SET may_come_early = true FROM waiting w
     WHERE d.id = w.id AND w.is_last AND NOT d.may_come_early
  )
  SELECT count(*)::int AS count, max(next_attempt_at) AS last FROM waiting`,
};

/** In order only the first of a charge point can go out. Plan: webhook_deliveries_ordered. */
const MAY_GO = `(NOT e.ordered OR w.ordered_key IS NULL
                               OR NOT EXISTS (SELECT 1 FROM webhook_deliveries x
                                               WHERE x.endpoint_id = w.endpoint_id AND x.ordered_key = w.ordered_key
                                                 AND x.status = 'pending' AND (x.sequence, x.id) < (w.sequence, w.id)))`;

/**
 * Last retries that may come early, of endpoints that have been well for $2 ms, over the next $3 ms. Well from one success to a later one:
 * of whoever has had nothing to answer since the first it is not known. None while some that were brought forward before are still under way.
 * What waits behind another one of its charge point is not brought forward, and is not under way when it is due.
 * Plan: Seq Scan on webhook_endpoints (100 at most per organization), two probes of webhook_deliveries_early for each that is well.
 */
const BRING_LAST: Statement = {
  name: 'webhooks_bring_last_forward',
  text: `WITH well AS MATERIALIZED (
    SELECT e.id, e.ordered, least($4::int, floor(extract(epoch FROM e.last_success_at - e.well_since) / 60)::int) AS most
      FROM webhook_endpoints e
     WHERE e.active AND e.deleted_at IS NULL AND e.failing_since IS NULL
       AND e.last_success_at >= e.well_since + $2::float8 * interval '1 millisecond'
       AND NOT EXISTS (SELECT 1 FROM webhook_deliveries w
                        WHERE w.endpoint_id = e.id AND w.status = 'pending' AND w.may_come_early
                          AND w.next_attempt_at <= $1::timestamptz + $3::float8 * interval '1 millisecond'
                          AND (w.lease_token IS NOT NULL OR ${MAY_GO}))
  ), chosen AS MATERIALIZED (
    SELECT d.id, e.most, row_number() OVER (PARTITION BY e.id ORDER BY d.next_attempt_at, d.id) - 1 AS before
      FROM well e CROSS JOIN LATERAL (
        SELECT w.id, w.next_attempt_at FROM webhook_deliveries w
         WHERE w.endpoint_id = e.id AND w.status = 'pending' AND w.may_come_early
           AND w.next_attempt_at > $1::timestamptz + $3::float8 * interval '1 millisecond'
           AND (w.not_before IS NULL OR w.not_before <= $1)
           AND ${MAY_GO}
           AND (w.leased_until IS NULL OR w.leased_until < clock_timestamp())
         ORDER BY w.next_attempt_at LIMIT e.most FOR UPDATE SKIP LOCKED) d
  )
  UPDATE webhook_deliveries d
     SET next_attempt_at = $1::timestamptz + (c.before + random()) * ($3::float8 / c.most) * interval '1 millisecond'
    FROM chosen c WHERE d.id = c.id
  RETURNING 1 AS one`,
};

export type Disabled = {
  readonly id: string;
  readonly organizationId: string;
  readonly failingSince: Date;
  readonly failures: number;
};

export type PullForward = {
  readonly endpointId: string;
  /** Those planned at this time or before stay as they are, … */
  readonly after: Date;
  /** … and those planned later than this. */
  readonly until: Date;
  /** Where the first of them is placed. */
  readonly from: Date;
  readonly limit: number;
  readonly gapMs: number;
  /** How often a delivery is tried again at most. */
  readonly retries: number;
};

export type HealthStore = {
  /** Switches off what has failed for too long, and tells what that was. */
  disableFailing(now: Date): Promise<Disabled[]>;
  /** How many it looked at, and when the last of them had been planned. */
  pullForward(which: PullForward): Promise<{ readonly count: number; readonly last: Date | null }>;
  /** Some of the last retries that pullForward has left alone; returns how many. */
  bringLastForward(now: Date): Promise<number>;
};

export const createHealthStore = (db: Pick<Database, 'rows'>): HealthStore => ({
  disableFailing: (now) => db.rows(DISABLE_FAILING, [now, FAILING_LIMIT.failures, FAILING_LIMIT.ms]),
  bringLastForward: async (now) =>
    (await db.rows(BRING_LAST, [now, LAST_RETRIES.wellMs, LAST_RETRIES.spreadMs, LAST_RETRIES.most])).length,
  async pullForward({ endpointId, after, until, from, limit, gapMs, retries }) {
    const [row] = await db.rows<{ count: number; last: Date | null }>(PULL_FORWARD, [
      endpointId,
      after,
      until,
      from,
      limit,
      gapMs,
      retries,
    ]);
    return row ?? { count: 0, last: null };
  },
});
