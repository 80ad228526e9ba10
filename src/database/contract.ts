/** What the rooms see of the database. Only `store.ts` files and this room know Prisma and SQL. */
import type pg from 'pg';
import type { PrismaClient } from '../generated/prisma/client.ts';

/** SQL with a stable name: the server parses and plans it once per connection. */
export type Statement = { readonly name: string; readonly text: string };

/** One open transaction (or one connection) on the hot path. bigint and numeric-free: int8 comes back as number. */
export type Tx = {
  rows<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
};

export type Database = {
  /** CRUD and REST reads. Never on a charger's hot path. */
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** One statement outside of any transaction. */
  rows<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
  /** BEGIN, work, COMMIT; anything thrown rolls back and is thrown on. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** SQL statements sent so far, Prisma's and BEGIN and COMMIT included. */
  statements(): number;
  /** Connection string for tools; embedded: the Unix socket. */
  readonly url: string;
  close(): Promise<void>;
};

/** True for faults of the connection or server (away, restarting, out of connections, deadlock): the same work may succeed later. */
export type IsTransient = (cause: unknown) => boolean;
