/**
 * Whose answer was a 503 although the work was done, repeats the request with its Idempotency-Key, and finds what was made: nothing is made
 * twice, by whatever route. All rows of the database are counted, but those that tell of requests.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { AppError } from '../../src/platform/errors.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

const db = await testDatabase();
/** How many answers are lost now; and by which fault. */
let lost = 0;
let fault: () => Error = () => new Error('not set');
const rest = await createRest(db, {
  beforeAnswer: (operationId) => {
    if (operationId.startsWith('get') || lost === 0) return;
    lost -= 1;
    throw fault();
  },
});
afterAll(() => rest.stop());

let organizationId = '';
let api: ReturnType<typeof rest.as>;
let cp = '';
let tariff = '';
let apiKey = '';
let endpoint = '';
let delivery = '';
let stranger = '';
beforeEach(async () => {
  lost = 0;
  organizationId = await rest.createOrganization();
  api = rest.as((await rest.keyOf(organizationId)).key);
  cp = newId('cp');
  const identity = `CP-${cp.slice(-8)}`;
  await db.prisma.chargePoint.create({ data: { id: cp, organizationId, identity } });
  await db.prisma.chargePointSequence.create({ data: { chargePointId: cp } });
  await db.prisma.chargePointState.create({
    data: {
      chargePointId: cp,
      organizationId,
      connected: true,
      protocol: 'ocpp2.1',
      bootStatus: 'accepted',
      bootedAt: new Date(),
    },
  });
  expect((await api.post('/api/v1/tokens').send({ uid: 'CARD1', type: 'rfid' })).status).toBe(201);
  const made = async (path: string, body: object): Promise<string> => {
    const answer = await api.post(`/api/v1${path}`).send(body);
    expect([answer.status, answer.body.error]).toEqual([expect.any(Number), undefined]);
    return answer.body.id;
  };
  tariff = await made('/tariffs', { name: 'Before', terms: energy });
  apiKey = await made('/api-keys', { name: 'First', scopes: ['read:charge_points'] });
  endpoint = await made('/webhooks/endpoints', { url: 'https://receiver.example/hook', events: ['*'], secret: SECRET });
  delivery = await made(`/webhooks/endpoints/${endpoint}/test`, {});
  stranger = newId('utk');
  const seen = { count: 1n, firstSeenAt: new Date(), lastSeenAt: new Date(), lastChargePointId: cp };
  await db.prisma.unknownToken.create({
    data: { id: stranger, organizationId, uidKey: 'stranger', uid: 'STRANGER', ...seen },
  });
  await db.prisma.webhookDelivery.update({
    where: { id: delivery },
    data: { status: 'delivered', nextAttemptAt: null, completedAt: new Date() },
  });
});
const SECRET = 'the secret that the receiver knows';

/** Rows by table; not those that every request leaves. A bulk goes on after its answer: its commands count as well. */
async function counted(): Promise<Record<string, number>> {
  await until('no bulk is under way', async () => {
    return (await db.prisma.commandBulkMember.count({ where: { state: 'pending' } })) === 0;
  });
  const tables = await db.pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'
      AND tablename NOT IN ('idempotency_keys', 'audit_entries', 'audit_chains') ORDER BY 1`,
  );
  const text = tables.rows.map(({ name }) => `SELECT '${name}' AS name, count(*)::int AS rows FROM "${name}"`);
  const { rows } = await db.pool.query<{ name: string; rows: number }>(text.join(' UNION ALL '));
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}

const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();
const energy = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'energy', price: '0.50' }] };
const requests: readonly (readonly [string, () => string, () => object])[] = [
  ['a command', () => `/charge-points/${cp}/commands`, () => ({ action: 'Reset', payload: { type: 'Immediate' } })],
  ['an unlock', () => `/charge-points/${cp}/unlock`, () => ({ connector_id: 1 })],
  ['a remote start', () => `/charge-points/${cp}/start`, () => ({ connector_id: 1, token: 'CARD1' })],
  [
    'a remote start with a limit',
    () => `/charge-points/${cp}/start`,
    () => ({ connector_id: 1, token: 'CARD1', limit: { max_time_s: 600 } }),
  ],
  [
    'a payment',
    () => `/charge-points/${cp}/payments`,
    () => ({ psp_ref: 'psp-reference', evse_id: 1, max_cost: '20.00' }),
  ],
  [
    'a reservation',
    () => `/charge-points/${cp}/reservations`,
    () => ({ connector_id: 1, token: 'CARD1', expires_at: soon() }),
  ],
  ['a request for a file', () => `/charge-points/${cp}/diagnostics`, () => ({})],
  ['a limit', () => `/charge-points/${cp}/charging-limit`, () => ({ limit: 16, connector_id: 1 })],
  ['a report', () => `/charge-points/${cp}/device-model/reports`, () => ({ base: 'full_inventory' })],
  ['a swap of batteries', () => `/charge-points/${cp}/battery-swaps`, () => ({ token: 'CARD1' })],
  [
    'a question about a customer',
    () => `/charge-points/${cp}/customer-information`,
    () => ({ report: true, clear: false, token: 'CARD1' }),
  ],
  ['a commissioning', () => `/charge-points/${cp}/commissioning`, () => ({})],
  ['a handover', () => `/charge-points/${cp}/handovers`, () => ({ mode: 'ownership_transfer' })],
  ['a bulk', () => '/commands/bulk', () => ({ filter: { charge_point_ids: [cp] }, command: { do: 'clear_cache' } })],
  ['a site', () => '/sites', () => ({ name: 'Depot' })],
  ['a charge point', () => '/charge-points', () => ({ identity: `CP-${cp.slice(-6)}-B` })],
  ['a token', () => '/tokens', () => ({ uid: '04D5E6F7', type: 'rfid' })],
  ['a token of an unknown one', () => `/unknown-tokens/${stranger}/adopt`, () => ({ type: 'rfid' })],
  ['a group of tokens', () => '/token-groups', () => ({ name: 'Fleet' })],
  ['a tariff', () => '/tariffs', () => ({ name: 'Half a euro', terms: energy })],
  ['a template', () => '/configuration-templates', () => ({ name: 'All', values: { HeartbeatInterval: '300' } })],
  ['an API key', () => '/api-keys', () => ({ name: 'Second', scopes: ['read:charge_points'] })],
  ['a version of a tariff', () => `/tariffs/${tariff}/versions`, () => energy],
  ['an assignment', () => '/tariff-assignments', () => ({ tariff_id: tariff, target: 'organization' })],
  ['a key in place of another', () => `/api-keys/${apiKey}/rotate`, () => ({})],
  ['a new secret', () => `/webhooks/endpoints/${endpoint}/rotate-secret`, () => ({})],
  ['a test event', () => `/webhooks/endpoints/${endpoint}/test`, () => ({})],
  ['a delivery once more', () => `/webhooks/deliveries/${delivery}/resend`, () => ({})],
  [
    'a recovery',
    () => `/webhooks/endpoints/${endpoint}/recover`,
    () => ({ kind: 'failed', since: new Date(Date.now() - 3_600_000).toISOString() }),
  ],
  ['an endpoint', () => '/webhooks/endpoints', () => ({ url: 'https://receiver.example/hook', events: ['*'] })],
];

test.each(requests.flatMap((request) => [[...request, 1, 'unavailable'] as const, [...request, 3, 'broken'] as const]))(
  '%s is made once',
  async (_what, path, body, times, how) => {
    fault = () =>
      how === 'unavailable'
        ? new AppError('unavailable', 'The database cannot be reached', { retryAfterS: 5 })
        : Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    const sent = { key: randomUUID(), path: `/api/v1${path()}`, body: body() };
    const post = () => api.post(sent.path).set('Idempotency-Key', sent.key).send(sent.body);
    lost = times;
    const first = await post();
    expect([first.status, first.body.error?.code ?? first.body, first.body.error?.details]).toEqual([
      503,
      'unavailable',
      [],
    ]);
    const once = await counted();
    const repeats = [];
    for (let i = 0; i < times; i += 1) repeats.push(await post());
    const found = repeats.find(({ status }) => status !== 503) ?? (await post());
    expect(await counted()).toEqual(once);
    const another = await api
      .post(sent.path)
      .set('Idempotency-Key', sent.key)
      .send({ ...sent.body, more: 1 });
    expect([400, 409]).toContain(another.status);
    const isShownOnce = sent.path.includes('/api-keys');
    if (isShownOnce) {
      expect([found.status, found.body.error.message]).toEqual([409, expect.stringContaining(' made ')]);
      return;
    }
    expect([found.status, found.body.error ?? null]).toEqual([expect.any(Number), null]);
    expect(found.status).toBeLessThan(300);
    const again = await post();
    expect([again.status, again.body, again.headers['idempotent-replayed']]).toEqual([
      found.status,
      found.body,
      'true',
    ]);
    expect(await counted()).toEqual(once);
  },
);

/** Its answer is lost; what it did stands. */
async function lostPost(
  path: string,
  body: object,
): Promise<() => Promise<{ status: number; body: Record<string, never> }>> {
  fault = () => new AppError('unavailable', 'The database cannot be reached', { retryAfterS: 5 });
  const key = randomUUID();
  const post = () => api.post(`/api/v1${path}`).set('Idempotency-Key', key).send(body);
  lost = 1;
  expect((await post()).status).toBe(503);
  return post;
}
const priced = (price: string) => ({ ...energy, components: [{ type: 'energy', price }] });

test('a repeat does not put back what somebody has changed since: terms of a tariff, and an assignment', async () => {
  const another = (await api.post('/api/v1/tariffs').send({ name: 'Another', terms: energy })).body.id;
  const repeats = [
    await lostPost(`/tariffs/${tariff}/versions`, priced('0.60')),
    await lostPost('/tariff-assignments', { tariff_id: tariff, target: 'organization' }),
  ];
  expect((await api.post(`/api/v1/tariffs/${tariff}/versions`).send(priced('0.70'))).body.version).toBe(3);
  await api.post('/api/v1/tariff-assignments').send({ tariff_id: another, target: 'organization' });
  const [version, assignment] = [await repeats[0]?.(), await repeats[1]?.()];
  expect(version).toMatchObject({ status: 201, body: { version: 2, terms: { components: [{ price: '0.60' }] } } });
  expect(assignment).toMatchObject({ status: 201, body: { tariff_id: another } });
  const { body } = await api.get(`/api/v1/tariffs/${tariff}`);
  expect([body.version, body.terms.components[0].price]).toEqual([3, '0.70']);
});

test('a repeated rotation shows the secret that it made, and the one of before goes on signing; after another one it says so', async () => {
  const path = `/webhooks/endpoints/${endpoint}/rotate-secret`;
  const row = () => db.prisma.webhookEndpoint.findUniqueOrThrow({ where: { id: endpoint } });
  const before = await row();
  const repeat = await lostPost(path, {});
  const rotated = await row();
  const shown = await repeat();
  expect([shown.status, shown.body['secret']]).toEqual([200, expect.stringMatching(/^whsec_/)]);
  const after = await row();
  expect([after.secret, after.previousSecret]).toEqual([rotated.secret, before.secret]);

  const second = await lostPost(path, {});
  expect((await api.post(`/api/v1${path}`).send({})).status).toBe(200);
  const late = await second();
  expect([late.status, late.body['error']]).toEqual([409, expect.objectContaining({ code: 'conflict' })]);
});
