/**
 * Deletes little by little, so that no statement holds many rows for long: `step` takes at most `batch` rows and says how many it took,
 * until there is nothing left. Returns how many went.
 */
import type { Statement, Tx } from './contract.ts';

export async function inBatches(batch: number, step: () => Promise<number>): Promise<number> {
  let all = 0;
  for (let done = batch; done === batch; all += done) done = await step();
  return all;
}

const BATCH = 5000;

/**
 * Takes the next few of all rows that meet the condition, in which the table is `t`. `order`: by the index that finds them; without it
 * the planner may read the whole table for a few. What another process is deleting is left to it.
 */
export const deleteFew = (name: string, table: string, condition: string, order?: string): Statement => ({
  name,
  text: `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
           SELECT t.ctid FROM ${table} t WHERE ${condition} ${order === undefined ? '' : `ORDER BY ${order}`}
            LIMIT ${BATCH} FOR UPDATE OF t SKIP LOCKED)) RETURNING 1 AS gone`,
});

/** All of them. Not within a transaction: each few are one of their own. */
export const deleteAll = (db: Tx, statement: Statement, values: readonly unknown[]): Promise<number> =>
  inBatches(BATCH, async () => (await db.rows(statement, values)).length);
