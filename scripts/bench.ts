/** scripts/bench: what the server does per second and per CPU-second, beside the bare transport in the same run. Linux. */
import { platform } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { installationRoot } from '../src/config/index.ts';
import { alertScenarios } from './benchmark/alerts.ts';
import { comparedTable, compareRuns, readRun, SLACK } from './benchmark/compare.ts';
import { deliveryScenarios } from './benchmark/deliveries.ts';
import { exportScenarios } from './benchmark/exports.ts';
import { drawFlames } from './benchmark/flame.ts';
import { growthScenarios } from './benchmark/growth.ts';
import { latencyScenarios } from './benchmark/latency.ts';
import { mixedChargers, mixedScenario } from './benchmark/mixed.ts';
import { nodesScenarios } from './benchmark/nodes.ts';
import { pricingScenarios } from './benchmark/pricing.ts';
import { brokenFloors, environment, lineOf, plainTable, writeJson, writeMarkdown } from './benchmark/report.ts';
import type { Plan, Row } from './benchmark/rows.ts';
import {
  connectScenario,
  idleScenario,
  LOADS,
  loadScenarios,
  startGenerator,
  webhookScenarios,
  windows,
} from './benchmark/scenarios.ts';
import { silenceScenario } from './benchmark/silence.ts';
import { siteLoadScenario } from './benchmark/site-load.ts';
import { startBare, startProduct, type Target } from './benchmark/stage.ts';
import { stormScenarios } from './benchmark/storm.ts';
import { CYCLES, chargersFor, turnScenarios } from './benchmark/turns.ts';

const SCENARIOS = [
  'connect',
  ...CYCLES,
  ...LOADS,
  'mixed',
  'storm',
  'webhooks',
  'latency',
  'deliveries',
  'exports',
  'growth',
  'pricing',
  'alerts',
  'site-load',
  'silence',
  'nodes',
  'idle',
] as const;
type Name = (typeof SCENARIOS)[number];
type Options = {
  scenarios: Name[];
  quick?: boolean;
  seconds?: number;
  rows?: number;
  samples?: number;
  keep?: string;
  chargers?: number;
  idle?: number;
  storm?: number;
  rate?: number;
  profile?: string;
  json?: string;
  compare?: string;
  markdown?: boolean;
  check?: boolean;
};

function planOf(options: Options): Plan {
  const isQuick = options.quick === true;
  return {
    seconds: options.seconds ?? (isQuick ? 1 : 20),
    warmupS: isQuick ? 0.3 : 10, // until everything that is hot is compiled and planned
    chargers: options.chargers ?? (isQuick ? 40 : 200),
    idle: options.idle ?? (isQuick ? 200 : 5000),
    storm: options.storm ?? (isQuick ? 100 : 5000),
    sessionsPerS: options.rate ?? (isQuick ? 20 : 100),
  };
}

/** On a fresh target, with a fresh generator; both are gone afterwards, whatever happens. */
async function on<T extends Target>(
  start: () => Promise<T>,
  play: (target: T, generator: ReturnType<typeof startGenerator>) => Promise<void>,
): Promise<void> {
  const target = await start();
  try {
    const generator = startGenerator();
    try {
      await play(target, generator);
    } finally {
      await generator.stop();
    }
  } finally {
    await target.stop();
  }
}

async function bench(options: Options): Promise<number> {
  const root = installationRoot();
  const folder = join(root, 'data', 'bench');
  const plan = planOf(options);
  const earlier = options.compare === undefined ? undefined : readRun(options.compare);
  const wants = (name: Name) => options.scenarios.includes(name);
  const settleMs = options.quick === true ? 0 : 20_000;
  const rows: Row[] = [];
  const say = (text: string) => console.log(text);
  const told = (row: Row) => {
    rows.push(row);
    say(lineOf(row));
  };
  const cycles = CYCLES.filter(wants);
  const loads = LOADS.filter(wants);
  const besideBare = wants('connect') || wants('mixed') || wants('storm') || cycles.length + loads.length > 0;
  const underLoad = besideBare || wants('webhooks') || wants('latency');
  const loaded = Math.max(
    ...[plan.chargers, chargersFor(plan, cycles)],
    ...(wants('connect') ? [plan.chargers * 5] : []),
    ...(wants('mixed') ? [mixedChargers(plan)] : []),
    ...(wants('storm') ? [plan.storm] : []),
  );
  // Memory is measured on a process that has done nothing else; a smoke test has no time for that.
  const idleApart = wants('idle') && !(options.quick === true && underLoad);
  const idleBeside = wants('idle') && !idleApart;

  if (besideBare || idleBeside) {
    await on(
      () => startBare(Math.max(loaded, idleBeside ? plan.idle : 0)),
      async (target, generator) => {
        if (wants('connect')) told(await connectScenario(generator, target, plan));
        if (cycles.length > 0) await turnScenarios(generator, target, plan, cycles, told);
        if (loads.length > 0) await loadScenarios(generator, target, plan, loads, told);
        if (wants('mixed')) await mixedScenario(generator, target, plan, told);
        if (wants('storm')) await stormScenarios(generator, target, plan.storm, told);
        if (idleBeside) told(await idleScenario(generator, target, plan));
      },
    );
  }
  if (underLoad) {
    await on(
      () =>
        startProduct({
          folder,
          chargers: loaded,
          tokens: Math.max(plan.chargers, chargersFor(plan, cycles), wants('mixed') ? mixedChargers(plan) : 0),
          afresh: false,
          settleMs,
          profile: options.profile,
          say,
        }),
      async (target, generator) => {
        if (wants('connect')) told(await connectScenario(generator, target, plan));
        if (cycles.length > 0) await turnScenarios(generator, target, plan, cycles, told);
        if (loads.length > 0) await loadScenarios(generator, target, plan, loads, told);
        if (wants('mixed')) await mixedScenario(generator, target, plan, told);
        if (wants('storm')) await stormScenarios(generator, target, plan.storm, told);
        if (wants('webhooks')) await webhookScenarios(generator, target, plan, told);
        if (wants('latency')) await latencyScenarios(generator, target, plan, told);
        if (idleBeside) told(await idleScenario(generator, target, plan));
      },
    );
  }
  if (wants('deliveries')) {
    const target = await startProduct({
      folder,
      chargers: 0,
      tokens: 0,
      afresh: false,
      settleMs,
      profile: options.profile,
      say,
    });
    try {
      await deliveryScenarios(target, plan, told);
    } finally {
      await target.stop();
    }
  }
  if (wants('exports')) {
    const stage = { folder, chargers: 10, tokens: 0, afresh: false, settleMs: 0, profile: options.profile, say };
    const target = await startProduct(stage);
    try {
      await exportScenarios(target, options.rows ?? (options.quick === true ? 5_000 : 1_000_000), told, say);
    } finally {
      await target.stop();
    }
  }
  if (wants('growth')) {
    const samples = options.samples ?? (options.quick === true ? 50_000 : 5_000_000);
    await growthScenarios(samples, plan, { folder, profile: options.profile, keep: options.keep, say }, told);
  }
  if (wants('pricing')) pricingScenarios(plan, told);
  if (wants('alerts')) await alertScenarios(folder, options.quick === true ? 500 : 10_000, told);
  if (wants('site-load')) {
    const chargers = options.quick === true ? 20 : 500;
    const stage = { folder, chargers, tokens: chargers, afresh: false, settleMs, profile: options.profile, say };
    const target = await startProduct(stage);
    try {
      await siteLoadScenario(target, options.quick === true ? 1 : 5, told);
    } finally {
      await target.stop();
    }
  }
  if (wants('silence')) {
    const chargers = options.quick === true ? 100 : 10_000;
    await on(
      () => startProduct({ folder, chargers, tokens: 0, afresh: false, settleMs, profile: options.profile, say }),
      (target, generator) => silenceScenario(generator, target, plan, told),
    );
  }
  if (wants('nodes')) await nodesScenarios({ folder, plan, settleMs, told, say });
  if (idleApart) {
    await on(
      () => startBare(plan.idle),
      async (target, generator) => told(await idleScenario(generator, target, plan)),
    );
    await on(
      () =>
        startProduct({ folder, chargers: plan.idle, tokens: 0, afresh: true, settleMs, profile: options.profile, say }),
      async (target, generator) => told(await idleScenario(generator, target, plan)),
    );
  }

  say(`\n${plainTable(rows)}\n`);
  if (options.json !== undefined) writeJson(options.json, rows, environment());
  if (options.markdown === true) writeMarkdown(join(root, 'docs', 'performance.md'), rows, environment());
  for (const svg of options.profile === undefined ? [] : drawFlames(options.profile, windows))
    say(`flame graph: ${svg}`);
  const broken = brokenFloors(rows);
  for (const fault of broken) say(`below what is demanded: ${fault}`);
  const compared = earlier === undefined ? [] : compareRuns(rows, earlier);
  if (earlier !== undefined) say(`\nbeside ${options.compare}:\n${comparedTable(compared)}`);
  const isWorse = compared.some((each) => each.isWorse);
  return (options.check === true && broken.length > 0) || isWorse ? 1 : 0;
}

const number = (text: string): number => {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It wants a number above 0.');
};
const names = (text: string): Name[] =>
  text.split(',').flatMap((word) => {
    if (word.trim() === 'load') return [...CYCLES, ...LOADS];
    const name = SCENARIOS.find((each) => each === word.trim());
    if (name === undefined) throw new InvalidArgumentError(`There is no ${word}; there are ${SCENARIOS.join(', ')}.`);
    return [name];
  });

await new Command('bench')
  .description('Measures the server: messages per second and per CPU-second, latencies, memory, webhooks.')
  .option(
    '--scenarios <names>',
    `commas between: ${SCENARIOS.join(', ')}; load stands for ${[...CYCLES, ...LOADS].join(', ')}`,
    names,
    [...SCENARIOS],
  )
  .option('--quick', 'a smoke test: small figures, not worth quoting')
  .option('--seconds <n>', 'length of each measuring window (default: 20, quick 1)', number)
  .option('--chargers <n>', 'chargers under load (default: 200, quick 40)', number)
  .option('--idle <n>', 'idle connections (default: 5000, quick 200)', number)
  .option('--storm <n>', 'chargers of the boot storm (default: 5000, quick 100)', number)
  .option('--rate <n>', 'sessions per second in open loop (default: 100, quick 20)', number)
  .option('--rows <n>', 'sessions that are exported and reported on (default: 1000000, quick 5000)', number)
  .option('--samples <n>', 'growth: meter samples of 23 months, five a session (default: 5000000, quick 50000)', number)
  .option('--keep <folder>', 'growth: leave the grown installation there, or use the one that is')
  .option(
    '--profile <folder>',
    'CPU profiles of the server, one a process, for DevTools or speedscope, and a flame graph (SVG) of each',
  )
  .option('--json <file>', 'write the figures there')
  .option(
    '--compare <file>',
    `beside the JSON of an earlier run: ratios of what was made of the bare transport; exit code 1 when one is more than ${SLACK * 100} % worse`,
  )
  .option('--markdown', 'write the table into docs/performance.md')
  .option('--check', 'exit code 1 when a floor of the design is broken')
  .action(async (options: Options) => {
    // Leaving by exit() takes the server along (kit/server-process.ts); the helpers end with their channel.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    if (platform() !== 'linux') throw new Error('The bench reads /proc: it runs on Linux.');
    process.exitCode = await bench(options);
  })
  .parseAsync()
  .catch((cause: unknown) => {
    console.error(cause instanceof Error ? cause.message : String(cause));
    process.exitCode = 1;
  });
