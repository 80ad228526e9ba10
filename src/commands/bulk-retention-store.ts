/**
 * Bulks that are long over go, with their members; their commands stay. What still has somebody to ask never goes.
 */
import { encodeTime } from 'ulid';
import type { Database, Statement } from '../database/contract.ts';

const KEPT_DAYS = 90;
const DAY_MS = 86_400_000;
/** Each has up to 10,000 members. */
const BATCH = 10;

// Plan: the old end of the primary key, as ids sort by time; members by the beginning of theirs, pending ones by their partial index.
const FORGET = (limit: number): Statement => ({
  name: `command_bulk_forget_${limit}`,
  text: `WITH old AS (
           SELECT b.id FROM command_bulks b
            WHERE b.id < $1 AND NOT EXISTS (SELECT FROM command_bulk_members m WHERE m.bulk_id = b.id AND m.state = 'pending')
            ORDER BY b.id LIMIT ${limit}),
         members AS (DELETE FROM command_bulk_members m USING old WHERE m.bulk_id = old.id)
         DELETE FROM command_bulks b USING old WHERE b.id = old.id RETURNING b.id`,
});

/** For the table of periodic jobs. Returns how many bulks went. */
export async function forgetBulks(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = `blk_${encodeTime(Math.max(0, now.getTime() - KEPT_DAYS * DAY_MS))}`;
  let total = 0;
  for (let round = 0; round < 1000; round += 1) {
    const gone = (await db.rows(FORGET(BATCH), [before])).length;
    total += gone;
    if (gone < BATCH) break;
  }
  return total;
}
