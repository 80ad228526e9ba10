/**
 * When rows are claimed, of whom, and how many: all endpoints once a second, single ones when what waits here runs low, and the
 * next of a charge point when the one before is through. Whatever is missed here, the next sweep finds.
 */
import type { ClaimedRow, ClaimStore } from './claim-store.ts';
import type { Lanes } from './lanes.ts';
import type { Lease, LeasedDelivery, Log } from './types.ts';

/** Claims for single endpoints are at least so far apart, so that each fetches many. */
export const REFILL_GAP_MS = 20;
/** Rows per claim: more would hold up the event loop while they are read. */
const CLAIM_ROWS = 1000;

export type ClaimsOptions = {
  readonly store: ClaimStore;
  readonly lanes: Lanes<LeasedDelivery>;
  readonly now: () => Date;
  readonly newLease: () => Lease;
  /** What was claimed. */
  readonly take: (rows: readonly ClaimedRow[], lease: Lease) => void;
  readonly isRunning: () => boolean;
  readonly log: Pick<Log, 'warn'>;
};

export type Claims = {
  /** What is due of all endpoints. */
  all(): Promise<void>;
  /** Soon: endpoints of which the database holds more than the little that is left here. */
  refill(): void;
  /** The delivery before it is through: soon the next of this charge point. */
  next(endpointId: string, orderedKey: string): void;
  /** Resolves when no claim is under way. */
  settled(): Promise<void>;
};

export function createClaims({ store, lanes, now, newLease, take, isRunning, log }: ClaimsOptions): Claims {
  let claiming: Promise<void> = Promise.resolve();
  let isRefilling = false;
  let refilledAt = Number.NEGATIVE_INFINITY;
  /** The endpoint at which the last claim of all had to end. */
  let cursor = '';
  /** Of endpoints in order: the charge point at which the last claim had to end, so that those behind it get their turn. */
  const afterKeys = new Map<string, string>();
  let nextKeys = new Map<string, { endpointId: string; orderedKey: string }>();

  /** Claims run one after the other: each is given the room that the one before has left. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = claiming.then(async () => {
      if (isRunning()) await work();
    });
    claiming = turn.catch(() => undefined); // reported by whoever asked for it
    return turn;
  }

  /** Begins where the last one had to end, so that endpoints at the end of the alphabet get their turn too. */
  async function claimAll(): Promise<void> {
    for (let passes = cursor === '' ? 1 : 2; passes > 0; ) {
      const limit = Math.min(CLAIM_ROWS, lanes.totalRoom());
      if (limit === 0 || !isRunning()) return;
      const lease = newLease();
      const rooms = lanes.rooms();
      const roomOfUnknown = lanes.roomOfUnknown();
      const rows = await store.claimAll({ ...claim(lease, limit), after: cursor, rooms, roomOfUnknown, afterKeys });
      note(rows, (endpointId) => rooms.get(endpointId) ?? roomOfUnknown, afterKeys.keys());
      take(rows, lease);
      const last = rows
        .map(({ endpointId }) => endpointId)
        .toSorted()
        .at(-1);
      cursor = last !== undefined && rows.length >= limit ? last : '';
      if (cursor === '') passes -= 1;
    }
  }

  async function claimHungry(): Promise<void> {
    const rooms = lanes.hungry();
    const limit = Math.min(CLAIM_ROWS, lanes.totalRoom());
    if (rooms.size === 0 || limit === 0) return;
    const lease = newLease();
    for (const endpointId of rooms.keys()) lanes.setMore(endpointId, false); // before: what is told meanwhile must not be forgotten
    const rows = await store.claimOf({ ...claim(lease, limit), rooms, afterKeys }).catch((cause: unknown) => {
      for (const endpointId of rooms.keys()) lanes.setMore(endpointId, true);
      throw cause;
    });
    if (rows.length >= limit) for (const endpointId of rooms.keys()) lanes.setMore(endpointId, true);
    note(rows, (endpointId) => rooms.get(endpointId) ?? 0, rooms.keys());
    take(rows, lease);
  }

  async function claimNext(): Promise<void> {
    const keys = [...nextKeys.values()];
    nextKeys = new Map();
    if (keys.length === 0) return;
    const lease = newLease();
    take(await store.claimNext({ ...claim(lease, keys.length), keys }), lease);
  }

  const claim = ({ token, ms }: Lease, limit: number) => ({ now: now(), limit, leaseToken: token, leaseMs: ms });

  /** Who got as many as there was room for has more, or may have. */
  function note(rows: readonly ClaimedRow[], roomOf: (endpointId: string) => number, asked: Iterable<string>): void {
    const counts = new Map<string, { count: number; lastKey: string }>();
    for (const { endpointId, orderedKey } of rows) {
      const { count = 0, lastKey = '' } = counts.get(endpointId) ?? {};
      counts.set(endpointId, { count: count + 1, lastKey: [lastKey, orderedKey ?? ''].toSorted()[1] ?? '' });
    }
    for (const [endpointId, { count, lastKey }] of counts) {
      if (count < roomOf(endpointId)) continue;
      lanes.setMore(endpointId, true);
      if (lastKey !== '') afterKeys.set(endpointId, lastKey);
    }
    for (const endpointId of [...asked]) {
      if ((counts.get(endpointId)?.count ?? 0) >= roomOf(endpointId)) continue;
      // it came to the end of the charge points: the next claim begins with the first
      if (!afterKeys.delete(endpointId)) continue;
      lanes.setMore(endpointId, true);
      refill();
    }
  }

  function refill(): void {
    if (isRefilling || !isRunning()) return;
    isRefilling = true;
    const restMs = Math.max(0, refilledAt + REFILL_GAP_MS - performance.now());
    setTimeout(() => {
      inTurn(async () => {
        isRefilling = false;
        refilledAt = performance.now();
        await claimNext();
        await claimHungry();
      })
        .catch((cause: unknown) =>
          log.warn({ err: cause }, 'due webhook deliveries cannot be claimed; the sweep tries again'),
        )
        .finally(() => {
          isRefilling = false;
        });
    }, restMs);
  }

  return {
    all: () => inTurn(claimAll),
    refill,
    next(endpointId, orderedKey) {
      // while others wait behind the limit, its slot is theirs
      if (!lanes.hasMore(endpointId)) nextKeys.set(`${endpointId} ${orderedKey}`, { endpointId, orderedKey });
      refill();
    },
    settled: () => claiming,
  };
}
