/** Watches what the database answers, for the metrics: when it answered last, and what kept it from answering. It changes nothing. */
import type { Database } from './contract.ts';
import { isTransient, NoConnection } from './transient.ts';

/** What kept the database from answering; a closed list, as it is a label. What is our own mistake is none of them. */
export const databaseFaults = ['unreachable', 'exhausted', 'no_space', 'timeout', 'conflict', 'other'] as const;
export type DatabaseFault = (typeof databaseFaults)[number];

export type DatabaseMetrics = { fault(kind: DatabaseFault): void };

export type WatchedDatabase = Database & {
  /** How long ago anything was answered; refusals are answers. */
  silentMs(): number;
  /** Connections of the pool, and who waits for one. */
  connections(): Readonly<Record<'used' | 'idle' | 'waiting', number>>;
};

const EXHAUSTED = /^timeout exceeded when trying to connect/;
const TIMEOUT = /^(Query read timeout|timeout expired)/;

/** Of a transient fault. SQLSTATEs: 53100 disk full, 53200 out of memory, 53300 too many connections, 57014 cancelled. */
export function faultOf(cause: unknown): DatabaseFault {
  let otherwise: DatabaseFault = 'other';
  for (let fault = cause, depth = 0; typeof fault === 'object' && fault !== null && depth < 5; depth += 1) {
    const code = textOf(fault, 'code');
    const message = textOf(fault, 'message');
    if (code === '53300' || EXHAUSTED.test(message)) return 'exhausted';
    if (code === '53100' || code === '53200' || code.startsWith('58')) return 'no_space';
    if (code === '57014' || TIMEOUT.test(message)) return 'timeout';
    if (code === '40001' || code === '40P01' || code === '55P03') return 'conflict';
    if (code.startsWith('08') || code.startsWith('57P') || code.startsWith('E')) return 'unreachable';
    if (/^Connection terminated|^Client (has|was)/.test(message)) return 'unreachable';
    if (fault instanceof NoConnection) otherwise = 'unreachable';
    fault = Reflect.get(fault, 'cause');
  }
  return otherwise;
}

const textOf = (of: object, name: 'code' | 'message'): string => {
  const value: unknown = Reflect.get(of, name);
  return typeof value === 'string' ? value : '';
};

export function watchDatabase(
  db: Database,
  { fault }: DatabaseMetrics,
  monotonicMs: () => number = () => performance.now(),
): WatchedDatabase {
  let answeredAt = monotonicMs();
  async function noted<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      answeredAt = monotonicMs();
      return value;
    } catch (cause) {
      if (isTransient(cause)) fault(faultOf(cause));
      else answeredAt = monotonicMs();
      throw cause;
    }
  }
  return {
    ...db,
    rows: (statement, values) => noted(db.rows(statement, values)),
    transaction: (work) => noted(db.transaction(work)),
    silentMs: () => Math.max(0, monotonicMs() - answeredAt),
    connections: () => {
      const { totalCount, idleCount, waitingCount } = db.pool;
      return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
    },
  };
}
