/**
 * Every statement that a list, a report, an export or a periodic job sends is one that an index answers: no table that grows with use is
 * read from its one end to the other. General: the statements are those that all routes and all jobs really send, with what they bind.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database, Statement, Tx } from '../../src/database/contract.ts';
import { startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { call, isProtected, pathOf, populate } from '../support/rest-access.ts';

const db = await testDatabase();
type Sent = Map<string, { statement: Statement; values: readonly unknown[] }>;
const watching = <T extends Tx>(tx: T, into: Sent): T => ({
  ...tx,
  rows: <Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> => {
    into.set(statement.name, { statement, values });
    return tx.rows<Row>(statement, values);
  },
});
const watched = (into: Sent): Database => ({
  ...watching(db, into),
  transaction: (work) => db.transaction((tx) => work(watching(tx, into))),
});
const sent: Sent = new Map();
const sentByJobs: Sent = new Map();
const rest = await createRest(watched(sent));
const range = 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z';
const asked: string[] = [];
beforeAll(async () => {
  const { ids, key, organizationId } = await populate(rest);
  const api = rest.as(key);
  // Two more, that were deleted: what remains of them is looked for too.
  const former = (await api.post('/api/v1/charge-points').send({ identity: 'FORMER' })).body as { id: string };
  const left = (await api.post('/api/v1/sites').send({ name: 'Former' })).body as { id: string };
  for (const path of [`charge-points/${former.id}`, `sites/${left.id}`])
    expect((await api.delete(`/api/v1/${path}`)).status).toBe(204);
  sent.clear();
  for (const route of rest.routes) {
    if (route.method !== 'get' || !isProtected(route) || route.stream !== undefined) continue;
    const path = pathOf(route, ids);
    asked.push(path);
    await call(rest.server, route, path, key);
  }
  const one = `charge_point_id=${ids['charge-points']}`;
  for (const path of [
    ...['site', 'charge_point', 'evse', 'token', 'day', 'month'].flatMap((group) => [
      `/reports/totals?group_by=${group}&${range}`,
      `/reports/totals?group_by=${group}&by=ended&${range}&${one}`,
    ]),
    ...['sessions', 'meter-values'].flatMap((kind) => [
      `/exports/${kind}?${range}`,
      `/exports/${kind}?by=ended&${range}`,
      `/exports/${kind}?${range}&${one}`,
    ]),
    ...[
      `/sessions?status=ended&${range}`,
      `/sessions?${one}`,
      '/sessions?token=TAG',
      `/receipts?session_id=${ids['sessions']}`,
    ],
    ...[
      `/reports/evses?${range}`,
      `/exports/evses?${range}`,
      `/cdrs?${range}`,
      `/audit?${range}`,
      `/audit?target_id=${ids['charge-points']}`,
    ],
  ]) {
    asked.push(path);
    await api.get(`/api/v1${path}`);
  }
  expect(organizationId).toMatch(/^org_/);
  const app = await startApp({ db: watched(sentByJobs) });
  try {
    sentByJobs.clear();
    for (const { run } of app.jobs) await run();
  } finally {
    await app.stop();
  }
});
afterAll(async () => {
  await rest.stop();
  await db.close();
});

type Plan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
};
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Partitions of a table are called like it, and a month. */
const tableOf = (name: string): string => name.replace(/_(\d{4}_\d{2}|default)$/, '');

/** A row in every table: of one without a page PostgreSQL expects nothing, whatever it is told. And ids are many, not two hundred. */
const FILL = `
  SET LOCAL session_replication_role = replica;
  DO $$
  DECLARE t record;
  BEGIN
    FOR t IN
      SELECT c.relname AS name, string_agg(quote_ident(a.attname), ',') AS columns,
             string_agg(CASE WHEN y.typname = 'bytea' THEN quote_literal('') WHEN y.typname = 'uuid' THEN 'gen_random_uuid()' WHEN y.typcategory = 'S' THEN quote_literal('x')
                          WHEN y.typcategory = 'N' THEN '1' WHEN y.typcategory = 'D' THEN 'now()' WHEN y.typcategory = 'B' THEN 'false'
                          ELSE quote_literal('{}') END, ',') AS contents
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type y ON y.oid = a.atttypid
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace GROUP BY c.oid
    LOOP
      EXECUTE format('INSERT INTO %I (%s) VALUES (%s) ON CONFLICT DO NOTHING', t.name, t.columns, t.contents);
    END LOOP;
    FOR t IN
      SELECT c.relname AS name, string_agg(format('ALTER COLUMN %I SET (n_distinct = -0.5)', a.attname), ',') AS columns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace
         AND a.attname ~ '(^|_)id$' AND a.attname <> ALL(ARRAY['organization_id', 'site_id', 'tariff_id', 'user_id']) GROUP BY c.oid
    LOOP
      EXECUTE format('ALTER TABLE %I %s', t.name, t.columns);
      EXECUTE format('ANALYZE %I', t.name);
    END LOOP;
  END $$`;

/** Of what was sent, which statements read a table or an index from one end to the other, and which table. */
async function readingWhole(statements: Sent, { asLogs }: { asLogs: boolean }): Promise<string[]> {
  const client = await db.pool.connect();
  const whole: string[] = [];
  try {
    // Where there is an index it is taken now, however few rows there are; what is left has none.
    await client.query('BEGIN; SET LOCAL enable_seqscan = off');
    if (asLogs) await client.query(FILL);
    // As if each had a hundred million rows: among a handful one index is as good as another one, and a whole one as good as a part.
    await client.query(
      `UPDATE pg_class SET reltuples = 100000000, relpages = greatest(1, pg_relation_size(oid) / 8192)
        WHERE relkind IN ('r', 'i') AND relnamespace = current_schema()::regnamespace`,
    );
    const partial = await client.query<{ name: string }>(
      `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indpred IS NOT NULL`,
    );
    const open = new Set(partial.rows.map(({ name }) => name.replaceAll('"', '')));
    for (const { statement, values } of statements.values()) {
      if (!/^\s*(SELECT|WITH|\(|UPDATE|DELETE|INSERT)/i.test(statement.text)) continue;
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `EXPLAIN (FORMAT JSON) ${statement.text}`,
        values.map((value) => value ?? null),
      );
      for (const node of nodesOf(rows[0]?.['QUERY PLAN'][0].Plan ?? { 'Node Type': 'none' })) {
        const table = tableOf(node['Relation Name'] ?? '');
        // An index that is gone through from one end to the other is no better than the table, unless it holds what is open alone.
        const type = node['Node Type'];
        const isWhole =
          type === 'Seq Scan' ||
          (/Index/.test(type) && node['Index Cond'] === undefined && !open.has(node['Index Name'] ?? ''));
        if (isWhole) whole.push(`${statement.name}: ${table}`);
      }
    }
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  return [...new Set(whole)].sort();
}

test('no statement of a GET reads a table whole that grows with use', async () => {
  expect(asked.length).toBeGreaterThan(100);
  expect(sent.size).toBeGreaterThan(100);
  // the connectors of a whole fleet are read in one go, where that is cheaper than one charge point after the other
  expect(await readingWhole(sent, { asLogs: false })).toEqual([
    'reports_glances: connectors',
    'reports_overview_fleet: connectors',
  ]);
});

/** What keeps a history, and what one has as many of as of that. Not: what there is of each charge point, organization or open thing. */
const GROWING: ReadonlySet<string> = new Set([
  ...[
    'alerts',
    'audit_entries',
    'cdrs',
    'certificate_requests',
    'command_bulk_members',
    'commands',
    'commissioning_runs',
  ],
  ...[
    'configuration_changes',
    'connection_history',
    'cost_corrections',
    'device_events',
    'device_reports',
    'domain_events',
  ],
  ...['event_stream_values', 'firmware_requests', 'firmware_updates', 'frames', 'idempotency_keys'],
  ...[
    'meter_samples',
    'quarantined_messages',
    'receipts',
    'reservations',
    'security_events',
    'session_costs',
    'sessions',
  ],
  ...['status_history', 'transaction_events', 'uploads', 'user_logins', 'webhook_attempts', 'webhook_deliveries'],
]);

/** That next to nothing is due, or failed of late, is known to statistics of a real fleet only: on one (scripts/bench, growth) they take their index. */
const DUE: ReadonlySet<string> = new Set([
  'alerts_sweep_firmware_failed: firmware_updates',
  'certificate_requests_close_orphans: certificate_requests',
  'session_costs_to_reprice_20: sessions',
]);

test('no statement of a periodic job reads a table whole that grows with use', async () => {
  expect(sentByJobs.size).toBeGreaterThan(60);
  const whole = await readingWhole(sentByJobs, { asLogs: true });
  expect(whole.filter((each) => GROWING.has(each.split(': ')[1] ?? '') && !DUE.has(each))).toEqual([]);
});
