/**
 * One tick per second for all connections: pings, cuts off who has been silent for too long, lets commands go, notes who was
 * seen. Any frame is life, a pong is not required (T4). A stall or a jump of our own clock must never disconnect anybody.
 */
import type { Connection } from './connection.ts';
import type { Sighting } from './liveness-store.ts';
import type { Limits, Logger } from './needs.ts';

export type LivenessNeeds = {
  readonly connections: () => Iterable<Connection>;
  readonly limits: Limits;
  readonly monotonic: () => number;
  readonly now: () => Date;
  readonly log: Logger;
  /** Returns the charge points that were written. */
  readonly touch: (seen: readonly Sighting[]) => Promise<ReadonlySet<string>>;
  /** It did not boot, and has been quiet for long enough to be called (B2). */
  readonly onSettled: (connection: Connection) => void;
  /** Each connection, each second. */
  readonly onTick: (connection: Connection, now: number) => void;
};

export type Liveness = {
  start(): void;
  /** Writes down who was seen last, at most for `withinMs`. */
  stop(withinMs: number): Promise<void>;
  tick(): void;
  flush(): Promise<void>;
};

const TICK_MS = 1_000;
/** The tick itself came later than this: the process stood still, and nobody could have been heard. */
const STALL_MS = 3_000;
const FLUSH_EVERY_MS = 10_000;
/** A charger that only answers pings is noted this rarely. */
const QUIET_FLUSH_MS = 60_000;
const FLUSH_CHUNK = 2_000;

export function createLiveness(needs: LivenessNeeds): Liveness {
  const { connections, limits, monotonic, now, log, touch, onSettled, onTick } = needs;
  let timer: NodeJS.Timeout | undefined;
  let tickedAt = monotonic();
  let flushedAt = monotonic();
  let flushing: Promise<void> | undefined;

  function tick(): void {
    const at = monotonic();
    const stalledMs = at - tickedAt > STALL_MS ? at - tickedAt : 0;
    tickedAt = at;
    for (const connection of connections()) {
      connection.aliveAt += stalledMs;
      if (!connection.isOpen) continue;
      // A socket that we do not read cannot be heard.
      if (!connection.line.paused && at - connection.aliveAt >= limits.silenceMs) {
        connection.terminate('timeout');
        continue;
      }
      if (at >= connection.nextPingAt) {
        connection.nextPingAt = at + limits.pingEveryMs;
        connection.socket.ping();
      }
      if (connection.readyAt === undefined && at - connection.openedAt >= limits.settleMs) {
        connection.readyAt = at;
        onSettled(connection);
      }
      onTick(connection, at);
    }
    if (at - flushedAt >= FLUSH_EVERY_MS) void flush(); // a lost one is made up for by the next
  }

  function flush(): Promise<void> {
    flushing ??= write().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  async function write(): Promise<void> {
    const at = monotonic();
    flushedAt = at;
    const wall = now().getTime();
    const seen: { readonly connection: Connection; readonly aliveAt: number }[] = [];
    for (const connection of connections()) {
      const { aliveAt, messageAt, seenFlushedAt } = connection;
      if (messageAt > seenFlushedAt || aliveAt - seenFlushedAt >= QUIET_FLUSH_MS) seen.push({ connection, aliveAt });
    }
    try {
      for (let i = 0; i < seen.length; i += FLUSH_CHUNK) {
        const chunk = seen.slice(i, i + FLUSH_CHUNK);
        const written = await touch(
          chunk.map(({ connection, aliveAt }) => ({
            chargePointId: connection.chargePointId,
            atMs: wall - Math.max(0, at - aliveAt),
            messageAtMs: connection.messageAt === 0 ? null : wall - Math.max(0, at - connection.messageAt),
          })),
        );
        for (const { connection, aliveAt } of chunk) {
          if (written.has(connection.chargePointId)) connection.seenFlushedAt = aliveAt;
        }
      }
    } catch (cause) {
      log.warn({ err: cause }, 'last-seen times could not be written; they will be with the next round');
    }
  }

  return {
    start() {
      tickedAt = monotonic();
      timer ??= setInterval(tick, TICK_MS);
    },
    async stop(withinMs) {
      clearInterval(timer);
      timer = undefined;
      let late: NodeJS.Timeout | undefined;
      await Promise.race([flush(), new Promise<void>((resolve) => (late = setTimeout(resolve, withinMs)))]);
      clearTimeout(late);
    },
    tick,
    flush,
  };
}
