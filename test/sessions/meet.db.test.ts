/** What a start meets is asked of every session that begins: of a tariff with thousands of versions it reads those that came after it began. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Statement, Tx } from '../../src/database/contract.ts';
import { meetTariffs } from '../../src/sessions/cost-store.ts';
import { createPlans } from '../../src/tariffs/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

const T0 = Date.UTC(2026, 0, 1);
const VERSIONS = 5000;
/** One is made every hour. */
const madeAt = (version: number) => new Date(T0 + version * 3600_000);
let chargePointId = '';
beforeAll(async () => {
  const organizationId = await rest.createOrganization();
  const api = rest.as((await rest.keyOf(organizationId)).key);
  chargePointId = (await api.post('/api/v1/charge-points').send({ identity: 'CP-MEET' })).body.id;
  const components = [{ type: 'energy', price: '0.5' }];
  const terms = { currency: 'EUR', prices_include_tax: true, components };
  const { body } = await api.post('/api/v1/tariffs').send({ name: 'By the hour', terms });
  await api.post('/api/v1/tariff-assignments').send({ target: 'organization', tariff_id: body.id });
  await db.prisma.tariffVersion.createMany({
    data: Array.from({ length: VERSIONS - 1 }, (_, i) => ({
      ...{ tariffId: body.id, organizationId, version: i + 2, terms, createdBy: 'test', createdAt: madeAt(i + 2) },
    })),
  });
  await db.prisma.tariffVersion.updateMany({
    where: { tariffId: body.id, version: 1 },
    data: { createdAt: madeAt(1) },
  });
  await db.prisma.tariff.update({ where: { id: body.id }, data: { version: VERSIONS } });
  await db.pool.query('ANALYZE');
});

type Plan = {
  readonly 'Index Name'?: string;
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
};
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** The version that holds, by which index it was found, and how many were read for that. */
async function met(at: Date | undefined) {
  const sent: { statement: Statement; values: readonly unknown[] }[] = [];
  const tx: Pick<Tx, 'rows'> = {
    rows: <Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> => {
      sent.push({ statement, values });
      return db.rows<Row>(statement, values);
    },
  };
  const found = await meetTariffs(tx as Tx, createPlans(), [{ chargePointId, tokenUid: null, at }]);
  const [asked] = sent;
  if (asked === undefined) throw new Error('nothing was asked');
  const { rows } = await db.pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${asked.statement.text}`,
    [...asked.values],
  );
  const nodes = nodesOf(rows[0]?.['QUERY PLAN'][0].Plan ?? { 'Node Type': '', 'Actual Rows': 0 });
  const reading = nodes.filter((node) => node['Relation Name'] === 'tariff_versions');
  return {
    version: found.get(chargePointId)?.place.holdings[0]?.version,
    since: found.get(chargePointId)?.since,
    by: reading.map((node) => node['Index Name']),
    read: reading.reduce((sum, node) => sum + node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0), 0),
  };
}

test('what begins now reads the newest version alone', async () => {
  expect(await met(undefined)).toEqual({
    ...{ version: VERSIONS, since: madeAt(VERSIONS), by: ['tariff_versions_pkey'], read: 1 },
  });
});

test('what began ten versions ago reads these ten and its own', async () => {
  const version = VERSIONS - 10;
  expect(await met(new Date(madeAt(version).getTime() + 60_000))).toEqual({
    ...{ version, since: madeAt(version), by: ['tariff_versions_pkey'], read: 11 },
  });
});

test('what began before all of them has the first', async () => {
  expect(await met(new Date(T0))).toMatchObject({ version: 1, since: madeAt(1) });
});
