/** Rows of the promises table that are proven by jest, here at the size of the chaos run. */
import { spawn } from 'node:child_process';
import { installationRoot } from '../../src/config/index.ts';
import type { Scenario, Size } from './scenario.ts';

type Suite = Omit<Scenario, 'run'> & {
  readonly files: readonly string[];
  /** What makes these tests larger. */
  readonly env?: (size: Size) => Readonly<Record<string, string>>;
};

const KEPT = 40_000;

function jest(files: readonly string[], env: Readonly<Record<string, string>>): Promise<{ ok: boolean; text: string }> {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', 'jest', '--', '--maxWorkers=2', ...files], {
      cwd: installationRoot(),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        text = (text + chunk.toString()).slice(-KEPT);
      });
    child.once('error', (cause) => resolve({ ok: false, text: String(cause) }));
    child.once('close', (code) => resolve({ ok: code === 0, text }));
  });
}

const isLarge = (name: string) => (size: Size) => (size === 'full' ? { [name]: 'all' } : { [name]: '' });

const suites: readonly Suite[] = [
  {
    name: 'two nodes',
    promise: 'two processes on one database; workers that are killed and replaced one after another',
    demanded: "no delivery sent twice at once, commands reach the owner, a killed node's work is taken over ≤ 60 s",
    minutes: { medium: 2, full: 8 },
    files: ['test/chaos/two-nodes.test.ts', 'test/webhooks/nodes.db.test.ts'],
    env: (size) => (size === 'full' ? { WORKER_CHARGERS: '40', WORKER_ROUNDS: '20' } : {}),
  },
  {
    name: 'killed in each phase',
    promise: 'SIGKILL in each phase of a commissioning, each state of an update, around each alert',
    demanded: 'each goes on and ends as it should; its start and its end are told once',
    minutes: { medium: 2, full: 5 },
    files: ['test/chaos/commissioning.test.ts', 'test/chaos/life.test.ts'],
    env: (size) => ({
      COMMISSIONING_PHASES: size === 'full' ? 'all' : 'metering',
      ...isLarge('LIFE_KILLS')(size),
      ...(size === 'full' && { UPGRADE_KILLS: '10', UPGRADE_BACK: '12' }),
    }),
  },
  {
    name: 'receivers',
    promise: 'receivers that are down, drip, hang, or answer a gigabyte',
    demanded: 'down 23 h: 10,000 events all delivered or marked failed; healthy ones get theirs; ≤ 64 KiB of 1 GB read',
    minutes: { medium: 2, full: 2 },
    files: [
      'test/webhooks/outage.db.test.ts',
      'test/webhooks/isolation.journey.test.ts',
      'test/webhooks/schedule.test.ts',
    ],
  },
  {
    name: 'target guard',
    promise: 'webhook targets inside the network',
    demanded:
      '≥ 150 URL forms × 60 addresses: 0 internal hits, public ones still allowed; also via PATCH, test, resend',
    minutes: { medium: 2, full: 2 },
    files: ['test/webhooks/network.journey.test.ts', 'test/webhooks/target-guard.test.ts'],
  },
  {
    name: 'OCPP fuzz',
    promise: 'mutated frames of every version',
    demanded: '100,000 (2,000,000 at night): 0 crashes, exactly one answer per CALL, invariants hold',
    minutes: { medium: 3, full: 8 },
    files: ['test/ocpp/fuzz.test.ts', 'test/v2/fuzz.test.ts', 'test/chaos/hostile-content.test.ts'],
    env: (size) => ({
      FUZZ_FRAMES: size === 'full' ? '100000' : '20000',
      FUZZ_MESSAGES: size === 'full' ? '20000' : '4000',
    }),
  },
  {
    name: 'REST fuzz',
    promise: 'requests made up from the OpenAPI document',
    demanded: '200,000: no 500',
    minutes: { medium: 2, full: 20 },
    files: ['test/http/fuzz.test.ts'],
    env: (size) => ({ REST_FUZZ_RUNS: size === 'full' ? '200000' : '5000' }),
  },
  {
    name: 'tenants and secrets',
    promise: 'every route with every kind of wrong credential; canaries in every secret field',
    demanded: '0 leaks; none in logs, replies, dumps, metrics',
    minutes: { medium: 3, full: 3 },
    files: ['test/http/access.test.ts', 'test/journey/charge.journey.test.ts'],
  },
];

export const suiteScenarios: readonly Scenario[] = suites.map(({ files, env, ...about }) => ({
  ...about,
  async run({ size, say }) {
    const { ok, text } = await jest(files, env?.(size) ?? {});
    if (!ok) say(text.slice(-4_000));
    const [, tests = 'no summary'] = /^Tests: +(.*)$/m.exec(text) ?? [];
    const figures = [...text.matchAll(/^[A-Z]+: .*$/gm)].map(([line]) => line.slice(0, 300));
    const skipped = figures.find((line) => line.startsWith('SKIPPED'));
    return { found: [tests, ...figures].join('; '), passed: ok && skipped !== undefined ? 'skipped' : ok };
  },
}));
