/** The cheapest question to the database. */
import type { Database, Statement } from '../database/contract.ts';

const PING: Statement = { name: 'http_ping', text: 'SELECT 1 AS one' };

export async function ping(db: Pick<Database, 'rows'>): Promise<void> {
  await db.rows(PING, []);
}
