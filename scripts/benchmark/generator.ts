/** The load generator, a process of its own on a core of its own. Does what its parent says over IPC, one order at a time. */

import { type LoadKind, startLoad } from './loads.ts';
import { createRecorder } from './measure.ts';
import { type Connected, type Counters, connectAll, type Peer, type PeerSpec, type Speaks } from './peers.ts';

export type Order =
  | {
      readonly do: 'connect';
      readonly url: string;
      readonly specs: readonly PeerSpec[];
      readonly atOnce: number;
      readonly withStatuses: boolean;
      readonly speaks: Speaks;
    }
  | {
      readonly do: 'load';
      readonly kind: LoadKind;
      readonly warmupS: number;
      readonly seconds: number;
      readonly perSecond: number;
    }
  /** The first so many go without a word. */
  | { readonly do: 'drop'; readonly count: number }
  | { readonly do: 'disconnect' }
  | { readonly do: 'census' };
export type Report =
  | {
      readonly tell: 'connected';
      readonly seconds: number;
      readonly open: number;
      readonly failures: number;
      readonly refused: number;
    }
  /** The measuring window begins, or is over: time to read the CPU clocks. */
  | { readonly tell: 'window'; readonly at: 'begin' | 'end' }
  | {
      readonly tell: 'loaded';
      /** In the window, and all in all. */
      readonly messages: number;
      readonly total: number;
      readonly errors: number;
      readonly lost: number;
      readonly noneFree: number;
      readonly seconds: number;
      readonly cpuSeconds: number;
      readonly p50: number;
      readonly p95: number;
      readonly p99: number;
      readonly max: number;
    }
  | { readonly tell: 'dropped' }
  | { readonly tell: 'census'; readonly open: number; readonly unexpectedCloses: number }
  | { readonly tell: 'disconnected' }
  | { readonly tell: 'failed'; readonly why: string };

const counters: Counters = { calls: 0, unexpectedCloses: 0, refused: 0 };
let peers: readonly Peer[] = [];

const tell = (report: Report): void => void process.send?.(report);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function connect(order: Extract<Order, { do: 'connect' }>): Promise<void> {
  const connected: Connected = await connectAll({ ...order, counters });
  peers = [...peers, ...connected.peers];
  tell({
    tell: 'connected',
    seconds: connected.seconds,
    open: peers.filter((peer) => peer.isOpen()).length,
    failures: connected.failures,
    refused: counters.refused,
  });
}

async function load(order: Extract<Order, { do: 'load' }>): Promise<void> {
  const recorder = createRecorder();
  let measuring = false;
  let errors = 0;
  let noneFree = 0;
  let total = 0;
  const closesBefore = counters.unexpectedCloses;
  const running = startLoad({
    kind: order.kind,
    peers,
    perSecond: order.perSecond,
    heard(answer, tookMs) {
      total += 1;
      if (answer === 'error') errors += 1;
      if (measuring) recorder.add(tookMs);
    },
    noneFree() {
      if (measuring) noneFree += 1;
    },
  });
  await pause(order.warmupS * 1000);
  measuring = true;
  tell({ tell: 'window', at: 'begin' });
  const begun = performance.now();
  const cpuBefore = cpuSeconds();
  await pause(order.seconds * 1000);
  measuring = false;
  const seconds = (performance.now() - begun) / 1000;
  const cpu = cpuSeconds() - cpuBefore;
  tell({ tell: 'window', at: 'end' });
  await Promise.race([running.stop(), pause(15_000)]);
  const lost = counters.unexpectedCloses - closesBefore;
  tell({
    tell: 'loaded',
    messages: recorder.count(),
    total,
    errors,
    lost,
    noneFree,
    seconds,
    cpuSeconds: cpu,
    ...recorder.percentiles(),
  });
}

async function disconnect(): Promise<void> {
  for (const peer of peers) peer.close();
  peers = [];
  await pause(50);
  tell({ tell: 'disconnected' });
}

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'connect':
      return connect(order);
    case 'load':
      return load(order);
    case 'drop':
      for (const peer of peers.slice(0, order.count)) peer.close();
      peers = peers.slice(order.count);
      return tell({ tell: 'dropped' });
    case 'disconnect':
      return disconnect();
    case 'census': {
      const open = peers.filter((peer) => peer.isOpen()).length;
      return tell({ tell: 'census', open, unexpectedCloses: counters.unexpectedCloses });
    }
  }
}

process.on('message', (order) => {
  obey(order as Order).catch((cause: unknown) => tell({ tell: 'failed', why: String(cause) })); // as: our own parent's
});
process.on('disconnect', () => process.exit(0));
