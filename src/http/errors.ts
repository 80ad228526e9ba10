/** The one table from faults to HTTP answers. The text of an unknown fault never leaves the server. */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { AppError, type ErrorCode, type FieldFault } from '../platform/errors.ts';
import { MethodNotAllowed } from './kit/mount.ts';
import type { HttpLog } from './request-log.ts';

export const STATUS: Record<ErrorCode, number> = {
  validation_failed: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  charge_point_offline: 409,
  idempotency_mismatch: 409,
  payload_too_large: 413,
  too_many_requests: 429,
  unavailable: 503,
  internal: 500,
};

type Fault = {
  readonly status: number;
  readonly code: ErrorCode | 'method_not_allowed';
  readonly message: string;
  readonly details: readonly FieldFault[];
  readonly retryAfterS?: number | undefined;
};

export type TranslateNeeds = {
  /** The same work may succeed later: the database is away. */
  readonly isTransient: (cause: unknown) => boolean;
};

export function translate(cause: unknown, { isTransient }: TranslateNeeds): Fault {
  if (cause instanceof AppError && cause.code !== 'internal') {
    const { code, message, details, retryAfterS } = cause;
    return { status: STATUS[code], code, message, details, retryAfterS };
  }
  if (cause instanceof MethodNotAllowed)
    return { status: 405, code: 'method_not_allowed', message: cause.message, details: [] };
  const unreadable = fromExpress(cause); // first: a caller who went away looks like a broken connection
  if (unreadable !== undefined) return unreadable;
  if (isTransient(cause)) {
    const message =
      'The database cannot be reached, or did not answer in time: try again, or ask for less (a shorter range)';
    return { status: 503, code: 'unavailable', message, details: [], retryAfterS: 5 };
  }
  return { status: 500, code: 'internal', message: 'A fault of the server', details: [] };
}

/** What Express and its body reader raise about a request that cannot be read. */
function fromExpress(cause: unknown): Fault | undefined {
  const status = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'status') : undefined;
  if (status === 413)
    return { status: 413, code: 'payload_too_large', message: 'The request body is larger than 100 KB', details: [] };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const isPath = String(cause).includes('decode param');
  const message = isPath ? 'The path is not valid: a percent escape is broken' : 'The request body cannot be read';
  return { status: 400, code: 'validation_failed', message, details: [] };
}

export const unknownAddress: RequestHandler = () => {
  throw new AppError('not_found', 'There is nothing at this address; see /api/v1/openapi.json');
};

export function answerErrors(needs: TranslateNeeds & { readonly log: HttpLog }): ErrorRequestHandler {
  return (cause: unknown, req: Request, res: Response, _next) => {
    const fault = translate(cause, needs);
    const requestId = String(res.locals['requestId']);
    if (fault.status === 500)
      needs.log.error(
        {
          ...{ err: cause, request_id: requestId, trace_id: res.locals['traceId'] },
          ...{ method: req.method, route: res.locals['route'] },
        },
        'a request failed',
      );
    if (res.headersSent) return void res.destroy();
    res.status(fault.status);
    if (fault.status === 401) res.set('WWW-Authenticate', 'Bearer realm="dynamo-csms"');
    if (fault.retryAfterS !== undefined) res.set('Retry-After', String(Math.max(1, Math.ceil(fault.retryAfterS))));
    const { code, message, details } = fault;
    res.json({ error: { code, message, details, request_id: requestId } });
  };
}
