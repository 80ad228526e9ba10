/**
 * Serves the streams of server-sent events of this process: heartbeats, back-pressure, a limit per organization, an end when the
 * credential is revoked and when the process stops. It must never outlive the right to read.
 */
import type { Request, Response } from 'express';
import { AppError } from '../../platform/errors.ts';
import type { Principal } from '../../platform/principal.ts';
import { commentText, eventText, type Feed } from './sse.ts';

export type StreamLimits = {
  /** Of one organization to one address of the API, on this process. */
  readonly perOrganization: number;
  readonly heartbeatMs: number;
  /** How often the credential is looked at again. */
  readonly recheckMs: number;
};
export const defaultStreamLimits: StreamLimits = { perOrganization: 20, heartbeatMs: 15_000, recheckMs: 30_000 };

/** How long a reader waits before it comes back. */
const RETRY_MS = 1_000;

/** not_found: it is out of reach by now. */
const ENDING: ReadonlySet<AppError['code']> = new Set(['unauthorized', 'forbidden', 'not_found']);

type Served = {
  readonly req: Request;
  readonly res: Response;
  readonly feed: Feed;
  /** Throws a refusal when it may not be read any more. */
  readonly stillAllowed: () => Promise<void>;
};

export type Streams = {
  /** Throws too_many_requests, or unavailable while stopping. The place is free again when `leave` is called. */
  enter(address: string, principal: Principal, most?: number): { leave(): void };
  /** Resolves when the stream is over; throws nothing once it has begun. */
  serve(served: Served): Promise<void>;
  open(): number;
  /** Ends all streams and takes no more. */
  stop(): void;
};

type Log = { warn(fields: object, message: string): void };

export function createStreams({ log, limits = {} }: { log: Log; limits?: Partial<StreamLimits> }): Streams {
  const { perOrganization, heartbeatMs, recheckMs } = { ...defaultStreamLimits, ...limits };
  const taken = new Map<string, number>();
  const enders = new Set<() => void>();
  let isStopped = false;

  return {
    enter(address, { organizationId }, most = perOrganization) {
      if (isStopped) throw new AppError('unavailable', 'This process is stopping; try again', { retryAfterS: 1 });
      const place = `${organizationId} ${address}`;
      const count = taken.get(place) ?? 0;
      if (count >= most)
        throw new AppError(
          'too_many_requests',
          `An organization may have ${most} of these streams open at a time; close one first`,
          { retryAfterS: 10 },
        );
      taken.set(place, count + 1);
      let isOver = false;
      return {
        leave() {
          if (isOver) return;
          isOver = true;
          const left = (taken.get(place) ?? 1) - 1;
          if (left > 0) taken.set(place, left);
          else taken.delete(place);
        },
      };
    },

    async serve({ res, feed, stillAllowed }) {
      if (res.closed) return; // it went away while its place was looked up
      const over = new AbortController();
      const { signal } = over;
      const isClosed = () => signal.aborted || res.destroyed;
      /** Ends after what was written so far. */
      const end = (): void => {
        over.abort();
        if (!res.destroyed && !res.writableEnded) res.end();
      };
      const cutOff = (): void => {
        over.abort();
        res.destroy();
      };
      res.once('close', () => over.abort());
      res.status(200).set({
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store, no-transform',
        'X-Accel-Buffering': 'no', // nginx would keep events back until its buffer is full
      });
      res.write(`retry: ${RETRY_MS}\n\n`);
      enders.add(end);
      if (isStopped) end();
      const heart = setInterval(() => {
        if (!isClosed() && !res.writableNeedDrain) res.write(commentText('heartbeat'));
      }, heartbeatMs);
      const guard = setInterval(() => {
        stillAllowed().catch((cause: unknown) => {
          // The database may be away: that takes nobody's right to read.
          if (cause instanceof AppError && ENDING.has(cause.code)) end();
        });
      }, recheckMs);
      try {
        for await (const event of feed({ signal, cutOff })) {
          if (isClosed()) break;
          if (!res.write(eventText(event))) await drained(res, signal);
          if (isClosed()) break;
        }
      } catch (err) {
        if (!isClosed())
          log.warn({ err, route: res.locals['route'] }, 'a stream of events broke off; its reader comes back');
      } finally {
        clearInterval(heart);
        clearInterval(guard);
        enders.delete(end);
        end();
      }
    },

    open: () => enders.size,

    stop() {
      isStopped = true;
      for (const end of enders) end();
    },
  };
}

/** Resolves when the reader has taken what was written, or the stream is over. */
function drained(res: Response, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    res.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
