/** Charging profiles that no charger holds any more: those of ended sessions end, and what has long ended is forgotten. */
import type { Database, Statement } from '../database/contract.ts';
import { forgetEnded } from '../database/forget-ended.ts';
import { inBatches } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';
import { idOf } from './machine.ts';

/** They are drawn from their commands' (machine/row-id.ts). */
const firstProfileIdAt = (at: Date): string => idOf(firstIdAt('cmd', at));

const BATCH = 1000;
const DAY_MS = 86_400_000;
// 1.6 §3.13.1, 2.x K01: such a profile goes with its transaction. What came with a remote start names none: its session is the one that
// this start began. Plan: charging_profiles_of_sessions, its old end, which holds those of running sessions and of the last day alone; then
// sessions_open_by_charge_point.
const END_LEFT: Statement = {
  name: 'charging_profiles_end_left',
  text: `UPDATE charging_profiles SET status = 'ended', updated_at = $2
          WHERE id = ANY(ARRAY(
           SELECT p.id FROM charging_profiles p
            WHERE p.id < $1 AND p.status = 'active' AND p.purpose = 'tx'
              AND NOT EXISTS (SELECT FROM sessions s
                               WHERE s.charge_point_id = p.charge_point_id AND s.ended_at IS NULL
                                 AND (s.transaction_id = p.transaction_id OR s.command_id = p.command_id
                                      OR s.ocpp_transaction_id = p.profile->>'ocppTransactionId'))
            ORDER BY p.id LIMIT ${BATCH} FOR UPDATE OF p SKIP LOCKED)) RETURNING 1 AS one`,
};

/**
 * For the table of periodic jobs. A day old, as a station that was offline may tell of its session that late; until then what is read of
 * profiles looks at their sessions. Returns how many ended.
 */
export const endLeftProfiles = (db: Pick<Database, 'rows'>, now: Date): Promise<number> => {
  const before = firstProfileIdAt(new Date(now.getTime() - DAY_MS));
  return inBatches(BATCH, async () => (await db.rows(END_LEFT, [before, now])).length);
};

export const forgetProfiles = forgetEnded({
  table: 'charging_profiles',
  firstIdAt: firstProfileIdAt,
  when: `t.updated_at < $1 AND t.status <> 'active' AND t.status <> 'pending'`,
});
