/**
 * Who may send next: a lane per endpoint, turns between lanes, a bounded number in flight of each and of all. One endpoint
 * that is slow or dead must never take what the others need. In memory only; knows neither database nor network.
 */
export type LaneLimits = {
  /** Requests in flight to one endpoint at once. */
  readonly perEndpoint: number;
  /** In flight of all, those whose result is not saved yet included. */
  readonly inFlight: number;
  /** Items that may wait here. */
  readonly waiting: number;
};
export const defaultLimits: LaneLimits = { perEndpoint: 16, inFlight: 256, waiting: 8192 };

/** `silent`: it let the time run out. `fault`: a quick failure (refused, reset, TLS), which holds up nobody. */
export type Verdict = 'answered' | 'silent' | 'fault';

type Lane<Item> = {
  readonly endpointId: string;
  waiting: Item[];
  inFlight: number;
  /** At most so many in flight: halved by every time-out, one more with every answer. */
  cap: number;
  /** The last that is known of it is an answer. All others together may have three quarters in flight. */
  isResponsive: boolean;
  /** The database holds more of it than what waits here. */
  hasMore: boolean;
  isInRing: boolean;
  usedAt: number;
};

export type Lanes<Item> = {
  add(endpointId: string, item: Item): void;
  /** The next item that may be sent now; it counts as in flight until `answered` (its endpoint) and `saved` (all). */
  take(): Item | undefined;
  answered(endpointId: string, verdict: Verdict): void;
  saved(): void;
  /** How many more items of this endpoint may wait here. */
  room(endpointId: string): number;
  totalRoom(): number;
  /** What is known of the room of endpoints, where it is not that of an unknown one. */
  rooms(): Map<string, number>;
  roomOfUnknown(): number;
  setMore(endpointId: string, hasMore: boolean): void;
  hasMore(endpointId: string): boolean;
  /** It has more in the database, and at most half of its window is in use. */
  isHungry(endpointId: string): boolean;
  /** {endpointId: room} of all that are. */
  hungry(): Map<string, number>;
  /** All that waits. */
  waiting(): Item[];
  /** Removes and returns what waits and is chosen. */
  remove(choose: (item: Item) => boolean): Item[];
  inFlight(): number;
  /** Forgets lanes that have been idle for so long. */
  prune(idleMs: number): void;
};

/** Items per slot that may wait for an endpoint that answers: so many are fetched from the database at once. */
const WINDOW = 16;
const SCAN = 64;

export function createLanes<Item>(limits: LaneLimits, now: () => number = () => performance.now()): Lanes<Item> {
  const lanes = new Map<string, Lane<Item>>();
  const responsive: Lane<Item>[] = [];
  const others: Lane<Item>[] = [];
  let inFlight = 0;
  let othersInFlight = 0;
  let waitingCount = 0;
  let isOthersTurn = false;

  function laneOf(endpointId: string): Lane<Item> {
    let lane = lanes.get(endpointId);
    if (lane === undefined) {
      lane = {
        endpointId,
        waiting: [],
        inFlight: 0,
        cap: limits.perEndpoint,
        isResponsive: false,
        hasMore: false,
        isInRing: false,
        usedAt: now(),
      };
      lanes.set(endpointId, lane);
    }
    return lane;
  }

  function enqueue(lane: Lane<Item>): void {
    if (lane.isInRing || lane.waiting.length === 0 || lane.inFlight >= lane.cap) return;
    lane.isInRing = true;
    (lane.isResponsive ? responsive : others).push(lane);
  }

  function setResponsive(lane: Lane<Item>, isResponsive: boolean): void {
    if (lane.isResponsive === isResponsive) return;
    if (lane.isInRing) {
      const ring = lane.isResponsive ? responsive : others;
      ring.splice(ring.indexOf(lane), 1);
      lane.isInRing = false; // its caller enqueues it again
    }
    lane.isResponsive = isResponsive;
    othersInFlight += isResponsive ? -lane.inFlight : lane.inFlight;
  }

  /** What is left is shared: nobody takes more than a quarter of it, so there is always something for who comes new. */
  const mayStart = (lane: Lane<Item>): boolean =>
    lane.inFlight < Math.max(1, Math.floor((limits.inFlight - inFlight) / 4));

  function takeFrom(ring: Lane<Item>[]): Item | undefined {
    if (inFlight >= limits.inFlight || (ring === others && othersInFlight >= limits.inFlight * 0.75)) return undefined;
    for (let left = Math.min(ring.length, SCAN); left > 0; left -= 1) {
      const lane = ring.shift();
      if (lane === undefined) return undefined;
      if (lane.inFlight < lane.cap && !mayStart(lane)) {
        ring.push(lane);
        continue;
      }
      lane.isInRing = false;
      const item = lane.inFlight < lane.cap ? lane.waiting.shift() : undefined;
      if (item === undefined) continue; // comes back when something is added or answered
      waitingCount -= 1;
      lane.inFlight += 1;
      inFlight += 1;
      if (!lane.isResponsive) othersInFlight += 1;
      lane.usedAt = now();
      enqueue(lane);
      return item;
    }
    return undefined;
  }

  const windowOf = (lane: Lane<Item> | undefined): number =>
    lane === undefined ? limits.perEndpoint : lane.isResponsive ? lane.cap * WINDOW : lane.cap;

  /**
   * Three quarters of the memory are for all; the rest is for endpoints that answer and hold little. Those that answered until
   * now and then all hang, which only their time-outs tell, have held much for long by then.
   */
  function room(lane: Lane<Item> | undefined): number {
    const held = lane?.waiting.length ?? 0;
    const common = Math.min(windowOf(lane) - held, Math.floor(limits.waiting * 0.75) - waitingCount);
    const reserved =
      lane?.isResponsive === true ? Math.min(limits.perEndpoint - held, limits.waiting - waitingCount) : 0;
    return Math.max(0, common, reserved);
  }

  const isHungry = (lane: Lane<Item>): boolean =>
    lane.hasMore && lane.waiting.length * 2 <= windowOf(lane) && room(lane) > 0;

  return {
    add(endpointId, item) {
      const lane = laneOf(endpointId);
      lane.waiting.push(item);
      lane.usedAt = now();
      waitingCount += 1;
      enqueue(lane);
    },
    take() {
      // turns between the two, so that a new endpoint gets its chance among busy ones
      isOthersTurn = !isOthersTurn;
      const [first, second] = isOthersTurn ? [others, responsive] : [responsive, others];
      return takeFrom(first) ?? takeFrom(second);
    },
    answered(endpointId, verdict) {
      const lane = laneOf(endpointId);
      lane.inFlight -= 1;
      if (!lane.isResponsive) othersInFlight -= 1;
      lane.usedAt = now();
      if (verdict === 'answered') {
        lane.cap = Math.min(limits.perEndpoint, lane.cap + 1);
        setResponsive(lane, true);
      } else if (verdict === 'silent') {
        lane.cap = Math.max(1, Math.floor(lane.cap / 2));
        setResponsive(lane, false);
      }
      enqueue(lane);
    },
    saved() {
      inFlight -= 1;
    },
    room: (endpointId) => room(lanes.get(endpointId)),
    totalRoom: () => Math.max(0, limits.waiting - waitingCount),
    rooms: () => new Map([...lanes.values()].map((lane) => [lane.endpointId, room(lane)])),
    roomOfUnknown: () => room(undefined),
    setMore(endpointId, hasMore) {
      laneOf(endpointId).hasMore = hasMore;
    },
    hasMore: (endpointId) => lanes.get(endpointId)?.hasMore === true,
    isHungry(endpointId) {
      const lane = lanes.get(endpointId);
      return lane !== undefined && isHungry(lane);
    },
    hungry: () => new Map([...lanes.values()].filter(isHungry).map((lane) => [lane.endpointId, room(lane)])),
    waiting: () => [...lanes.values()].flatMap((lane) => lane.waiting),
    remove(choose) {
      const removed: Item[] = [];
      for (const lane of lanes.values()) {
        const kept = lane.waiting.filter((item) => !choose(item));
        if (kept.length === lane.waiting.length) continue;
        removed.push(...lane.waiting.filter(choose));
        waitingCount -= lane.waiting.length - kept.length;
        lane.waiting = kept;
      }
      return removed;
    },
    inFlight: () => inFlight,
    prune(idleMs) {
      for (const [endpointId, lane] of lanes)
        if (lane.waiting.length === 0 && lane.inFlight === 0 && !lane.isInRing && now() - lane.usedAt > idleMs)
          lanes.delete(endpointId);
    },
  };
}
