/** Deletes what is older than it must be kept. In batches: a long DELETE would hold back vacuum and lock rows for minutes. */
import type { Database, Statement } from '../database/contract.ts';
import { firstIdAt } from '../platform/ids.ts';

/**
 * With their attempts. Ids begin with their time, so the primary key finds the oldest rows; created_at has the last word.
 *   Limit → Index Scan using webhook_deliveries_pkey; Nested Loop → Index Scan using webhook_attempts_pkey
 */
const DELETE_DELIVERIES: Statement = {
  name: 'webhooks_delete_deliveries',
  text: `WITH old AS MATERIALIZED (
           SELECT id FROM webhook_deliveries WHERE id < $1 AND created_at < $2 AND status <> 'pending' ORDER BY id LIMIT $3
         ), attempts AS (
           DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT id FROM old)
         )
         DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM old) RETURNING 1 AS one`,
};
/** An event stays as long as one of its deliveries does. */
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
    (await db.rows(DELETE_DELIVERIES, [firstIdAt('whd', before), before, limit])).length,
  deleteEvents: async (before, limit) =>
    (await db.rows(DELETE_EVENTS, [firstIdAt('evt', before), before, limit])).length,
});
