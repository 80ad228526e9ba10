/** The trace of a request, for handlers that hand something in: what comes of it is of the same trace. */
import type { Response } from 'express';
import { newTraceId } from '../../platform/trace.ts';

/** request-log.ts gives each request one; a response of nobody's (tests of single routes) gets one here. */
export function traceIdOf(res: Response): string {
  const given: unknown = res.locals['traceId'];
  return typeof given === 'string' ? given : newTraceId();
}
