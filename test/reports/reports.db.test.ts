/** Totals and the report of EVSEs over REST: worked out by hand, never over currencies, by the organization's calendar. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../src/platform/ids.ts';
import { sumSessions } from '../../src/reports/index.ts';
import { spansOf } from '../../src/reports/spans.ts';
import { totals as addUp, type Grouping, type TotalsWanted } from '../../src/reports/totals-store.ts';
import { testDatabase } from '../support/db.ts';
import { createRest, insertSession } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

let organizationId = '';
let chargePointId = '';
let number = 0;
let api: ReturnType<typeof rest.as>;
beforeEach(async () => {
  organizationId = await rest.createOrganization();
  await db.prisma.organization.update({ where: { id: organizationId }, data: { timezone: 'Europe/Berlin' } });
  api = rest.as((await rest.keyOf(organizationId)).key);
  chargePointId = (await api.post('/api/v1/charge-points').send({ identity: organizationId.slice(-20) })).body.id;
  number = (await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: chargePointId } })).number;
});

type Priced = { currency?: string; incl?: string; review?: string; isFinal?: boolean };
async function session(startedAt: string, minutes: number | null, energyWh: number, more: object = {}, cost?: Priced) {
  const start = new Date(startedAt);
  const { id } = await insertSession(
    db,
    { organizationId, chargePointId, number },
    {
      startedAt: start,
      endedAt: minutes === null ? null : new Date(start.getTime() + minutes * 60_000),
      status: minutes === null ? 'active' : 'ended',
      energyWh,
      isPriced: cost !== undefined,
      ...more,
    },
  );
  if (cost === undefined) return id;
  await db.prisma.sessionCost.create({
    data: {
      ...{ sessionId: id, organizationId, currency: cost.currency ?? 'EUR', timezone: 'UTC', tally: {} },
      ...{ totalExclTax: '1.00', totalTax: '0.10', totalInclTax: cost.incl ?? '1.10', isFinal: cost.isFinal ?? true },
      ...{ reviewStatus: cost.review ?? null, createdAt: start, updatedAt: start },
    },
  });
  return id;
}
const totals = async (query: string, as = api) => {
  const { status, body } = await as.get(`/api/v1/reports/totals?${query}`);
  expect(status).toBe(200);
  return body as { data: Record<string, unknown>[]; next_cursor: string | null };
};

describe('totals', () => {
  test('by day are those of the calendar of the organization, also where an hour is missing, and days without sessions', async () => {
    await session('2026-03-28T22:59:59.999Z', 10, 1); // the last of Saturday in Berlin
    await session('2026-03-28T23:00:00Z', 10, 10);
    await session('2026-03-29T21:59:59.999Z', 10, 100); // the last of Sunday, which has 23 hours
    await session('2026-03-29T22:00:00Z', 10, 1000);
    const { data } = await totals('group_by=day&from=2026-03-27T23:00:00Z&to=2026-03-31T22:00:00Z');
    expect(data.map(({ day, energy_wh: wh, sessions }) => [day, wh, sessions])).toEqual([
      ['2026-03-28', 1, 1],
      ['2026-03-29', 110, 2],
      ['2026-03-30', 1000, 1],
      ['2026-03-31', 0, 0],
    ]);
    const first = await totals('group_by=day&from=2026-03-27T23:00:00Z&to=2026-03-31T22:00:00Z&limit=3');
    expect(first.data.map(({ day }) => day)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
    const rest = await totals(
      `group_by=day&from=2026-03-27T23:00:00Z&to=2026-03-31T22:00:00Z&limit=3&cursor=${first.next_cursor}`,
    );
    expect(rest).toMatchObject({ data: [{ day: '2026-03-31' }], next_cursor: null });
    const months = await totals('group_by=month&from=2026-02-01T00:00:00Z&to=2026-04-02T00:00:00Z');
    expect(months.data.map(({ month, sessions }) => [month, sessions])).toEqual([
      ['2026-02', 0],
      ['2026-03', 4],
      ['2026-04', 0],
    ]);
  });

  test('add money up exactly, per currency, of what has ended and needs no review', async () => {
    const range = 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z';
    const day = '2026-01-10T10:00:00Z';
    await session(day, 30, 1000, { tokenUid: 'Anna' }, { incl: '0.10' });
    await session(day, 30, 2000, { tokenUid: 'ANNA' }, { incl: '0.20' });
    await session(day, 30, 4000, { tokenUid: 'anna' }, { incl: '7', currency: 'JPY' });
    await session(day, 30, 8000, { tokenUid: 'anna' }, { incl: '99.00', review: 'open' });
    await session(day, 30, 16_000, { tokenUid: 'anna' }, { incl: '0.30', review: 'approved' });
    await session(day, null, 32_000, { tokenUid: 'anna' }, { incl: '5.00', isFinal: false });
    await session(day, 30, 64_000, { tokenUid: null });
    const { data } = await totals(`group_by=token&${range}`);
    expect(data).toEqual([
      { token: null, sessions: 1, running: 0, energy_wh: 64_000, duration_s: 1800, revenue: [], under_review: 0 },
      {
        token: 'anna',
        sessions: 6,
        running: 1,
        energy_wh: 63_000,
        duration_s: expect.any(Number),
        revenue: [
          { currency: 'EUR', sessions: 3, excl_tax: '3.00', tax: '0.30', incl_tax: '0.60' },
          { currency: 'JPY', sessions: 1, excl_tax: '1.00', tax: '0.10', incl_tax: '7' },
        ],
        under_review: 1,
      },
    ]);
    const ended = await totals(`group_by=charge_point&by=ended&${range}`);
    expect(ended.data).toMatchObject([
      { charge_point_id: chargePointId, sessions: 6, running: 0, duration_s: 6 * 1800 },
    ]);
    const { text } = await api.get(`/api/v1/exports/totals?group_by=token&${range}`);
    expect(text.split('\r\n').map((line) => line.replaceAll('"', ''))).toEqual([
      'token,sessions,running,energy_wh,duration_s,under_review,currency,billed_sessions,excl_tax,tax,incl_tax',
      ',1,0,64000,1800,0,,0,,,',
      expect.stringMatching(/^anna,5,1,59000,\d+,1,EUR,3,3\.00,0\.30,0\.60$/),
      'anna,1,0,4000,1800,0,JPY,1,1.00,0.10,7',
      '',
    ]);
    const { key } = await rest.keyOf(organizationId, ['read:analytics']);
    const poor = await totals(`group_by=token&${range}`, rest.as(key));
    expect(poor.data[1]).toEqual({
      ...{ token: 'anna', sessions: 6, running: 1, energy_wh: 63_000, duration_s: expect.any(Number) },
    });
    const lines = await rest.as(key).get(`/api/v1/exports/totals?group_by=token&${range}`);
    expect(lines.text.split('\r\n').slice(0, 2)).toEqual([
      'token,sessions,running,energy_wh,duration_s',
      ',"1","0","64000","1800"',
    ]);
    expect(lines.text).not.toMatch(/EUR|JPY/);
  });

  test('by site, charge point and EVSE, page by page, and only those asked for', async () => {
    const site = (await api.post('/api/v1/sites').send({ name: 'Depot' })).body.id;
    await session('2026-01-10T10:00:00Z', 30, 1, { siteId: site });
    await session('2026-01-10T11:00:00Z', 30, 2, { evseId: 2 });
    await session('2026-01-10T11:00:00Z', 30, 4, { evseId: 10 });
    const range = 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z';
    expect((await totals(`group_by=site&${range}`)).data).toMatchObject([
      { site_id: null, energy_wh: 6 },
      { site_id: site, energy_wh: 1 },
    ]);
    expect((await totals(`group_by=site&${range}&site_id=${site}`)).data).toHaveLength(1);
    const first = await totals(`group_by=evse&${range}&limit=2`);
    const second = await totals(`group_by=evse&${range}&limit=2&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data].map(({ evse_id: id, energy_wh: wh }) => [id, wh])).toEqual([
      [1, 1],
      [2, 2],
      [10, 4],
    ]);
    for (const wrong of [
      'group_by=colour',
      'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
      'group_by=day&from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z',
    ])
      expect((await api.get(`/api/v1/reports/totals?${wrong}`)).status).toBe(400);
  });
});

describe('sums of days', () => {
  const hour = 3_600_000;
  const first = Date.UTC(2026, 2, 27); // Berlin's clocks change two days later
  const HOURS = 5 * 24;
  let now = new Date(first + 30 * 24 * hour);
  let passed = 0;
  /** The job, as often as it takes until there is nothing left to add up. */
  async function sum(): Promise<void> {
    const needs = { db, nodeId: 'node_1', now: () => now, monotonic: () => passed };
    while ((await sumSessions(needs)) > 0) passed += 1;
  }
  const days = () => db.prisma.sessionSumDay.count({ where: { organizationId } });
  beforeEach(() => {
    now = new Date(first + 30 * 24 * hour);
  });

  const asked = fc.record({
    by: fc.constantFrom('started' as const, 'ended' as const),
    grouping: fc.constantFrom<Grouping[]>('site', 'charge_point', 'evse', 'token', 'day', 'month'),
    // all of it, or some of it
    range: fc.oneof(
      fc.constant([-30, HOURS + 60] as const),
      fc.tuple(fc.integer({ min: -30, max: HOURS }), fc.integer({ min: 1, max: HOURS + 60 })),
    ),
    sumsBefore: fc.boolean(),
    ofOne: fc.constantFrom('' as const, 'siteId' as const, 'chargePointId' as const),
    after: fc.boolean(),
  });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({
      does: fc.constant('begin' as const),
      at: fc.integer({ min: 0, max: HOURS * 4 }), // quarters of an hour
      minutes: fc.option(fc.integer({ min: 0, max: 3000 })),
      wh: fc.nat(100_000),
      evse: fc.integer({ min: 1, max: 2 }),
      place: fc.nat(1),
      isTest: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      cost: fc.option(fc.record({
        currency: fc.constantFrom('EUR', 'JPY'),
        incl: fc.constantFrom('0.10', '7', '123.45'),
        review: fc.constantFrom(null, 'open', 'approved'),
        isFinal: fc.boolean(),
      })),
    }) },
    { weight: 3, arbitrary: fc.record({
      does: fc.constantFrom('end' as const, 'correct' as const, 'learn' as const, 'review' as const, 'reprice' as const, 'delete' as const),
      which: fc.nat(30),
      by: fc.integer({ min: 1, max: 2000 }),
    }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('zone' as const) }) },
  ); // biome-ignore format: weights beside what they weigh

  test('give what sessions give, to the cent and to the second, whatever changes when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, asked), { minLength: 5, maxLength: 25 }), async (steps) => {
        organizationId = await rest.createOrganization();
        const places = [newId('cp'), newId('cp')] as const;
        const sites = [null, newId('site')] as const;
        let zone = 'Europe/Berlin';
        const setZone = () =>
          db.prisma.organization.update({ where: { id: organizationId }, data: { timezone: zone } });
        await setZone();
        const made: string[] = [];
        for (const [each, look] of steps) {
          const { by, grouping, ofOne, after, sumsBefore } = look;
          const [from, hours] = look.range;
          if (sumsBefore) await sum();
          if (each.does === 'begin') {
            const [place, siteId] = [places[each.place === 0 ? 0 : 1], sites[each.place === 0 ? 0 : 1]];
            const more = { chargePointId: place, siteId, evseId: each.evse, isTest: each.isTest };
            const at = new Date(first + (each.at * hour) / 4).toISOString();
            const { review = null, ...cost } = each.cost ?? {};
            const priced = each.cost === null ? undefined : { ...cost, ...(review !== null && { review }) };
            made.push(await session(at, each.minutes, each.wh, more, priced));
          } else if ('which' in each) await change(each.does, made[each.which % made.length], each.by);
          else {
            zone = zone === 'Europe/Berlin' ? 'Asia/Kathmandu' : 'Europe/Berlin';
            await setZone();
          }
          const range = { from: new Date(first + from * hour), to: new Date(first + (from + hours) * hour) };
          const isOfTime = grouping === 'day' || grouping === 'month';
          const wanted: TotalsWanted = {
            ...{ organizationId, by, ...range, now },
            ...(isOfTime && { spans: spansOf(zone, range, grouping, 400) }),
            ...(ofOne === 'siteId' && { siteId: sites[1] }),
            ...(ofOne === 'chargePointId' && { chargePointId: places[0] }),
          };
          const whole = await addUp(db, wanted, grouping, { after: undefined, limit: 100 });
          const page = { after: after ? whole[0]?.key : undefined, limit: 100 };
          const raw = await addUp(db, wanted, grouping, page);
          expect(await addUp(db, { ...wanted, zone }, grouping, page)).toEqual(raw);
        }
      }),
      { numRuns: Number(process.env['SUMS_RUNS'] ?? 6) },
    );
  });

  async function change(does: string, id: string | undefined, by: number): Promise<void> {
    const row = await db.prisma.session.findFirst({ where: { id: id ?? '' } });
    if (row === null) return;
    const at = new Date(row.startedAt.getTime() + by * 60_000);
    const where = { id: row.id };
    const cost = { sessionId: row.id };
    if (does === 'end') await db.prisma.session.update({ where, data: { endedAt: at, status: 'ended' } });
    if (does === 'correct') await db.prisma.session.update({ where, data: { energyWh: by } });
    if (does === 'learn')
      await db.prisma.session.update({ where, data: { startedAt: at, evseId: 2, tokenUid: `T${by}` } });
    if (does === 'review') await db.prisma.sessionCost.updateMany({ where: cost, data: { reviewStatus: 'approved' } });
    if (does === 'reprice')
      await db.prisma.sessionCost.updateMany({
        where: cost,
        data: { isFinal: true, totalInclTax: `${by}.05`, currency: 'EUR' },
      });
    if (does === 'delete') {
      await db.prisma.sessionCost.deleteMany({ where: cost });
      await db.prisma.session.delete({ where });
    }
  }

  test('are what totals are read from, but where a change is not in them yet, or came while they were made', async () => {
    const ids = [await session('2026-03-28T10:00:00Z', 30, 1000), await session('2026-03-30T10:00:00Z', 30, 10_000)];
    await sum();
    expect(await days()).toBe(2);
    const range = 'group_by=charge_point&from=2026-03-01T00:00:00Z&to=2026-05-01T00:00:00Z';
    const energy = async (): Promise<unknown> => (await totals(range)).data[0]?.['energy_wh'];
    expect(await energy()).toBe(11_000);
    await db.prisma.sessionSum.updateMany({ where: { chargePointId, by: 'started' }, data: { energyWh: 7 } });
    expect(await energy()).toBe(14);
    await db.prisma.session.update({ where: { id: ids[0] ?? '' }, data: { energyWh: 2000 } });
    expect(await energy()).toBe(2007);
    // its transaction began before the sum was made, and ended after it
    const client = await db.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('UPDATE sessions SET energy_wh = 3000 WHERE id = $1', [ids[0]]);
      await sum();
      expect(await energy()).toBe(2007);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    expect(await energy()).toBe(3007);
    await sum();
    expect(await energy()).toBe(3007);
    expect(await db.prisma.sessionSumChange.count({ where: { organizationId } })).toBe(0);
  });

  test('are made of days that ended 13 hours ago, of the calendar that holds', async () => {
    await session('2026-03-28T10:00:00Z', 30, 1);
    now = new Date('2026-03-29T11:59:59Z'); // the day ended at 23:00 in UTC
    await sum();
    expect(await days()).toBe(0);
    now = new Date('2026-03-29T12:00:00Z');
    await sum();
    expect(await days()).toBe(1);
    await db.prisma.organization.update({ where: { id: organizationId }, data: { timezone: 'Asia/Kathmandu' } });
    await sum();
    const rows = await db.prisma.sessionSumDay.findMany({ where: { organizationId } });
    expect(rows.map(({ zone, startsAt }) => [zone, startsAt.toISOString()])).toEqual([
      ['Asia/Kathmandu', '2026-03-27T18:15:00.000Z'],
    ]);
  });
});

describe('the report of EVSEs', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 10) + hour * 3_600_000);
  const range = 'from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z';
  const told = (evseId: number, hour: number, status: string, more: { receivedAt?: Date; applied?: boolean } = {}) =>
    db.prisma.statusHistory.create({
      data: {
        chargePointNumber: number,
        evseId,
        connectorId: evseId,
        at: at(hour),
        receivedAt: at(hour),
        status,
        rawStatus: status,
        applied: true,
        ...more,
      },
    });
  beforeEach(async () => {
    for (const id of [0, 1, 2])
      await db.prisma.connector.create({
        data: {
          ...{ chargePointId, organizationId, evseId: id, connectorId: id, status: 'available' },
          rawStatus: 'Available',
          statusAt: at(0),
          receivedAt: at(0),
        },
      });
    for (const [hour, connected] of [
      [-30, true],
      [20, false],
      [22, true],
    ] as const)
      await db.prisma.connectionHistory.create({ data: { chargePointNumber: number, at: at(hour), connected } });
    await told(1, -5, 'faulted');
    await told(1, 2, 'available');
    await told(1, 4, 'charging');
    await told(1, 5, 'charging');
    await told(1, 6, 'finishing');
    await told(2, -1, 'available');
    await told(0, 12, 'unavailable');
    await told(0, 13, 'available');
    await session(at(3.5).toISOString(), 180, 9000, {}, { incl: '4.40' });
    await session(at(-3).toISOString(), 240, 500, { evseId: 2 });
    // Half an hour of it was planned; another charge point's maintenance is of no matter.
    const planned = { reason: 'New fuses', starts_at: at(12.5).toISOString(), ends_at: at(14).toISOString() };
    const other = (await api.post('/api/v1/charge-points').send({ identity: `O-${organizationId.slice(-18)}` })).body
      .id;
    for (const id of [chargePointId, other])
      expect((await api.post('/api/v1/maintenance-windows').send({ ...planned, charge_point_id: id })).status).toBe(
        201,
      );
  });

  test('tells of each how its time was spent, and what it earned', async () => {
    const { body } = await api.get(`/api/v1/reports/evses?${range}`);
    const common = { charge_point_id: chargePointId, charge_point_identity: organizationId.slice(-20), site_id: null };
    expect(body).toEqual({
      data: [
        {
          ...{ ...common, evse_id: 1, sessions: 1, energy_wh: 9000 },
          revenue: [{ currency: 'EUR', sessions: 1, excl_tax: '1.00', tax: '0.10', incl_tax: '4.40' }],
          ...{ range_s: 86_400, occupied_s: 10_800, charging_s: 7200, occupied: 0.125, charging: 0.0833 },
          ...{
            observed_s: 86_400,
            offline_s: 7200,
            faulted_s: 7200,
            unavailable_s: 3600,
            excluded_s: 1800,
            uptime: 0.8125,
          },
        },
        {
          ...{ ...common, evse_id: 2, sessions: 0, energy_wh: 0, revenue: [] },
          ...{ range_s: 86_400, occupied_s: 3600, charging_s: 0, occupied: 0.0417, charging: 0 },
          ...{
            observed_s: 86_400,
            offline_s: 7200,
            faulted_s: 0,
            unavailable_s: 3600,
            excluded_s: 1800,
            uptime: 0.8958,
          },
        },
      ],
      next_cursor: null,
    });
    const first = (await api.get(`/api/v1/reports/evses?${range}&limit=1`)).body;
    const second = (await api.get(`/api/v1/reports/evses?${range}&limit=1&cursor=${first.next_cursor}`)).body;
    expect([...first.data, ...second.data]).toEqual(body.data);
    const { text } = await api.get(`/api/v1/exports/evses?${range}&format=jsonl`);
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({
      evse_id: 1,
      revenue_incl_tax: '4.40 EUR',
      uptime: 0.8125,
    });
  });

  test('what held when the range began is told by when it was so, not by when it was told', async () => {
    // of before the fault, told after it: late
    await told(1, -8, 'available', { receivedAt: at(-1), applied: false });
    await told(1, -6, 'available', { receivedAt: at(30), applied: false });
    // offline over the beginning of the range, and faulted meanwhile
    await told(2, -0.5, 'faulted', { receivedAt: at(3) });
    await told(2, 4, 'available');
    // of one instant: the later told holds
    await told(2, 6, 'unavailable', { receivedAt: at(6.1) });
    await told(2, 6, 'available', { receivedAt: at(6.2) });
    const { data } = (await api.get(`/api/v1/reports/evses?${range}`)).body;
    expect(data).toMatchObject([
      { evse_id: 1, faulted_s: 7200, unavailable_s: 3600 },
      { evse_id: 2, faulted_s: 14_400, unavailable_s: 3600 },
    ]);
  });

  test('of another organization there is nothing, nor of a site that has none', async () => {
    const stranger = rest.as((await rest.keyOf(await rest.createOrganization())).key);
    expect((await stranger.get(`/api/v1/reports/evses?${range}`)).body.data).toEqual([]);
    expect((await api.get(`/api/v1/reports/evses?${range}&site_id=${newId('site')}`)).body.data).toEqual([]);
    expect(
      (await api.get(`/api/v1/reports/evses?from=2025-01-01T00:00:00Z&to=2025-01-02T00:00:00Z`)).body.data,
    ).toMatchObject([
      { observed_s: 0, uptime: null, occupied: 0 },
      { observed_s: 0, uptime: null },
    ]);
  });
});

describe('the overview', () => {
  const connector = (of: string, connectorId: number, status: string) =>
    db.prisma.connector.create({
      data: {
        ...{ chargePointId: of, organizationId, evseId: connectorId, connectorId, status, rawStatus: status },
        ...{ statusAt: new Date(), receivedAt: new Date() },
      },
    });
  const alert = (of: string, severity: string, status = 'triggered') =>
    db.prisma.alert.create({
      data: {
        ...{ id: newId('alr'), organizationId, chargePointId: of, rule: 'offline', evseId: 0, connectorId: 0 },
        ...{ subject: severity + status, status, severity, title: 'Offline', reason: 'Not connected', evidence: {} },
        ...{ holds: true, since: new Date(), lastAt: new Date(), occurrences: 1, streak: 1 },
        ...{ createdAt: new Date(), updatedAt: new Date(), resolvedAt: status === 'resolved' ? new Date() : null },
      },
    });

  test('counts what is there and open, adds up the day, and shows of it what the caller reaches and may see', async () => {
    const siteId = (await api.post('/api/v1/sites').send({ name: 'Depot' })).body.id;
    const depot = { identity: `D-${organizationId.slice(-18)}`, site_id: siteId };
    const other = (await api.post('/api/v1/charge-points').send(depot)).body.id;
    expect((await api.post('/api/v1/charge-points').send({ identity: `N-${organizationId.slice(-18)}` })).status).toBe(
      201,
    );
    for (const [id, connected] of [
      [chargePointId, true],
      [other, false],
    ] as const)
      await db.prisma.chargePointState.upsert({
        where: { chargePointId: id },
        create: { chargePointId: id, organizationId, connected, connectedAt: new Date() },
        update: { connected, connectedAt: new Date() },
      });
    await connector(chargePointId, 0, 'available');
    await connector(chargePointId, 1, 'charging');
    await connector(chargePointId, 2, 'suspended_ev');
    await connector(other, 0, 'faulted');
    await connector(other, 1, 'available');
    for (const [of, severity] of [
      [chargePointId, 'critical'],
      [other, 'warning'],
    ] as const)
      for (const status of ['triggered', 'pending', 'resolved']) await alert(of, severity, status);
    await alert(organizationId, 'info', 'acknowledged'); // a group: of no charge point
    const now = new Date().toISOString();
    await session(now, null, 1000, { powerW: 11_000.4, isTest: true });
    await session(now, null, 2000, { powerW: 7000, status: 'suspended_ev', chargePointId: other });
    await session(now, 0, 4000, { chargePointId: other }, { incl: '2.50' });
    await session(new Date(Date.now() - 2 * 86_400_000).toISOString(), 30, 8000, {}, { incl: '5.00' });

    const read = async (as: typeof api) => {
      const { status, body } = await as.get('/api/v1/overview');
      expect(status).toBe(200);
      return body;
    };
    const none = { available: 0, preparing: 0, charging: 0, suspended_ev: 0, suspended_evse: 0, finishing: 0 };
    const empty = { ...none, reserved: 0, unavailable: 0, faulted: 0, occupied: 0, unknown: 0 };
    const whole = await read(api);
    expect(whole).toEqual({
      charge_points: { total: 3, connected: 1, disconnected: 1, never_connected: 1, charging: 1, faulted: 1 },
      connectors: { total: 3, unreachable: 1, by_status: { ...empty, available: 1, charging: 1, suspended_ev: 1 } },
      charging_now: { sessions: 2, active: 1, power_w: 18_000 },
      today: {
        ...{ day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), timezone: 'Europe/Berlin' },
        ...{ sessions: 2, running: 1, energy_wh: 6000 },
        revenue: [{ currency: 'EUR', sessions: 1, excl_tax: '1.00', tax: '0.10', incl_tax: '2.50' }],
      },
      open_alerts: { critical: 1, warning: 1, info: 1 },
    });
    const viewer = await rest.userOf(organizationId, 'viewer', undefined, [siteId]);
    const { revenue: _money, ...day } = whole.today;
    expect(await read(rest.as(rest.accessTokens.issue(viewer.id, { organizationId })))).toEqual({
      charge_points: { total: 1, connected: 0, disconnected: 1, never_connected: 0, charging: 0, faulted: 1 },
      connectors: { total: 1, unreachable: 1, by_status: { ...empty, available: 1 } },
      charging_now: { sessions: 1, active: 0, power_w: 7000 },
      today: day,
      open_alerts: { critical: 0, warning: 1, info: 0 },
    });
    const { key } = await rest.keyOf(organizationId, ['read:charge_points']);
    const { charging_now: _now, today: _today, ...seen } = whole;
    expect(await read(rest.as(key))).toEqual(seen);
    const stranger = rest.as((await rest.keyOf(await rest.createOrganization())).key);
    expect(await read(stranger)).toMatchObject({ charge_points: { total: 0 }, connectors: { by_status: empty } });

    // the same fleet, charge point by charge point
    const glances = async (as: typeof api, query = '') => (await as.get(`/api/v1/overview/charge-points${query}`)).body;
    await db.prisma.chargePointState.update({ where: { chargePointId: other }, data: { disconnectedAt: new Date(0) } });
    const charging = { id: chargePointId, state: 'charging', sessions: 1, power_w: 11_000, since: now };
    const offline = { id: other, state: 'offline', sessions: 1, power_w: 7000, since: '1970-01-01T00:00:00.000Z' };
    const unseen = { state: 'never_connected', sessions: 0, power_w: null, since: null };
    const { data: all, next_cursor: end } = await glances(api);
    expect([all, end]).toEqual([[charging, offline, unseen].map((each) => expect.objectContaining(each)), null]);
    const first = await glances(api, '?limit=2');
    expect(first.data).toEqual(all.slice(0, 2));
    expect(await glances(api, `?limit=2&cursor=${first.next_cursor}`)).toEqual({
      data: all.slice(2),
      next_cursor: null,
    });
    expect((await glances(api, '?state=offline')).data).toEqual([all[1]]);
    expect((await glances(rest.as(key))).data[0]).not.toHaveProperty('power_w');
    expect((await glances(rest.as(rest.accessTokens.issue(viewer.id, { organizationId })))).data).toEqual([all[1]]);
    expect((await glances(stranger)).data).toEqual([]);
    const connect = (connected: boolean) =>
      db.prisma.chargePointState.update({ where: { chargePointId: other }, data: { connected } });
    const tell = (connectorId: number, status: string) =>
      db.prisma.connector.updateMany({ where: { chargePointId: other, connectorId }, data: { status } });
    await connect(true);
    expect((await glances(api)).data[0]).toMatchObject({ id: other, state: 'faulted' });
    for (const [whole, one, state] of [
      ['available', 'finishing', 'occupied'],
      ['unavailable', 'available', 'unavailable'],
      ['available', 'unavailable', 'unavailable'],
      ['available', 'available', 'available'],
    ] as const) {
      await tell(0, whole);
      await tell(1, one);
      expect((await glances(api)).data[1]).toMatchObject({ id: other, state, since: expect.any(String) });
    }
  });
});

test('when a station comes and goes is on record, once for each time', async () => {
  const submit = (input: object, minute: number) =>
    rest.ingest.submit({
      ...{ room: 'stations', chargePointId, receivedAt: new Date(Date.UTC(2026, 0, 10, 0, minute)) },
      ...input,
    } as Parameters<typeof rest.ingest.submit>[0]);
  const socket = { type: 'connected', nodeId: 'node_1', protocol: 'ocpp1.6', securityProfile: 1, remoteAddress: '::1' };
  const first = (await submit(socket, 0)) as { generation: number };
  const second = (await submit(socket, 10)) as { generation: number }; // it takes the place of the first
  await submit({ type: 'disconnected', generation: first.generation, reason: 'closed' }, 11);
  await submit({ type: 'disconnected', generation: second.generation, reason: 'closed' }, 20);
  await submit(socket, 30);
  const rows = await db.prisma.connectionHistory.findMany({
    where: { chargePointNumber: number },
    orderBy: { at: 'asc' },
  });
  expect(rows.map(({ at, connected }) => [at.getUTCMinutes(), connected])).toEqual([
    [0, true],
    [20, false],
    [30, true],
  ]);
});
