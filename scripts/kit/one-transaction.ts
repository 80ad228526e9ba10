/**
 * A database whose every statement belongs to one transaction, so that what rooms do by themselves, each in a transaction of its own, happens as
 * a whole or not at all: their transactions become savepoints of it. For scripts; one connection, one thing at a time.
 */
import type pg from 'pg';
import { connectDatabase, type Database } from '../../src/database/index.ts';
import type { Logger } from '../../src/database/logger.ts';

export type OneTransaction = {
  readonly db: Database;
  /** What `work` does is undone when it throws; the rest of the transaction goes on. */
  step<T>(work: () => Promise<T>): Promise<T>;
};

type Query = (...args: unknown[]) => Promise<{ command: string }>;
const textIn = (config: unknown): string | undefined =>
  typeof config === 'string' ? config : (config as { text?: string } | undefined)?.text;

/** Savepoints by depth: what is asked for as a transaction inside of ours. */
function nested(client: pg.PoolClient): void {
  const real = client.query.bind(client) as unknown as Query;
  let depth = 0;
  const as = (text: string, command: string): Promise<{ command: string }> =>
    real(text).then((result) => ({ ...result, command }));
  const query: Query = (config, ...rest) => {
    const text = textIn(config)?.trim().toUpperCase();
    if (text !== undefined && /^BEGIN\b/.test(text)) {
      depth += 1;
      return as(`SAVEPOINT within_${depth}`, 'BEGIN');
    }
    if (text === 'COMMIT') {
      depth -= 1;
      return as(`RELEASE SAVEPOINT within_${depth + 1}`, 'COMMIT');
    }
    if (text === 'ROLLBACK') {
      depth -= 1;
      return as(`ROLLBACK TO SAVEPOINT within_${depth + 1}`, 'ROLLBACK');
    }
    return real(config, ...rest);
  };
  client.query = query as typeof client.query; // its overloads are passed through as they are
}

/** Commits what `work` did if it returns true; takes it back if it returns false or throws. */
export async function inOneTransaction(
  connection: pg.PoolConfig,
  log: Logger,
  work: (transaction: OneTransaction) => Promise<boolean>,
): Promise<void> {
  const db = connectDatabase({ connection: { ...connection, idleTimeoutMillis: 0 }, url: '', poolSize: 1, log });
  let outside: Query | undefined;
  db.pool.on('connect', (client) => {
    if (outside !== undefined) {
      // the first connection broke, and all that was done on it is undone
      client.query = (() =>
        Promise.reject(
          new Error('the connection to the database was lost; nothing was changed'),
        )) as typeof client.query;
      return;
    }
    outside = client.query.bind(client) as unknown as Query;
    nested(client);
  });
  try {
    await db.pool.query('SELECT 1'); // opens it
    const send = outside as Query | undefined;
    if (send === undefined) throw new Error('the database gave no connection');
    await send('BEGIN');
    // its pace is that of a file, and of whoever writes it into the pipe
    await send('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
    const step = async <T>(action: () => Promise<T>): Promise<T> => {
      await send('SAVEPOINT step');
      try {
        const result = await action();
        await send('RELEASE SAVEPOINT step');
        return result;
      } catch (cause) {
        await send('ROLLBACK TO SAVEPOINT step');
        throw cause;
      }
    };
    const isWanted = await work({ db, step }).catch(async (cause: unknown) => {
      await send('ROLLBACK').catch(() => undefined); // a connection that broke has rolled back by that
      throw cause;
    });
    const { command } = await send(isWanted ? 'COMMIT' : 'ROLLBACK');
    if (isWanted && command !== 'COMMIT') throw new Error('the transaction was aborted; nothing was changed');
  } finally {
    await db.close(); // without COMMIT the server takes it all back
  }
}
