/**
 * The queue of deliveries, in SQL: claims (claim-store.ts), results (completion-store.ts), and here what happens to rows between
 * the two, and the two ends that come over many rows at once. A row may be changed only by who holds its lease token.
 */
import type { Database, Statement } from '../database/contract.ts';
import { type ClaimStore, createClaimStore, endpointsWithPending, everyHead } from './claim-store.ts';
import { type CompletionStore, createCompletionStore } from './completion-store.ts';
import { HORIZON_S } from './retry.ts';
import type { LeasedDelivery, SealedSecrets } from './types.ts';

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

/** Plan: Index Scan using webhook_endpoints_pkey. */
const TARGETS: Statement = {
  name: 'webhooks_targets',
  text: `SELECT id, organization_id AS "organizationId", url, secret, previous_secret AS "previousSecret",
                previous_secret_until AS "previousSecretUntil", ordered AS "isOrdered"
           FROM webhook_endpoints WHERE id = ANY($1::text[]) AND active AND deleted_at IS NULL`,
};

/** What has no place in the order though its endpoint is ordered: it waits since before that. Tests and resends have none. */
const LOOSE = `w.endpoint_id = e.id AND w.status = 'pending' AND w.ordered_key IS NULL AND w.origin = 'event'`;

/**
 * Gives it its place: as of its charge point, or of nobody else. It is found among all that waits for the endpoint, so only
 * endpoints are looked at of which it is not known that there is none.
 *   Nested Loop → Index Scan using webhook_deliveries_due → domain_events_pkey
 */
const adopt = (name: string, which: string): Statement => ({
  name,
  text: `WITH loose AS MATERIALIZED (
    SELECT d.id, d.event_id FROM webhook_endpoints e CROSS JOIN LATERAL (
      SELECT w.id, w.event_id FROM webhook_deliveries w
       WHERE ${LOOSE} AND (w.leased_until IS NULL OR w.leased_until < clock_timestamp())
       LIMIT $1 FOR UPDATE SKIP LOCKED) d
     WHERE e.ordered AND e.deleted_at IS NULL AND ${which} LIMIT $1
  )
  UPDATE webhook_deliveries d SET ordered_key = coalesce(v.charge_point_id, d.id), sequence = coalesce(v.sequence, 0)
    FROM loose JOIN domain_events v ON v.id = loose.event_id WHERE d.id = loose.id
  RETURNING 1 AS one`,
});
/** $2: a while ago. */
const IS_UNSETTLED = '(e.order_settled_at IS NULL OR e.order_settled_at < $2)';
const ADOPT_ORDER = adopt('webhooks_adopt_order', IS_UNSETTLED);
const ADOPT_ORDER_OF = adopt(
  'webhooks_adopt_order_of',
  'e.id = $2 AND e.organization_id = $3 AND e.order_settled_at IS NULL',
);

/**
 * Nothing is loose, not even on its way. $3: who changed the endpoint before that has been heard by all; a transaction that had
 * read it before is over. All the same it is looked at again some time, for what nobody thought of.
 */
const SETTLE_ORDER: Statement = {
  name: 'webhooks_settle_order',
  text: `UPDATE webhook_endpoints e SET order_settled_at = $1
          WHERE e.ordered AND e.deleted_at IS NULL AND ${IS_UNSETTLED} AND e.updated_at < $3
            AND (SELECT 1 FROM webhook_deliveries w WHERE ${LOOSE} LIMIT 1) IS NULL`,
};
const SETTLED_FOR_MS = 5 * 60_000;
const CHANGE_IS_HEARD_MS = 60_000;

/**
 * What was due to paused endpoints 24 hours ago, and all of deleted ones; what somebody is sending is left alone. By when it was due, as
 * that is the order of webhook_deliveries_due: no more is read than ends, and what waited for its interval and tells of a newer event
 * by now, one of each subject.
 * Plan: Nested Loop → Index Scan using webhook_deliveries_due, SubPlan → domain_events_pkey.
 */
const END_HELD: Statement = {
  name: 'webhooks_end_held',
  text: `${endpointsWithPending("''")},
  held AS MATERIALIZED (
    SELECT d.id, CASE WHEN e.deleted_at IS NULL AND e.id IS NOT NULL THEN 'expired_while_paused' ELSE 'endpoint_deleted' END AS why
      FROM pending p LEFT JOIN webhook_endpoints e ON e.id = p.endpoint_id
     CROSS JOIN LATERAL (
       SELECT CASE WHEN e.id IS NULL OR e.deleted_at IS NOT NULL THEN 'infinity' ELSE $1::timestamptz - $2::int * interval '1 second' END AS at
     ) horizon
     CROSS JOIN LATERAL (
       SELECT w.id FROM webhook_deliveries w
        WHERE w.endpoint_id = p.endpoint_id AND w.status = 'pending'
          AND (w.leased_until IS NULL OR w.leased_until < clock_timestamp())
          AND w.next_attempt_at < horizon.at
          AND (w.throttle_key IS NULL OR w.attempts > 0
               OR (SELECT v.created_at FROM domain_events v WHERE v.id = w.event_id) < horizon.at)
        ORDER BY w.next_attempt_at LIMIT $3
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

const longestDue = (which: string): string => `
     (SELECT w.next_attempt_at FROM webhook_deliveries w
       WHERE ${which} AND w.endpoint_id = s.endpoint_id AND w.status = 'pending' AND w.next_attempt_at <= $1
       ORDER BY w.next_attempt_at LIMIT 1)`;
// In order only the first of a key can be late: those behind it wait for it, not for us. Of very many keys some say enough.
// Plans: webhook_deliveries_due; webhook_deliveries_extra; webhook_deliveries_ordered, a probe a key.
const OLDEST_DUE: Statement = {
  name: 'webhooks_oldest_due',
  text: `${endpointsWithPending("''")}
  SELECT min(d.next_attempt_at) AS at
    FROM pending p JOIN webhook_endpoints e ON e.id = p.endpoint_id AND e.active
   CROSS JOIN LATERAL (SELECT p.endpoint_id, '' AS after_key) s
   CROSS JOIN LATERAL (
     ${longestDue('NOT e.ordered')}
     UNION ALL
     ${longestDue(`e.ordered AND w.ordered_key IS NULL AND w.origin <> 'event'`)}
     UNION ALL
     SELECT w.next_attempt_at FROM (SELECT h.id FROM ${everyHead} h LIMIT 5000) h JOIN webhook_deliveries w ON w.id = h.id
      WHERE w.next_attempt_at <= $1
   ) d`,
};

type Leased = Pick<LeasedDelivery, 'id' | 'leaseToken'>;

/** An endpoint, and whose it is. */
export type EndpointOf = { readonly id: string; readonly organizationId: string };
/** Where the deliveries of an endpoint go, how they are signed, and whether in order. */
export type Target = EndpointOf & SealedSecrets & { readonly url: string; readonly isOrdered: boolean };

export type DeliveryStore = ClaimStore &
  CompletionStore & {
    /** Those that are still ours. */
    renew(leased: readonly Leased[], leaseMs: number): Promise<Set<string>>;
    release(leased: readonly Leased[]): Promise<void>;
    /** Of these endpoints those that are active. */
    targets(endpointIds: readonly string[]): Promise<Target[]>;
    /** Gives at most `limit` rows of ordered endpoints their place in the order; returns how many. */
    adoptOrder(now: Date, limit: number): Promise<number>;
    /** The same for one that has just become ordered. */
    adoptOrderOf(endpoint: EndpointOf, limit: number): Promise<number>;
    /** Endpoints all of whose rows have their place are not looked at again for a while. */
    settleOrder(now: Date): Promise<void>;
    /** Ends at most `limit` rows; returns how many. */
    endHeld(now: Date, limit: number): Promise<number>;
    /** When the longest overdue delivery was due; undefined: none is. */
    oldestDue(now: Date): Promise<Date | undefined>;
  };

export const createDeliveryStore = (db: Pick<Database, 'rows'>): DeliveryStore => ({
  ...createClaimStore(db),
  ...createCompletionStore(db),
  renew: async (leased, leaseMs) =>
    new Set((await db.rows<{ id: string }>(RENEW, [...columnsOf(leased), leaseMs])).map(({ id }) => id)),
  release: async (leased) => {
    await db.rows(RELEASE, columnsOf(leased));
  },
  targets: (endpointIds) => db.rows(TARGETS, [endpointIds]),
  adoptOrder: async (now, limit) => (await db.rows(ADOPT_ORDER, [limit, before(now, SETTLED_FOR_MS)])).length,
  adoptOrderOf: async ({ id, organizationId }, limit) =>
    (await db.rows(ADOPT_ORDER_OF, [limit, id, organizationId])).length,
  settleOrder: async (now) => {
    await db.rows(SETTLE_ORDER, [now, before(now, SETTLED_FOR_MS), before(now, CHANGE_IS_HEARD_MS)]);
  },
  endHeld: async (now, limit) => (await db.rows(END_HELD, [now, HORIZON_S, limit])).length,
  oldestDue: async (now) => (await db.rows<{ at: Date | null }>(OLDEST_DUE, [now]))[0]?.at ?? undefined,
});

const before = (now: Date, ms: number): Date => new Date(now.getTime() - ms);

const columnsOf = (leased: readonly Leased[]): [string[], string[]] => [
  leased.map(({ id }) => id),
  leased.map(({ leaseToken }) => leaseToken),
];
