/**
 * Claiming due deliveries, in SQL. Leases run on the clock of the database (several processes share it), due times on that of
 * the process. What is read of a row to be sent is read under its lock, so never what it was before somebody replaced it.
 */
import type { Database, Statement } from '../database/contract.ts';
import type { LeasedDelivery } from './types.ts';

/**
 * One probe of the index webhook_deliveries_due per endpoint that has pending rows, however many rows those are:
 *   Recursive Union → Limit → Index Only Scan using webhook_deliveries_due
 */
export const endpointsWithPending = (after: string): string => `
  WITH RECURSIVE pending AS (
    (SELECT endpoint_id FROM webhook_deliveries WHERE status = 'pending' AND endpoint_id > ${after}
      ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.endpoint_id FROM webhook_deliveries d
             WHERE d.status = 'pending' AND d.endpoint_id > p.endpoint_id ORDER BY d.endpoint_id LIMIT 1)
      FROM pending p WHERE p.endpoint_id IS NOT NULL
  )`;

const isFreeWhen = (due: string): string => `w.status = 'pending' AND ${due}
          AND (w.leased_until IS NULL OR w.leased_until < clock_timestamp())`;
/** $1: now. A claimed row is not due for anybody else until its lease is over. */
const isFree = isFreeWhen('w.next_attempt_at <= $1');
/**
 * What only waits for its interval goes before that as soon as something due stands behind it, which would wait with it.
 * Plan: webhook_deliveries_ordered, up to the first that is due.
 */
const isFreeInOrder =
  isFreeWhen(`(w.next_attempt_at <= $1 OR (w.throttle_key IS NOT NULL AND w.attempts = 0 AND EXISTS (
                 SELECT 1 FROM webhook_deliveries n
                  WHERE n.endpoint_id = w.endpoint_id AND n.ordered_key = w.ordered_key AND n.status = 'pending'
                    AND (n.sequence, n.id) > (w.sequence, w.id) AND n.next_attempt_at <= $1)))`);

/** The longest due of an endpoint, as many as there is room. Plan: Limit → LockRows → Index Scan using `index`. */
const longestDue = (which: string): string => `
        (SELECT f.id, f.event_id FROM (
          SELECT w.id, w.event_id FROM webhook_deliveries w
           WHERE ${which} AND w.endpoint_id = s.endpoint_id AND ${isFree}
           ORDER BY w.next_attempt_at LIMIT s.room FOR UPDATE SKIP LOCKED) f)`;

/** Of one key (a charge point) the delivery that comes first, whether it is due or not. */
const headOf = (keys: string): string => `
            SELECT w.ordered_key, w.id FROM webhook_deliveries w
             WHERE w.endpoint_id = s.endpoint_id AND w.status = 'pending' AND w.ordered_key ${keys}
             ORDER BY w.ordered_key, w.sequence, w.id LIMIT 1`;

/**
 * The first of each key behind s.after_key, one probe of webhook_deliveries_ordered per key: stops at the limit, as a recursive
 * query yields its rows one by one.
 */
export const everyHead = `(
          WITH RECURSIVE heads AS (
            (${headOf('> s.after_key AND e.ordered')})
            UNION ALL
            SELECT n.ordered_key, n.id FROM heads p CROSS JOIN LATERAL (${headOf('> p.ordered_key')}) n
          ) SELECT * FROM heads)`;
const headOfKey = `(${headOf('= s.key AND e.ordered')})`;

/** Only the first of a key goes out, and only if none of that key is on its way (webhook_deliveries_ordered_leased). */
const freeHeads = (heads: string): string => `
        (SELECT f.id, f.event_id FROM ${heads} h CROSS JOIN LATERAL (
          SELECT w.id, w.event_id FROM webhook_deliveries w
           WHERE w.id = h.id AND ${isFreeInOrder}
             AND NOT EXISTS (SELECT 1 FROM webhook_deliveries x
                              WHERE x.endpoint_id = s.endpoint_id AND x.ordered_key = h.ordered_key AND x.status = 'pending'
                                AND x.lease_token IS NOT NULL AND x.leased_until >= clock_timestamp())
             FOR UPDATE SKIP LOCKED) f
          LIMIT s.room)`;

/**
 * Those of a charge point wait for each other: would each have 24 hours from its own first attempt, what a receiver always refuses
 * would add up to days. One that waited for its interval too was due when that was over, and not before the event that it tells of by now;
 * that is known until it is tried.
 */
const waitsSince = `CASE WHEN d.ordered_key IS NULL THEN NULL WHEN d.throttle_key IS NULL THEN d.created_at
                 WHEN d.attempts = 0 THEN least(greatest(d.next_attempt_at, v.created_at), $1) END AS "waitsSince"`;

/**
 * Fair: of each endpoint at most as many as there is room for it, never the longest due of all. The LATERAL joins keep the order
 * of `source`, so that a limit that is reached tells how far it came. An endpoint in order gets the first of each key, and what
 * belongs to no charge point (tests, resends). A row whose event this statement does not see yet is left for the next claim. Of one that goes before
 * its interval is over the next interval counts from now.
 */
const lease = (source: string, branches: readonly string[]): string => `
  due AS MATERIALIZED (
    SELECT d.id, d.event_id, e.url, e.secret, e.previous_secret, e.previous_secret_until, e.ordered
      FROM ${source} s
     CROSS JOIN LATERAL (
       SELECT w.url, w.secret, w.previous_secret, w.previous_secret_until, w.ordered
         FROM webhook_endpoints w WHERE w.id = s.endpoint_id AND w.active AND w.deleted_at IS NULL LIMIT 1
     ) e
     CROSS JOIN LATERAL (${branches.join('\n        UNION ALL')}
     ) d
     LIMIT $2
  )
  UPDATE webhook_deliveries d
     SET lease_token = $3, leased_until = clock_timestamp() + $4::int * interval '1 millisecond',
         next_attempt_at = least(d.next_attempt_at, $1)
    FROM due JOIN domain_events v ON v.id = due.event_id
   WHERE d.id = due.id
  RETURNING d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.event, v.body,
            v.trace_id AS "traceId", due.url, due.secret,
            due.previous_secret AS "previousSecret", due.previous_secret_until AS "previousSecretUntil",
            d.ordered_key AS "orderedKey", due.ordered AS "isOrdered", ${waitsSince}, d.attempts, d.first_attempt_at AS "firstAttemptAt",
            d.next_attempt_at AS "nextAttemptAt"`;

const branches = [
  longestDue('NOT e.ordered'),
  longestDue(`e.ordered AND w.ordered_key IS NULL AND w.origin <> 'event'`), // webhook_deliveries_extra
  freeHeads(everyHead),
];

/**
 * Behind $5. $6: {endpoint: room} of those that are known; $7: the room of all others; $8: {endpoint: key} to begin behind.
 * Measured with 200,000 rows of one endpoint among 100: see test/webhooks/claim-store.db.test.ts.
 */
const CLAIM_ALL: Statement = {
  name: 'webhooks_claim_all',
  text: `${endpointsWithPending('$5')},
  source AS (
    SELECT endpoint_id, coalesce(($6::jsonb ->> endpoint_id)::int, $7::int) AS room,
           coalesce($8::jsonb ->> endpoint_id, '') AS after_key
      FROM pending WHERE endpoint_id IS NOT NULL
  ), ${lease('source', branches)}`,
};

/** Of the endpoints of $5 as many as $6 says, in order behind the keys of $7. */
const CLAIM_OF: Statement = {
  name: 'webhooks_claim_of',
  text: `WITH source AS (
    SELECT * FROM unnest($5::text[], $6::int[], $7::text[]) AS a(endpoint_id, room, after_key)
  ), ${lease('source', branches)}`,
};

/** The next of each (endpoint, key) of $5 and $6. */
const CLAIM_NEXT: Statement = {
  name: 'webhooks_claim_next',
  text: `WITH source AS (
    SELECT endpoint_id, key, 1 AS room FROM unnest($5::text[], $6::text[]) AS a(endpoint_id, key)
  ), ${lease('source', [freeHeads(headOfKey)])}`,
};

export type ClaimedRow = Omit<LeasedDelivery, 'leaseToken' | 'leasedUntilMs'>;

export type Claim = {
  readonly now: Date;
  /** Rows in all. */
  readonly limit: number;
  readonly leaseToken: string;
  readonly leaseMs: number;
};

/** Of each endpoint in order: the key behind which the next claim begins. */
type AfterKeys = { readonly afterKeys?: ReadonlyMap<string, string> };

export type ClaimStore = {
  /** Due rows of endpoints whose id comes after `after`, in the order of these ids. */
  claimAll(
    claim: Claim & AfterKeys & { after: string; rooms: ReadonlyMap<string, number>; roomOfUnknown: number },
  ): Promise<ClaimedRow[]>;
  claimOf(claim: Claim & AfterKeys & { rooms: ReadonlyMap<string, number> }): Promise<ClaimedRow[]>;
  /** The next delivery of each charge point to an endpoint that gets them in order. */
  claimNext(
    claim: Claim & { keys: readonly { readonly endpointId: string; readonly orderedKey: string }[] },
  ): Promise<ClaimedRow[]>;
};

const none: ReadonlyMap<string, string> = new Map();

export const createClaimStore = (db: Pick<Database, 'rows'>): ClaimStore => ({
  claimAll: ({ now, limit, leaseToken, leaseMs, after, rooms, roomOfUnknown, afterKeys = none }) =>
    db.rows(CLAIM_ALL, [
      now,
      limit,
      leaseToken,
      leaseMs,
      after,
      JSON.stringify(Object.fromEntries(rooms)),
      roomOfUnknown,
      JSON.stringify(Object.fromEntries(afterKeys)),
    ]),
  claimOf: ({ now, limit, leaseToken, leaseMs, rooms, afterKeys = none }) =>
    db.rows(CLAIM_OF, [
      now,
      limit,
      leaseToken,
      leaseMs,
      [...rooms.keys()],
      [...rooms.values()],
      [...rooms.keys()].map((endpointId) => afterKeys.get(endpointId) ?? ''),
    ]),
  claimNext: ({ now, limit, leaseToken, leaseMs, keys }) =>
    db.rows(CLAIM_NEXT, [
      now,
      limit,
      leaseToken,
      leaseMs,
      keys.map(({ endpointId }) => endpointId),
      keys.map(({ orderedKey }) => orderedKey),
    ]),
});
