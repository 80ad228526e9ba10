/** Memory: what is left after a garbage collection does not grow under steady load, and a flood is slowed before the heap is full. */
import { join } from 'node:path';
import { memoryOf } from '../benchmark/processes.ts';
import { pause } from '../kit/server-process.ts';
import { isReport, startFlooder } from './flooder.ts';
import { difference } from './heap-kinds.ts';
import { startLoad } from './load.ts';
import type { ProbeReport } from './probe.ts';
import { judged, rounded, type Scenario, type Tools, type Verdict } from './scenario.ts';
import { onStage, type Stage } from './stage.ts';
import { trendOf } from './trend.ts';

/** Below this nobody would call it a leak: a process that is restarted once a month has grown by 70 MiB. */
const MOST_MIB_PER_HOUR = 0.1;
const MOST_PER_HOUR = 1;

type Reading = ProbeReport & { readonly atMs: number; readonly waiting: number };

/** Rows of what is worked off: they must not pile up. */
const QUEUES = `SELECT (SELECT count(*) FROM webhook_deliveries WHERE status = 'pending')::int
                     + (SELECT count(*) FROM commands WHERE due_at IS NOT NULL)::int AS waiting`;

async function read(stage: Stage, snapshot?: string): Promise<Reading> {
  const { rows } = await stage.db.pool.query<{ waiting: number }>(QUEUES);
  return { ...(await stage.measure(snapshot)), atMs: performance.now(), waiting: rows[0]?.waiting ?? 0 };
}

const PARTS = {
  'heap MiB': { of: ({ heapMiB }: Reading) => heapMiB, most: MOST_MIB_PER_HOUR },
  'external MiB': { of: ({ externalMiB }: Reading) => externalMiB, most: MOST_MIB_PER_HOUR },
  'RSS MiB': { of: ({ residentMiB }: Reading) => residentMiB, most: MOST_MIB_PER_HOUR },
  handles: { of: ({ handles }: Reading) => handles, most: MOST_PER_HOUR },
  'rows waiting': { of: ({ waiting }: Reading) => waiting, most: MOST_PER_HOUR },
};

/**
 * What V8 makes of a function it makes when it runs first, and leaves it at that. As it is, it goes on for hours to learn of functions that
 * are seldom called, and its heap grows by that (bounded by the program). It is slower; what grows then is data.
 */
const FROZEN_CODE = ['--no-lazy-feedback-allocation', '--no-opt', '--no-sparkplug', '--no-flush-bytecode'];

export type SoakOptions = {
  readonly minutes: number;
  /**
   * A folder, into which come the heap in the middle of the first quarter and the heap at the end: what there is more of in the second is
   * what grows (told by kind; any browser's memory tools compare the two).
   */
  readonly snapshots?: string | undefined;
  readonly hasFrozenCode?: boolean;
};

/** Steady load of 60 chargers; figures of the first quarter are of warming up. */
export function soak(tools: Tools, { minutes, snapshots, hasFrozenCode = false }: SoakOptions): Promise<Verdict> {
  return onStage(tools, { hasProbe: true, flags: hasFrozenCode ? FROZEN_CODE : [] }, async (stage) => {
    await stage.node.start();
    const load = await startLoad(stage, { chargers: 60, paceMs: 100 });
    const everyMs = Math.max(5_000, (minutes * 60_000) / 120);
    const readings: Reading[] = [];
    try {
      const start = performance.now();
      const at = (share: number): number => start + share * minutes * 60_000;
      const [warming, warm, end] = [at(1 / 8), at(1 / 4), at(1)];
      const steady = () => readings.filter(({ atMs }) => atMs >= warm);
      const snapshot = (name: string) => snapshots && join(snapshots, `${name}.heapsnapshot`);
      while (performance.now() < end) {
        await load.until('it is time', () => pause(everyMs).then(() => true), everyMs + 60_000);
        // early enough for the memory that it takes to be given back by then
        const isFirst = performance.now() >= warming && readings.every(({ atMs }) => atMs < warming);
        readings.push(await read(stage, isFirst ? snapshot('first') : undefined));
        const last = readings.at(-1);
        if (readings.length % 10 === 0 && last !== undefined)
          tools.say(
            `heap ${rounded(last.heapMiB)} MiB, RSS ${rounded(last.residentMiB)} MiB, ${last.waiting} rows wait`,
          );
      }
      await stage.measure(snapshot('last'));
      const [first, last] = [snapshot('first'), snapshot('last')];
      if (first !== undefined && last !== undefined) tools.say(await difference(first, last));
      const broken: string[] = [];
      const figures = Object.entries(PARTS).map(([part, { of, most }]) => {
        const { slope, within } = trendOf(
          steady().map(({ atMs }) => atMs),
          steady().map(of),
        );
        const text = `${part} ${rounded(slope, 2)} ± ${rounded(within, 2)} per hour`;
        // it grows for certain, and by more than nothing
        if (slope - within > most) broken.push(`grows: ${text}`);
        return text;
      });
      tools.say(figures.join(', '));
      broken.push(...(await load.finish()));
      return judged(broken, `${minutes} min, ${load.answered()} messages: ${figures.join(', ')}`);
    } finally {
      load.abandon();
    }
  });
}

const steady: Scenario = {
  name: 'soak',
  promise: 'steady load: heap after garbage collection, resident memory, open handles and rows of queues',
  demanded: 'two hours (30 min at night): no growth that 95 % confidence tells from none',
  minutes: { medium: 4, full: 32 },
  run: (tools) => soak(tools, { minutes: tools.size === 'full' ? 30 : 3 }),
};

const HEAP_MIB = 300;

const backPressure: Scenario = {
  name: 'back-pressure',
  promise: `under a heap of ${HEAP_MIB} MB: chargers flood with large meter values while PostgreSQL answers nobody, then does`,
  demanded: 'the flood is slowed, never out of memory, nothing of those who behave is lost',
  minutes: { medium: 1.3, full: 3 },
  run: (tools) =>
    onStage(tools, { isProxied: true, flags: [`--max-old-space-size=${HEAP_MIB}`] }, async (stage) => {
      const [count, seconds] = tools.size === 'full' ? [500, 60] : [100, 15];
      const { node, proxy } = stage;
      await node.start();
      const load = await startLoad(stage, { chargers: 10, paceMs: 20 });
      const flooder = startFlooder();
      let mostMiB = 0;
      const watch = setInterval(() => {
        if (!node.hasEnded()) mostMiB = Math.max(mostMiB, memoryOf(node.pid()).residentKiB / 1024);
      }, 250);
      try {
        const chargers = [];
        for (let i = 0; i < count; i += 1) chargers.push(await node.api('/charge-points', { identity: `FLOOD-${i}` }));
        await load.until('they charge', () => load.answered() > 200);
        flooder.tell({ do: 'flood', url: `ws://127.0.0.1:${node.port}/ocpp`, chargers, bytes: 8_000 });
        await pause(seconds * 500);
        proxy?.swallow();
        await pause(seconds * 1000);
        proxy?.pass();
        await pause(seconds * 500);
        flooder.tell({ do: 'stop' });
        const { sent, answered, closed } = await flooder.hear(isReport, 30_000);
        const broken = node.hasEnded() ? [`the process ended: ${node.output().slice(-300)}`] : await load.finish();
        const figures = `${count} flooding chargers got rid of ${sent} messages of 8 kB, ${answered} were answered, ${closed} were cut; RSS ${rounded(mostMiB, 0)} MiB at most`;
        return judged(broken, figures);
      } finally {
        clearInterval(watch);
        load.abandon();
        await flooder.stop();
      }
    }),
};

export const memory: readonly Scenario[] = [backPressure, steady];
