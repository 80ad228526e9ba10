/**
 * Sends what is leased to this process: what was just born, and what a sweep claims of due retries and expired leases. The row
 * in the database is the queue; what is here may be lost at any time and is sent again when its lease ends.
 */
import { randomUUID } from 'node:crypto';
import { createLeaseClock, LEASE_MS } from '../platform/lease.ts';
import { within } from '../platform/within.ts';
import { type AttemptNeeds, attempt } from './attempt.ts';
import type { ClaimedRow } from './claim-store.ts';
import { createClaims, REFILL_GAP_MS } from './claims.ts';
import type { Recovered } from './completion-store.ts';
import { createCompletions } from './completions.ts';
import type { DeliveryStore, EndpointOf, Target } from './delivery-store.ts';
import { createLanes, defaultLimits, type LaneLimits, type Verdict } from './lanes.ts';
import { retryRule } from './retry.ts';
import { createOpenSecret } from './secrets.ts';
import type { Sender } from './sender.ts';
import type { BornDelivery, KeyRing, Lease, LeasedDelivery, Log, WebhookMetrics } from './types.ts';

export type { Lease } from './types.ts';

export type DispatcherOptions = {
  readonly store: DeliveryStore;
  readonly sender: Sender;
  readonly keyRing: KeyRing;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: WebhookMetrics;
  /** WEBHOOK_TIMEOUT_MS: how long an attempt may take. */
  readonly timeoutMs: number;
  /** WEBHOOK_RETRY_OFFSETS, seconds from the first attempt. */
  readonly retryOffsetsS?: readonly number[];
  readonly limits?: LaneLimits;
  /** An endpoint that had failed succeeded again. Must not throw. */
  readonly onRecovered?: (recovered: Recovered) => void;
  /** Milliseconds that only go forward, for leases; default: createLeaseClock. */
  readonly monotonic?: () => number;
};

export type Dispatcher = {
  /** How many more deliveries of this endpoint may be born leased to this process. */
  room(endpointId: string): number;
  /** For rows that are leased by the statement that follows. */
  newLease(): Lease;
  /** After the commit: sends these soon. `more`: endpoints of which rows were born without a lease. */
  accept(born: readonly BornDelivery[], more?: Iterable<string>): void;
  /** Its URL, state or secret changed, or it was deleted: nothing is sent from memory any more; its rows are claimed anew. */
  endpointChanged(endpoint: EndpointOf): Promise<void>;
  start(): void;
  /** Every second: lets go what another process has changed, renews leases that are waiting, claims what is due. */
  sweep(): Promise<void>;
  /** Takes nothing more, waits for what is in flight, breaks off what is left, gives all leases back: within a second more than `withinMs`. */
  stop(withinMs?: number): Promise<void>;
  inFlight(): number;
};

/** Sends that begin in one turn of the event loop. */
const BURST = 32;
/** Rows that are given their place in the order while a sweep waits; the job takes the rest. */
const ADOPT_AT_ONCE = 5000;
const FORGET_LANES_MS = 300_000;
/** At the end: for what was broken off to be written, and for leases to be given back. */
const LAST_MS = 500;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, sender, now, log, timeoutMs } = options;
  const { limits = defaultLimits, monotonic = createLeaseClock(), onRecovered = () => undefined } = options;
  const needs: AttemptNeeds = {
    ...options,
    retryAt: retryRule(options.retryOffsetsS),
    openSecret: createOpenSecret(options.keyRing),
  };
  /** An attempt begins only while its lease outlives it. */
  const leaseNeededMs = timeoutMs + 5_000;
  const leaseMs = Math.max(LEASE_MS, leaseNeededMs + 15_000);
  const renewBelowMs = (leaseNeededMs + leaseMs) / 2;
  const lanes = createLanes<LeasedDelivery>(limits);
  const inFlight = new Map<LeasedDelivery, Promise<void>>();
  /** Endpoints that answered 410 while that is being written: the database still takes them for active. */
  const gone = new Set<string>();
  const completions = createCompletions({
    async save(batch) {
      const { saved, recovered } = await store.complete(batch, now());
      for (const each of recovered) onRecovered(each);
      return saved;
    },
    log,
    gapMs: REFILL_GAP_MS,
    enough: Math.max(1, limits.inFlight / 2),
    maxItems: limits.inFlight,
    now: monotonic,
  });
  let isRunning = false;
  let isStopped = false;
  let isPumping = false;
  const newLease = (): Lease => ({ token: randomUUID(), ms: leaseMs, untilMs: monotonic() + leaseMs });
  const claims = createClaims({ store, lanes, now, newLease, take, isRunning: () => isRunning, log });

  function wake(): void {
    if (isPumping || !isRunning) return;
    isPumping = true;
    setImmediate(pump); // not at once: whoever woke us has chargers to answer
  }

  function pump(): void {
    isPumping = false;
    for (let i = 0; i < BURST; i += 1) {
      const delivery = isRunning ? lanes.take() : undefined;
      if (delivery === undefined) return;
      const sent = send(delivery).finally(() => inFlight.delete(delivery)); // send never rejects
      inFlight.set(delivery, sent);
    }
    wake();
  }

  async function send(delivery: LeasedDelivery): Promise<void> {
    const { endpointId } = delivery;
    let isAnswered = false;
    let isGone = false;
    const answered = (verdict: Verdict): void => {
      if (!isAnswered) lanes.answered(endpointId, verdict);
      isAnswered = true;
    };
    try {
      if (delivery.leasedUntilMs - monotonic() < leaseNeededMs) {
        // we stood still, or slept, for so long that it may be somebody else's: it is claimed again when the lease is over
        return;
      }
      const { verdict, completion } = await attempt(needs, delivery);
      isGone = completion?.disable !== undefined;
      if (isGone) gone.add(endpointId);
      const spared = isGone ? lanes.remove((each) => each.endpointId === endpointId) : [];
      answered(verdict);
      if (!isGone && lanes.isHungry(endpointId)) claims.refill();
      wake();
      if (completion === undefined) return;
      await completions.add(completion);
      if (isGone) {
        log.warn({ endpointId }, 'a webhook endpoint answered 410 Gone and was switched off');
        await release(await takenFromLine(endpointId));
        await release(spared);
      } else if (delivery.orderedKey !== null && completion.state.status !== 'pending')
        claims.next(endpointId, delivery.orderedKey);
    } catch (cause) {
      log.error({ err: cause, endpointId, deliveryId: delivery.id }, 'a webhook delivery could not be handled');
    } finally {
      if (isGone) gone.delete(endpointId);
      answered('fault');
      lanes.saved();
      wake();
    }
  }

  function take(rows: readonly ClaimedRow[], lease: Lease): void {
    const sorted = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    keep(sorted.map((row) => ({ ...row, leaseToken: lease.token, leasedUntilMs: lease.untilMs })));
  }

  /** It waits here for its turn; what is for an endpoint that is gone is given back. */
  function keep(deliveries: readonly LeasedDelivery[]): void {
    for (const each of deliveries) if (!gone.has(each.endpointId)) lanes.add(each.endpointId, each);
    void release(deliveries.filter(({ endpointId }) => gone.has(endpointId)));
    wake();
  }

  /** What waits for an endpoint that another process has changed goes back, and is claimed as it is now. */
  async function letGoChanged(): Promise<void> {
    const asked = new Set(lanes.waiting().map(({ endpointId }) => endpointId));
    if (asked.size === 0) return;
    const targets = new Map((await store.targets([...asked])).map((target) => [target.id, target]));
    const changed = lanes.remove(
      (each) => asked.has(each.endpointId) && !isStillFor(each, targets.get(each.endpointId)),
    );
    await giveBack(
      changed,
      [...targets.values()].filter(({ id }) => changed.some(({ endpointId }) => endpointId === id)),
    );
  }

  /** What waited here for these endpoints; where one is in order by now it has a place in it before anybody claims it. */
  async function giveBack(held: readonly LeasedDelivery[], endpoints: Iterable<EndpointOf>): Promise<void> {
    await release(held);
    for (const endpoint of endpoints) await store.adoptOrderOf(endpoint, ADOPT_AT_ONCE); // it passes over what is leased
  }

  async function renew(): Promise<void> {
    const tired = lanes.waiting().filter((each) => each.leasedUntilMs - monotonic() < renewBelowMs);
    if (tired.length === 0) return;
    const untilMs = monotonic() + leaseMs;
    const renewed = await store.renew(tired, leaseMs);
    const chosen = new Set(tired);
    // those that left meanwhile are being sent under the old lease, which is long enough
    for (const each of lanes.remove((waiting) => chosen.has(waiting)))
      if (renewed.has(each.id)) lanes.add(each.endpointId, { ...each, leasedUntilMs: untilMs });
  }

  async function takenFromLine(endpointId: string): Promise<LeasedDelivery[]> {
    await claims.settled(); // it may have read what the endpoint was before
    return lanes.remove((each) => each.endpointId === endpointId);
  }

  async function release(held: readonly Pick<LeasedDelivery, 'id' | 'leaseToken'>[]): Promise<void> {
    if (held.length === 0) return;
    try {
      await store.release(held);
    } catch (cause) {
      log.warn(
        { err: cause, deliveries: held.length },
        'leases of webhook deliveries could not be given back; they end by themselves',
      );
    }
  }

  return {
    newLease,
    room: (endpointId) => (isStopped ? 0 : lanes.room(endpointId)),
    accept(born, more = []) {
      if (isStopped) return void release(born); // nobody waits for it any more
      keep(born.map((each) => ({ ...each, orderedKey: null, isOrdered: false, waitsSince: null })));
      for (const endpointId of more) {
        lanes.setMore(endpointId, true);
        if (lanes.isHungry(endpointId)) claims.refill();
      }
      wake();
    },
    endpointChanged: async (endpoint) => giveBack(await takenFromLine(endpoint.id), [endpoint]),
    start() {
      isRunning = true;
      wake();
    },
    async sweep() {
      if (!isRunning) return;
      await letGoChanged();
      await renew();
      await claims.all();
      lanes.prune(FORGET_LANES_MS);
    },
    async stop(withinMs = 5000) {
      isRunning = false;
      isStopped = true;
      const deadline = performance.now() + withinMs;
      const leftMs = () => Math.max(0, deadline - performance.now());
      await within(withinMs, claims.settled());
      const unfinished = lanes.remove(() => true);
      completions.flush();
      await within(leftMs(), Promise.all(inFlight.values()));
      const brokenOff = [...inFlight.keys()];
      await sender.close();
      await within(Math.max(LAST_MS, leftMs()), Promise.all(inFlight.values()));
      const held = [...unfinished, ...brokenOff, ...lanes.remove(() => true)];
      await within(LAST_MS, release(held)); // they end by themselves
    },
    inFlight: () => lanes.inFlight(),
  };
}

/** Nothing of it would be sent otherwise if it were claimed now. */
const isStillFor = (delivery: LeasedDelivery, target: Target | undefined): boolean =>
  target !== undefined &&
  target.url === delivery.url &&
  target.isOrdered === delivery.isOrdered &&
  isSame(target.secret, delivery.secret) &&
  isSame(target.previousSecret, delivery.previousSecret) &&
  target.previousSecretUntil?.getTime() === delivery.previousSecretUntil?.getTime();

const isSame = (a: Buffer | null, b: Buffer | null): boolean => a === b || (a !== null && b !== null && a.equals(b));
