/** What becomes of whole endpoints by how they fare: switched off when they fail for days, caught up with when they are back. */
import type { Database, Statement } from '../database/contract.ts';
import { FAILING_LIMIT } from './health.ts';

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
 * never later than they were planned, and never before what Retry-After demanded.
 *   Limit → LockRows → Index Scan using webhook_deliveries_due, then webhook_deliveries_pkey
 */
const PULL_FORWARD: Statement = {
  name: 'webhooks_pull_forward',
  text: `WITH waiting AS MATERIALIZED (
    SELECT w.id, w.next_attempt_at, w.not_before FROM webhook_deliveries w
     WHERE w.endpoint_id = $1 AND w.status = 'pending' AND w.attempts > 0
       AND w.next_attempt_at > $2 AND w.next_attempt_at <= $3
       AND (w.leased_until IS NULL OR w.leased_until < clock_timestamp())
     ORDER BY w.next_attempt_at LIMIT $5 FOR UPDATE SKIP LOCKED
  ), placed AS (
    SELECT id, greatest(not_before, $4::timestamptz
             + (row_number() OVER (ORDER BY next_attempt_at, id) - 1 + random()) * $6::float8 * interval '1 millisecond') AS at
      FROM waiting
  ), moved AS (
    UPDATE webhook_deliveries d SET next_attempt_at = p.at FROM placed p
     WHERE d.id = p.id AND p.at < d.next_attempt_at
  )
  SELECT count(*)::int AS count, max(next_attempt_at) AS last FROM waiting`,
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
};

export type HealthStore = {
  /** Switches off what has failed for too long, and tells what that was. */
  disableFailing(now: Date): Promise<Disabled[]>;
  /** How many it looked at, and when the last of them had been planned. */
  pullForward(which: PullForward): Promise<{ readonly count: number; readonly last: Date | null }>;
};

export const createHealthStore = (db: Pick<Database, 'rows'>): HealthStore => ({
  disableFailing: (now) => db.rows(DISABLE_FAILING, [now, FAILING_LIMIT.failures, FAILING_LIMIT.ms]),
  async pullForward({ endpointId, after, until, from, limit, gapMs }) {
    const [row] = await db.rows<{ count: number; last: Date | null }>(PULL_FORWARD, [
      endpointId,
      after,
      until,
      from,
      limit,
      gapMs,
    ]);
    return row ?? { count: 0, last: null };
  },
});
