/** Puts the room together for src/app.ts: what writes, what sends, what answers, and what has to be called from time to time. */
import type { Database } from '../database/contract.ts';
import { inBatches } from '../database/in-batches.ts';
import type { EventWriter } from '../ingest/contract.ts';
import { claimJob } from '../nodes/index.ts';
import { createDeliveryStore, type EndpointOf } from './delivery-store.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { createEventFeed } from './event-feed.ts';
import { settleForeignEvents } from './event-log-store.ts';
import { eventRoutes } from './event-routes.ts';
import { createEventWriter } from './event-writer.ts';
import { createFlush } from './flush.ts';
import { tellJoined } from './groups.ts';
import { createHealthStore } from './health-store.ts';
import { createRecover } from './recovery.ts';
import { deleteRecoveriesBefore } from './recovery-store.ts';
import { createResolve, type Resolve } from './resolve.ts';
import { createRetention, DAY_MS } from './retention.ts';
import { createRetentionStore } from './retention-store.ts';
import { webhookRoutes } from './routes.ts';
import { createSender } from './sender.ts';
import { createTargetGuard } from './target-guard.ts';
import type { KeyRing, Log, WebhookMetrics } from './types.ts';

export type WebhooksOptions = {
  readonly db: Database;
  /** Of this process. */
  readonly nodeId: string;
  readonly keyRing: KeyRing;
  readonly clock: { now(): Date };
  readonly log: Log;
  readonly metrics: WebhookMetrics;
  /** WEBHOOK_ALLOW_SUBNETS */
  readonly allowSubnets: readonly string[];
  /** WEBHOOK_ALLOW_HOSTS */
  readonly allowHosts?: readonly string[];
  /** WEBHOOK_TIMEOUT_MS */
  readonly timeoutMs: number;
  /** WEBHOOK_RETRY_OFFSETS */
  readonly retryOffsetsS: readonly number[];
  /** PEM of an authority to be trusted beside the public ones. */
  readonly caPem?: string | undefined;
  /** EVENTS_RETENTION_DAYS, of events and deliveries. */
  readonly retentionDays?: number;
  /** Names → addresses; for tests. */
  readonly resolve?: Resolve;
};

export type Webhooks = {
  readonly eventWriter: EventWriter;
  readonly dispatcher: Dispatcher;
  readonly routes: ReturnType<typeof webhookRoutes>;
  /** Before anybody reads the log: after a restore from another database its order is settled. */
  settleLog(): Promise<void>;
  /** Every 30 s: switches off endpoints that have failed for five days. Returns how many. */
  disableFailing(): Promise<number>;
  /**
   * Every 30 s, in one process of all, as each would find others than those that are being brought: brings some last retries forward,
   * to endpoints that have been well for minutes. Returns how many.
   */
  bringLastForward(): Promise<number>;
  /**
   * Every 30 s: ends deliveries of paused endpoints past 24 hours, and of deleted ones; gives what waits for an endpoint that has
   * become ordered its place. Returns how many ended.
   */
  endHeld(): Promise<number>;
  /** Every second: makes deliveries of past events, where somebody asked for it. Returns how many. */
  recover(): Promise<number>;
  /** Every 10 s: grouped alerts, to endpoints that filter by who joined the group later. Returns how many. */
  tellJoined(): Promise<number>;
  /** Hourly: deletes what is older than 30 days. */
  retain(): Promise<{ deliveries: number; events: number; recoveries: number }>;
  /** For a gauge: seconds that the most overdue delivery of an active endpoint waits; 0: none does. */
  oldestDueS(): Promise<number>;
};

const BATCH = 5000;

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { db, nodeId, keyRing, clock, log, metrics, timeoutMs, retryOffsetsS, caPem, retentionDays = 30 } = options;
  const now = () => clock.now();
  const resolve = options.resolve ?? createResolve();
  const { allowSubnets, allowHosts = [] } = options;
  const guard = createTargetGuard({ allowSubnets, allowHosts, resolve });
  const store = createDeliveryStore(db);
  const health = createHealthStore(db);
  const flush = createFlush({ store: health, now, retries: retryOffsetsS.length, log });
  const sender = createSender({ guard, resolve, timeoutMs, caPem });
  const dispatcher = createDispatcher({
    store,
    sender,
    keyRing,
    now,
    random: Math.random,
    log,
    metrics,
    timeoutMs,
    retryOffsetsS,
    onRecovered: (recovered) => void flush(recovered), // it never rejects
  });
  const feed = createEventFeed({ db, log });
  async function endpointChanged(endpoint: EndpointOf): Promise<void> {
    await dispatcher.endpointChanged(endpoint);
    wake();
  }
  let isWaking = false;
  /** Many calls at once cost one sweep: what it does not see yet is seen by that of the schedule, which also tells what is wrong. */
  function wake(): void {
    if (isWaking) return;
    isWaking = true;
    void dispatcher
      .sweep()
      .catch(() => undefined)
      .finally(() => {
        isWaking = false;
      });
  }
  const retain = createRetention({ store: createRetentionStore(db), now, days: retentionDays });
  return {
    eventWriter: createEventWriter({ dispatcher, now, onCommitted: feed.wake }),
    dispatcher,
    routes: [
      ...webhookRoutes({ db, keyRing, guard, endpointChanged, clock, wake, timeoutMs, retentionDays }),
      ...eventRoutes({ db, feed, clock }),
    ],
    async settleLog() {
      const events = await settleForeignEvents(db);
      if (events > 0) log.warn({ events }, 'the event log comes from another database: its order was settled');
    },
    async disableFailing() {
      const disabled = await health.disableFailing(now());
      for (const { id, organizationId, failingSince, failures } of disabled) {
        metrics.disabled('failing');
        log.warn(
          { endpointId: id, organizationId, failingSince, failures },
          'a webhook endpoint has failed for five days and was switched off; PATCH it with active: true when it is well',
        );
        await dispatcher.endpointChanged({ id, organizationId });
      }
      return disabled.length;
    },
    async bringLastForward() {
      const at = now();
      const isOurs = await claimJob(db, { name: 'webhook_last_retries', nodeId, now: at, everyMs: 30_000 });
      return isOurs ? health.bringLastForward(at) : 0;
    },
    async endHeld() {
      await inBatches(BATCH, () => store.adoptOrder(now(), BATCH));
      await store.settleOrder(now());
      return inBatches(BATCH, () => store.endHeld(now(), BATCH));
    },
    recover: createRecover({ db, now, retentionDays }),
    tellJoined: () => tellJoined({ db, now }),
    async retain() {
      const before = new Date(now().getTime() - retentionDays * DAY_MS);
      return { ...(await retain()), recoveries: await deleteRecoveriesBefore(db, before, BATCH) };
    },
    async oldestDueS() {
      const due = await store.oldestDue(now());
      return due === undefined ? 0 : Math.max(0, (now().getTime() - due.getTime()) / 1000);
    },
  };
}
