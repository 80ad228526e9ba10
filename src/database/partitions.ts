/**
 * The partitions of the big tables: made ahead of time, dropped when their retention is over. A row that finds no partition
 * goes to the default one and is moved when its partition is made, so being late loses nothing. Nothing here holds a lock for longer
 * than a moment: what takes time, takes it row by row beside the writers.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Statement, Tx } from './contract.ts';
import { inBatches } from './in-batches.ts';
import type { Logger } from './logger.ts';
import { isTransient } from './transient.ts';

export type Retention = {
  /** Whole months that are kept beside the current one; 0: for ever. */
  readonly meterMonths: number;
  readonly statusMonths: number;
  /** Whole days that are kept beside the current one; 0: for ever. */
  readonly frameDays: number;
};

export type PartitionsChanged = { readonly created: readonly string[]; readonly dropped: readonly string[] };

export type Sizes = {
  /** A default partition that is larger is put aside before others are made: they are checked against all that lies in it. */
  readonly aside: number;
  /** A month or day of which so many rows lie in it gets a partition, however long ago it was. */
  readonly crowd: number;
  /** Pages that go back, and old rows that go, at a time. */
  readonly pages: number;
  readonly rows: number;
};
const USUAL: Sizes = { aside: 8_388_608, crowd: 10_000, pages: 64, rows: 5000 };

type Unit = 'month' | 'day';
type Table = {
  readonly name: string;
  readonly key: 'at' | 'received_at';
  readonly unit: Unit;
  /** Made beside the current one. Before: chargers that come back online send what they kept. */
  readonly before: number;
  readonly ahead: number;
  readonly storage: string | null;
  readonly keep: (retention: Retention) => number;
};

// written once, read rarely, dropped soon: a vacuum of frames would only write them a second time
const neverRewritten = 'autovacuum_vacuum_insert_threshold = -1';
const months = { unit: 'month', before: 0, ahead: 2, storage: null } as const;
const tables: readonly Table[] = [
  { ...months, name: 'status_history', key: 'received_at', keep: (r) => r.statusMonths },
  // a charger that fell silent was gone before it is said to be
  { ...months, name: 'connection_history', key: 'at', before: 1, keep: (r) => r.statusMonths },
  { ...months, name: 'meter_samples', key: 'at', before: 1, keep: (r) => r.meterMonths },
  { ...months, name: 'transaction_events', key: 'received_at', keep: (r) => r.meterMonths },
  { name: 'frames', key: 'at', unit: 'day', before: 0, ahead: 3, storage: neverRewritten, keep: (r) => r.frameDays },
];

// Behind a lock that is waited for all writers queue: rather several short tries than one long one.
const TRIES = 8;
const BETWEEN_MS = 250;
const isLocked = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === '55P03';
const patience: Statement = {
  name: 'partitions_patience',
  text: `SELECT set_config('lock_timeout', '200ms', true)`,
};
const there: Statement = {
  name: 'partitions_there',
  text: `SELECT i.inhrelid::regclass::text AS name FROM pg_inherits i WHERE i.inhparent = quote_ident($1)::regclass`,
};
const create: Statement = {
  name: 'partitions_create',
  text: 'SELECT create_partition($1, $2, $3::timestamptz, $4) AS name',
};
const expired: Statement = {
  name: 'partitions_expired',
  text: 'SELECT expired_partitions($1, $2::timestamptz) AS name',
};
const drop: Statement = { name: 'partitions_drop', text: 'SELECT drop_partition($1, $2) AS name' };
const trim: Statement = {
  name: 'partitions_trim',
  text: 'SELECT delete_from_default_partition($1, $2, $3::timestamptz, $4) AS rows',
};
const size: Statement = {
  name: 'partitions_size',
  text: `SELECT coalesce(pg_relation_size(to_regclass(quote_ident($1))), 0) AS bytes, to_regclass(quote_ident($1)) IS NOT NULL AS "isThere"`,
};
const crowded: Statement = { name: 'partitions_crowded', text: 'SELECT crowded_units($1, $2, $3, $4) AS since' };
const putAside: Statement = { name: 'partitions_aside', text: 'SELECT put_default_partition_aside($1) AS done' };
const refill: Statement = { name: 'partitions_refill', text: 'SELECT refill_from_overflow($1, $2, $3) AS rows' };
const finish: Statement = { name: 'partitions_finish', text: 'SELECT drop_overflow($1) AS done' };

/** The first instant of the month or day (UTC) that lies `offset` units after the one that holds `moment`. */
export function unitStart(unit: Unit, moment: Date, offset: number): Date {
  const [year, month, day] = [moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate()];
  return new Date(unit === 'month' ? Date.UTC(year, month + offset, 1) : Date.UTC(year, month, day + offset));
}

const nameOf = ({ name, unit }: Table, start: Date): string =>
  `${name}_${start
    .toISOString()
    .slice(0, unit === 'month' ? 7 : 10)
    .replaceAll('-', '_')}`;

type Db = Pick<Database, 'transaction' | 'rows'>;

/** A transaction of its own that waits for locks for a moment only, and comes again. */
async function briefly<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction(async (tx) => {
        await tx.rows(patience, []);
        return work(tx);
      });
    } catch (cause) {
      // not only locks: what goes back may meet another process that makes its partition at this moment
      if (!isTransient(cause) || tries === TRIES) throw cause;
      await pause(BETWEEN_MS);
    }
  }
}

const named = async (db: Tx, statement: Statement, values: readonly unknown[]): Promise<string[]> =>
  (await db.rows<{ name: string | null }>(statement, values)).flatMap(({ name }) => (name === null ? [] : [name]));

async function sizeOf(db: Db, name: string): Promise<{ bytes: number; isThere: boolean }> {
  const [found] = await db.rows<{ bytes: number; isThere: boolean }>(size, [name]);
  return found ?? { bytes: 0, isThere: false };
}

/** What lies aside goes back, the newest first: nobody sees it meanwhile. */
async function bringBack(db: Db, { name }: Table, { pages }: Sizes): Promise<void> {
  const { bytes, isThere } = await sizeOf(db, `${name}_overflow`);
  if (!isThere) return;
  const last = Math.ceil(bytes / 8192);
  for (let after = last; after > 0; after -= pages)
    await briefly(db, (tx) => tx.rows(refill, [name, Math.max(0, after - pages), after]));
  await briefly(db, (tx) => tx.rows(finish, [name]));
}

const wantedOf = ({ unit, before, ahead }: Table, now: Date): Date[] =>
  Array.from({ length: before + 1 + ahead }, (_, i) => unitStart(unit, now, i - before));

async function add(db: Db, table: Table, starts: readonly Date[]): Promise<string[]> {
  const { name, unit, storage } = table;
  const has = new Set(await named(db, there, [name]));
  const created: string[] = [];
  for (const start of starts) {
    if (has.has(nameOf(table, start))) continue;
    // a transaction each: the lock on the default partition must be short
    created.push(...(await briefly(db, (tx) => named(tx, create, [name, unit, start, storage]))));
  }
  return created;
}

/** Makes what is missing, also for a crowd that came without a partition. A large default partition is put aside first. */
async function heal(db: Db, table: Table, now: Date, sizes: Sizes): Promise<string[]> {
  const { name, unit, ahead, key } = table;
  const wanted = wantedOf(table, now);
  const crowds = async (place: string) =>
    (await db.rows<{ since: Date }>(crowded, [place, key, unit, sizes.crowd]))
      .map(({ since }) => since)
      .filter((since) => since <= unitStart(unit, now, ahead));
  const spare = `${name}_default`;
  const aside = `${name}_overflow`;
  let starts = wanted;
  if ((await sizeOf(db, aside)).isThere) {
    starts = [...(await crowds(aside)), ...wanted]; // somebody was interrupted
  } else if ((await sizeOf(db, spare)).bytes > sizes.aside) {
    const has = new Set(await named(db, there, [name]));
    starts = [...(await crowds(spare)), ...wanted].filter((start) => !has.has(nameOf(table, start)));
    if (starts.length > 0) await briefly(db, (tx) => tx.rows(putAside, [name]));
  }
  const created = await add(db, table, starts);
  await bringBack(db, table, sizes);
  return created;
}

/** Partitions go one by one; of the default one, old rows a few at a time. */
async function forget(db: Db, { name, key }: Table, cutoff: Date, { rows }: Sizes): Promise<string[]> {
  const dropped: string[] = [];
  for (const child of await named(db, expired, [name, cutoff]))
    dropped.push(...(await briefly(db, (tx) => named(tx, drop, [name, child]))));
  await inBatches(rows, async () => {
    const [gone] = await db.rows<{ rows: number }>(trim, [name, key, cutoff, rows]);
    return gone?.rows ?? 0;
  });
  return dropped;
}

/** What one table refuses is thrown when all others are done: as transient when it stays locked. */
async function ofEach(work: (table: Table) => Promise<void>): Promise<void> {
  const faults: unknown[] = [];
  for (const table of tables) await work(table).catch((cause: unknown) => faults.push(cause));
  if (faults.length > 0) throw faults[0];
}

/** At start: only what takes no time. The rest is for the job, which also makes up for what stays locked (by a dump, for example). */
export const makePartitions = (db: Db, { now, log }: { readonly now: Date; readonly log: Logger }): Promise<void> =>
  ofEach(async (table) => {
    if ((await sizeOf(db, `${table.name}_default`)).bytes <= USUAL.aside) await add(db, table, wantedOf(table, now));
  }).catch((cause: unknown) => {
    if (!isLocked(cause)) throw cause;
    log.warn(
      { err: cause },
      'a table stayed locked, so its next partitions are not made; the job of the hour makes up for it',
    );
  });

/** Every hour; several processes may do it at once. The next call makes up for what fails, as partitions are made days ahead. */
export async function maintainPartitions(
  db: Db,
  { now, ...retention }: Retention & { now: Date },
  sizes: Sizes = USUAL,
): Promise<PartitionsChanged> {
  const created: string[] = [];
  const dropped: string[] = [];
  await ofEach(async (table) => {
    const kept = table.keep(retention);
    created.push(...(await heal(db, table, now, sizes)));
    if (kept > 0) dropped.push(...(await forget(db, table, unitStart(table.unit, now, -kept), sizes)));
  });
  return { created, dropped };
}

export type PartitionState = {
  readonly table: string;
  /** Of those that should be there by now. */
  readonly missing: readonly string[];
  /** What found no partition, and what of it lies aside. */
  readonly spareBytes: number;
  readonly isAside: boolean;
};

/** Looks only: for who wants to know whether the job of the hour does its work. */
export async function partitionStates(db: Db, now: Date): Promise<PartitionState[]> {
  const states: PartitionState[] = [];
  for (const table of tables) {
    const has = new Set(await named(db, there, [table.name]));
    states.push({
      table: table.name,
      missing: wantedOf(table, now)
        .map((start) => nameOf(table, start))
        .filter((name) => !has.has(name)),
      spareBytes: (await sizeOf(db, `${table.name}_default`)).bytes,
      isAside: (await sizeOf(db, `${table.name}_overflow`)).isThere,
    });
  }
  return states;
}
