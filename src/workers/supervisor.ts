/**
 * Keeps so many workers alive: starts them, starts anew who died, replaces all one after another, ends all. It does no work of the
 * server's itself and holds nothing that a worker needs but the ports and the embedded database.
 */
import type { Logger } from '../telemetry/index.ts';
import { afterDeath } from './machine.ts';
import { mergeMetrics } from './merged-metrics.ts';
import type { FromWorker, Ports, ToWorker } from './messages.ts';

export type WorkerProcess = {
  readonly pid: number;
  /** Resolves with the exit code or the signal. */
  readonly ended: Promise<string>;
  send(message: ToWorker): void;
  hear(onMessage: (message: FromWorker) => void): void;
  /** SIGKILL. */
  kill(): void;
};

type Needs = {
  readonly count: number;
  readonly fork: () => WorkerProcess;
  readonly databaseUrl: string | undefined;
  readonly log: Logger;
  readonly monotonic: () => number;
  /** Metrics of the supervising process. */
  readonly ownMetrics: () => Promise<string>;
  /** A worker of that number was started, again or for the first time. */
  readonly onStart: (number: number) => void;
};

export type Supervisor = {
  /** Resolves when all serve; rejects, with all of them ended, when one of them ends before that. */
  start(): Promise<Ports>;
  /** Replaces every worker, one after another, each only after its successor serves. False: one of the successors did not. */
  replaceAll(): Promise<boolean>;
  /** Ends all; those that take too long are killed. */
  stop(): Promise<void>;
  /** Of all workers and of this process. */
  metrics(): Promise<string>;
  /** Workers that serve, by their numbers. */
  serving(): readonly number[];
};

type Running = {
  readonly process: WorkerProcess;
  readonly since: number;
  /** Resolves at its end as well. */
  readonly prepared: Promise<void>;
  readonly serves: Promise<Ports | undefined>;
  isServing: boolean;
  /** Its end is wanted. */
  isLeaving: boolean;
  heardAt: number;
};
type Slot = {
  readonly number: number;
  current: Running | undefined;
  deaths: number;
  timer: NodeJS.Timeout | undefined;
};

/** A drain takes 10 s at most. */
const LEAVE_WITHIN_MS = 15_000;
/** Migrations of a large database run before a worker serves. */
const SERVE_WITHIN_MS = 600_000;
const MEASURE_WITHIN_MS = 2_000;
/** Who says nothing for so long stands still; its charge points count as lost by then as well (src/nodes). */
const SILENT_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

export function createSupervisor(needs: Needs): Supervisor {
  const { count, fork, databaseUrl, log, monotonic, ownMetrics, onStart } = needs;
  const slots: Slot[] = Array.from({ length: count }, (_, i) => {
    return { number: i + 1, current: undefined, deaths: 0, timer: undefined };
  });
  /** Also those that are on their way out or not yet in their place. */
  const all = new Set<Running>();
  const asked = new Map<number, (text: string) => void>();
  let questions = 0;
  let hasBegun = false;
  let isStopping = false;
  let lookedAt = monotonic();
  let looking: NodeJS.Timeout | undefined;
  let replacing: Promise<boolean> | undefined;

  function launch(slot: Slot): Running {
    const process = fork();
    onStart(slot.number);
    const serving = promised<Ports | undefined>();
    const prepared = promised<void>();
    const now = monotonic();
    const running: Running = {
      ...{
        process,
        since: now,
        prepared: prepared.promise,
        serves: serving.promise,
        isServing: false,
        isLeaving: false,
        heardAt: now,
      },
    };
    all.add(running);
    process.hear((message) => {
      running.heardAt = monotonic();
      if (message.say === 'here') {
        const { number } = slot;
        process.send(
          running.isLeaving
            ? { say: 'stop' }
            : { say: 'begin', number, ...(databaseUrl !== undefined && { databaseUrl }) },
        );
      } else if (message.say === 'prepared') {
        prepared.resolve();
        if (hasBegun) process.send({ say: 'serve' });
      } else if (message.say === 'serving') {
        running.isServing = true;
        serving.resolve(message.ports);
      } else if (message.say === 'measured') {
        asked.get(message.id)?.(message.text);
      } else if (message.say === 'measure_all') {
        const { id } = message;
        // it never rejects: who does not answer is left out
        void metrics().then((text) => process.send({ say: 'measured_all', id, text }));
      }
    });
    void process.ended.then((ending) => {
      all.delete(running);
      running.isServing = false;
      prepared.resolve();
      serving.resolve(undefined);
      died(slot, running, ending);
    });
    return running;
  }

  function died(slot: Slot, running: Running, ending: string): void {
    if (slot.current !== running) return; // it left its place before, or never had it
    slot.current = undefined;
    if (isStopping || !hasBegun) return;
    const { deaths, pauseMs } = afterDeath({ deaths: slot.deaths, livedMs: monotonic() - running.since });
    slot.deaths = deaths;
    log.error(
      { worker: slot.number, pid: running.process.pid, ending, pauseMs },
      'a worker ended by itself: it is started again',
    );
    slot.timer = setTimeout(() => {
      if (!isStopping) slot.current = launch(slot);
    }, pauseMs);
  }

  async function leave(running: Running): Promise<void> {
    running.isLeaving = true;
    running.process.send({ say: 'stop' });
    const late = setTimeout(() => {
      log.warn({ pid: running.process.pid }, 'a worker did not end in time: it is killed');
      running.process.kill();
    }, LEAVE_WITHIN_MS);
    await running.process.ended;
    clearTimeout(late);
  }

  async function served(running: Running): Promise<Ports | undefined> {
    const late = setTimeout(() => running.process.kill(), SERVE_WITHIN_MS);
    const ports = await running.serves;
    clearTimeout(late);
    return ports;
  }

  /** Who stands still is killed, and so started anew. Not when this process stood still itself, as the whole machine may have. */
  function look(): void {
    const now = monotonic();
    const stoodStill = now - lookedAt > 2 * LOOK_EVERY_MS;
    lookedAt = now;
    for (const running of all) {
      if (stoodStill) running.heardAt = now;
      if (!running.isServing || running.isLeaving || now - running.heardAt < SILENT_MS) continue;
      log.error({ pid: running.process.pid, silentMs: SILENT_MS }, 'a worker stands still: it is killed');
      running.process.kill();
    }
  }

  async function replace(slot: Slot): Promise<boolean> {
    const old = slot.current;
    const successor = launch(slot);
    if ((await served(successor)) === undefined || isStopping) {
      if (!isStopping) log.error({ worker: slot.number }, 'the successor of a worker did not serve: the old one stays');
      return false;
    }
    clearTimeout(slot.timer);
    // the old one may have died meanwhile, and been started again
    const before = slot.current;
    slot.current = successor;
    slot.deaths = 0;
    await Promise.all([...new Set([old, before])].flatMap((each) => (each === undefined ? [] : [leave(each)])));
    log.info({ worker: slot.number, pid: successor.process.pid }, 'a worker was replaced');
    return true;
  }

  async function replaceEach(): Promise<boolean> {
    for (const slot of slots) if (isStopping || !(await replace(slot))) return false;
    return true;
  }

  async function measure(running: Running): Promise<string> {
    questions += 1;
    const id = questions;
    const answer = promised<string>();
    asked.set(id, answer.resolve);
    const late = setTimeout(() => answer.resolve(''), MEASURE_WITHIN_MS);
    running.process.send({ say: 'measure', id });
    const text = await answer.promise;
    clearTimeout(late);
    asked.delete(id);
    return text;
  }

  async function metrics(): Promise<string> {
    const there = slots.flatMap(({ current }) => (current?.isServing === true ? [current] : []));
    return mergeMetrics(await Promise.all([ownMetrics(), ...there.map(measure)]));
  }

  async function stop(): Promise<void> {
    isStopping = true;
    clearInterval(looking);
    for (const slot of slots) clearTimeout(slot.timer);
    await Promise.all([...all].map(leave));
  }

  return {
    async start() {
      for (const slot of slots) slot.current = launch(slot);
      const launched = slots.flatMap(({ current }) => current ?? []);
      await Promise.all(launched.map((each) => each.prepared));
      let ports: Ports | undefined;
      // in a row: what the others would stumble over as well (a port in use) is told once
      for (const each of launched) {
        if (isStopping || slots.some(({ current }) => current === undefined)) break;
        each.process.send({ say: 'serve' });
        ports = await served(each);
      }
      if (ports === undefined || slots.some(({ current }) => current === undefined)) {
        await stop();
        throw new Error('a worker ended before it served; what it said stands above.');
      }
      hasBegun = true;
      lookedAt = monotonic();
      looking = setInterval(look, LOOK_EVERY_MS);
      return ports;
    },
    replaceAll() {
      replacing = (replacing ?? Promise.resolve(true)).then(replaceEach);
      return replacing;
    },
    stop,
    metrics,
    serving: () => slots.flatMap(({ number, current }) => (current?.isServing === true ? [number] : [])),
  };
}

function promised<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
