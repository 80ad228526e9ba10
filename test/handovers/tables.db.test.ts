/** Every table that knows a charge point, from the schema: what the cutover makes of it. One that is forgotten fails here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { cutOver } from '../../src/handovers/cutover-store.ts';
import { saveDeletions } from '../../src/handovers/deletion-store.ts';
import { fates, type TableFate } from '../../src/handovers/fates.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';

const db = await testDatabase();
afterAll(() => db.close());

type Model = { readonly table: string; readonly columns: readonly string[] };
const schema = readFileSync(join(installationRoot(), 'prisma/schema.prisma'), 'utf8');
const models: Model[] = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name = '', body = '']) => ({
  table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name,
  columns: body
    .split('\n')
    .filter((line) => /^ {2}\w/.test(line))
    .map((line) => /@map\("(\w+)"\)/.exec(line)?.[1] ?? line.trim().split(/\s+/)[0] ?? ''),
}));
const knowsChargePoint = ({ table, columns }: Model): boolean =>
  table === 'charge_points' || columns.some((column) => column.includes('charge_point'));
/** The lock of the charge point and its event numbers: of nobody. */
const OF_NOBODY = ['charge_point_sequences'];
/** Where a charge point is named in a column of another name. */
const ALSO = ['tariff_assignments'];

test('every table that knows a charge point has its fate in src/handovers/fates.ts, and no other', () => {
  const known = models.filter(knowsChargePoint).map(({ table }) => table);
  expect(known.length).toBeGreaterThan(50);
  expect(Object.keys(fates).sort()).toEqual([...known.filter((table) => !OF_NOBODY.includes(table)), ...ALSO].sort());
});

type Column = { name: string; type: string; needed: boolean };
async function columnsOf(table: string): Promise<Column[]> {
  const { rows } = await db.pool.query<Column>(
    `SELECT column_name AS name, udt_name AS type, is_nullable = 'NO' AND column_default IS NULL AS needed
       FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`,
    [table],
  );
  return rows;
}
let count = 0;
function dummyOf({ type }: Column): unknown {
  count += 1;
  if (type === 'text') return `x${count}`;
  if (/^(int|float|numeric)/.test(type)) return count % 30_000;
  if (type === 'bool') return false;
  if (type === 'timestamptz') return new Date();
  if (type === 'jsonb') return '{}';
  if (type === 'bytea') return Buffer.from(`x${count}`);
  if (type.startsWith('_')) return [];
  throw new Error(`no value of type ${type}`);
}
/** What makes a row one of those that `where` means. */
function openness(where: string): Record<string, unknown> {
  if (where.includes('due_at')) return { due_at: new Date() };
  if (where.includes('valid_until')) return { valid_until: new Date(Date.now() + 3_600_000) };
  const [, column = '', value = ''] = /t\.(\w+) (?:=|IN) \(?'(\w+)'/.exec(where) ?? [];
  return { [column]: value };
}
async function insert(table: string, given: Record<string, unknown>): Promise<void> {
  const columns = (await columnsOf(table)).filter(({ name, needed }) => needed || name in given);
  const values = columns.map((column) => given[column.name] ?? dummyOf(column));
  await db.pool.query(
    `INSERT INTO ${table} (${columns.map(({ name }) => `"${name}"`).join(', ')})
     VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
    values,
  );
}
const rowsOf = async (table: string, chargePointId: string): Promise<Record<string, unknown>[]> =>
  (
    await db.pool.query<{ row: Record<string, unknown> }>(
      `SELECT to_jsonb(t) AS row FROM ${table} t WHERE charge_point_id = $1 ORDER BY to_jsonb(t)::text`,
      [chargePointId],
    )
  ).rows.map(({ row }) => row);

const [former, next] = [newId('org'), newId('org')];
async function chargePoint(): Promise<string> {
  const id = newId('cp');
  await db.prisma.chargePoint.create({
    data: { id, organizationId: former, identity: id, name: 'Ours', localList: 'auto' },
  });
  return id;
}
const handOver = (chargePointId: string, more = {}): Promise<void> => {
  const cutover = { from: former, to: next, siteId: null, name: null, hasKey: true, at: new Date(), ...more };
  return db.transaction((tx) => cutOver(tx, [{ chargePointId, cutover }]));
};
beforeAll(async () => {
  for (const id of [former, next]) await db.prisma.organization.create({ data: { id, name: id } });
});

const byChargePoint = models
  .filter(({ table, columns }) => table in fates && columns.includes('charge_point_id'))
  .map(({ table, columns }) => ({ table, columns, fate: fates[table] as TableFate }));

describe('what becomes of rows', () => {
  test.each(byChargePoint.map((each) => [each.table, each.fate.fate, each] as const))(
    '%s %s',
    async (...[table, , of]) => {
      const { fate, columns } = of;
      const [mine, other] = [await chargePoint(), await chargePoint()];
      const hasOwner = columns.includes('organization_id');
      // Refused logins are found by their identity.
      const owner = {
        ...(hasOwner && { organization_id: former }),
        ...(columns.includes('identity') && { identity: mine }),
      };
      const open = fate.where === undefined ? {} : openness(fate.where);
      await insert(table, { ...owner, ...open, charge_point_id: mine });
      await insert(table, {
        ...owner,
        ...open,
        ...('identity' in owner && { identity: other }),
        charge_point_id: other,
      });
      const untouched = await rowsOf(table, other);
      await handOver(mine);
      expect(await rowsOf(table, other)).toEqual(untouched);
      const after = await rowsOf(table, mine);
      switch (fate.fate) {
        case 'goes':
          return expect(after).toEqual([]);
        case 'moves':
          return expect(after).toMatchObject([{ organization_id: next }]);
        case 'ends': {
          expect(after).toMatchObject([hasOwner ? { organization_id: former } : {}]);
          const still = await db.pool.query(`SELECT FROM ${table} t WHERE charge_point_id = $1 AND ${fate.where}`, [
            mine,
          ]);
          return expect(still.rowCount).toBe(0);
        }
        case 'stays':
          return expect(after).toMatchObject([hasOwner ? { organization_id: former } : {}]);
        case 'replaced':
          throw new Error('links are tested below');
      }
    },
  );

  const partly = byChargePoint.filter(({ fate, columns }) => fate.where !== undefined && columns.includes('id'));
  test.each(partly.map((each) => [each.table, each] as const))(
    '%s: what has ended stays as it was',
    async (table, of) => {
      const mine = await chargePoint();
      await insert(table, { organization_id: former, charge_point_id: mine });
      const before = await rowsOf(table, mine);
      await handOver(mine);
      expect(of.columns).toContain('organization_id');
      expect(await rowsOf(table, mine)).toEqual(before);
    },
  );
});

describe('what ends and what goes does so as well when the charge point is deleted', () => {
  const leaving = byChargePoint.filter(
    ({ table, fate: { fate } }) => (fate === 'ends' || fate === 'goes') && table !== 'unknown_charge_points',
  );
  test.each(leaving.map((each) => [each.table, each.fate.fate, each] as const))('%s %s', async (...[table, , of]) => {
    const { fate, columns } = of;
    const [mine, other] = [await chargePoint(), await chargePoint()];
    const owner = columns.includes('organization_id') ? { organization_id: former } : {};
    const open = fate.where === undefined ? {} : openness(fate.where);
    for (const id of [mine, other]) await insert(table, { ...owner, ...open, charge_point_id: id });
    const untouched = await rowsOf(table, other);
    const root = { chargePointId: mine, number: 1, identity: mine, organizationId: former, siteId: null };
    const after = { facts: undefined, deletion: { from: former, at: new Date() } };
    await db.transaction((tx) => saveDeletions(tx, [{ root, after }]));
    expect(await rowsOf(table, other)).toEqual(untouched);
    expect(await rowsOf(table, mine)).toHaveLength(fate.fate === 'goes' ? 0 : 1);
    const where = fate.where ?? 'true';
    const still = await db.pool.query(`SELECT FROM ${table} t WHERE charge_point_id = $1 AND ${where}`, [mine]);
    expect(still.rowCount).toBe(0);
    const codes = fate.set?.match(/\b(why|reason|error|error_code|code) = v\.why/)?.[1];
    if (codes !== undefined) expect(await rowsOf(table, mine)).toMatchObject([{ [codes]: 'charge_point_deleted' }]);
    expect(await db.prisma.chargePoint.count({ where: { id: mine } })).toBe(0);
  });
});

describe('the charge point and its links', () => {
  test('the charge point: a new owner, number and site, no name; frames of before are found by nobody', async () => {
    const id = await chargePoint();
    const foreign = await db.prisma.site.create({ data: { id: newId('site'), organizationId: former, name: 'S' } });
    await db.prisma.chargePoint.update({ where: { id }, data: { siteId: foreign.id } });
    const before = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id } });
    await handOver(id, { siteId: foreign.id });
    const after = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id } });
    expect(after).toMatchObject({ organizationId: next, name: null, siteId: null, identity: before.identity });
    expect(after.number).not.toBe(before.number);
  });

  const bytes = { keyHash: Buffer.from('h'), keySalt: Buffer.from('s'), keyKid: 'k' };
  const offered = {
    nextKeyHash: Buffer.from('n'),
    nextKeySalt: Buffer.from('s'),
    nextKeyKid: 'k',
    nextKeyCommandId: 'c',
  };
  test.each([
    ['a key that the charger was not told of is forgotten', true, 'offered', ['h', null]],
    ['one that it may have stays', true, 'undecided', ['h', 'n']],
    ['without a use for keys there is none', false, 'undecided', [null, null]],
  ])('keys: %s', async (_what, hasKey, state, expected) => {
    const id = await chargePoint();
    await db.prisma.chargePoint.update({ where: { id }, data: { ...bytes, ...offered, nextKeyState: state } });
    await handOver(id, { hasKey });
    const { keyHash, nextKeyHash } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id } });
    const text = (key: Uint8Array | null) => (key === null ? null : Buffer.from(key).toString());
    expect([text(keyHash), text(nextKeyHash)]).toEqual(expected);
  });

  test('tokens, groups and endpoints lose it, but never their last place', async () => {
    const [id, other] = [await chargePoint(), await chargePoint()];
    const token = (uid: string, places: string[], siteIds: string[] = []) =>
      insert('tokens', {
        ...{ id: newId('tok'), organization_id: former, uid, uid_key: uid, allowed_charge_point_ids: places },
        allowed_site_ids: siteIds,
      });
    await token('both', [id, other]);
    await token('only', [id]);
    await token('site', [id], ['site_1']);
    await insert('token_groups', {
      organization_id: former,
      parent_id_key: 'g',
      allowed_charge_point_ids: [id, other],
    });
    await insert('webhook_endpoints', { organization_id: former, url: 'both', charge_point_ids: [id, other] });
    await insert('webhook_endpoints', { organization_id: former, url: 'only', charge_point_ids: [id] });
    const tariffId = newId('tar');
    await insert('tariffs', { id: tariffId, organization_id: former });
    const assigned = { organization_id: former, target_type: 'charge_point', tariff_id: tariffId };
    for (const target of [id, other]) await insert('tariff_assignments', { ...assigned, target_id: target });
    await insert('unknown_charge_points', { organization_id: former, identity: id, reason: 'wrong_password' });
    await handOver(id);
    const tokens = await db.prisma.token.findMany({ where: { organizationId: former } });
    expect(Object.fromEntries(tokens.map(({ uid, allowedChargePointIds }) => [uid, allowedChargePointIds]))).toEqual({
      both: [other],
      only: [id],
      site: [],
    });
    const [group] = await db.prisma.tokenGroup.findMany({ where: { organizationId: former } });
    expect(group?.allowedChargePointIds).toEqual([other]);
    const endpoints = await db.prisma.webhookEndpoint.findMany({ where: { organizationId: former } });
    expect(Object.fromEntries(endpoints.map(({ url, chargePointIds }) => [url, chargePointIds]))).toEqual({
      both: [other],
      only: [id],
    });
    expect((await db.prisma.tariffAssignment.findMany()).map(({ targetId }) => targetId)).toEqual([other]);
    expect(await db.prisma.unknownChargePoint.count({ where: { identity: id } })).toBe(0);
  });
});
