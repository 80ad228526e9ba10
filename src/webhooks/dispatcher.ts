/**
 * Sends what is leased to this process: what was just born, and what a sweep claims of due retries and expired leases. The row
 * in the database is the queue; what is here may be lost at any time and is sent again when its lease ends.
 */
import { randomUUID } from 'node:crypto';
import { type AttemptNeeds, attempt } from './attempt.ts';
import { createCompletions } from './completions.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { createLanes, defaultLimits, type LaneLimits, type Verdict } from './lanes.ts';
import { retryRule } from './retry.ts';
import type { Sender } from './sender.ts';
import type { BornDelivery, KeyRing, LeasedDelivery, Log, WebhookMetrics } from './types.ts';

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
  /** Milliseconds that only go forward, for leases. */
  readonly monotonic?: () => number;
};

export type Lease = {
  readonly token: string;
  readonly ms: number;
  /** Counted from before the statement, so that ours ends before the one in the database. */
  readonly untilMs: number;
};

export type Dispatcher = {
  /** How many more deliveries of this endpoint may be born leased to this process. */
  room(endpointId: string): number;
  /** For rows that are leased by the statement that follows. */
  newLease(): Lease;
  /** After the commit: sends these soon. `more`: endpoints of which rows were born without a lease. */
  accept(born: readonly BornDelivery[], more?: Iterable<string>): void;
  /** Its URL, state or secret changed, or it was deleted: nothing is sent from memory any more; its rows are claimed anew. */
  endpointChanged(endpointId: string): Promise<void>;
  start(): void;
  /** Every second: renews leases that are waiting, claims what is due. */
  sweep(): Promise<void>;
  /** Takes nothing more, waits for what is in flight, breaks off what is left, gives all leases back. */
  stop(withinMs?: number): Promise<void>;
  inFlight(): number;
};

/** Claims for single endpoints are at least so far apart, so that each fetches many. */
const REFILL_GAP_MS = 20;
/** Sends that begin in one turn of the event loop. */
const BURST = 32;
/** Rows per claim: more would hold up the event loop while they are read. */
const CLAIM_ROWS = 1000;
const FORGET_LANES_MS = 300_000;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, sender, now, log, timeoutMs } = options;
  const { limits = defaultLimits, monotonic = () => performance.now() } = options;
  const needs: AttemptNeeds = { ...options, retryAt: retryRule(options.retryOffsetsS) };
  /** An attempt begins only while its lease outlives it. */
  const leaseMs = Math.max(60_000, 2 * timeoutMs);
  const leaseNeededMs = timeoutMs + 5000;
  const lanes = createLanes<LeasedDelivery>(limits);
  const inFlight = new Map<LeasedDelivery, Promise<void>>();
  const completions = createCompletions({
    save: (batch) => store.complete(batch, now()),
    log,
    gapMs: REFILL_GAP_MS,
    enough: Math.max(1, limits.inFlight / 2),
    maxItems: limits.inFlight,
    now: monotonic,
  });
  let isRunning = false;
  let isStopped = false;
  let isPumping = false;
  let isRefilling = false;
  let claimedAt = Number.NEGATIVE_INFINITY;
  let cursor = '';
  let claiming: Promise<void> = Promise.resolve();

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
    const answered = (verdict: Verdict): void => {
      if (!isAnswered) lanes.answered(endpointId, verdict);
      isAnswered = true;
    };
    try {
      if (delivery.leasedUntilMs - monotonic() < leaseNeededMs) {
        // we stood still for so long that it may be somebody else's: it is claimed again when the lease is over
        return;
      }
      const { verdict, completion } = await attempt(needs, delivery);
      answered(verdict);
      if (lanes.isHungry(endpointId)) refill();
      wake();
      if (completion === undefined) return;
      await completions.add(completion);
      if (completion.disable !== undefined) {
        log.warn({ endpointId }, 'a webhook endpoint answered 410 Gone and was switched off');
        await endpointChanged(endpointId);
      }
    } catch (cause) {
      log.error({ err: cause, endpointId, deliveryId: delivery.id }, 'a webhook delivery could not be handled');
    } finally {
      answered('fault');
      lanes.saved();
      wake();
    }
  }

  function take(rows: readonly Omit<LeasedDelivery, 'leaseToken' | 'leasedUntilMs'>[], lease: Lease): void {
    const sorted = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    for (const row of sorted)
      lanes.add(row.endpointId, { ...row, leaseToken: lease.token, leasedUntilMs: lease.untilMs });
    wake();
  }

  const newLease = (): Lease => ({ token: randomUUID(), ms: leaseMs, untilMs: monotonic() + leaseMs });

  /** Claims run one after the other: each is given the room that the one before has left. */
  function claim(work: () => Promise<void>): Promise<void> {
    const turn = claiming.then(async () => {
      if (isRunning) await work();
    });
    claiming = turn.catch(() => undefined); // reported by whoever asked for it
    return turn;
  }

  /** Beginning where the last claim had to end, so that endpoints at the end of the alphabet get their turn too. */
  async function claimAll(): Promise<void> {
    for (let passes = cursor === '' ? 1 : 2; passes > 0; ) {
      const limit = Math.min(CLAIM_ROWS, lanes.totalRoom());
      if (limit === 0 || !isRunning) return;
      const lease = newLease();
      const rooms = lanes.rooms();
      const roomOfUnknown = lanes.roomOfUnknown();
      const rows = await store.claimAll({
        now: now(),
        limit,
        leaseToken: lease.token,
        leaseMs,
        after: cursor,
        rooms,
        roomOfUnknown,
      });
      noteMore(rows, (endpointId) => rooms.get(endpointId) ?? roomOfUnknown);
      take(rows, lease);
      const last = rows
        .map(({ endpointId }) => endpointId)
        .toSorted()
        .at(-1);
      cursor = last !== undefined && rows.length === limit ? last : '';
      if (cursor === '') passes -= 1;
    }
  }

  function noteMore(rows: readonly { endpointId: string }[], roomOf: (endpointId: string) => number): void {
    const counts = new Map<string, number>();
    for (const { endpointId } of rows) counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1);
    for (const [endpointId, count] of counts) lanes.setMore(endpointId, count >= roomOf(endpointId));
  }

  /** An endpoint of which the database holds more has little left to send: fetch before it runs dry. */
  function refill(): void {
    if (isRefilling || !isRunning) return;
    isRefilling = true;
    const restMs = Math.max(0, claimedAt + REFILL_GAP_MS - performance.now());
    setTimeout(() => {
      claim(async () => {
        isRefilling = false;
        claimedAt = performance.now();
        const rooms = lanes.hungry();
        if (rooms.size === 0) return;
        const lease = newLease();
        const rows = await store.claimOf({
          now: now(),
          limit: lanes.totalRoom(),
          leaseToken: lease.token,
          leaseMs,
          rooms,
        });
        for (const endpointId of rooms.keys()) lanes.setMore(endpointId, false);
        noteMore(rows, (endpointId) => rooms.get(endpointId) ?? 0);
        take(rows, lease);
      })
        .catch((cause: unknown) =>
          log.warn({ err: cause }, 'due webhook deliveries cannot be claimed; the sweep tries again'),
        )
        .finally(() => {
          isRefilling = false;
        });
    }, restMs);
  }

  async function renew(): Promise<void> {
    const tired = lanes.waiting().filter((each) => each.leasedUntilMs - monotonic() < leaseMs * 0.75);
    if (tired.length === 0) return;
    const untilMs = monotonic() + leaseMs;
    const renewed = await store.renew(tired, leaseMs);
    const chosen = new Set(tired);
    // those that left meanwhile are being sent under the old lease, which is long enough
    for (const each of lanes.remove((waiting) => chosen.has(waiting)))
      if (renewed.has(each.id)) lanes.add(each.endpointId, { ...each, leasedUntilMs: untilMs });
  }

  async function endpointChanged(endpointId: string): Promise<void> {
    await claiming; // it may have read what the endpoint was before
    await release(lanes.remove((each) => each.endpointId === endpointId));
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
      for (const each of born) lanes.add(each.endpointId, { ...each, orderedKey: null });
      for (const endpointId of more) lanes.setMore(endpointId, true);
      wake();
    },
    endpointChanged,
    start() {
      isRunning = true;
      wake();
    },
    async sweep() {
      if (!isRunning) return;
      await renew();
      await claim(claimAll);
      lanes.prune(FORGET_LANES_MS);
    },
    async stop(withinMs = 5000) {
      isRunning = false;
      isStopped = true;
      await claiming;
      const unfinished = lanes.remove(() => true);
      const deadline = performance.now() + withinMs;
      completions.flush();
      await within(withinMs, Promise.all(inFlight.values()));
      const brokenOff = [...inFlight.keys()];
      await sender.close();
      await within(Math.max(1000, deadline - performance.now()), Promise.all(inFlight.values()));
      const held = [...unfinished, ...brokenOff, ...lanes.remove(() => true)];
      await release(held);
    },
    inFlight: () => lanes.inFlight(),
  };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
