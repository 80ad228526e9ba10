/**
 * The partitions of the big tables: made ahead of time, dropped when their retention is over. A row that finds no partition
 * goes to the default one and is moved when its partition is made, so being late loses nothing.
 */
import type { Database, Statement, Tx } from './contract.ts';

export type Retention = {
  /** Whole months that are kept beside the current one; 0: for ever. */
  readonly meterMonths: number;
  readonly statusMonths: number;
  /** Whole days that are kept beside the current one; 0: for ever. */
  readonly frameDays: number;
};

export type PartitionsChanged = { readonly created: readonly string[]; readonly dropped: readonly string[] };

type Unit = 'month' | 'day';
type Table = {
  readonly name: string;
  readonly unit: Unit;
  /** Made beside the current one. Before: chargers that come back online send what they kept. */
  readonly before: number;
  readonly ahead: number;
  readonly storage: string | null;
  readonly keep: (retention: Retention) => number;
};

// written once, read rarely, dropped soon: a vacuum of frames would only write them a second time
const neverRewritten = 'autovacuum_vacuum_insert_threshold = -1';
const tables: readonly Table[] = [
  { name: 'status_history', unit: 'month', before: 0, ahead: 2, storage: null, keep: (r) => r.statusMonths },
  // a charger that fell silent was gone before it is said to be
  { name: 'connection_history', unit: 'month', before: 1, ahead: 2, storage: null, keep: (r) => r.statusMonths },
  { name: 'meter_samples', unit: 'month', before: 1, ahead: 2, storage: null, keep: (r) => r.meterMonths },
  { name: 'transaction_events', unit: 'month', before: 0, ahead: 2, storage: null, keep: (r) => r.meterMonths },
  { name: 'frames', unit: 'day', before: 0, ahead: 3, storage: neverRewritten, keep: (r) => r.frameDays },
];

const patience: Statement = {
  name: 'partitions_patience',
  // the locks are short, but behind a long query they would make all writers queue
  text: `SELECT set_config('lock_timeout', '2s', true)`,
};
const create: Statement = {
  name: 'partitions_create',
  text: 'SELECT create_partition($1, $2, $3::timestamptz, $4) AS name',
};
const drop: Statement = { name: 'partitions_drop', text: 'SELECT drop_partitions($1, $2::timestamptz) AS name' };

/** The first instant of the month or day (UTC) that lies `offset` units after the one that holds `moment`. */
export function unitStart(unit: Unit, moment: Date, offset: number): Date {
  const [year, month, day] = [moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate()];
  return new Date(unit === 'month' ? Date.UTC(year, month + offset, 1) : Date.UTC(year, month, day + offset));
}

async function names(tx: Tx, statement: Statement, values: readonly unknown[]): Promise<string[]> {
  const rows = await tx.rows<{ name: string | null }>(statement, values);
  return rows.flatMap(({ name }) => (name === null ? [] : [name]));
}

/**
 * At start and once a day. Several processes may do it at once. Throws a transient fault when a table stays locked: the
 * next day's call makes up for it, as partitions are made days ahead.
 */
export async function maintainPartitions(
  db: Pick<Database, 'transaction'>,
  { now, ...retention }: Retention & { now: Date },
): Promise<PartitionsChanged> {
  const created: string[] = [];
  const dropped: string[] = [];
  for (const { name, unit, before, ahead, storage, keep } of tables) {
    for (let offset = -before; offset <= ahead; offset += 1) {
      // a transaction each: the lock on the default partition must be short
      const made = await db.transaction(async (tx) => {
        await tx.rows(patience, []);
        return names(tx, create, [name, unit, unitStart(unit, now, offset), storage]);
      });
      created.push(...made);
    }
    const kept = keep(retention);
    if (kept <= 0) continue;
    const gone = await db.transaction(async (tx) => {
      await tx.rows(patience, []);
      return names(tx, drop, [name, unitStart(unit, now, -kept)]);
    });
    dropped.push(...gone);
  }
  return { created, dropped };
}
