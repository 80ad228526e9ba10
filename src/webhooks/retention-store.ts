/** Deletes what is older than it must be kept. In batches: a long DELETE would hold back vacuum and lock rows for minutes. */
import type { Database, Statement } from '../database/contract.ts';
import { firstIdAt } from '../platform/ids.ts';

/**
 * With their attempts. Ids begin with their time, so the primary key finds the oldest rows; created_at has the last word.
 *   Limit → Index Scan using webhook_deliveries_pkey; Nested Loop → Index Scan using webhook_attempts_pkey
 */
const DELETE_DELIVERIES = (limit: number): Statement => ({
  name: `webhooks_delete_deliveries_${limit}`,
  text: `WITH old AS MATERIALIZED (
           SELECT id FROM webhook_deliveries WHERE id < $1 AND created_at < $2 AND status <> 'pending' ORDER BY id LIMIT ${limit}
         ), attempts AS (
           DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT id FROM old)
         )
         DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM old) RETURNING 1 AS one`,
});
/**
 * An event stays as long as one of its deliveries does. The limit is a parameter: where it stands in the text the planner thinks that
 * fewer than that are left by NOT EXISTS, and sorts all old events for each batch.
 *   Limit → Merge Anti Join → Index Scan using domain_events_pkey, Index Only Scan using webhook_deliveries_event_id_idx; both from
 *   their beginning on, where deliveries are not older than events
 */
const DELETE_EVENTS: Statement = {
  name: 'webhooks_delete_events',
  text: `DELETE FROM domain_events WHERE id IN (
           SELECT e.id FROM domain_events e WHERE e.id < $1 AND e.created_at < $2
              AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = e.id)
            ORDER BY e.id LIMIT $3)
         RETURNING 1 AS one`,
};

export type RetentionStore = {
  /** At most `limit`; returns how many. */
  deleteDeliveries(before: Date, limit: number): Promise<number>;
  deleteEvents(before: Date, limit: number): Promise<number>;
};

export const createRetentionStore = (db: Pick<Database, 'rows'>): RetentionStore => ({
  deleteDeliveries: async (before, limit) =>
    (await db.rows(DELETE_DELIVERIES(limit), [firstIdAt('whd', before), before])).length,
  deleteEvents: async (before, limit) =>
    (await db.rows(DELETE_EVENTS, [firstIdAt('evt', before), before, limit])).length,
});
