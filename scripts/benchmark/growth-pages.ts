/**
 * What people ask for over REST, the same of a small and of a grown database in turns: how long each takes, and how long the same once more,
 * when its rows lie in memory. Beside it what the disk takes for one page: it is the limit of whatever does not.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { cursorOf } from '../../src/http/kit/paging.ts';
import { pause } from '../kit/server-process.ts';
import { type Row, rounded } from './rows.ts';
import type { Product } from './stage.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const DAY_MS = 86_400_000;

type Sample = {
  readonly id: string;
  readonly chargePointId: string;
  readonly siteId: string;
  readonly tokenUid: string;
  readonly tokenId: string;
  readonly startedAt: Date;
  readonly isV2: boolean;
};
type Kind = {
  readonly name: string;
  readonly path: (of: Sample) => string;
  /** Asked so often of each; p99 means something from a hundred on. */
  readonly times: number;
  /** Only the beginning of the answer is awaited. */
  readonly isFile?: true;
};

const day = ({ startedAt }: Sample, days = 1) =>
  `from=${startedAt.toISOString()}&to=${new Date(startedAt.getTime() + days * DAY_MS).toISOString()}`;
const month = ({ startedAt }: Sample) => {
  const [year, number] = [startedAt.getUTCFullYear(), startedAt.getUTCMonth()];
  return `from=${new Date(Date.UTC(year, number)).toISOString()}&to=${new Date(Date.UTC(year, number + 1)).toISOString()}`;
};

const KINDS: readonly Kind[] = [
  { name: 'sessions, newest', path: () => '/sessions', times: 200 },
  {
    name: 'sessions, anywhere by cursor',
    path: ({ id, startedAt }) => `/sessions?cursor=${cursorOf([startedAt, id])}`,
    times: 200,
  },
  { name: 'sessions that run', path: () => '/sessions?status=active', times: 200 },
  { name: 'sessions closed by the system', path: () => '/sessions?status=closed_by_system', times: 200 },
  { name: 'sessions of a day', path: (of) => `/sessions?${day(of)}`, times: 200 },
  { name: 'sessions of a charge point', path: (of) => `/sessions?charge_point_id=${of.chargePointId}`, times: 200 },
  {
    name: 'sessions of a charge point, a month',
    path: (of) => `/sessions?charge_point_id=${of.chargePointId}&${month(of)}`,
    times: 200,
  },
  { name: 'sessions of a token', path: (of) => `/sessions?token=${of.tokenUid}`, times: 100 },
  { name: 'sessions of a token by its id', path: (of) => `/sessions?token=${of.tokenId}`, times: 100 },
  { name: 'one session', path: ({ id }) => `/sessions/${id}`, times: 200 },
  { name: 'its meter values', path: ({ id }) => `/sessions/${id}/meter-values`, times: 200 },
  { name: 'its events', path: ({ id, isV2 }) => `/sessions/${id}${isV2 ? '/events' : ''}`, times: 200 },
  { name: '100 of the charge points', path: () => '/charge-points?limit=100', times: 200 },
  { name: 'charge points with a fault', path: () => '/charge-points?status=faulted', times: 100 },
  { name: 'charge points of a site', path: ({ siteId }) => `/charge-points?site_id=${siteId}`, times: 100 },
  { name: 'overview', path: () => '/overview', times: 200 },
  { name: 'overview, its charge points', path: () => '/overview/charge-points', times: 200 },
  { name: 'frames of a charge point', path: (of) => `/charge-points/${of.chargePointId}/frames`, times: 100 },
  { name: 'totals of a day by site', path: (of) => `/reports/totals?group_by=site&${day(of)}`, times: 10 },
  { name: 'totals of a month by day', path: (of) => `/reports/totals?group_by=day&${month(of)}`, times: 3 },
  { name: 'totals of a month by site', path: (of) => `/reports/totals?group_by=site&${month(of)}`, times: 3 },
  { name: 'EVSEs of a month', path: (of) => `/reports/evses?site_id=${of.siteId}&${month(of)}`, times: 10 },
  {
    name: 'export of sessions begins',
    path: (of) => `/exports/sessions?format=csv&${day(of, 31)}`,
    times: 20,
    isFile: true,
  },
  {
    name: 'export of meter values begins',
    path: (of) => `/exports/meter-values?format=csv&${day(of, 31)}`,
    times: 20,
    isFile: true,
  },
];

/** Some of all times, the same for every kind. */
async function samplesOf({ dataDir }: Product): Promise<Sample[]> {
  const database = await useEmbeddedServer({ dataDir, log: quiet, onFatal: () => undefined });
  const client = new pg.Client(database.connection);
  await client.connect();
  try {
    const { rows } = await client.query<Sample>(
      `SELECT s.id, s.charge_point_id AS "chargePointId", s.site_id AS "siteId", s.token_uid AS "tokenUid", s.token_id AS "tokenId",
              s.started_at AS "startedAt", s.ocpp_transaction_id IS NOT NULL AS "isV2"
         FROM generate_series(0, 199) i
         JOIN sessions s ON s.transaction_id = 1 + (i * 104729::int8 * 7919 % (SELECT max(transaction_id) FROM sessions WHERE start_key LIKE 'start:%'))::int
        ORDER BY i`,
    );
    return rows;
  } finally {
    await client.end();
    await database.stop();
  }
}

async function ask(
  { base, apiKey }: Pick<Product, 'base' | 'apiKey'>,
  path: string,
  isFile: boolean,
  tries = 200,
): Promise<number> {
  const gone = new AbortController();
  const begun = performance.now();
  const answer = await fetch(`${base}/api/v1${path}`, {
    headers: { authorization: `Bearer ${apiKey}` },
    signal: gone.signal,
  });
  if (isFile && answer.status === 429 && tries > 1) {
    // those that were let go of before end with their page
    await answer.arrayBuffer();
    await pause(50);
    return ask({ base, apiKey }, path, isFile, tries - 1);
  }
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  if (!isFile) await answer.arrayBuffer();
  else await answer.body?.getReader().read();
  const ms = performance.now() - begun;
  if (isFile) gone.abort();
  return ms;
}

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

type Of = {
  readonly product: Product;
  readonly samples: readonly Sample[];
  times: number[];
  again: number[];
};

const PAGE = 8_192;
const PAGES = 400;
/** Below, a file is in memory anyway. */
const LARGE = 16 * 1024 * 1024;

/** Pages of 8 KB from anywhere in the database's files, read one after the other past PostgreSQL: what a disk gives at best. */
function diskPages(dataDir: string): number[] {
  const files = readdirSync(join(dataDir, 'pg', 'base'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(dataDir, 'pg', 'base', name))
    .map((path) => ({ path, size: statSync(path).size }))
    .filter(({ size }) => size >= LARGE);
  const all = files.reduce((sum, { size }) => sum + size, 0);
  const buffer = Buffer.alloc(PAGE);
  const times: number[] = [];
  for (let i = 0; i < PAGES && all > 0; i += 1) {
    let at = Math.floor(Math.random() * all);
    const file = files.find(({ size }) => {
      if (at < size) return true;
      at -= size;
      return false;
    });
    if (file === undefined) continue;
    const handle = openSync(file.path, 'r');
    try {
      const begun = performance.now();
      readSync(handle, buffer, 0, PAGE, Math.floor(at / PAGE) * PAGE);
      times.push(performance.now() - begun);
    } finally {
      closeSync(handle);
    }
  }
  return times;
}

const rowOf = (scenario: string, times: readonly number[], note: string): Row => {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    ...{ scenario, target: 'server', chargers: 0, messages: times.length, perS: 0, errors: 0 },
    ...{ serverCpuS: 0, databaseCpuS: 0 },
    p50: rounded(at(sorted, 0.5), 2),
    p99: rounded(at(sorted, 0.99), 2),
    max: rounded(sorted.at(-1) ?? 0, 2),
    note,
  };
};

export async function pageScenarios(
  targets: readonly { readonly label: string; readonly product: Product }[],
  told: (row: Row) => void,
): Promise<void> {
  const all: (Of & { label: string })[] = [];
  for (const { label, product } of targets) {
    const times = diskPages(product.dataDir);
    if (times.length > 0) told(rowOf('a page of the disk', times, label));
    all.push({ label, product, samples: await samplesOf(product), times: [], again: [] });
  }
  for (const { name, path, times, isFile = false } of KINDS) {
    for (const of of all) Object.assign(of, { times: [], again: [] });
    for (let i = -Math.ceil(times / 10); i < times; i += 1) {
      for (const of of all) {
        const sample = of.samples[(i + of.samples.length) % of.samples.length];
        if (sample === undefined) throw new Error('There are no sessions to ask for.');
        const first = await ask(of.product, path(sample), isFile);
        const second = await ask(of.product, path(sample), isFile);
        if (i < 0) continue;
        of.times.push(first);
        of.again.push(second);
      }
    }
    for (const { label, times: first, again } of all) {
      told(rowOf(name, first, label));
      told(rowOf(`${name}, the same again`, again, label));
    }
  }
}
