/** Commands that ended long ago go, those that the system asked for by itself sooner. What may still be asked for never goes. */
import type { Database, Statement } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';
import { forgetBulksBefore } from './bulk-retention-store.ts';

const DAY_MS = 86_400_000;
const BULKS_KEPT_DAYS = 90;
/** Limits of load management above all: thousands a day, and the history of the site tells of them. */
const OF_SYSTEM_KEPT_DAYS = 30;

// What a charger may draw is counted from the commands that its line names, however old they are (load-management/machine/ledger.ts).
// Plan: the old end of commands_pkey, or of commands_of_system; load_lines_pkey.
const FORGET = (name: string, whose: string): Statement =>
  deleteFew(
    name,
    'commands',
    `t.id < $1 AND t.completed_at < $2 AND t.due_at IS NULL AND ${whose}
     AND NOT EXISTS (SELECT FROM load_lines l WHERE l.charge_point_id = t.charge_point_id
                        AND (l.confirmed->>'commandId' = t.id OR l.in_flight @> jsonb_build_array(jsonb_build_object('commandId', t.id))))`,
    't.id',
  );
const OF_ALL = FORGET('commands_forget', 'true');
const OF_SYSTEM = FORGET('commands_forget_of_system', `t.requested_by = 'system'`);

/** For the table of periodic jobs. `days`: COMMANDS_RETENTION_DAYS. Returns how many commands and bulks went. */
export async function forgetCommands(db: Pick<Database, 'rows'>, now: Date, days: number): Promise<number> {
  const before = (most: number): Date => new Date(now.getTime() - (days === 0 ? most : Math.min(days, most)) * DAY_MS);
  const forget = (statement: Statement, at: Date): Promise<number> =>
    deleteAll(db, statement, [firstIdAt('cmd', at), at]);
  // Bulks first: they say what became of their commands.
  let gone = await forgetBulksBefore(db, before(BULKS_KEPT_DAYS));
  gone += await forget(OF_SYSTEM, before(OF_SYSTEM_KEPT_DAYS));
  return days === 0 ? gone : gone + (await forget(OF_ALL, before(days)));
}
