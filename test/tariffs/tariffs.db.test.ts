/** Tariffs over REST: what is taken, what is refused and why, versions, assignments, previews. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Ingest } from '../../src/ingest/contract.ts';
import { keepDefaultPrices } from '../../src/tariffs/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest, insertSession } from '../support/rest.ts';
import { createWorld } from '../support/world.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});
let organizationId = '';
let api: ReturnType<typeof rest.as>;
beforeEach(async () => {
  organizationId = await rest.createOrganization();
  api = rest.as((await rest.keyOf(organizationId)).key);
});

const tariffs = '/api/v1/tariffs';
const assignments = '/api/v1/tariff-assignments';
const energy = { type: 'energy', price: '0.49' };
const terms = { currency: 'EUR', prices_include_tax: true, components: [energy] };
const everything = {
  currency: 'EUR',
  prices_include_tax: false,
  tax_percent: '19',
  min_total: '1',
  max_total: '99.50',
  components: [
    { type: 'flat', price: '0.35', label: 'Start', restrictions: { min_energy_wh: 1, max_duration_s: 86_400 } },
    {
      type: 'energy',
      price: '0.391234',
      step_wh: 100,
      tax_percent: '7',
      restrictions: {
        weekdays: ['monday', 'sunday'],
        start_time: '22:00',
        end_time: '06:00',
        start_date: '2026-01-01',
        end_date: '2027-01-01',
        min_energy_wh: 1000,
        max_energy_wh: 2000,
        min_duration_s: 60,
        max_duration_s: 3600,
        min_power_w: 3000,
        max_power_w: 22_000,
      },
    },
    { type: 'time', price: '1', step_s: 60 },
    { type: 'idle', price: '0.1', grace_s: 900, step_s: 60, restrictions: { start_time: '07:00', end_time: '22:00' } },
    { type: 'reservation', price: '2', step_s: 900 },
  ],
};

const created = async (more: object = {}): Promise<string> => {
  const answer = await api.post(tariffs).send({ name: 'Day', terms, ...more });
  expect(answer.status).toBe(201);
  return answer.body.id;
};

describe('a tariff', () => {
  test('is kept as it was written, and shown so', async () => {
    const { status, body, headers } = await api.post(tariffs).send({ name: ' All ', terms: everything });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^tar_/),
      name: 'All',
      description: null,
      version: 1,
      terms: everything,
      texts: [],
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await api.get(headers['location'] ?? '')).body).toEqual(body);
    expect((await api.get(tariffs)).body.data).toEqual([body]);
  });

  test('carries what drivers read, by language, without a new version; a language is named once, and well', async () => {
    const id = await created({ texts: [{ language: 'de', text: 'Tags 0,49' }] });
    const texts = [
      { language: 'nl', text: 'Overdag 0,49', offline_text: 'Offline 0,49' },
      { language: 'pt-BR', text: 'Dia' },
    ];
    expect((await api.patch(`${tariffs}/${id}`).send({ texts })).body).toMatchObject({ texts, version: 1 });
    expect((await api.patch(`${tariffs}/${id}`).send({ name: 'Night' })).body).toMatchObject({ texts });
    const twice = [
      { language: 'de', text: 'a' },
      { language: 'de', text: 'b' },
    ];
    for (const bad of [
      twice,
      [{ language: 'german', text: 'a' }],
      [{ language: 'de', text: '' }],
      [{ language: 'de', text: 'x'.repeat(161) }],
      [{ language: 'de', text: 'a\u0000b' }],
      [{ language: 'de', text: 'a\ud800b' }],
      [{ text: 'a' }],
      Array.from({ length: 11 }, (_, i) => ({ language: `a${String.fromCharCode(97 + i)}`, text: 'a' })),
    ])
      expect((await api.patch(`${tariffs}/${id}`).send({ texts: bad })).status).toBe(400);
  });

  test('is renamed without a new version; its description is taken away by null', async () => {
    const id = await created({ description: 'Old' });
    expect((await api.patch(`${tariffs}/${id}`).send({ name: 'Night' })).body).toMatchObject({
      name: 'Night',
      description: 'Old',
      version: 1,
    });
    expect((await api.patch(`${tariffs}/${id}`).send({ description: null })).body).toMatchObject({
      name: 'Night',
      description: null,
    });
    expect((await api.patch(`${tariffs}/${id}`).send({ terms })).body.error.details[0].field).toBe('terms');
  });

  test('gets versions that never change, numbered without gaps however many come at once', async () => {
    const id = await created();
    const prices = ['0.51', '0.52', '0.53', '0.54'];
    const added = await Promise.all(
      prices.map((price) =>
        api.post(`${tariffs}/${id}/versions`).send({ ...terms, components: [{ ...energy, price }] }),
      ),
    );
    expect(added.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const first = (await api.get(`${tariffs}/${id}/versions?limit=2`)).body;
    const rest2 = (await api.get(`${tariffs}/${id}/versions?limit=3&cursor=${first.next_cursor}`)).body;
    expect([...first.data, ...rest2.data].map(({ version }: { version: number }) => version)).toEqual([5, 4, 3, 2, 1]);
    expect(rest2.next_cursor).toBeNull();
    expect((await api.get(`${tariffs}/${id}/versions/1`)).body.terms).toEqual({ ...terms, tax_percent: '0' });
    const newest = (await api.get(`${tariffs}/${id}`)).body;
    expect(newest.version).toBe(5);
    expect(newest.terms).toEqual(first.data[0].terms);
    for (const none of ['6', '0', '-1', 'x', '99999999999'])
      expect((await api.get(`${tariffs}/${id}/versions/${none}`)).status).toBe(404);
  });

  test('cannot be deleted while it is assigned to something that is there; its versions stay', async () => {
    const id = await created();
    const site = (await api.post('/api/v1/sites').send({ name: 'Depot' })).body.id;
    const assigned = (await api.post(assignments).send({ target: 'site', target_id: site, tariff_id: id })).body;
    expect((await api.delete(`${tariffs}/${id}`)).status).toBe(409);
    await api.delete(`/api/v1/sites/${site}`);
    expect((await api.delete(`${tariffs}/${id}`)).status).toBe(204);
    expect((await api.get(`${assignments}/${assigned.id}`)).status).toBe(404);
    expect((await api.get(`${tariffs}/${id}`)).status).toBe(404);
    expect((await api.get(tariffs)).body.data).toEqual([]);
    expect((await api.post(`${tariffs}/${id}/versions`).send(terms)).status).toBe(404);
    expect((await api.get(`${tariffs}/${id}/versions/1`)).body.version).toBe(1);
    expect((await api.post(assignments).send({ target: 'organization', tariff_id: id })).status).toBe(400);
  });
});

describe('terms are refused', () => {
  const one = (component: object) => ({ ...terms, components: [component] });
  const limited = (restrictions: object, type = 'energy') => one({ type, price: '1', restrictions });
  test.each([
    ['currency', { ...terms, currency: 'ABC' }, /ISO 4217/],
    ['currency', { ...terms, currency: undefined }, /required/],
    ['prices_include_tax', { ...terms, prices_include_tax: undefined }, /required/],
    ['tax_percent', { ...terms, tax_percent: '101' }, /"0" to "100"/],
    ['tax_percent', { ...terms, tax_percent: 19 }, /must be a string, not a number/],
    ['min_total', { ...terms, min_total: '1.005' }, /at most 2 digits after the point, as EUR has/],
    ['max_total', { ...terms, currency: 'JPY', max_total: '1.5' }, /at most 0 digits/],
    ['max_total', { ...terms, min_total: '3', max_total: '2' }, /not be less than min_total/],
    [
      'components',
      { ...terms, components: Array(41).fill({ type: 'flat', price: '1', restrictions: { min_energy_wh: 5 } }) },
      /at most 40/,
    ],
    ['components[0].type', one({ type: 'parking', price: '1' }), /energy, time, idle, flat or reservation/],
    ['components[0].price', one({ type: 'energy' }), /required/],
    ['components[0].price', one({ type: 'energy', price: '-1' }), /decimal text, not negative/],
    ['components[0].price', one({ type: 'energy', price: '0,49' }), /such as "0.49"/],
    ['components[0].price', one({ type: 'energy', price: '0.1234567' }), /at most 6 digits/],
    ['components[0].price', one({ type: 'energy', price: 0.49 }), /must be a string, not a number/],
    ['components[0].step_s', one({ type: 'energy', price: '1', step_s: 60 }), /not known here/],
    ['components[0].step_wh', one({ type: 'energy', price: '1', step_wh: 0 }), /at least 1/],
    ['components[0].grace_s', one({ type: 'time', price: '1', grace_s: 60 }), /not known here/],
    ['components[0].restrictions.start_time', limited({ start_time: '24:00' }), /such as 08:30/],
    ['components[0].restrictions.end_time', limited({ start_time: '08:00', end_time: '08:00' }), /leave both out/],
    ['components[0].restrictions.end_date', limited({ end_date: '2026-02-30' }), /must be a date/],
    [
      'components[0].restrictions.end_date',
      limited({ start_date: '2026-02-03', end_date: '2026-02-03' }),
      /beyond start_date/,
    ],
    [
      'components[0].restrictions.max_energy_wh',
      limited({ min_energy_wh: 5, max_energy_wh: 5 }),
      /beyond min_energy_wh/,
    ],
    [
      'components[0].restrictions.max_duration_s',
      limited({ min_duration_s: 6, max_duration_s: 5 }),
      /beyond min_duration_s/,
    ],
    ['components[0].restrictions.max_power_w', limited({ min_power_w: 6, max_power_w: 5 }), /beyond min_power_w/],
    [
      'components[0].restrictions.min_power_w',
      limited({ min_power_w: 6 }, 'idle'),
      /energy, time only; remove it from idle/,
    ],
    ['components[0].restrictions.max_power_w', limited({ max_power_w: 6 }, 'flat'), /remove it from flat/],
    [
      'components[0].restrictions.min_energy_wh',
      limited({ min_energy_wh: 6 }, 'reservation'),
      /remove it from reservation/,
    ],
    ['components[0].restrictions.weekdays', limited({ weekdays: ['monday', 'monday'] }), /each day once/],
    ['components[0].restrictions.weekdays', limited({ weekdays: [] }), /must not be empty/],
    ['components[0].restrictions.weekdays[0]', limited({ weekdays: ['Mon'] }), /must be one of monday/],
    [
      'components[2]',
      {
        ...terms,
        components: [
          { ...energy, restrictions: {} },
          { type: 'flat', price: '1' },
          limited({ min_energy_wh: 6 }).components[0],
        ],
      },
      /never counts, since components\[0\]/,
    ],
  ])('for %s: %j', async (field, body, message) => {
    for (const answer of [
      await api.post(tariffs).send({ name: 'X', terms: body }),
      await api.post(`${tariffs}/preview`).send({ terms: body, timeline: { started_at: '2026-11-23T10:00:00Z' } }),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.body.error.details[0].field).toBe(`terms.${field}`.replace('terms.[', 'terms['));
      expect(answer.body.error.details[0].message).toMatch(message);
    }
  });
});

describe('a preview', () => {
  const timeline = {
    started_at: '2026-11-23T20:00:00Z',
    samples: [
      { at: '2026-11-23T23:00:00Z', energy_wh: 30_000, phase: 'idle' },
      { at: '2026-11-23T22:00:00Z', energy_wh: 20_000 },
      { at: '2026-11-23T23:30:00Z', energy_wh: 30_000 },
    ],
  };
  // In Berlin 21:00 to 00:00 and 30 min idle, 10 kWh an hour: cheap from 22:00.
  const night = {
    ...terms,
    tax_percent: '19',
    components: [
      { type: 'energy', price: '0.39', restrictions: { start_time: '22:00', end_time: '06:00' } },
      energy,
      { type: 'idle', price: '0.1', grace_s: 900 },
    ],
  };
  const cost = {
    currency: 'EUR',
    prices_include_tax: true,
    // 20 × 0.39 + 10 × 0.49 + 15 × 0.10 = 7.80 + 4.90 + 1.50 = 14.20, of which 14.20 × 19/119 = 2.2672 is tax
    total: { excl_tax: '11.93', tax: '2.27', incl_tax: '14.20' },
    lines: [
      {
        type: 'energy',
        component: 0,
        quantity: '20000',
        billed: '20000',
        unit: 'Wh',
        price: '0.39',
        per: 'kWh',
        amount: '7.80',
        tax_percent: '19',
      },
      {
        type: 'energy',
        component: 1,
        quantity: '10000',
        billed: '10000',
        unit: 'Wh',
        price: '0.49',
        per: 'kWh',
        amount: '4.90',
        tax_percent: '19',
      },
      {
        type: 'idle',
        component: 2,
        quantity: '900',
        billed: '900',
        unit: 's',
        price: '0.1',
        per: 'min',
        amount: '1.50',
        tax_percent: '19',
      },
    ],
    taxes: [{ percent: '19', excl_tax: '11.93', tax: '2.27', incl_tax: '14.20' }],
  };

  test('prices a timeline line by line, by terms that are not kept', async () => {
    const answer = await api
      .post(`${tariffs}/preview`)
      .send({ terms: night, timeline: { ...timeline, timezone: 'Europe/Berlin' } });
    expect([answer.status, answer.body]).toEqual([200, cost]);
    expect((await api.get(tariffs)).body.data).toEqual([]);
  });

  test("prices it by a tariff, in its newest or another version, in the organization's zone", async () => {
    await api.patch('/api/v1/organization').send({ timezone: 'Europe/Berlin' });
    const id = await created({ terms: night });
    expect((await api.post(`${tariffs}/${id}/preview`).send({ timeline })).body).toEqual(cost);
    await api.post(`${tariffs}/${id}/versions`).send({ ...terms, components: [{ ...energy, price: '1' }] });
    expect((await api.post(`${tariffs}/${id}/preview`).send({ timeline })).body.total.incl_tax).toBe('30.00');
    expect((await api.post(`${tariffs}/${id}/preview`).send({ timeline, version: 1 })).body).toEqual(cost);
    expect((await api.post(`${tariffs}/${id}/preview`).send({ timeline, version: 3 })).status).toBe(404);
  });

  test("of a session is in its site's zone; one that is too long, or another organization's, is refused by name", async () => {
    const id = await created({ terms: night });
    const siteId = (await api.post('/api/v1/sites').send({ name: 'Depot', timezone: 'Europe/Berlin' })).body.id;
    const chargePointId = 'cp_01KAT3Z6Y8Q0000000000000AA';
    const recorded = { startedAt: new Date('2026-11-23T20:00:00Z'), energyWh: 30_000, status: 'ended' };
    const of = async (organization: string, endedAt: string) => {
      const made = { ...recorded, siteId, endedAt: new Date(endedAt) };
      const session = await insertSession(db, { organizationId: organization, chargePointId }, made);
      return api.post(`${tariffs}/${id}/preview`).send({ session_id: session.id });
    };
    expect((await of(organizationId, '2026-11-23T23:00:00Z')).body.lines).toEqual(cost.lines.slice(0, 2));
    for (const [answer, message] of [
      [await of(organizationId, '2026-12-25T20:00:00Z'), /lasts more than 31 days/],
      [await of(await rest.createOrganization(), '2026-11-23T23:00:00Z'), /there is no such session/],
    ] as const) {
      expect([answer.status, answer.body.error.details[0].field]).toEqual([400, 'session_id']);
      expect(answer.body.error.details[0].message).toMatch(message);
    }
  });

  const start = '2026-11-23T10:00:00Z';
  test.each([
    ['timeline.started_at', {}],
    ['timeline.timezone', { started_at: start, timezone: 'Berlin' }],
    ['timeline.ended_at', { started_at: start, ended_at: '2026-11-23T09:00:00Z' }],
    ['timeline.ended_at', { started_at: start, ended_at: '2026-12-25T09:00:00Z' }],
    ['timeline.samples[0].at', { started_at: start, samples: [{ at: '2026-11-23T09:59:59Z' }] }],
    ['timeline.samples[0].at', { started_at: start, samples: [{ at: '9999-11-23T09:59:59Z' }] }],
    [
      'timeline.samples[1].at',
      { started_at: start, ended_at: '2026-11-23T11:00:00Z', samples: [{ at: start }, { at: '2026-11-23T11:00:01Z' }] },
    ],
    ['timeline.samples[0].energy_wh', { started_at: start, samples: [{ at: start, energy_wh: -1 }] }],
    ['timeline.samples', { started_at: start, samples: Array(1001).fill({ at: start }) }],
    ['timeline.reservation.until', { started_at: start, reservation: { from: start, until: '2026-11-23T09:00:00Z' } }],
    ['timeline.reservation.until', { started_at: start, reservation: { from: '1970-01-01T00:00:00Z', until: start } }],
  ])('refuses a timeline, naming %s', async (field, given) => {
    const answer = await api.post(`${tariffs}/preview`).send({ terms, timeline: given });
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, field]);
  });
});

describe('an assignment', () => {
  const assign = (target: string, targetId: string | undefined, tariffId: string) =>
    api.post(assignments).send({ target, target_id: targetId, tariff_id: tariffId });

  test('is found from where the session would begin: token, group, charge point, site, organization', async () => {
    const place = async (path: string, body: object) =>
      (await api.post(`/api/v1/${path}`).send(body)).body.id as string;
    const site = await place('sites', { name: 'Depot' });
    const station = await place('charge-points', { identity: `CP-${organizationId.slice(-12)}`, site_id: site });
    const group = await place('token-groups', { name: 'Fleet' });
    const token = await place('tokens', { uid: 'TAG', group_id: group });
    const ask = async (uid?: string) =>
      (await api.get(`/api/v1/charge-points/${station}/tariff${uid === undefined ? '' : `?token=${uid}`}`)).body;
    expect(await ask('TAG')).toEqual({ tariff: null, others: [] });

    const targets = [
      ['organization', organizationId],
      ['site', site],
      ['charge_point', station],
      ['token_group', group],
      ['token', token],
    ] as const;
    const seen: object[] = [];
    for (const [target, targetId] of targets) {
      const tariffId = await created({ name: target });
      expect((await assign(target, target === 'organization' ? undefined : targetId, tariffId)).status).toBe(201);
      const others = [...seen].reverse();
      seen.push({ target, target_id: targetId, tariff_id: tariffId, name: target, version: 1 });
      expect(await ask(' tag ')).toEqual({ tariff: seen.at(-1), others });
    }
    expect((await ask('STRANGER')).tariff).toMatchObject({ target: 'charge_point' });
    expect((await ask()).tariff).toMatchObject({ target: 'charge_point' });

    const { data } = (await api.get(`${assignments}?target=token`)).body;
    expect(data).toHaveLength(1);
    expect((await api.delete(`${assignments}/${data[0].id}`)).status).toBe(204);
    expect((await ask('TAG')).tariff).toMatchObject({ target: 'token_group' });
  });

  test('replaces the one that the target had, and shows the newest version', async () => {
    const [first, second] = [await created(), await created()];
    const before = (await assign('organization', undefined, first)).body;
    const after = (await assign('organization', organizationId, second)).body;
    expect(after.id).toBe(before.id);
    expect((await api.get(assignments)).body.data).toEqual([after]);
    expect((await api.get(`${assignments}?tariff_id=${first}`)).body.data).toEqual([]);
    expect((await api.delete(`${tariffs}/${first}`)).status).toBe(204);
  });

  test("does not take what is unknown or another organization's", async () => {
    const theirs = rest.as((await rest.keyOf(await rest.createOrganization())).key);
    const site = (await theirs.post('/api/v1/sites').send({ name: 'Theirs' })).body.id;
    const tariff = (await theirs.post(tariffs).send({ name: 'Theirs', terms })).body.id;
    const mine = await created();
    const nobody = 'site_01KAT3Z6Y8Q0000000000000AA';
    const fault = async (target: string, targetId: string | undefined, tariffId: string) => {
      const { status, body } = await assign(target, targetId, tariffId);
      return [status, body.error.details[0].field, body.error.details[0].message];
    };
    expect(await fault('site', site, mine)).toEqual([400, 'target_id', 'there is no such site']);
    expect(await fault('site', nobody, mine)).toEqual([400, 'target_id', 'there is no such site']);
    expect(await fault('organization', undefined, tariff)).toEqual([400, 'tariff_id', 'there is no such tariff']);
    expect(await fault('organization', await rest.createOrganization(), mine)).toEqual([
      400,
      'target_id',
      'there is no such organization',
    ]);
    expect((await fault('token', site, mine)).slice(0, 2)).toEqual([400, 'target_id']);
    expect((await fault('token', undefined, mine)).slice(0, 2)).toEqual([400, 'target_id']);
    const station = (await theirs.post('/api/v1/charge-points').send({ identity: `CP-${site.slice(-12)}` })).body.id;
    expect((await api.get(`/api/v1/charge-points/${station}/tariff`)).status).toBe(404);
  });
});

describe('the default price of a charger', () => {
  test('is asked for again when the change never began, or failed, also where it is to show none any more', async () => {
    const world = await createWorld(db);
    const [{ id: chargePointId } = { id: '' }] = world.chargePoints;
    const { organizationId: owner } = world;
    const booted = new Date(Date.now() - 60_000);
    await db.prisma.chargePointState.update({
      where: { chargePointId },
      data: { connected: true, protocol: 'ocpp1.6', bootStatus: 'accepted', bootedAt: booted },
    });
    const own = rest.as((await rest.keyOf(owner)).key);
    const tariff = (await own.post(tariffs).send({ name: 'Day', terms })).body.id as string;
    const place = { target: 'charge_point', target_id: chargePointId };
    const assigned = await own.post(assignments).send({ ...place, tariff_id: tariff });
    expect(assigned.status).toBe(201);

    const asked: string[] = [];
    let began: 'not' | 'running' | 'completed' | 'failed' = 'not';
    const submit = (async (input: {
      changeId: string;
      kind: string;
      chargePointId: string;
      wanted: { value: string }[];
    }) => {
      if (input.chargePointId !== chargePointId) return { started: false, why: 'offline' };
      asked.push(input.kind === 'read' ? 'read' : (input.wanted[0]?.value ?? ''));
      if (began === 'not') throw new Error('this process ends');
      const about = { organizationId: owner, chargePointId, kind: input.kind, reboot: 'never', requestedBy: 'system' };
      const when = { createdAt: booted, expiresAt: booted, dueAt: began === 'running' ? booted : null };
      await db.prisma.configurationChange.create({
        data: { id: input.changeId, ...about, ...when, status: began, phase: 'read', items: [] },
      });
      return { started: true };
    }) as unknown as Ingest['submit']; // as: only what it is given here
    /** Whether it was asked for something then. */
    const at = async (seconds: number): Promise<string[]> => {
      asked.length = 0;
      await keepDefaultPrices({ db, submit, now: new Date(Date.now() + seconds * 1000) }).catch(() => undefined);
      return [...asked];
    };

    expect(await at(0)).toEqual(['read']);
    expect(await at(59)).toEqual([]);
    began = 'completed';
    expect(await at(61)).toEqual(['read']);
    expect(await at(130)).toEqual([]);
    const setting = { chargePointId, organizationId: owner, key: 'CustomDisplayCostAndPrice', value: 'true' };
    await db.prisma.chargePointSetting.create({
      data: { ...setting, readonly: false, secret: false, known: true, fetchedAt: booted },
    });

    began = 'not';
    expect(await at(200)).toEqual([expect.stringContaining('0.49 EUR/kWh')]);
    began = 'failed';
    expect(await at(261)).toEqual([expect.stringContaining('0.49 EUR/kWh')]);
    expect(await at(3000)).toEqual([]);
    began = 'completed';
    expect(await at(3900)).toEqual([expect.stringContaining('0.49 EUR/kWh')]);
    expect(await at(20_000)).toEqual([]);

    expect((await own.delete(`${assignments}/${assigned.body.id}`)).status).toBe(204);
    began = 'not';
    expect(await at(20_001)).toEqual(['{"priceText":""}']);
    began = 'completed';
    expect(await at(20_062)).toEqual(['{"priceText":""}']);
    expect(await at(30_000)).toEqual([]);
  });
});
