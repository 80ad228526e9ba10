/** How many connections the database server lets this installation have. */
import type { Database, Statement } from '../database/contract.ts';

/** The smallest of what the server, the database and the role allow; what the server keeps for superusers is not ours. */
const ALLOWED: Statement = {
  name: 'workers_connections_allowed',
  text: `SELECT least(
           (SELECT sum(CASE name WHEN 'max_connections' THEN setting::int ELSE -setting::int END)::int FROM pg_settings
             WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')),
           (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
           (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user)) AS allowed`,
};

export async function connectionsAllowed(db: Pick<Database, 'rows'>): Promise<number> {
  const [row] = await db.rows<{ allowed: number }>(ALLOWED, []);
  return row?.allowed ?? 0;
}
