/**
 * The queue of deliveries, in SQL: claim, renew, release, complete, and the two ends that come over many rows at once.
 * Leases run on the clock of the database (several processes share it), due times on that of the process.
 * A row may be changed only by who holds its lease token.
 */
import type { Database, Statement } from '../database/contract.ts';
import { HORIZON_S } from './retry.ts';
import type { Completion, DeliveryState, LeasedDelivery } from './types.ts';

/**
 * One probe of the index webhook_deliveries_due per endpoint that has pending rows, however many rows those are:
 *   Recursive Union → Limit → Index Only Scan using webhook_deliveries_due
 */
const endpointsWithPending = (after: string): string => `
  WITH RECURSIVE pending AS (
    (SELECT endpoint_id FROM webhook_deliveries WHERE status = 'pending' AND endpoint_id > ${after}
      ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.endpoint_id FROM webhook_deliveries d
             WHERE d.status = 'pending' AND d.endpoint_id > p.endpoint_id ORDER BY d.endpoint_id LIMIT 1)
      FROM pending p WHERE p.endpoint_id IS NOT NULL
  )`;

/**
 * Fair: of each endpoint its longest due rows, as many as there is room for it; never the longest due of all. The LATERAL joins
 * keep the order of `source`, so that a limit that is reached tells how far it came.
 *   Limit → Nested Loop → Limit → LockRows → Index Scan using webhook_deliveries_due
 */
const leaseDue = (source: string): string => `
  due AS MATERIALIZED (
    SELECT d.id, d.event_id, e.url, e.secret, e.previous_secret, e.previous_secret_until
      FROM ${source} s
     CROSS JOIN LATERAL (
       SELECT w.url, w.secret, w.previous_secret, w.previous_secret_until
         FROM webhook_endpoints w WHERE w.id = s.endpoint_id AND w.active AND w.deleted_at IS NULL LIMIT 1
     ) e
     CROSS JOIN LATERAL (
       SELECT w.id, w.event_id FROM webhook_deliveries w
        WHERE w.endpoint_id = s.endpoint_id AND w.status = 'pending' AND w.next_attempt_at <= $1
          AND (w.leased_until IS NULL OR w.leased_until < clock_timestamp())
        ORDER BY w.next_attempt_at
        LIMIT s.room
          FOR UPDATE SKIP LOCKED
     ) d
     LIMIT $2
  )
  UPDATE webhook_deliveries d
     SET lease_token = $3, leased_until = clock_timestamp() + $4::int * interval '1 millisecond'
    FROM due JOIN domain_events v ON v.id = due.event_id
   WHERE d.id = due.id
  RETURNING d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.event, v.body, due.url, due.secret,
            due.previous_secret AS "previousSecret", due.previous_secret_until AS "previousSecretUntil",
            d.ordered_key AS "orderedKey", d.attempts, d.first_attempt_at AS "firstAttemptAt", d.next_attempt_at AS "nextAttemptAt"`;

/** Behind $5. $6: {endpoint: room} of those that are known; $7: the room of all others. */
const CLAIM_ALL: Statement = {
  name: 'webhooks_claim_all',
  text: `${endpointsWithPending('$5')},
  source AS (
    SELECT endpoint_id, coalesce(($6::jsonb ->> endpoint_id)::int, $7::int) AS room FROM pending WHERE endpoint_id IS NOT NULL
  ), ${leaseDue('source')}`,
};

/** Of the endpoints of $5 as many as $6 says. */
const CLAIM_OF: Statement = {
  name: 'webhooks_claim_of',
  text: `WITH source AS (SELECT * FROM unnest($5::text[], $6::int[]) AS a(endpoint_id, room)), ${leaseDue('source')}`,
};

const RENEW: Statement = {
  name: 'webhooks_renew',
  text: `UPDATE webhook_deliveries d SET leased_until = clock_timestamp() + $3::int * interval '1 millisecond'
    FROM unnest($1::text[], $2::text[]) AS h(id, token)
   WHERE d.id = h.id AND d.lease_token = h.token
     AND EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.id = d.endpoint_id AND e.active AND e.deleted_at IS NULL)
  RETURNING d.id`,
};

const RELEASE: Statement = {
  name: 'webhooks_release',
  text: `UPDATE webhook_deliveries d SET lease_token = NULL, leased_until = NULL
    FROM unnest($1::text[], $2::text[]) AS h(id, token)
   WHERE d.id = h.id AND d.lease_token = h.token`,
};

/** $11–$13: endpoints that said 410 under a URL that they still have. */
const COMPLETE: Statement = {
  name: 'webhooks_complete',
  text: `WITH gone AS (
    UPDATE webhook_endpoints e SET active = false, disabled_reason = g.reason, updated_at = $10
      FROM unnest($11::text[], $12::text[], $13::text[]) AS g(id, url, reason)
     WHERE e.id = g.id AND e.url = g.url AND e.active AND e.deleted_at IS NULL
  )
  UPDATE webhook_deliveries d
     SET status = c.status, attempts = c.attempts, response_status = c.response_status, last_error = c.last_error,
         first_attempt_at = c.first_attempt_at, next_attempt_at = c.next_attempt_at, completed_at = c.completed_at,
         lease_token = NULL, leased_until = NULL
    FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::timestamptz[],
                $8::timestamptz[], $9::timestamptz[])
           AS c(id, token, status, attempts, response_status, last_error, first_attempt_at, next_attempt_at, completed_at)
   WHERE d.id = c.id AND d.lease_token = c.token
  RETURNING d.id`,
};

/** Rows of paused endpoints past their 24 hours, and of deleted ones; those that somebody is sending are left alone. */
const END_HELD: Statement = {
  name: 'webhooks_end_held',
  text: `${endpointsWithPending("''")},
  held AS MATERIALIZED (
    SELECT d.id, CASE WHEN e.deleted_at IS NULL AND e.id IS NOT NULL THEN 'expired_while_paused' ELSE 'endpoint_deleted' END AS why
      FROM pending p LEFT JOIN webhook_endpoints e ON e.id = p.endpoint_id
     CROSS JOIN LATERAL (
       SELECT w.id FROM webhook_deliveries w
        WHERE w.endpoint_id = p.endpoint_id AND w.status = 'pending'
          AND (w.leased_until IS NULL OR w.leased_until < clock_timestamp())
          AND (e.deleted_at IS NOT NULL OR e.id IS NULL
               OR coalesce(w.first_attempt_at, w.created_at) < $1::timestamptz - $2::int * interval '1 second')
        LIMIT $3
          FOR UPDATE SKIP LOCKED
     ) d
     WHERE p.endpoint_id IS NOT NULL AND (e.id IS NULL OR e.deleted_at IS NOT NULL OR NOT e.active)
     LIMIT $3
  )
  UPDATE webhook_deliveries d
     SET status = 'failed', last_error = held.why, completed_at = $1, next_attempt_at = NULL, lease_token = NULL, leased_until = NULL
    FROM held WHERE d.id = held.id
  RETURNING d.id`,
};

const OLDEST_DUE: Statement = {
  name: 'webhooks_oldest_due',
  text: `${endpointsWithPending("''")}
  SELECT min(d.next_attempt_at) AS at
    FROM pending p JOIN webhook_endpoints e ON e.id = p.endpoint_id AND e.active
   CROSS JOIN LATERAL (
     SELECT w.next_attempt_at FROM webhook_deliveries w
      WHERE w.endpoint_id = p.endpoint_id AND w.status = 'pending' AND w.next_attempt_at <= $1
      ORDER BY w.next_attempt_at LIMIT 1
   ) d`,
};

type ClaimedRow = Omit<LeasedDelivery, 'leaseToken' | 'leasedUntilMs'>;
type Leased = Pick<LeasedDelivery, 'id' | 'leaseToken'>;

export type Claim = {
  readonly now: Date;
  /** Rows in all. */
  readonly limit: number;
  readonly leaseToken: string;
  readonly leaseMs: number;
};

export type DeliveryStore = {
  /** Due rows of endpoints whose id comes after `after`, in the order of these ids. */
  claimAll(
    claim: Claim & { after: string; rooms: ReadonlyMap<string, number>; roomOfUnknown: number },
  ): Promise<ClaimedRow[]>;
  claimOf(claim: Claim & { rooms: ReadonlyMap<string, number> }): Promise<ClaimedRow[]>;
  /** Those that are still ours. */
  renew(leased: readonly Leased[], leaseMs: number): Promise<Set<string>>;
  release(leased: readonly Leased[]): Promise<void>;
  /** Those that were still ours. */
  complete(completions: readonly Completion[], now: Date): Promise<Set<string>>;
  /** Ends at most `limit` rows; returns how many. */
  endHeld(now: Date, limit: number): Promise<number>;
  /** When the longest overdue delivery was due; undefined: none is. */
  oldestDue(now: Date): Promise<Date | undefined>;
};

export function createDeliveryStore(db: Pick<Database, 'rows'>): DeliveryStore {
  return {
    claimAll: ({ now, limit, leaseToken, leaseMs, after, rooms, roomOfUnknown }) =>
      db.rows(CLAIM_ALL, [
        now,
        limit,
        leaseToken,
        leaseMs,
        after,
        JSON.stringify(Object.fromEntries(rooms)),
        roomOfUnknown,
      ]),
    claimOf: ({ now, limit, leaseToken, leaseMs, rooms }) =>
      db.rows(CLAIM_OF, [now, limit, leaseToken, leaseMs, [...rooms.keys()], [...rooms.values()]]),
    renew: async (leased, leaseMs) => idsOf(await db.rows(RENEW, [...columnsOf(leased), leaseMs])),
    release: async (leased) => {
      await db.rows(RELEASE, columnsOf(leased));
    },
    complete: async (completions, now) => {
      const states = completions.map(({ state }) => state);
      const gone = completions.flatMap(({ disable }) => (disable === undefined ? [] : [disable]));
      const rows = await db.rows<{ id: string }>(COMPLETE, [
        ...columnsOf(completions),
        states.map(({ status }) => status),
        states.map(({ attempts }) => attempts),
        states.map(({ responseStatus }) => responseStatus),
        states.map(lastErrorOf),
        states.map(({ firstAttemptAt }) => firstAttemptAt),
        states.map((state) => (state.status === 'pending' ? state.nextAttemptAt : null)),
        states.map((state) => (state.status === 'pending' ? null : state.completedAt)),
        now,
        gone.map(({ endpointId }) => endpointId),
        gone.map(({ url }) => url),
        gone.map(({ reason }) => reason),
      ]);
      return idsOf(rows);
    },
    endHeld: async (now, limit) => (await db.rows(END_HELD, [now, HORIZON_S, limit])).length,
    oldestDue: async (now) => (await db.rows<{ at: Date | null }>(OLDEST_DUE, [now]))[0]?.at ?? undefined,
  };
}

const columnsOf = (leased: readonly Leased[]): [string[], string[]] => [
  leased.map(({ id }) => id),
  leased.map(({ leaseToken }) => leaseToken),
];
const idsOf = (rows: readonly { id: string }[]): Set<string> => new Set(rows.map(({ id }) => id));
const lastErrorOf = (state: DeliveryState): string | null => (state.status === 'succeeded' ? null : state.lastError);
