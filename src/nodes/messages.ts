/**
 * Wakes that processes send each other through the database. A wake may be lost, doubled or late: whoever is woken reads the
 * database, and every process looks by itself now and then. It must never carry what is true, only where to look.
 */
import type { Database } from '../database/contract.ts';
import { listen } from '../database/listen.ts';
import type { Logger } from '../database/logger.ts';
import type { Wake } from '../ingest/contract.ts';
import { notifyNodes } from './store.ts';

/** Another process, or all others. */
export type Addressee = string | 'all';

export type NodeMessages = {
  start(): void;
  stop(): Promise<void>;
  send(to: Addressee, wake: Wake): void;
};

export const CHANNEL = 'dynamo_wake';
/** While the database is away nobody could be woken: the rest is left to the polls. */
const MOST_WAITING = 10_000;
const AT_ONCE = 500;

export function createNodeMessages(needs: {
  readonly db: Pick<Database, 'rows' | 'url'>;
  readonly nodeId: string;
  readonly log: Logger;
  /** From another process. */
  readonly onWake: (wake: Wake) => void;
  /** After the listening began or was interrupted: something may have been missed. */
  readonly onGap: () => void;
}): NodeMessages {
  const { db, nodeId, log, onWake, onGap } = needs;
  let waiting = new Set<string>(); // the same wake twice is one
  let sending = false;
  let listening: ReturnType<typeof listen> | undefined;

  async function flush(): Promise<void> {
    sending = true;
    while (waiting.size > 0) {
      const texts = [...waiting].slice(0, AT_ONCE);
      waiting = new Set([...waiting].slice(AT_ONCE));
      try {
        await notifyNodes(db, CHANNEL, texts);
      } catch (cause) {
        log.warn(
          { err: cause, wakes: texts.length },
          'other processes could not be woken; they will look by themselves',
        );
      }
    }
    sending = false;
  }

  return {
    start() {
      listening ??= listen({
        url: db.url,
        log,
        channels: {
          [CHANNEL]: (payload) => {
            const message = payload === undefined ? undefined : readMessage(payload);
            if (payload === undefined) onGap();
            else if (message !== undefined && message.from !== nodeId && [nodeId, 'all'].includes(message.to))
              onWake(message.wake);
          },
        },
      });
    },
    async stop() {
      await listening?.stop();
      listening = undefined;
    },
    send(to, { wake, chargePointId }) {
      if (to === nodeId || waiting.size >= MOST_WAITING) return;
      waiting.add([nodeId, to, wake, chargePointId].join(' '));
      if (!sending) void flush(); // never rejects
    },
  };
}

/** `from to wake charge-point`; what is none of ours is ignored. */
function readMessage(payload: string): { from: string; to: string; wake: Wake } | undefined {
  const [from, to, wake, chargePointId, more] = payload.split(' ');
  if (from === undefined || to === undefined || chargePointId === undefined || more !== undefined) return undefined;
  return wake === 'commands' || wake === 'connection' ? { from, to, wake: { wake, chargePointId } } : undefined;
}
