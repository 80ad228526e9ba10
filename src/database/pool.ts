/**
 * The connection pool and the hot path on it: named prepared statements and transactions that never give a broken
 * connection back. Must never hide an uncertain COMMIT: every doubt is thrown.
 */
import { Writable } from 'node:stream';
import pg from 'pg';
import { type BindArrays, createArrayBinder } from './binary-arrays.ts';
import type { Database, Statement, Tx } from './contract.ts';
import type { Logger } from './logger.ts';
import { isStaleStatement, NoConnection } from './transient.ts';

export type PoolOptions = {
  readonly connection: pg.PoolConfig;
  readonly size: number;
  /** It is a connection pooler that answers, not the server. */
  readonly pooled?: boolean;
  readonly log: Logger;
};

/** int8 as number: our counters and Wh stay far below 2^53, and one that does not must not be rounded in silence. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} does not fit a number`);
  return value;
}

const parseInt8Array = (text: string): (number | null)[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((item) => (item === 'NULL' ? null : safeInteger(item)));

const parseAnyInstant = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, 'text');
/** What PostgreSQL writes in UTC (`2026-11-26 06:50:00.123+00`) is but for two characters what Date reads at once. */
const parseInstant = (text: string): unknown =>
  text.endsWith('+00') && text[4] === '-' && text[10] === ' '
    ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
    : parseAnyInstant(text);

const UUID = 2950;
/** All of ours are ids of traces, which are written without hyphens (platform/trace.ts). */
const parseUuid = (text: string): string => text.replaceAll('-', '');

const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (format !== 'binary' && oid === pg.types.builtins.INT8) return safeInteger;
  if (format !== 'binary' && oid === pg.types.builtins.TIMESTAMPTZ) return parseInstant;
  if (format !== 'binary' && oid === UUID) return parseUuid;
  if (format !== 'binary' && oid === 1016) return parseInt8Array;
  return pg.types.getTypeParser(oid, format);
};

/**
 * Our hot statements fetch a few rows by key out of tables that lie in memory. With PostgreSQL's default for spinning disks the
 * planner reads a table of a thousand charge points whole to find three of them, in every statement of every transaction.
 */
const PLANNER = { random_page_cost: '1.1', plan_cache_mode: 'force_generic_plan' };
const QUERY_TIMEOUT_MS = 60_000;
/**
 * What the server does when nothing is heard of us any more: without it a machine that lost its power in the middle of a transaction
 * keeps its locks, and with them its chargers from all other processes, until TCP gives up (two hours by default of Linux). Our
 * transactions compute between their statements and wait for nobody, so one that is idle for so long has lost its process; if it had
 * not, it is tried again. What we have given up on ends there too, soon after. docs/reliability.md counts with these.
 */
const PARTING = {
  idle_in_transaction_session_timeout: '10s',
  statement_timeout: `${QUERY_TIMEOUT_MS / 1000 + 5}s`,
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '25s',
};
const OPTIONS = Object.entries({ ...PLANNER, ...PARTING })
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');
/** A statement whose client is gone ends, also while it waits for a lock. No option: a server on Windows would refuse the connection. */
const NOTICE_THE_END = `SELECT set_config('client_connection_check_interval', '2s', false)`;

/** pg lets what stands in the URL take the place of what it is given: the URL's own options come behind ours, and win one by one. */
function optionsOf({
  connectionString: url,
  options,
}: pg.PoolConfig): Pick<pg.PoolConfig, 'connectionString' | 'options'> {
  const joined = (own: string | undefined) => (own === undefined ? OPTIONS : `${OPTIONS} ${own}`);
  const at = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  const own = at?.searchParams.get('options');
  if (at === undefined || own == null) return { options: joined(options) };
  at.searchParams.set('options', joined(own));
  return { connectionString: at.href };
}

export function createPool({ connection, size, log, pooled = false }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    application_name: 'dynamo-csms',
    idleTimeoutMillis: 60_000,
    ...connection,
    // a connection pooler refuses options: set them for the database there (docs/operations.md)
    ...(!pooled && optionsOf(connection)),
    max: size,
    types: { getTypeParser },
    // what is sent together travels together: BEGIN with the first statement, several loads of one transaction at once
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    // a network that swallows everything: give up and destroy the connection rather than wait for TCP
    query_timeout: QUERY_TIMEOUT_MS,
  });
  // without a listener the end of an idle connection would end the process
  pool.on('error', (cause) => log.warn({ err: cause }, 'database connection lost'));
  // The pool hands a new connection over by a promise: what the server says in the same packet as "ready" (that it was ended by an
  // administrator) is told before anybody has been able to listen. Whoever uses it next is refused.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // travels with the first statement; without it the server finds out later, by statement_timeout
  if (!pooled) pool.on('connect', (client) => void client.query(NOTICE_THE_END).catch(() => undefined));
  return pool;
}

/** Counts what is sent on the pool's connections, whoever sends it. */
export function countStatements(pool: pg.Pool): () => number {
  let count = 0;
  pool.on('connect', (client) => {
    const query = client.query;
    client.query = function counted(this: pg.PoolClient, ...args: unknown[]) {
      count += 1;
      return Reflect.apply(query, this, args);
    } as typeof client.query; // its overloads are passed through as they are
  });
  return () => count;
}

/** 25006: what was the primary is a standby now. The connection lasts, and will never write again. */
const isDemoted = (cause: unknown): boolean => cause instanceof pg.DatabaseError && cause.code === '25006';

/** What comes with the end of the connection (FATAL, which PostgreSQL says in its own language), or of which nobody knows what it leaves. */
const ends = /^(08|28|3D|57P|XX)|^25P0[34]$|^53300$/;

/** The server said no, and the connection is as good as before. Anything else leaves it in an unknown state. */
const saidByServer = (cause: unknown): boolean =>
  cause instanceof pg.DatabaseError && !ends.test(cause.code ?? 'XX') && !isStaleStatement(cause) && !isDemoted(cause);

/** Those that are idle lead where the one led that was just given up: the next ones are opened anew. */
function letGoOfIdle(pool: pg.Pool): void {
  for (let count = pool.idleCount; count > 0; count -= 1) {
    pool.connect().then(
      (client) => client.release(true),
      () => undefined, // none was left to let go of
    );
  }
}

/** 25P02: refused for nothing of its own, as a statement before it in the transaction had failed. */
const reasonOf = (cause: unknown, failedFirst: unknown): unknown =>
  cause instanceof pg.DatabaseError && cause.code === '25P02' ? (failedFirst ?? cause) : cause;

type Discard = (cause: unknown) => void;
type Lent<T> = (client: pg.PoolClient, discard: Discard, isDiscarded: () => boolean) => Promise<T>;

/** Lends a connection to `work`; destroys it when `work` says so, or when it broke meanwhile. */
async function lend<T>(pool: pg.Pool, work: Lent<T>): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (cause) {
    throw new NoConnection(cause);
  }
  let discarded = false;
  const discard = (cause: unknown): void => {
    discarded = true;
    if (isDemoted(cause)) letGoOfIdle(pool);
  };
  client.on('error', discard); // the pool does not listen while a connection is lent; the query in hand rejects too
  try {
    return await work(client, discard, () => discarded);
  } finally {
    client.removeListener('error', discard);
    client.release(discarded);
    // pg would wait for what is still on its way, while the pool opens another connection in its place
    const stream = streamOf(client);
    if (discarded && stream instanceof Writable) stream.destroy();
  }
}

/** Corked connections, each until this turn of the event loop is over. */
const corked = new WeakSet<object>();

const streamOf = (client: pg.PoolClient): unknown => Reflect.get(Object(Reflect.get(client, 'connection')), 'stream');

/** Statements that are sent in one turn leave in one write: PostgreSQL is woken once, and reads them at once. */
function gather(client: pg.PoolClient): void {
  const stream = streamOf(client);
  if (!(stream instanceof Writable) || corked.has(stream)) return;
  corked.add(stream);
  stream.cork();
  process.nextTick(() => {
    corked.delete(stream);
    stream.uncork();
  });
}

type Answer<Row> = { command: string; rows: Row[] };

/** The server's refusals leave a connection in order; after any other fault of a query it is discarded. */
async function query<Row>(
  client: pg.PoolClient,
  discard: Discard,
  config: { text: string; name?: string; values?: unknown[] },
): Promise<Answer<Row>> {
  try {
    gather(client);
    const { command, rows } = await client.query(config);
    return { command, rows: rows as Row[] }; // the parsed edge: the statement's author states what it selects
  } catch (cause) {
    if (!saidByServer(cause)) discard(cause);
    throw cause;
  }
}

const prepared = (bind: BindArrays, statement: Statement, values: readonly unknown[]) => ({
  name: statement.name,
  text: statement.text,
  values: bind(statement, values),
});

export const rowsOn = (pool: pg.Pool): Database['rows'] => {
  const bind = createArrayBinder();
  return <Row>(statement: Statement, values: readonly unknown[]) =>
    lend(pool, async (client, discard) => (await query<Row>(client, discard, prepared(bind, statement, values))).rows);
};

/**
 * Statements that `work` starts together travel together (pipeline); those it has not waited for when it returns travel with
 * the COMMIT, and fail the transaction if they fail.
 *
 * If the connection breaks during COMMIT nobody knows whether it happened; that is thrown like any other fault, so work
 * that is repeated must be such that doing it twice does no harm.
 */
export const transactionOn = (pool: pg.Pool): Database['transaction'] => {
  const bind = createArrayBinder();
  return <T>(work: (tx: Tx) => Promise<T>) =>
    lend(pool, async (client, discard, isDiscarded) => {
      let open = true;
      /** The server answers in order; `work` may still be told first what a statement behind it was answered. */
      let failedFirst: unknown;
      const underway = new Set<Promise<unknown>>();
      const send = <Row>(config: Parameters<typeof query>[2]): Promise<Answer<Row>> => {
        const answer = query<Row>(client, discard, config);
        underway.add(answer);
        answer.then(
          () => underway.delete(answer),
          (cause: unknown) => {
            underway.delete(answer);
            failedFirst ??= cause;
          },
        );
        return answer;
      };
      const tx: Tx = {
        rows: <Row>(statement: Statement, values: readonly unknown[]) => {
          if (!open) return Promise.reject(new Error(`This transaction is over; ${statement.name} came too late.`));
          const rows = send<Row>(prepared(bind, statement, values)).then((answer) => answer.rows);
          rows.catch(() => undefined); // whoever does not wait for it hears of it at COMMIT
          return rows;
        },
      };
      // sent with the first statement, not before it; if it fails, what follows fails too
      send({ text: 'BEGIN' }).catch(() => undefined); // it is one of those underway
      let result: T;
      try {
        result = await work(tx);
      } catch (cause) {
        open = false;
        // statements that are still on their way come before it
        if (!isDiscarded()) await query(client, discard, { text: 'ROLLBACK' }).catch(discard);
        throw reasonOf(cause, failedFirst);
      }
      open = false;
      const before = [...underway];
      const commit = query(client, discard, { text: 'COMMIT' });
      // of several failures the first is the cause of the others
      const failed = (await Promise.allSettled([...before, commit])).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw reasonOf(failed.reason, failedFirst);
      // PostgreSQL's answer to the COMMIT of a transaction in which a statement failed
      if ((await commit).command !== 'COMMIT') {
        throw new Error(
          'The transaction was rolled back: one of its statements failed, and the failure was swallowed.',
          { cause: failedFirst },
        );
      }
      return result;
    });
};
