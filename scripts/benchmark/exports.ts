/** What leaves the house out of a million sessions: files read to their end with the server's memory watched, and reports. */
import pg from 'pg';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import type { Memory } from './processes.ts';
import { type Row, rounded } from './rows.ts';
import type { Target } from './stage.ts';

type Product = Target & { readonly dataDir: string; readonly base: string; readonly apiKey: string };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const SAMPLES_EACH = 12;
const SITES = 20;

/** A year of sessions of 500 charge points (ten of them are registered), each with a cost, those of the last month with twelve meter values each; every hundredth is under review. */
const SEED = `
  INSERT INTO sessions (id, transaction_id, start_key, organization_id, site_id, charge_point_id, charge_point_number,
                        charge_point_identity, evse_id, connector_id, status, token_uid, "authorization", started_at, ended_at,
                        meter_start_wh, meter_stop_wh, last_register_wh, energy_wh, stop_reason, flags, is_priced, updated_at, created_at)
  SELECT 'ses_' || upper(left(md5(i::text), 26)), i, md5(i::text), c.organization_id, 'site_' || i % ${SITES},
         CASE WHEN i % 500 < 10 THEN c.id ELSE 'cp_' || i % 500 END, 1000 + i % 500, c.identity, i % 2 + 1, i % 2 + 1, 'ended', 'TOKEN-' || i % 5000, 'accepted', t.at, t.at + interval '50 minutes',
         i * 10, i * 10 + 9000, i * 10 + 9000, 9000, 'EVDisconnected', ARRAY[]::text[], true, t.at, t.at
    FROM generate_series(1, $1::int4) i
   CROSS JOIN LATERAL (SELECT timestamptz '2025-11-01' + i * interval '365 days' / $1::int4 AS at) t
    JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM charge_points) c ON c.place = i % 10`;
const SEED_COSTS = `
  INSERT INTO session_costs (session_id, organization_id, currency, timezone, tally, total_excl_tax, total_tax, total_incl_tax,
                             is_final, review_status, created_at, updated_at)
  SELECT id, organization_id, 'EUR', 'Europe/Berlin', '{}', '3.71', '0.70', '4.41', true,
         CASE WHEN transaction_id % 100 = 0 THEN 'open' END, started_at, started_at FROM sessions`;
const SEED_SAMPLES = `
  INSERT INTO meter_samples (charge_point_number, evse_id, connector_id, at, context, transaction_id, energy_wh, power_w)
  SELECT charge_point_number, evse_id, connector_id, started_at + j * interval '4 minutes' + evse_id * interval '1 millisecond', 0,
         transaction_id, meter_start_wh + j * 750, 11250 FROM sessions, generate_series(1, ${SAMPLES_EACH}) j
   WHERE started_at >= '2026-10-01'
  ON CONFLICT DO NOTHING`;

export async function exportScenarios(
  target: Product,
  sessions: number,
  told: (row: Row) => void,
  say: (text: string) => void,
): Promise<void> {
  await seed(target, sessions, say);
  const shown = (row: Row) => {
    told(row);
    say(`  p50 ${row.p50 ?? '-'} ms, CPU s ${row.serverCpuS} + ${row.databaseCpuS} of PostgreSQL; ${row.note ?? ''}`);
  };
  const year = 'from=2025-11-01T00:00:00Z&to=2026-11-02T00:00:00Z';
  for (const [name, path, lines] of [
    ['export of sessions, CSV', '/exports/sessions?format=csv', sessions],
    ['export of meter values, CSV', `/exports/meter-values?format=csv&from=2026-10-01T00:00:00Z`, undefined],
    ['export of sessions, JSON lines', '/exports/sessions?format=jsonl', sessions],
  ] as const)
    shown(await fileScenario(target, `${name}, of ${sessions} sessions`, path, lines));
  for (const path of [
    `/reports/totals?group_by=day&${year}&limit=100`,
    `/reports/totals?group_by=site&${year}`,
    `/reports/totals?group_by=charge_point&${year}`,
    `/reports/totals?group_by=token&${year}&limit=100`,
    '/reports/totals?group_by=day&from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z',
    `/reports/evses?${year}`,
    '/reports/evses?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z',
  ])
    shown(await reportScenario(target, path));
}

async function seed(target: Product, sessions: number, say: (text: string) => void): Promise<void> {
  const begun = performance.now();
  const database = await useEmbeddedServer({ dataDir: target.dataDir, log: quiet, onFatal: () => undefined });
  const pool = new pg.Pool({ ...database.connection, max: 1 });
  try {
    await pool.query(SEED, [sessions]);
    await pool.query(SEED_COSTS);
    await pool.query(SEED_SAMPLES);
    await pool.query('VACUUM ANALYZE');
  } finally {
    await pool.end();
    await database.stop();
  }
  say(`${sessions} sessions made in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}

const authorization = ({ apiKey }: Product) => ({ headers: { authorization: `Bearer ${apiKey}` } });

async function fileScenario(target: Product, scenario: string, path: string, lines: number | undefined): Promise<Row> {
  const before = target.memory();
  const cpu = target.cpu();
  const seen: Memory[] = [];
  const watch = setInterval(() => seen.push(target.memory()), 100);
  const begun = performance.now();
  let bytes = 0;
  let rows = 0;
  try {
    const { body, status } = await fetch(`${target.base}/api/v1${path}`, authorization(target));
    if (status !== 200 || body === null) throw new Error(`${path} answered ${status}`);
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) rows += 1;
    }
  } finally {
    clearInterval(watch);
  }
  const seconds = (performance.now() - begun) / 1000;
  const used = target.cpu();
  if (path.includes('csv')) rows -= 1;
  return {
    ...{ scenario, target: 'server', chargers: 0, messages: rows, perS: rounded(rows / seconds) },
    errors: lines === undefined || rows === lines ? 0 : 1,
    serverCpuS: rounded(used.server - cpu.server, 2),
    databaseCpuS: rounded(used.database - cpu.database, 2),
    note:
      `${rounded(seconds, 1)} s, ${rounded(bytes / 1024 / 1024)} MiB; private memory of the server ` +
      `${rounded(before.privateKiB / 1024)} MiB before, in each quarter of the time at most ${quarters(seen)} MiB`,
  };
}

/** Memory that grows with the rows would grow from one to the next. */
const quarters = (seen: readonly Memory[]): string =>
  [0, 1, 2, 3]
    .map((quarter) => seen.slice((quarter * seen.length) / 4, ((quarter + 1) * seen.length) / 4))
    .map((part) => rounded(Math.max(0, ...part.map(({ privateKiB }) => privateKiB)) / 1024))
    .join(', ');

async function reportScenario(target: Product, path: string): Promise<Row> {
  const cpu = target.cpu();
  const times: number[] = [];
  let errors = 0;
  for (let i = 0; i < 3; i += 1) {
    const begun = performance.now();
    const answer = await fetch(`${target.base}/api/v1${path}`, authorization(target));
    await answer.text();
    if (!answer.ok) errors += 1;
    times.push(performance.now() - begun);
  }
  const used = target.cpu();
  times.sort((a, b) => a - b);
  return {
    ...{ scenario: path, target: 'server', chargers: 0, messages: 3, perS: 0, errors },
    p50: rounded(times[1] ?? 0),
    max: rounded(times[2] ?? 0),
    serverCpuS: rounded(used.server - cpu.server, 2),
    databaseCpuS: rounded(used.database - cpu.database, 2),
  };
}
