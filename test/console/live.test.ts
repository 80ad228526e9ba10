/** The stream of events as a page follows it: what changes while the stream is away is shown when it is back. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { QueryClient, QueryObserver, type QueryObserverOptions } from '@tanstack/react-query';
import { until } from '../support/until.ts';

type ChargePoint = { readonly id: string; readonly identity: string; readonly connected: boolean };
type Fleet = { readonly all: readonly ChargePoint[] };
type Live = {
  followEvents(
    queries: QueryClient,
    options: {
      mayStream: boolean;
      signal: AbortSignal;
      touched: (id: string) => void;
      told: (state: string) => void;
    },
  ): Promise<void>;
};
type Fleets = { fleetQuery(queries: QueryClient, isLive: boolean): QueryObserverOptions<Fleet> };

const ORIGIN = 'http://console.test';
/** What these modules have of a browser. */
const listener = { addEventListener: () => undefined, removeEventListener: () => undefined };
const stubs = {
  window: { location: { origin: ORIGIN }, ...listener },
  document: { visibilityState: 'visible', cookie: '', ...listener },
  Request: class extends Request {
    constructor(input: string | URL | Request, init?: RequestInit) {
      super(typeof input === 'string' ? new URL(input, ORIGIN) : input, init);
    }
  },
  fetch: answer,
};
const before = Object.keys(stubs).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
const over = new AbortController();
let live: Live;
let fleets: Fleets;
beforeAll(async () => {
  for (const [name, value] of Object.entries(stubs))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  // Not by name: tsc checks the console apart, with the types of a browser.
  const [ofLive, ofFleet] = ['../../src/console/api/live.ts', '../../src/console/api/fleet.ts'] as string[];
  live = (await import(ofLive ?? '')) as Live; // as: what that module exports
  fleets = (await import(ofFleet ?? '')) as Fleets; // the same
});
afterAll(() => {
  over.abort();
  for (const [name, was] of before) {
    if (was === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, was);
  }
});

let connected = true;
let streamsRefused = 0;
const streams: { lastId: string | null; breakOff(): void }[] = [];
async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === '/api/v1/charge-points')
    return Response.json({ data: [{ id: 'cp_1', identity: 'CP-1', connected }], next_cursor: null });
  if (pathname !== '/api/v1/webhooks/stream') return new Response(null, { status: 404 });
  if (streamsRefused > 0) {
    streamsRefused -= 1;
    return new Response(null, { status: 502 });
  }
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      streams.push({ lastId: request.headers.get('last-event-id'), breakOff: () => controller.close() });
    },
  });
  return new Response(body);
}

/** A page with the list of chargers open. */
async function aPage() {
  const queries = new QueryClient();
  let shown: boolean | undefined;
  const observer = new QueryObserver(queries, fleets.fleetQuery(queries, true));
  observer.subscribe(({ data }) => {
    shown = data?.all[0]?.connected;
  });
  const page = new AbortController();
  const states: string[] = [];
  const ended = live.followEvents(queries, {
    mayStream: true,
    signal: AbortSignal.any([page.signal, over.signal]),
    touched: () => undefined,
    told: (state) => states.push(state),
  });
  await until('the list is there', () => shown !== undefined);
  return {
    states,
    shown: () => shown,
    async leave(): Promise<void> {
      observer.destroy();
      page.abort();
      for (const stream of streams.splice(0)) stream.breakOff();
      await ended;
      queries.clear();
    },
  };
}

test.each([
  ['broke off before it told anything', 0],
  ['could not be opened at first', 1],
])('what changed in the list of chargers while the stream %s is there when it is live again', async (_how, refused) => {
  connected = true;
  streamsRefused = refused;
  const page = await aPage();
  if (refused === 0) {
    await until('the stream is open', () => page.states.at(-1) === 'live');
    streams.splice(0)[0]?.breakOff();
  }
  await until('it is away', () => page.states.at(-1) === 'broken');
  expect(page.shown()).toBe(true);
  connected = false;
  await until('it is live again', () => page.states.at(-1) === 'live');
  expect(streams.at(-1)?.lastId).toBeNull();
  await until('the list shows it', () => page.shown() === false, { withinMs: 10_000 });
  await page.leave();
});
