/**
 * Every statement that a list, a report or an export sends is one that an index answers: no table that grows with use is read from its
 * one end to the other. General: the statements are those that the routes really send, with what they really bind.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Statement } from '../../src/database/contract.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { call, isProtected, pathOf, populate } from '../support/rest-access.ts';

const db = await testDatabase();
const sent = new Map<string, { statement: Statement; values: readonly unknown[] }>();
const watched = {
  ...db,
  rows: <Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> => {
    sent.set(statement.name, { statement, values });
    return db.rows<Row>(statement, values);
  },
};
const rest = await createRest(watched);
const range = 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z';
const asked: string[] = [];
beforeAll(async () => {
  const { ids, key, organizationId } = await populate(rest);
  sent.clear();
  for (const route of rest.routes) {
    if (route.method !== 'get' || !isProtected(route) || route.stream !== undefined) continue;
    const path = pathOf(route, ids);
    asked.push(path);
    await call(rest.server, route, path, key);
  }
  const one = `charge_point_id=${ids['charge-points']}`;
  const api = rest.as(key);
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
    ...[`/reports/evses?${range}`, `/exports/evses?${range}`, `/cdrs?${range}`, `/audit?${range}`],
  ]) {
    asked.push(path);
    await api.get(`/api/v1${path}`);
  }
  expect(organizationId).toMatch(/^org_/);
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

test('no statement of a GET reads a table whole that grows with use', async () => {
  expect(asked.length).toBeGreaterThan(100);
  expect(sent.size).toBeGreaterThan(100);
  const client = await db.pool.connect();
  const whole: string[] = [];
  try {
    // Where there is an index it is taken now, however few rows there are; what is left has none.
    await client.query('BEGIN; SET LOCAL enable_seqscan = off');
    // As if each had a million rows: among a handful one index is as good as another one.
    await client.query(
      `UPDATE pg_class SET reltuples = 1000000, relpages = greatest(1, pg_relation_size(oid) / 8192)
        WHERE relkind IN ('r', 'i') AND relnamespace = current_schema()::regnamespace`,
    );
    const partial = await client.query<{ name: string }>(
      `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indpred IS NOT NULL`,
    );
    const open = new Set(partial.rows.map(({ name }) => name.replaceAll('"', '')));
    for (const { statement, values } of sent.values()) {
      if (!/^\s*(SELECT|WITH|\()/i.test(statement.text)) continue;
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
  expect([...new Set(whole)].sort()).toEqual([]);
});
