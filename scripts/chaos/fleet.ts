/** Ten thousand chargers: held, coming back all at once, and told to go when the server stops. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect, disconnect, hear, startGenerator } from '../benchmark/scenarios.ts';
import { type Product, startProduct } from '../benchmark/stage.ts';
import { pause } from '../kit/server-process.ts';
import { createLatencies } from './latencies.ts';
import { startLoad } from './load.ts';
import { retryingCharger } from './retrying-charger.ts';
import { above, judged, rounded, type Scenario, type Tools, type Verdict } from './scenario.ts';
import { onStage } from './stage.ts';

const fleetOf = ({ size }: Tools): number => (size === 'full' ? 10_000 : 2_000);

/** Each charger from an address of its own, as far as they go: 127.0.x.y. */
const from = (index: number): string => `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;

async function withFleet(
  tools: Tools,
  more: number,
  play: (target: Product, generator: ReturnType<typeof startGenerator>) => Promise<Verdict>,
): Promise<Verdict> {
  const folder = join(tools.folder, 'fleet');
  mkdirSync(folder, { recursive: true });
  const chargers = fleetOf(tools) + more;
  const target = await startProduct({
    ...{ folder, chargers, tokens: more, afresh: true, settleMs: 5_000, profile: undefined, say: tools.say },
  });
  try {
    const generator = startGenerator();
    try {
      return await play(target, generator);
    } finally {
      await generator.stop();
    }
  } finally {
    await target.stop();
  }
}

const placed = (specs: Product['specs']) => specs.map((spec, index) => ({ ...spec, from: from(index) }));

const held: Scenario = {
  name: 'chargers held',
  promise: 'chargers that are merely there, each from an address of its own',
  demanded: '10,000 for 30 min: 0 unexpected closes, ≤ 40 KB each without deflate',
  minutes: { medium: 2.5, full: 34 },
  run: (tools) =>
    withFleet(tools, 0, async (target, generator) => {
      const minutes = tools.size === 'full' ? 30 : 1;
      const warm = placed(target.specs.slice(0, 500));
      await connect(generator, target, warm, { atOnce: 50, withStatuses: true });
      await disconnect(generator);
      await pause(3_000);
      const before = target.memory();
      const specs = placed(target.specs);
      const connected = await connect(generator, target, specs, { atOnce: 50, withStatuses: true });
      await pause(minutes * 60_000);
      const each = (target.memory().privateKiB - before.privateKiB) / Math.max(1, connected.open);
      generator.tell({ do: 'census' });
      const census = await hear(generator, 'census', 30_000);
      const broken = [
        ...(census.open === specs.length ? [] : [`${census.open} are there of ${specs.length}`]),
        ...(census.unexpectedCloses === 0 ? [] : [`${census.unexpectedCloses} unexpected closes`]),
        ...above('each', each, 40, 'KiB'),
      ];
      return judged(broken, `${census.open} for ${minutes} min: 0 unexpected closes, ${rounded(each)} KiB each`);
    }),
};

const storm: Scenario = {
  name: 'reconnect storm',
  promise: 'all chargers lose their connection at once and come back with Basic auth and boot, while 50 others charge',
  demanded: '10,000 accepted ≤ 60 s, session acknowledgements p99 ≤ 2 s meanwhile',
  minutes: { medium: 1.5, full: 4 },
  run: (tools) =>
    withFleet(tools, 50, async (target, generator) => {
      const { p99, heard } = createLatencies();
      const charging = target.specs
        .slice(0, 50)
        .map(({ identity, key, token }) =>
          retryingCharger({ ...{ url: target.url, identity, password: key, token, paceMs: 100, heard } }),
        );
      const specs = placed(target.specs.slice(50));
      try {
        await connect(generator, target, specs, { atOnce: 50, withStatuses: true });
        await pause(5_000);
        p99();
        await pause(5_000);
        const quiet = p99();
        await disconnect(generator);
        p99();
        const back = await connect(generator, target, specs, { atOnce: 500, withStatuses: false });
        const during = p99();
        const broken = [
          ...(back.open === specs.length ? [] : [`${back.open} are back of ${specs.length}`]),
          ...above('all are back', back.seconds, 60, 's'),
          ...above('session acknowledgements p99', during, 2_000, 'ms'),
        ];
        await Promise.all(charging.map((charger) => charger.stop()));
        const figures = `${back.open} accepted in ${rounded(back.seconds)} s; sessions p99 ${during} ms meanwhile (${quiet} ms before)`;
        return judged(broken, figures);
      } finally {
        for (const charger of charging) charger.abandon();
      }
    }),
};

const graceful: Scenario = {
  name: 'graceful stop',
  promise: 'SIGTERM while 1,000 chargers charge, three times',
  demanded: '≤ 10 s, nothing lost',
  minutes: { medium: 1.5, full: 2.5 },
  run: (tools) =>
    onStage(tools, {}, async (stage) => {
      const { node } = stage;
      await node.start();
      const chargers = tools.size === 'full' ? 1_000 : 300;
      const load = await startLoad(stage, { chargers, paceMs: 1_000 });
      const broken: string[] = [];
      let slowest = 0;
      try {
        for (let round = 1; round <= 3; round += 1) {
          const before = load.answered();
          await load.until('they charge', () => load.answered() > before + chargers);
          const { ms, code } = await node.end();
          slowest = Math.max(slowest, ms);
          if (code !== 0) broken.push(`it ended with ${code}: ${node.output()}`);
          broken.push(...(await load.faults()));
          await node.start();
        }
        broken.push(...(await load.finish()), ...above('it took', slowest, 10_000, 'ms'));
        return judged(broken, `${chargers} chargers, ${rounded(slowest / 1000)} s at most, exit code 0, 0 lost`);
      } finally {
        load.abandon();
      }
    }),
};

export const fleet: readonly Scenario[] = [held, storm, graceful];
