import type { AuditSubject } from './principal.ts';

/** The closed list of faults that a caller can act on. Edges translate a code by table: HTTP status, CALLERROR, retry or not. */
export type ErrorCode =
  | 'validation_failed'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'charge_point_offline'
  | 'payload_too_large'
  | 'idempotency_mismatch'
  | 'too_many_requests'
  | 'unavailable'
  | 'internal';

export type FieldFault = { readonly field: string; readonly message: string };

/** Organization undefined: nobody's is known. */
export type Untold = { readonly organizationId: string | undefined; readonly reason: string };

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: readonly FieldFault[];
  /** Seconds after which a retry makes sense (429, 503). */
  readonly retryAfterS: number | undefined;
  /** Whom a refused credential names: for the audit log, never for the caller. */
  readonly subject: AuditSubject | undefined;
  /** Why, and whose log is to say so: for the audit log, where the caller is told nothing. */
  readonly untold: Untold | undefined;
  constructor(
    code: ErrorCode,
    message: string,
    options: {
      details?: readonly FieldFault[];
      retryAfterS?: number;
      cause?: unknown;
      subject?: AuditSubject | undefined;
      untold?: Untold | undefined;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? [];
    this.retryAfterS = options.retryAfterS;
    this.subject = options.subject;
    this.untold = options.untold;
  }
}

/** Said before anything was done. Whatever else goes wrong, may go wrong after it was done. */
export const isRefusal = (cause: unknown): cause is AppError =>
  cause instanceof AppError && cause.code !== 'unavailable' && cause.code !== 'internal';
