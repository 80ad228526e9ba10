/** Request ids, trace ids (of the caller's, W3C Trace Context, or new), and one log line per request at its end. It must never log a path, a query or a header: only the route's pattern. */
import type { RequestHandler } from 'express';
import { newId } from '../platform/ids.ts';
import { newTraceId, traceOf } from '../platform/trace.ts';

export type HttpLog = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};
export type RequestFacts = {
  readonly method: string;
  /** The pattern, or undefined when no route was found. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
};

/** A caller's own id is taken over when it cannot do harm in a log. */
const SANE_ID = /^[A-Za-z0-9._-]{8,64}$/;

export const giveRequestId: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id');
  const id = given !== undefined && SANE_ID.test(given) ? given : newId('req');
  res.locals['requestId'] = id;
  res.set('X-Request-Id', id);
  const traceId = traceOf(req.get('traceparent')) ?? newTraceId();
  res.locals['traceId'] = traceId;
  res.set('X-Trace-Id', traceId);
  next();
};

export function logRequests(needs: {
  readonly log: HttpLog;
  readonly observe: (facts: RequestFacts) => void;
  /** Asked every few seconds by machines: logged at debug. */
  readonly quiet: ReadonlySet<string>;
}): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once('close', () => {
      const ms = performance.now() - startedAt;
      const route = typeof res.locals['route'] === 'string' ? res.locals['route'] : undefined;
      needs.observe({ method: req.method, route, status: res.statusCode, seconds: ms / 1000 });
      const fields = {
        method: req.method,
        route,
        status: res.statusCode,
        ms: Math.round(ms * 10) / 10,
        request_id: res.locals['requestId'],
        trace_id: res.locals['traceId'],
        principal_id: res.locals['principalId'],
        ...(!res.writableFinished && { aborted: true }),
      };
      if (route !== undefined && needs.quiet.has(route)) needs.log.debug(fields, 'request');
      else needs.log.info(fields, 'request');
    });
    next();
  };
}
