/** A dispatcher on a real database whose sender is a fake; stopped by stopDispatchers(). */
import type { Database } from '../../../src/database/contract.ts';
import type { DomainEventInput } from '../../../src/events/index.ts';
import type { Root } from '../../../src/ingest/contract.ts';
import { createDeliveryStore, type DeliveryStore } from '../../../src/webhooks/delivery-store.ts';
import { createDispatcher, type Dispatcher } from '../../../src/webhooks/dispatcher.ts';
import { createEventWriter } from '../../../src/webhooks/event-writer.ts';
import { createFlush } from '../../../src/webhooks/flush.ts';
import { createHealthStore } from '../../../src/webhooks/health-store.ts';
import { defaultLimits, type LaneLimits } from '../../../src/webhooks/lanes.ts';
import { defaultOffsetsS } from '../../../src/webhooks/retry.ts';
import type { Answer, Sender, SendRequest } from '../../../src/webhooks/sender.ts';
import { quiet } from '../../support/quiet-log.ts';
import { aChargePoint, anOrganization, deliveryRows, keyRing, noMetrics, writeEvents } from './world.ts';

const running: Dispatcher[] = [];
export const stopDispatchers = () => Promise.all(running.splice(0).map((dispatcher) => dispatcher.stop(0)));

export const OK: Answer = { kind: 'answered', status: 200, retryAfter: undefined };
export const NEVER = new Promise<Answer>(() => undefined);

/** Answers as told; what is in flight when it is closed comes back aborted. */
export function fakeSender(answerTo: (request: SendRequest) => Answer | Promise<Answer> = () => OK) {
  const sent: SendRequest[] = [];
  let abort: (answer: Answer) => void = () => undefined;
  const closed = new Promise<Answer>((resolve) => {
    abort = resolve;
  });
  const sender: Sender = {
    send: (request) => {
      sent.push(request);
      return Promise.race([Promise.resolve(answerTo(request)), closed]);
    },
    close: async () => abort({ kind: 'unanswered', why: 'aborted' }),
  };
  return { sender, sent };
}

type Setup = {
  readonly sender: Sender;
  readonly on: Database;
  readonly now?: () => Date;
  readonly store?: (store: DeliveryStore) => DeliveryStore;
  readonly limits?: LaneLimits;
  readonly monotonic?: () => number;
  readonly random?: () => number;
};
export function startDispatcher(setup: Setup) {
  const { sender, on, now = () => new Date(), store = (same: DeliveryStore) => same } = setup;
  const { limits = defaultLimits, monotonic = () => performance.now(), random = () => 0.5 } = setup;
  const flush = createFlush({ store: createHealthStore(on), now, retries: defaultOffsetsS.length, log: quiet });
  let flushing: Promise<unknown> = Promise.resolve();
  const dispatcher = createDispatcher({
    store: store(createDeliveryStore(on)),
    sender,
    keyRing,
    now,
    random,
    log: quiet,
    metrics: noMetrics,
    timeoutMs: 30_000,
    limits,
    monotonic,
    onRecovered: (recovered) => {
      flushing = Promise.all([flushing, flush(recovered)]);
    },
  });
  running.push(dispatcher);
  dispatcher.start();
  const writer = createEventWriter({ dispatcher, now });
  const emit = async (root: Root, events: readonly DomainEventInput[]): Promise<void> => {
    const { committed } = await on.transaction((tx) =>
      writeEvents(
        writer,
        tx,
        events.map((event) => ({ root, event })),
      ),
    );
    committed();
  };
  /** All that was to be brought forward by now is. */
  const flushed = () => flushing;
  return { dispatcher, emit, flushed };
}

/** An organization and a charge point, and nothing waiting of anybody else. */
export async function fresh(db: Database) {
  await db.prisma.webhookDelivery.deleteMany();
  await db.prisma.webhookEndpoint.deleteMany();
  const organizationId = await anOrganization(db);
  return { organizationId, root: await aChargePoint(db, organizationId) };
}
export const statuses = async (db: Database, endpointId: string): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const { status } of await deliveryRows(db, endpointId)) found[status] = (found[status] ?? 0) + 1;
  return found;
};
export const toward = (path: string, sent: readonly SendRequest[]) => sent.filter(({ url }) => url.endsWith(path));
