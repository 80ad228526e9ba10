/**
 * LISTEN on a connection of its own, kept alive and renewed. A notification only wakes somebody who then reads the database:
 * what was notified while the connection was away is lost, so every handler is also called after each (re)connection.
 */
import pg from 'pg';
import { within } from '../platform/within.ts';
import type { Logger } from './logger.ts';

/** `payload` is undefined after a (re)connection: something may have been missed. Must not throw. */
export type OnNotify = (payload: string | undefined) => void;

export type ListenOptions = {
  /** Past a transaction pooler: LISTEN belongs to a session. `Database.url` is such. */
  readonly url: string;
  readonly channels: Readonly<Record<string, OnNotify>>;
  readonly log: Logger;
};

const checkEveryMs = 30_000;
const answerWithinMs = 10_000;
const longestPauseMs = 10_000;
const goodbyeMs = 1_000;

/** Returns at once; `ready` resolves when the first connection listens. */
export function listen({ url, channels, log }: ListenOptions): { ready: Promise<void>; stop(): Promise<void> } {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failures = 0;
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });

  async function connect(): Promise<void> {
    const mine = new pg.Client({
      connectionString: url,
      application_name: 'dynamo-listen',
      keepAlive: true,
      connectionTimeoutMillis: answerWithinMs,
      query_timeout: answerWithinMs,
    });
    client = mine;
    mine.on('error', () => undefined); // 'end' follows, and it decides
    mine.on('notification', ({ channel, payload }) => channels[channel]?.(payload ?? ''));
    try {
      await mine.connect();
      for (const channel of Object.keys(channels)) await mine.query(`LISTEN ${mine.escapeIdentifier(channel)}`);
    } catch (cause) {
      retry(mine, cause);
      return;
    }
    if (client !== mine) return; // stopped meanwhile
    mine.once('end', () => retry(mine, undefined));
    if (failures > 0) log.info({}, 'listening to the database again');
    failures = 0;
    check(mine);
    isReady();
    for (const onNotify of Object.values(channels)) onNotify(undefined);
  }

  /** A connection that a network has silently forgotten looks like a quiet one. */
  function check(mine: pg.Client): void {
    timer = setTimeout(() => {
      mine.query('SELECT 1').then(
        () => {
          if (client === mine && !stopped) check(mine);
        },
        (cause: unknown) => retry(mine, cause),
      );
    }, checkEveryMs);
  }

  function retry(mine: pg.Client, cause: unknown): void {
    if (client !== mine) return; // this one was given up before
    client = undefined;
    clearTimeout(timer);
    mine.end().catch(() => undefined); // it is broken anyway
    if (stopped) return;
    failures += 1;
    if (failures === 1) log.warn({ err: cause }, 'the database connection that listens was lost');
    const pauseMs = Math.min(longestPauseMs, 100 * 2 ** failures) * (0.5 + Math.random() / 2);
    timer = setTimeout(() => void connect(), pauseMs); // connect never rejects: it ends in retry
  }

  void connect(); // never rejects: it ends in retry
  return {
    ready,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      const last = client;
      client = undefined;
      // broken already; or nobody answers, and it ends with the process
      if (last !== undefined)
        await within(
          goodbyeMs,
          last.end().catch(() => undefined),
        );
    },
  };
}
