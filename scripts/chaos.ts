/** npm run chaos: every row of the promises table (docs/reliability.md) at medium or full size, one line each. Linux. */
import { spawnSync } from 'node:child_process';
import { platform } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { installationRoot } from '../src/config/index.ts';
import { databaseFaults } from './chaos/database-faults.ts';
import { fleet } from './chaos/fleet.ts';
import { killScenarios } from './chaos/kills.ts';
import { lineFaults } from './chaos/line-faults.ts';
import { memory } from './chaos/memory.ts';
import { machine, type Result, writeResults } from './chaos/report.ts';
import { inRunFolder } from './chaos/run-folder.ts';
import type { Scenario, Tools } from './chaos/scenario.ts';
import { suiteScenarios } from './chaos/suites.ts';
import { timeFaults } from './chaos/time-faults.ts';

const SCENARIOS: readonly Scenario[] = [
  ...killScenarios,
  ...databaseFaults,
  ...lineFaults,
  ...timeFaults,
  ...fleet,
  ...memory,
  ...suiteScenarios,
];
const NAMES = SCENARIOS.map(({ name }) => name);

type Options = {
  full?: boolean;
  only?: Scenario[];
  list?: boolean;
  write?: boolean;
  inNamespace?: boolean;
};

/** A mount namespace of its own: what a scenario mounts goes with this process. Without the right to one, that scenario is skipped. */
function inNamespace(): number | undefined {
  const own = process.argv[1] ?? '';
  const may = spawnSync('unshare', ['--mount', '--propagation', 'private', 'true'], { stdio: 'ignore' }).status === 0;
  if (!may) return undefined;
  const args = [process.execPath, '--enable-source-maps', own, ...process.argv.slice(2), '--in-namespace'];
  return spawnSync('unshare', ['--mount', '--propagation', 'private', ...args], { stdio: 'inherit' }).status ?? 1;
}

async function run(scenario: Scenario, tools: Tools): Promise<Result> {
  const { name, promise, demanded } = scenario;
  const at = new Date();
  const begun = performance.now();
  const verdict = await scenario.run(tools).catch((cause: unknown) => ({
    found: `it broke off: ${cause instanceof Error ? cause.message : String(cause)}`.slice(0, 1_000),
    passed: false,
  }));
  const word = verdict.passed === 'skipped' ? 'SKIPPED' : verdict.passed ? 'kept' : 'BROKEN';
  console.log(`${word.padEnd(7)} ${name} (${Math.round((performance.now() - begun) / 1000)} s): ${verdict.found}`);
  return { name, promise, demanded, size: tools.size, at, ...verdict };
}

async function chaos(options: Options): Promise<number> {
  const chosen = options.only ?? SCENARIOS;
  if (options.list === true) {
    for (const { name, demanded, minutes } of SCENARIOS)
      console.log(`${name} (${minutes.medium} min, full ${minutes.full} min): ${demanded}`);
    return 0;
  }
  if (platform() !== 'linux') throw new Error('The chaos suite reads /proc and kills processes by Linux signals.');
  if (options.inNamespace !== true) {
    const code = inNamespace();
    if (code !== undefined) return code;
  }
  const size = options.full === true ? 'full' : 'medium';
  console.log(`${chosen.length} scenarios, ${size}: ${machine()}`);
  const document = join(installationRoot(), 'docs', 'reliability.md');
  const results: Result[] = [];
  await inRunFolder(async (folder) => {
    const tools: Tools = { size, folder, say: (text) => console.log(`        ${text}`) };
    for (const scenario of chosen) {
      results.push(await run(scenario, tools));
      // at once: a long run that is broken off has not been for nothing
      if (options.write ?? size === 'full') writeResults(document, results, NAMES);
    }
  });
  return results.some(({ passed }) => passed === false) ? 1 : 0;
}

const named = (text: string): Scenario[] =>
  text.split(',').flatMap((word) => {
    const found = SCENARIOS.filter(({ name }) => name === word.trim());
    if (found.length === 0) throw new InvalidArgumentError(`There is no ${word}; there are ${NAMES.join(', ')}.`);
    return found;
  });

await new Command('chaos')
  .description('Plays every fault of the promises table, and says whether the promise was kept.')
  .option('--full', 'the sizes of the promises table; hours')
  .option('--only <names>', 'commas between; see --list', named)
  .option('--list', 'what there is, and how long it takes')
  .option('--write', 'write the results into docs/reliability.md (default: with --full)')
  .option('--no-write', 'leave docs/reliability.md as it is')
  .option('--in-namespace', 'it runs in a mount namespace of its own already')
  .action(async (options: Options) => {
    // Leaving by exit() takes the servers along (chaos/server-node.ts).
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    process.exit(await chaos(options));
  })
  .parseAsync()
  .catch((cause: unknown) => {
    console.error(cause instanceof Error ? cause.message : String(cause));
    process.exitCode = 1;
  });
