/**
 * One, two and three server processes on one database, as it comes and tuned; right before each, the bare server for a short while,
 * since a virtual machine's speed changes within a run. On two cores more processes cannot give more messages per second than one
 * that fills them: what is told is what the division costs (messages per CPU-second, SQL per message, as batches get smaller), and
 * that it holds.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/index.ts';
import { createLogger } from '../../src/telemetry/index.ts';
import { pause } from '../kit/server-process.ts';
import type { LoadKind } from './loads.ts';
import type { Plan, Row } from './rows.ts';
import { connect, disconnect, measure, startGenerator } from './scenarios.ts';
import { startBare, startProduct, type Target } from './stage.ts';

const COUNTS = [1, 2, 3] as const;
/** docs/performance.md says why each. Durability is not for sale: fsync and synchronous_commit stay on. */
export const TUNED = {
  shared_buffers: '1GB',
  wal_buffers: '64MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  wal_compression: 'on',
  commit_delay: '200',
  commit_siblings: '2',
  wal_writer_delay: '50ms',
} as const;

const LOADS: readonly (readonly [string, LoadKind])[] = [
  ['nodes: session cycle', 'cycle'],
  ['nodes: heartbeats', 'heartbeat'],
];

type Needs = {
  readonly folder: string;
  readonly plan: Plan;
  readonly settleMs: number;
  readonly told: (row: Row) => void;
  readonly say: (text: string) => void;
};

export async function nodesScenarios({ folder, plan, settleMs, told, say }: Needs): Promise<void> {
  for (const [name, settings] of [['', {}] as const, [', tuned database', TUNED] as const]) {
    for (const workers of COUNTS) {
      const of = `, ${workers} process${workers === 1 ? '' : 'es'}${name}`;
      await playBare(plan, of, told);
      const database = await aDatabase(folder, settings);
      try {
        const target = await startProduct({
          ...{
            folder,
            chargers: plan.chargers,
            tokens: plan.chargers,
            afresh: false,
            settleMs,
            profile: undefined,
            say,
          },
          shared: { url: database.url, keeper: process.pid, workers },
        });
        try {
          while (workers > 1 && (await target.counter('dynamo_worker_up')) !== workers) await pause(50);
          await play(target, plan, of, told);
        } finally {
          await target.stop();
        }
      } finally {
        await database.stop();
      }
    }
  }
}

async function playBare(plan: Plan, of: string, told: (row: Row) => void): Promise<void> {
  const bare = await startBare(plan.chargers);
  try {
    await play(bare, { ...plan, seconds: Math.max(1, plan.seconds / 4) }, of, told);
  } finally {
    await bare.stop();
  }
}

async function play(target: Target, plan: Plan, of: string, told: (row: Row) => void): Promise<void> {
  const generator = startGenerator();
  try {
    const specs = target.specs.slice(0, plan.chargers);
    const { failures } = await connect(generator, target, specs, { atOnce: 50, withStatuses: true });
    if (failures > 0) throw new Error(`${failures} chargers could not connect`);
    for (const [load, kind] of LOADS)
      told((await measure(generator, target, plan, `${load}${of}`, kind, specs.length)).row);
    await disconnect(generator);
  } finally {
    await generator.stop();
  }
}

/** The embedded server, kept by this process, so that several server processes can be on it whatever WORKERS says. */
async function aDatabase(folder: string, settings: Readonly<Record<string, string>>) {
  mkdirSync(folder, { recursive: true });
  const dataDir = mkdtempSync(join(folder, 'nodes-'));
  const log = createLogger({ level: 'error' });
  const onFatal = (why: string) => log.error({ why }, 'the database is lost');
  const db = await openDatabase({ dataDir, poolSize: 3, log, onFatal, settings });
  return {
    url: db.url,
    async stop() {
      await db.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
