/**
 * The live end of the event log: one reader of the database per process, which only reads while somebody listens, and hands
 * each listener what it wants, each event once and in order. Memory only wakes it; what it tells, it has read.
 */
import type { Database } from '../database/contract.ts';
import { createMailbox, type OpenStream } from '../platform/mailbox.ts';
import {
  type EventFilter,
  followLog,
  isAfter,
  type LoggedEvent,
  later,
  logPage,
  type Position,
} from './event-log-store.ts';

/** So much may wait for one reader; then it is cut off, and reads on from the database when it comes back. */
const MAX_WAITING_BYTES = 1024 * 1024;
const PAGE = 200;

/** `from`: not what was recorded before. */
export type FollowFilter = EventFilter & { readonly from?: Date | undefined };

type Listener = { position: Position; readonly wants: (event: LoggedEvent) => boolean; put(event: LoggedEvent): void };
/** Of one organization: everything up to `position` was handed out. */
type Audience = { position: Position; readonly listeners: Set<Listener> };

export type EventFeed = {
  /** Events after `position`: first from the log, as fast as they are taken, then live. */
  follow(
    organizationId: string,
    filter: FollowFilter,
    position: Position,
    stream: OpenStream,
  ): AsyncIterable<LoggedEvent>;
  /** Something was committed by this process. */
  wake(): void;
  /** How many listen. */
  size(): number;
};

export type EventFeedNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly log: { warn(fields: object, message: string): void };
  /** What other processes commit is seen within so many ms. */
  readonly pollMs?: number;
  /** While commits come thick and fast they are read together. */
  readonly gatherMs?: number;
  readonly maxWaitingBytes?: number;
};

export function createEventFeed(needs: EventFeedNeeds): EventFeed {
  const { db, log, pollMs = 250, gatherMs = 15, maxWaitingBytes = MAX_WAITING_BYTES } = needs;
  const audiences = new Map<string, Audience>();
  let isReading = false;
  let isFailing = false;
  let hasNews = false;
  let interrupt = (): void => undefined;

  async function read(): Promise<void> {
    while (audiences.size > 0) {
      const startedAt = performance.now();
      hasNews = false;
      let hasMore = false;
      try {
        hasMore = await handOut();
        isFailing = false;
      } catch (err) {
        if (!isFailing) log.warn({ err }, 'the event log cannot be read; streams wait until it can');
        isFailing = true;
      }
      if (hasMore) continue;
      if (!hasNews || isFailing) await pause(pollMs);
      await pause(Math.max(0, startedAt + gatherMs - performance.now()), false);
    }
    isReading = false;
  }

  /** One statement for everybody. True: there is more already. */
  async function handOut(): Promise<boolean> {
    const asked = new Map([...audiences].map(([organizationId, { position }]) => [organizationId, position]));
    const { settled, events } = await followLog(db, asked, PAGE);
    let hasMore = false;
    for (const [organizationId, from] of asked) {
      const audience = audiences.get(organizationId);
      if (audience === undefined || audience.position !== from) continue; // another one by now
      const found = events.get(organizationId) ?? [];
      for (const event of found)
        for (const listener of audience.listeners)
          if (isAfter(event, listener.position) && listener.wants(event)) listener.put(event);
      const last = found.at(-1) ?? from;
      if (found.length === PAGE) hasMore = true;
      audience.position = found.length === PAGE ? placeAt(last) : later(placeAt(last), settled);
    }
    return hasMore;
  }

  function pause(ms: number, mayBeInterrupted = true): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      if (mayBeInterrupted)
        interrupt = () => {
          clearTimeout(timer);
          resolve();
        };
    });
  }

  /** False: the others are further already, so something in between would be missed. */
  function join(organizationId: string, listener: Listener): boolean {
    const audience = audiences.get(organizationId) ?? { position: listener.position, listeners: new Set() };
    if (isAfter(audience.position, listener.position)) return false;
    audience.listeners.add(listener);
    audiences.set(organizationId, audience);
    if (!isReading) {
      isReading = true;
      void read(); // never rejects: what fails is tried again
    }
    return true;
  }

  function leave(organizationId: string, listener: Listener): void {
    const audience = audiences.get(organizationId);
    audience?.listeners.delete(listener);
    if (audience?.listeners.size === 0) audiences.delete(organizationId);
  }

  return {
    async *follow(organizationId, filter, position, stream) {
      const mailbox = createMailbox<LoggedEvent>(stream, maxWaitingBytes);
      const listener: Listener = {
        position,
        wants: wantedBy(filter),
        put: (event) => mailbox.put(event, Buffer.byteLength(event.body)),
      };
      for (;;) {
        const query = { ...filter, order: 'asc', position: listener.position, limit: PAGE } as const;
        const { events, settled } = await logPage(db, organizationId, query);
        for (const event of events) {
          if (stream.signal.aborted) return;
          yield event;
        }
        if (stream.signal.aborted) return;
        const last = events.at(-1);
        if (last !== undefined) listener.position = placeAt(last);
        if (events.length === PAGE) continue;
        listener.position = later(placeAt(listener.position), settled);
        if (join(organizationId, listener)) break;
      }
      try {
        yield* mailbox;
      } finally {
        leave(organizationId, listener);
      }
    },
    wake() {
      if (audiences.size === 0) return;
      hasNews = true;
      interrupt();
    },
    size: () => [...audiences.values()].reduce((sum, { listeners }) => sum + listeners.size, 0),
  };
}

const placeAt = ({ tx, id }: { readonly tx: number; readonly id: string }): Position => ({ tx, id });

function wantedBy({ types, chargePointId, siteId }: EventFilter): (event: LoggedEvent) => boolean {
  const wanted = types === undefined ? undefined : new Set(types);
  return (event) =>
    (wanted === undefined || wanted.has(event.type)) &&
    (chargePointId === undefined || event.chargePointId === chargePointId) &&
    (siteId === undefined || event.siteId === siteId);
}
