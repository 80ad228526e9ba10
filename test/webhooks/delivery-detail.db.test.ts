/** 4-webhooks.md: GET /webhooks/deliveries/{id} with attempts, body and headers; resend; test; stats; event-types. */
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { catalogue, type EventType, eventTypes } from '../../src/events/index.ts';
import { firstIdAt } from '../../src/platform/ids.ts';
import { logPage } from '../../src/webhooks/event-log-store.ts';
import { statsOf } from '../../src/webhooks/stats-store.ts';
import { testDatabase } from '../support/db.ts';
import { faults, valid, webhookRest } from './support/client.ts';
import { after, anEndpoint, anOrganization, deliveries, deliveryRows, T0 } from './support/world.ts';

const db = await testDatabase();
let clock = T0;
let woken = 0;
const wake = (): void => {
  woken += 1;
};
const { as } = webhookRest(db, { now: () => clock, wake, timeoutMs: 1 });
const organizationId = await anOrganization(db);
const me = as(organizationId);

const attempt = (deliveryId: string, number: number, more: object = {}) =>
  db.prisma.webhookAttempt.create({
    data: {
      deliveryId,
      number,
      startedAt: after(number * 60),
      durationMs: 100 * number,
      url: `https://example.com/at-attempt-${number}`,
      responseStatus: 500,
      error: 'HTTP 500',
      responseBody: 'Zählerfehler',
      responseHeaders: { 'content-type': 'text/plain' },
      signature: 'sha256=aa',
      standardSignature: 'v1,bb',
      ...more,
    },
  });

test('"delivery with attempts, body and headers": each attempt, and the request as it was sent last', async () => {
  const endpointId = await anEndpoint(db, organizationId);
  const [id = ''] = await deliveries(db, organizationId, endpointId, 1, { status: 'succeeded', attempts: 2 });
  await attempt(id, 1);
  await attempt(id, 2, {
    responseStatus: 204,
    error: null,
    responseBody: '',
    responseHeaders: null,
    previousSignature: 'sha256=cc',
  });
  const { status, body } = await me.get(`/deliveries/${id}`);
  expect(status).toBe(200);
  const { eventId } = await db.prisma.webhookDelivery.findUniqueOrThrow({ where: { id } });
  expect(body).toEqual({
    id,
    endpoint_id: endpointId,
    event_id: eventId,
    trace_id: null,
    event: 'session.started',
    status: 'succeeded',
    response_status: null,
    attempts: 2,
    created_at: T0.toISOString(),
    next_attempt_at: null,
    completed_at: T0.toISOString(),
    last_error: null,
    origin: 'event',
    attempt_log: [
      {
        number: 1,
        started_at: after(60).toISOString(),
        duration_ms: 100,
        url: 'https://example.com/at-attempt-1',
        response_status: 500,
        error: 'HTTP 500',
        response_body: 'Zählerfehler',
        response_headers: { 'content-type': 'text/plain' },
        signatures: {
          'X-Webhook-Signature': 'sha256=aa',
          'X-Webhook-Signature-Previous': null,
          'webhook-signature': 'v1,bb',
        },
      },
      expect.objectContaining({ number: 2, response_status: 204, error: null, response_headers: null }),
    ],
    request: {
      url: 'https://example.com/at-attempt-2',
      body: `{"id":"${eventId}"}`,
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'DynamoCSMS-Webhooks/1.0',
        'X-Webhook-Event': 'session.started',
        'X-Webhook-Delivery': id,
        'X-Webhook-Attempt': '2',
        'webhook-id': eventId,
        'webhook-timestamp': String(after(120).getTime() / 1000),
        'X-Webhook-Signature': 'sha256=aa',
        'X-Webhook-Signature-Previous': 'sha256=cc',
        'webhook-signature': 'v1,bb',
      },
    },
  });
});

test('a delivery that was not attempted yet has no headers, and stays to be seen when its endpoint is deleted', async () => {
  const endpointId = await anEndpoint(db, organizationId);
  const [id = ''] = await deliveries(db, organizationId, endpointId, 1);
  expect((await me.get(`/deliveries/${id}`)).body).toMatchObject({ attempt_log: [], request: { headers: null } });
  await me.remove(`/endpoints/${endpointId}`);
  expect((await me.get(`/deliveries/${id}`)).body).toMatchObject({ status: 'failed', last_error: 'endpoint_deleted' });
});

test('"resend: new delivery, same event id", of one that succeeded and of one that failed', async () => {
  const endpointId = await anEndpoint(db, organizationId);
  const [good = ''] = await deliveries(db, organizationId, endpointId, 1, { status: 'succeeded', attempts: 1 });
  const [bad = ''] = await deliveries(db, organizationId, endpointId, 1, { status: 'failed', attempts: 6 });
  woken = 0;
  clock = after(3600);
  for (const id of [good, bad]) {
    const before = await me.get(`/deliveries/${id}`);
    const resent = await me.post(`/deliveries/${id}/resend`);
    expect(resent.status).toBe(202);
    expect(resent.body).toMatchObject({
      event_id: before.body.event_id,
      endpoint_id: endpointId,
      origin: 'resend',
      status: 'pending',
      attempts: 0,
      created_at: clock.toISOString(),
      next_attempt_at: clock.toISOString(),
      request: { body: before.body.request.body },
    });
    expect(resent.body.id).not.toBe(id);
    expect((await me.get(`/deliveries/${id}`)).body).toEqual(before.body);
  }
  clock = T0;
  expect(woken).toBe(2);
  const rows = await deliveryRows(db, endpointId);
  expect(rows.filter(({ origin }) => origin === 'resend')).toMatchObject([
    { leaseToken: null, orderedKey: null, throttleKey: null },
    { leaseToken: null, orderedKey: null, throttleKey: null },
  ]);
});

test.each([
  ['pending', {}, 'still pending: it is about to be sent'],
  ['of a paused endpoint', { active: false }, 'The endpoint is paused; resume it first: PATCH it with "active": true'],
  ['of one that is gone', { active: false, disabledReason: 'gone' }, 'answered 410 Gone and was switched off'],
  ['of one that kept failing', { active: false, disabledReason: 'failing' }, 'was switched off (failing)'],
  ['of a deleted endpoint', { active: false, deletedAt: T0 }, 'was deleted for good; create another one and recover'],
])('resending is a 409 that says what to do: %s', async (name, state, remedy) => {
  const endpointId = await anEndpoint(db, organizationId);
  const status = name === 'pending' ? 'pending' : 'failed';
  const [id = ''] = await deliveries(db, organizationId, endpointId, 1, { status });
  await db.prisma.webhookEndpoint.update({ where: { id: endpointId }, data: state });
  const answer = await me.post(`/deliveries/${id}/resend`);
  expect([answer.status, answer.body.error.code]).toEqual([409, 'conflict']);
  expect(answer.body.error.message).toContain(remedy);
  expect(await deliveryRows(db, endpointId)).toHaveLength(1);
});

test('what the retention is about to delete is not sent again', async () => {
  const endpointId = await anEndpoint(db, organizationId);
  const createdAt = after(-30 * 86_400 + 60);
  const [id = ''] = await deliveries(db, organizationId, endpointId, 1, { status: 'failed', createdAt });
  expect((await me.post(`/deliveries/${id}/resend`)).status).toBe(404);
});

test('"test" makes an event webhook.test and a delivery for this endpoint only, subscribed or not', async () => {
  const testing = await anOrganization(db);
  const mine = as(testing);
  const { body: endpoint } = await mine.post('/endpoints', valid);
  const { body: other } = await mine.post('/endpoints', { ...valid, events: ['*'] });
  const tested = await mine.post(`/endpoints/${endpoint.id}/test`, {});
  expect(tested.status).toBe(202);
  expect(tested.body).toMatchObject({ event: 'webhook.test', origin: 'test', status: 'pending', attempts: 0 });
  const sent = JSON.parse(tested.body.request.body);
  expect(sent).toEqual({
    id: tested.body.event_id,
    event: 'webhook.test',
    timestamp: T0.toISOString(),
    data: {
      organization_id: expect.stringMatching(/^org_/),
      endpoint_id: endpoint.id,
      occurred_at: T0.toISOString(),
      test: true,
    },
  });
  expect(await deliveryRows(db, other.id)).toEqual([]);
  const event = await db.prisma.domainEvent.findUniqueOrThrow({ where: { id: sent.id } });
  expect(event).toMatchObject({ isTest: true, chargePointId: null, siteId: null, sequence: null });
  expect((await logPage(db, testing, { order: 'desc', position: undefined, limit: 10 })).events).toEqual([]);
});

test.each(eventTypes)('a sample of %s is marked as a test and satisfies its schema', async (type) => {
  const endpointId = await anEndpoint(db, organizationId, { events: ['session.ended'] });
  const { body } = await me.post(`/endpoints/${endpointId}/test`, { event: type });
  const sent = JSON.parse(body.request.body);
  expect(sent.event).toBe(type);
  expect(catalogue[type].data.strict().safeParse(sent.data).error).toBeUndefined();
  expect(sent.data).toMatchObject({ test: true, organization_id: organizationId });
});

test('a test is refused with the remedy for a paused endpoint, and with the field for a type that there is not', async () => {
  const paused = await anEndpoint(db, organizationId, { active: false });
  const answer = await me.post(`/endpoints/${paused}/test`, {});
  expect([answer.status, answer.body.error.message]).toEqual([409, expect.stringContaining('"active": true')]);
  const endpointId = await anEndpoint(db, organizationId);
  const unknown = await me.post(`/endpoints/${endpointId}/test`, { event: 'session.paused' });
  expect(faults(unknown)[0]).toContain('event must be one of');
  expect(await deliveryRows(db, endpointId)).toEqual([]);
});

test('with wait=true a test is answered after its first attempt', async () => {
  const endpointId = await anEndpoint(db, organizationId);
  const asked = me.post(`/endpoints/${endpointId}/test?wait=true`, {}).then((answer) => answer);
  let id: string | undefined;
  while (id === undefined) id = (await deliveryRows(db, endpointId))[0]?.id;
  await attempt(id, 1);
  const failed = { attempts: 1, responseStatus: 500, lastError: 'HTTP 500', firstAttemptAt: T0 };
  await db.prisma.webhookDelivery.update({ where: { id }, data: failed });
  const answer = await asked;
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ id, attempts: 1, status: 'pending', attempt_log: [{ number: 1 }] });
});

test('with wait=true a test that nobody sends in time is answered 202 and goes on', async () => {
  const endpointId = await anEndpoint(db, organizationId);
  const hasty = webhookRest(db, { timeoutMs: -4950 }).as(organizationId); // 50 ms with the 5 s that are added
  const answer = await hasty.post(`/endpoints/${endpointId}/test?wait=true`, {});
  expect([answer.status, answer.body.status, answer.body.attempts]).toEqual([202, 'pending', 0]);
  expect(await deliveryRows(db, endpointId)).toMatchObject([{ id: answer.body.id, status: 'pending' }]);
});

test('"stats": counts, rate, durations, by event type, what waits, in the hours that were asked for', async () => {
  const now = new Date();
  clock = now;
  const { body: endpoint } = await me.post('/endpoints', valid);
  const path = `/endpoints/${endpoint.id}/stats`;
  const empty = await me.get(path);
  expect(empty.body).toMatchObject({
    hours: 24,
    is_complete: true,
    deliveries: { total: 0, succeeded: 0, failed: 0, pending: 0 },
    success_rate: null,
    attempts: 0,
    duration_ms: null,
    by_event: [],
    oldest_pending_age_s: null,
    next_retry_at: null,
    last_failure_at: null,
  });
  const since = new Date(now.getTime() - 600_000);
  const retryAt = new Date(now.getTime() + 60_000);
  const good = await deliveries(db, organizationId, endpoint.id, 3, { status: 'succeeded', createdAt: since });
  const [bad = ''] = await deliveries(db, organizationId, endpoint.id, 1, { status: 'failed', createdAt: since });
  await deliveries(db, organizationId, endpoint.id, 1, { attempts: 1, createdAt: since, nextAttemptAt: retryAt });
  for (const id of good) await attempt(id, 1, { durationMs: 10, error: null });
  await attempt(bad, 1, { durationMs: 990, startedAt: since });
  await db.prisma.webhookDelivery.update({ where: { id: bad }, data: { event: 'session.ended' } });
  const { eventId } = await db.prisma.webhookDelivery.findUniqueOrThrow({ where: { id: bad } });
  await db.prisma.webhookDelivery.create({
    data: {
      id: firstIdAt('whd', new Date(now.getTime() - 25 * 3_600_000)),
      organizationId,
      endpointId: endpoint.id,
      eventId,
      event: 'session.ended',
      status: 'failed',
      createdAt: since,
    },
  });
  expect((await me.get(path)).body).toMatchObject({
    deliveries: { total: 5, succeeded: 3, failed: 1, pending: 1 },
    success_rate: 0.75,
    attempts: 4,
    duration_ms: { p50: 10, p95: 990, p99: 990 },
    by_event: [
      { event: 'session.started', total: 4, succeeded: 3, failed: 0, pending: 1 },
      { event: 'session.ended', total: 1, succeeded: 0, failed: 1, pending: 0 },
    ],
    oldest_pending_age_s: 600,
    next_retry_at: retryAt.toISOString(),
    last_failure_at: since.toISOString(),
  });
  expect((await me.get(`${path}?hours=26`)).body.deliveries.total).toBe(6);
  expect(await statsOf(db, organizationId, endpoint.id, since, 2)).toMatchObject({ looked: 2, isComplete: false });
  for (const hours of ['0', '721', 'x'])
    expect(faults(await me.get(`${path}?hours=${hours}`))).toEqual(['hours must be an integer from 1 to 720']);
  clock = T0;
});

test('"event-types with JSON Schema and example each": all that can be subscribed to', async () => {
  const { body } = await me.get('/event-types');
  type Told = { type: EventType; additive: boolean; schema: object; example: object };
  const told: Told[] = body.data;
  expect(told.map(({ type }) => type)).toEqual(eventTypes);
  expect(told.filter(({ additive }) => !additive)).toHaveLength(14);
  for (const { type, schema, example } of told) {
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    const validate = ajv.compile(schema);
    expect([type, validate(example), validate.errors]).toEqual([type, true, null]);
    expect(validate({ ...example, event: 'another.type' })).toBe(false);
  }
});

test("another organization's deliveries, tests and stats are not to be had", async () => {
  const endpointId = await anEndpoint(db, organizationId);
  const [id = ''] = await deliveries(db, organizationId, endpointId, 1, { status: 'failed' });
  const stranger = as(await anOrganization(db));
  const answers = [
    await stranger.get(`/deliveries/${id}`),
    await stranger.post(`/deliveries/${id}/resend`),
    await stranger.post(`/endpoints/${endpointId}/test`, {}),
    await stranger.get(`/endpoints/${endpointId}/stats`),
    await stranger.post(`/endpoints/${endpointId}/rotate-secret`, {}),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  expect(await deliveryRows(db, endpointId)).toHaveLength(1);
});
