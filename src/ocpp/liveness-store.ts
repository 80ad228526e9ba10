/** When chargers were last heard of: one statement for many, now and then. */
import type { Database, Statement } from '../database/contract.ts';

// SKIP LOCKED: never waits for an ingest transaction and so can be no part of a deadlock; who is skipped comes with the next flush.
// Plan: index scan of the primary key for the ids.
const TOUCH: Statement = {
  name: 'ocpp_touch_last_seen',
  text: `WITH free AS (
           SELECT charge_point_id FROM charge_point_states WHERE charge_point_id = ANY($1::text[])
              FOR NO KEY UPDATE SKIP LOCKED
         )
         UPDATE charge_point_states s SET last_seen_at = greatest(s.last_seen_at, to_timestamp(x.at / 1000)),
                                          last_message_at = greatest(s.last_message_at, to_timestamp(x.message / 1000))
           FROM unnest($1::text[], $2::float8[], $3::float8[]) AS x(id, at, message), free
          WHERE free.charge_point_id = x.id AND s.charge_point_id = x.id
         RETURNING s.charge_point_id AS id`,
};

export type Sighting = {
  readonly chargePointId: string;
  readonly atMs: number;
  /** When its last message came; null: none since the connection began. */
  readonly messageAtMs: number | null;
};

/** Returns the charge points that were written. */
export async function touchLastSeen(db: Pick<Database, 'rows'>, seen: readonly Sighting[]): Promise<Set<string>> {
  const rows = await db.rows<{ id: string }>(TOUCH, [
    seen.map(({ chargePointId }) => chargePointId),
    seen.map(({ atMs }) => atMs),
    seen.map(({ messageAtMs }) => messageAtMs),
  ]);
  return new Set(rows.map(({ id }) => id));
}
