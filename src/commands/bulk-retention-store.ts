/** Bulks that are long over go, with their members. What still has somebody to ask never goes. */
import type { Database, Statement } from '../database/contract.ts';
import { inBatches } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';

/** Each has up to 10,000 members. */
const BATCH = 10;

// Plan: the old end of the primary key, as ids sort by time; members by the beginning of theirs, pending ones by their partial index.
const FORGET: Statement = {
  name: 'command_bulk_forget',
  text: `WITH old AS (
           SELECT b.id FROM command_bulks b
            WHERE b.id < $1 AND NOT EXISTS (SELECT FROM command_bulk_members m WHERE m.bulk_id = b.id AND m.state = 'pending')
            ORDER BY b.id LIMIT ${BATCH}),
         members AS (DELETE FROM command_bulk_members m USING old WHERE m.bulk_id = old.id)
         DELETE FROM command_bulks b USING old WHERE b.id = old.id RETURNING b.id`,
};

/** Returns how many bulks went. */
export const forgetBulksBefore = (db: Pick<Database, 'rows'>, before: Date): Promise<number> =>
  inBatches(BATCH, async () => (await db.rows(FORGET, [firstIdAt('blk', before)])).length);
