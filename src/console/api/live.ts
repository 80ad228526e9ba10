/**
 * What changes while one looks: the stream of events, which every role may read, and a look every few seconds while it is broken or
 * refused (too many are open, of all or of this browser: places.ts). A page that nobody sees lets go of it; when it is seen again it hears what
 * it has missed. An event only says what to ask for again; what is shown always comes from the API.
 */
import type { QueryClient } from '@tanstack/react-query';
import { createParser } from 'eventsource-parser';
import { authorizedFetch } from './client.ts';
import { FLEET_KEY } from './fleet.ts';
import { pause } from './pause.ts';
import { createPlaces } from './places.ts';
import { LOOKS, readInPlace } from './read-in-place.ts';
import { becomesSeen } from './seen.ts';

export type LiveState = 'live' | 'polling' | 'broken';

type Event = { readonly event: string; readonly data: Record<string, unknown> };

const POLL_MS = 5_000;
const RETRY_MS = 2_000;
/** The first of many events is told at once, the others of the next moment together. */
const AT_ONCE_MS = 30;
const GATHER_MS = 400;
/** Readings of running sessions make no event: whoever shows them asks so often, so that they are never older than a second. */
export const READINGS_MS = 600;
/** After a longer absence all is asked for again; to hear of each event would be more. */
const MISSED_MS = 120_000;

/** What an event makes stale: the log of events, and what it is about. */
export const staleAfter = (event: Event): readonly (readonly unknown[])[] => [['events'], ...staleBeside(event)];

function staleBeside({ event, data }: Event): readonly (readonly unknown[])[] {
  const chargePointId = String(data['charge_point_id'] ?? '');
  const [room = ''] = event.split('.');
  const ofChargePoint = chargePointId === '' ? [] : [['charge-point', chargePointId] as const];
  switch (room) {
    case 'session':
      return [['sessions'], ['session', data['session_id']], ['totals'], ...ofChargePoint];
    case 'alert':
      return [['alerts'], ['alert', data['alert_id']]];
    case 'handover':
      return [['handovers'], ...ofChargePoint];
    case 'command':
      return [
        ['commands', chargePointId],
        ['command', data['command_id']],
      ];
    default:
      return ofChargePoint;
  }
}

/** Ends with `signal`. `touched` hears of charge points, which are kept together (fleet.ts). */
export async function followEvents(
  queries: QueryClient,
  options: {
    readonly mayStream: boolean;
    readonly signal: AbortSignal;
    readonly touched: (chargePointId: string) => void;
    readonly told: (state: LiveState) => void;
  },
): Promise<void> {
  const { mayStream, signal, touched, told } = options;
  const stale = createStale(queries, signal);
  const places = createPlaces(signal);
  let lastId = '';
  let looks = 0;
  let isBack = false;
  while (!signal.aborted) {
    if (document.visibilityState === 'hidden') {
      const leftAt = Date.now();
      await becomesSeen(signal);
      if (signal.aborted) return;
      [isBack, looks] = [true, 0];
      if (Date.now() - leftAt > MISSED_MS) lastId = '';
    }
    if (mayStream && looks === 0) {
      const read = await readInPlace(places, signal, (whileSeen) =>
        readStream(whileSeen, lastId, {
          opened() {
            told('live');
            stale.all();
            if (isBack && lastId === '') stale.fleet(); // no event tells which of them changed
            isBack = false;
          },
          event(id, event) {
            if (id !== '') lastId = id;
            for (const key of staleAfter(event)) stale.add(key);
            const chargePointId = event.data['charge_point_id'];
            if (typeof chargePointId === 'string') touched(chargePointId);
          },
        }),
      );
      const isRefused = read.found || read.isRefused;
      if (signal.aborted) return;
      if (document.visibilityState === 'hidden') continue;
      isBack = true;
      if (isRefused) [looks, lastId] = [LOOKS, '']; // what is looked at meanwhile need not be told again
      told(isRefused ? 'polling' : 'broken');
      await pause(isRefused ? POLL_MS : RETRY_MS, signal);
    } else {
      if (looks > 0) looks -= 1;
      told('polling');
      await pause(POLL_MS, signal);
    }
    if (!signal.aborted && document.visibilityState === 'visible') stale.all();
  }
}

/** Resolves when the stream is over, for whatever reason; true: it was refused, and would be again in a moment. */
async function readStream(
  signal: AbortSignal,
  lastId: string,
  on: { opened(): void; event(id: string, event: Event): void },
): Promise<boolean> {
  try {
    const response = await authorizedFetch(
      new Request('/api/v1/webhooks/stream', { signal, headers: lastId === '' ? {} : { 'last-event-id': lastId } }),
    );
    if (response.status === 403 || response.status === 429) return true;
    if (!response.ok || response.body === null) return false;
    on.opened();
    const parser = createParser({
      onEvent: ({ id = '', data }) => on.event(id, JSON.parse(data) as Event),
    });
    const text = response.body.pipeThrough(new TextDecoderStream());
    for (const reader = text.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return false;
      parser.feed(value);
    }
  } catch {
    return false; // broken off: the caller comes back, and says so meanwhile
  }
}

/** Many events within a moment ask once. */
function createStale(queries: QueryClient, signal: AbortSignal) {
  const keys = new Map<string, readonly unknown[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let flushedAt = 0;
  const flush = (): void => {
    timer = undefined;
    flushedAt = Date.now();
    if (signal.aborted) return;
    for (const queryKey of keys.values()) void queries.invalidateQueries({ queryKey }); // shown by the query itself
    keys.clear();
  };
  return {
    add(key: readonly unknown[]): void {
      keys.set(JSON.stringify(key), key);
      if (timer === undefined) timer = setTimeout(flush, Math.max(AT_ONCE_MS, flushedAt + GATHER_MS - Date.now()));
    },
    all(): void {
      void queries.invalidateQueries({ predicate: ({ meta }) => meta?.['still'] !== true }); // shown by the queries
    },
    fleet(): void {
      void queries.invalidateQueries({ queryKey: FLEET_KEY }); // shown by the query itself
    },
  };
}
