/**
 * Refuses a start behind a connection pooler that would break it later: sessions that are shared by transactions (PgBouncer's
 * transaction mode) without a way around it for what needs a session of its own (LISTEN, the lock of the migrations), or without
 * prepared statements. Looked at from outside, so that any pooler is recognized, whatever its name.
 */
import pg from 'pg';

export class PoolerError extends Error {
  override readonly name = 'PoolerError';
}

/** What lies between this process and the server. */
export type Between = {
  /** none: the server itself, or one session of it for each connection. */
  readonly sharing: 'none' | 'transaction';
  /** Whether a statement that was prepared is there on whatever session of the server comes next. */
  readonly keepsStatements: boolean;
};

/** Other clients of the pooler may hide what it does from one look. */
const LOOKS = 3;
const STATEMENT = { name: 'dynamo_probe', text: 'SELECT pg_backend_pid() AS pid' };
/** SQLSTATE: prepared statement does not exist; it exists already (a session of somebody else with the same name). */
const LOST = new Set(['26000', '42P05']);

async function connected<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, application_name: 'dynamo-look', connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // the query in hand rejects with it
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined); // broken already
  }
}

const pidOf = async (client: pg.Client): Promise<number> =>
  (await client.query<{ pid: number }>(STATEMENT.text)).rows[0]?.pid ?? 0;

/** Throws what the connection throws. */
export function lookBetween(url: string): Promise<Between> {
  return connected(url, async (one) => {
    // a pooler makes up the key by which statements are cancelled, so the server's process is another one than it says
    const own: unknown = Reflect.get(one, 'processID');
    if ((await pidOf(one)) === own) return { sharing: 'none', keepsStatements: true };
    return connected(url, async (other) => {
      for (let look = 0; look < LOOKS; look += 1) {
        const before = await pidOf(one);
        await other.query('BEGIN');
        const taken = await pidOf(other);
        const after = await pidOf(one);
        await other.query('ROLLBACK');
        if (before !== after || taken === before)
          return { sharing: 'transaction', keepsStatements: await keeps(one, other) };
      }
      return { sharing: 'none', keepsStatements: true };
    });
  });
}

/** Prepared by the one, and used by it again while the other holds the session on which that was. */
async function keeps(one: pg.Client, other: pg.Client): Promise<boolean> {
  try {
    await one.query({ ...STATEMENT, values: [] });
    await other.query('BEGIN');
    await pidOf(other);
    await one.query({ ...STATEMENT, values: [] });
    await other.query({ ...STATEMENT, values: [] });
    await other.query('ROLLBACK');
    return true;
  } catch (cause) {
    if (cause instanceof pg.DatabaseError && LOST.has(cause.code ?? '')) return false;
    throw cause;
  }
}

const REMEDY =
  'Set DIRECT_DATABASE_URL to the server itself (or to a pool in session mode): LISTEN and migrations need sessions of their own. Or set DATABASE_URL to it';

/** Why these two do not do; undefined: they do. `direct` is undefined where DIRECT_DATABASE_URL is not set. */
export function poolerFault(at: Between, direct: Between | undefined): string | undefined {
  if (direct?.sharing === 'transaction')
    return 'DIRECT_DATABASE_URL leads to a connection pooler in transaction mode. It has to lead to the server itself, or to a pool in session mode.';
  if (at.sharing === 'none') return undefined;
  if (direct === undefined) return `DATABASE_URL leads to a connection pooler in transaction mode. ${REMEDY}.`;
  if (!at.keepsStatements)
    return 'DATABASE_URL leads to a connection pooler in transaction mode that forgets prepared statements. PgBouncer 1.21 or newer keeps them with max_prepared_statements = 500; or set DATABASE_URL to the server itself.';
  return undefined;
}

export async function refusePoolers({ url, directUrl }: { url: string; directUrl: string | undefined }): Promise<void> {
  const direct = directUrl === undefined ? undefined : await lookBetween(directUrl);
  const fault = poolerFault(await lookBetween(url), direct);
  if (fault !== undefined) throw new PoolerError(fault);
}
