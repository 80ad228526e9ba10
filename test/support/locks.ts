/** Who waits for whom in a database: how a test gets two to the same row in an order that it chooses. */
import type { Database, Tx } from '../../src/database/index.ts';
import { until } from './until.ts';

type Db = Pick<Database, 'pool'>;

/** How many of this database wait for a lock now; `about`: whose statement has this in it. */
export async function lockWaiters(db: Db, about = ''): Promise<number> {
  const { rowCount } = await db.pool.query(
    `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND strpos(query, $1) > 0`,
    [about],
  );
  return rowCount ?? 0;
}
export const waitingForLocks = (db: Db, count: number): Promise<boolean> =>
  until(`${count} wait for a lock`, async () => (await lockWaiters(db)) === count);

/** Until `tx` ends nobody changes the row of this user; whoever only refers to it does not wait. */
export async function holdUser(tx: Tx, userId: string): Promise<void> {
  await tx.rows({ name: 'test_hold_user', text: 'SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE' }, [userId]);
}
