/** The kinds of load: who sends what when, until told to stop. Each answer is timed. */
import { heartbeat, type Mouth, STEP_START, sessionCycle, status } from './messages.ts';
import { sessionCycle2 } from './messages-2.ts';
import type { Answer, Peer, Speaks } from './peers.ts';

export type LoadKind = 'cycle' | 'cycle2' | 'cycle21' | 'heartbeat' | 'status' | 'open' | 'open2' | 'open21' | 'mixed';
const SPEAKS: Readonly<Partial<Record<LoadKind, Speaks>>> = {
  ...{ cycle2: 'ocpp2.0.1', open2: 'ocpp2.0.1' },
  ...{ cycle21: 'ocpp2.1', open21: 'ocpp2.1' },
};
/** In the words of which version a load is told; a mixed one in those of all. */
export const speaksOf = (kind: LoadKind): Speaks => SPEAKS[kind] ?? 'ocpp1.6';
const cycleOf = ({ speaks }: Peer) => (speaks === 'ocpp1.6' ? sessionCycle : sessionCycle2);
export type Load = {
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
};
export type Heard = (answer: Answer, tookMs: number) => void;

const PREFIX = '"transactionId":';
function readTransactionId(mouth: Mouth, data: Buffer): void {
  const text = data.toString();
  const from = text.indexOf(PREFIX);
  const match = from < 0 ? undefined : /^-?\d+/.exec(text.slice(from + PREFIX.length).trimStart());
  mouth.transactionId = match?.[0] ?? '0';
}

/** One session, message after message, in the words of the peer; `done` when its last answer came. */
function playSession(peer: Peer, heard: Heard, done: () => void): void {
  const cycle = cycleOf(peer);
  let step = 0;
  const next = () => {
    const build = cycle[step];
    if (build === undefined || !peer.isOpen()) return done();
    const isStart = cycle === sessionCycle && step === STEP_START;
    step += 1;
    const begun = performance.now();
    peer.send(build(peer.mouth), (answer, data) => {
      heard(answer, performance.now() - begun);
      if (isStart) readTransactionId(peer.mouth, data);
      next();
    });
  };
  next();
}

/** Every peer always has something under way. */
function closedLoop(peers: readonly Peer[], round: (peer: Peer, done: () => void) => void): Load {
  let running = true;
  let underWay = peers.length;
  let finished: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    finished = resolve;
  });
  for (const peer of peers) {
    const again = () => {
      if (running && peer.isOpen()) return round(peer, again);
      underWay -= 1;
      if (underWay === 0) finished();
    };
    again();
  }
  return {
    stop() {
      running = false;
      return over;
    },
  };
}

/** Something begins at a fixed rate, whether earlier ones are done or not; each takes a charger that is free. */
function openLoop(
  peers: readonly Peer[],
  perSecond: number,
  noneFree: () => void,
  play: (peer: Peer, done: () => void) => void,
): Load {
  const free = [...peers];
  let busy = 0;
  const begun = performance.now();
  let started = 0;
  let timer: NodeJS.Timeout | undefined;
  let running = true;
  let idle: () => void = () => undefined;
  const tick = () => {
    const due = Math.floor(((performance.now() - begun) / 1000) * perSecond);
    for (; started < due; started += 1) {
      const peer = free.shift();
      if (peer === undefined) noneFree();
      else {
        busy += 1;
        play(peer, () => {
          busy -= 1;
          if (peer.isOpen()) free.push(peer);
          if (!running && busy === 0) idle();
        });
      }
    }
    if (running) timer = setTimeout(tick, Math.max(0, begun + ((started + 1) / perSecond) * 1000 - performance.now()));
  };
  tick();
  return {
    stop() {
      running = false;
      clearTimeout(timer);
      return busy === 0 ? Promise.resolve() : new Promise((resolve) => (idle = resolve));
    },
  };
}

export function startLoad(options: {
  readonly kind: LoadKind;
  /** Those that speak its version play. */
  readonly peers: readonly Peer[];
  readonly perSecond: number;
  readonly heard: Heard;
  readonly noneFree: () => void;
}): Load {
  const { kind, heard } = options;
  const peers = options.peers.filter(({ speaks }) => kind === 'mixed' || speaks === speaksOf(kind));
  const say = (peer: Peer, build: (mouth: Mouth) => string, done: () => void): void => {
    const begun = performance.now();
    peer.send(build(peer.mouth), (answer) => {
      heard(answer, performance.now() - begun);
      done();
    });
  };
  const single = (build: (mouth: Mouth) => string) => closedLoop(peers, (peer, done) => say(peer, build, done));
  switch (kind) {
    case 'cycle':
    case 'cycle2':
    case 'cycle21':
      return closedLoop(peers, (peer, done) => playSession(peer, heard, done));
    case 'heartbeat':
      return single(heartbeat);
    case 'status': {
      // Each one is a change, so each one is an event.
      const states = ['Preparing', 'Available'];
      return single((mouth) => status(mouth, 1, states[mouth.serial % 2] ?? 'Available'));
    }
    case 'open':
    case 'open2':
    case 'open21':
      return openLoop(peers, options.perSecond, options.noneFree, (peer, done) => playSession(peer, heard, done));
    case 'mixed': {
      // As many heartbeats as sessions; each charger tells its session in the words of its version.
      let turn = 0;
      return openLoop(peers, options.perSecond * 2, options.noneFree, (peer, done) => {
        turn += 1;
        if (turn % 2 === 0) return say(peer, heartbeat, done);
        playSession(peer, heard, done);
      });
    }
  }
}
