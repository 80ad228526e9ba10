/** Which faults pass by themselves. A fault that is wrongly called transient is retried for ever, so the list is closed. */
import type { IsTransient } from './contract.ts';

/**
 * The pool could open no connection. Whatever the reason (a role that may not log in any more, an expired certificate, no file descriptor
 * left), it is never the fault of what was to be done on it. At the start nobody asks by the pool first: a wrong password ends that.
 */
export class NoConnection extends Error {
  override readonly name = 'NoConnection';
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : '';
    super(`No connection to the database could be opened${why === '' ? '' : `: ${why}`}`, { cause });
  }
}

/** SQLSTATE classes and codes: the connection, the server's resources and shutdowns, locks and deadlocks. */
const classes = ['08', '53', '58'];
const states = new Set([
  '25006', // read-only: we still talk to the old primary after a failover (pool.ts lets go of it)
  '25P03', // idle in transaction for too long: the connection was closed
  '40001', // serialization failure
  '40003', // completion unknown
  '40P01', // deadlock
  '55P03', // lock not available in time
  '57014', // cancelled: statement timeout
  '57P01', // admin shutdown
  '57P02', // crash shutdown
  '57P03', // cannot connect now
  '57P05', // idle session timeout
]);
/** Node's errors of the socket, and of a process that may open no more of them. ENOENT: the Unix socket of an embedded server that is starting again. */
const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
]);
/** https://www.prisma.io/docs/orm/reference/error-reference */
const prismaCodes = new Set([
  'P1000', // authentication failed: Prisma takes its connections from the pool too, and says of each why there was none
  'P1001',
  'P1002',
  'P1003', // the database does not exist
  'P1008',
  'P1010', // access denied
  'P1011', // TLS
  'P1017',
  'P2024',
  'P2028',
  'P2034',
  'P2037',
]);
/** pg has no codes for these. */
const messages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after calling end)/;

/** `routine`: where in PostgreSQL it comes from. Unlike its message it is the same in every language (lc_messages); Prisma leaves it out. */
type Fault = { readonly code?: unknown; readonly message?: unknown; readonly routine?: unknown };

/**
 * A prepared statement that the server knows differently or not any more, as after a migration beside us or behind a pooler:
 * on a new connection the same work succeeds.
 */
export const isStaleStatement = ({ code, message, routine }: Fault): boolean =>
  code === '26000' ||
  (code === '0A000' && (routine === 'RevalidateCachedQuery' || /^cached plan must not change/.test(String(message))));

/**
 * It was on its way into the default partition when its own one was made (partitions.ts): the same row finds that one now. Of a table
 * without partitions PostgreSQL never says this.
 */
const movedAway = ({ code, message, routine }: Fault): boolean =>
  code === '23514' &&
  (routine === 'ExecPartitionCheckEmitError' || String(message).endsWith('violates partition constraint'));

/** 55000 says many things; this one of them passes. */
const CLOSED_BY_ADMIN = 'is not currently accepting connections';

/** What a fault wraps: its cause, or (Prisma's P2039 and others) the fault of the driver adapter. */
function within(fault: object): unknown {
  if ('cause' in fault && fault.cause !== undefined) return fault.cause;
  const meta = 'meta' in fault ? fault.meta : undefined;
  return typeof meta === 'object' && meta !== null && 'driverAdapterError' in meta
    ? meta.driverAdapterError
    : undefined;
}

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);

function isTransientItself(fault: object): boolean {
  if (fault instanceof NoConnection) return true;
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined;
  if (code !== undefined) {
    if (systemCodes.has(code) || prismaCodes.has(code) || states.has(code)) return true;
    if (isSqlState(code) && classes.some((name) => code.startsWith(name))) return true;
  }
  if ('message' in fault && typeof fault.message === 'string' && fault.message.endsWith(CLOSED_BY_ADMIN)) return true;
  if (movedAway(fault)) return true;
  return fault instanceof Error && (messages.test(fault.message) || isStaleStatement(fault));
}

/** Looks through causes and aggregates, as Prisma and Node wrap what happened. */
export const isTransient: IsTransient = (cause) => {
  let fault: unknown = cause;
  for (let depth = 0; depth < 5 && typeof fault === 'object' && fault !== null; depth += 1) {
    if (isTransientItself(fault)) return true;
    if (fault instanceof AggregateError && fault.errors.some(isTransient)) return true;
    // driver adapter errors of Prisma: { cause: { kind, originalCode } }
    if (
      'originalCode' in fault &&
      typeof fault.originalCode === 'string' &&
      isTransient({ code: fault.originalCode })
    ) {
      return true;
    }
    fault = within(fault);
  }
  return false;
};
