/**
 * What changes while one looks: the stream of events for those who may read it, a look every few seconds for all others, and for
 * everybody while the stream is broken. An event only says what to ask for again; what is shown always comes from the API.
 */
import type { QueryClient } from '@tanstack/react-query';
import { createParser } from 'eventsource-parser';
import { authorizedFetch } from './client.ts';

export type LiveState = 'live' | 'polling' | 'broken';

type Event = { readonly event: string; readonly data: Record<string, unknown> };

const POLL_MS = 5_000;
const RETRY_MS = 2_000;
const GATHER_MS = 400;

/** What an event makes stale. */
export function staleAfter({ event, data }: Event): readonly (readonly unknown[])[] {
  const chargePointId = String(data['charge_point_id'] ?? '');
  const [room = ''] = event.split('.');
  const ofChargePoint = chargePointId === '' ? [] : [['charge-point', chargePointId] as const];
  switch (room) {
    case 'session':
      return [['sessions'], ['session', data['session_id']], ['totals'], ...ofChargePoint];
    case 'alert':
      return [['alerts'], ['alert', data['alert_id']]];
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
  let lastId = '';
  while (!signal.aborted) {
    if (mayStream) {
      await readStream(signal, lastId, {
        opened() {
          told('live');
          if (lastId === '') stale.all();
        },
        event(id, event) {
          if (id !== '') lastId = id;
          for (const key of staleAfter(event)) stale.add(key);
          const chargePointId = event.data['charge_point_id'];
          if (typeof chargePointId === 'string') touched(chargePointId);
        },
      });
      if (signal.aborted) return;
      told('broken');
      await pause(RETRY_MS, signal);
    } else {
      told('polling');
      await pause(POLL_MS, signal);
    }
    if (!signal.aborted && document.visibilityState === 'visible') stale.all();
  }
}

/** Resolves when the stream is over, for whatever reason. */
async function readStream(
  signal: AbortSignal,
  lastId: string,
  on: { opened(): void; event(id: string, event: Event): void },
): Promise<void> {
  try {
    const response = await authorizedFetch(
      new Request('/api/v1/webhooks/stream', { signal, headers: lastId === '' ? {} : { 'last-event-id': lastId } }),
    );
    if (!response.ok || response.body === null) return;
    on.opened();
    const parser = createParser({
      onEvent: ({ id = '', data }) => on.event(id, JSON.parse(data) as Event),
    });
    const text = response.body.pipeThrough(new TextDecoderStream());
    for (const reader = text.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
    }
  } catch {
    // broken off: the caller comes back, and says so meanwhile
  }
}

/** Many events within a moment ask once. */
function createStale(queries: QueryClient, signal: AbortSignal) {
  const keys = new Map<string, readonly unknown[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    if (signal.aborted) return;
    for (const queryKey of keys.values()) void queries.invalidateQueries({ queryKey }); // shown by the query itself
    keys.clear();
  };
  return {
    add(key: readonly unknown[]): void {
      keys.set(JSON.stringify(key), key);
      if (timer === undefined) timer = setTimeout(flush, GATHER_MS);
    },
    all(): void {
      void queries.invalidateQueries({ predicate: ({ meta }) => meta?.['still'] !== true }); // shown by the queries
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
