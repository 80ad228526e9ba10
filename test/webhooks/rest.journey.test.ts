/** The calls of this room on a whole server: what they set going arrives at a real receiver. */
import { afterEach, expect, test } from '@jest/globals';
import { verifyWebhook } from '../../src/webhooks/index.ts';
import { plainSignature, standardSignature } from '../../src/webhooks/sign.ts';
import { startApp } from '../support/app.ts';
import { testCertificate } from './support/certificate.ts';
import { answer, type Behaviour, hang, startReceiver, until } from './support/receiver.ts';
import { deliveries } from './support/world.ts';

const certificate = await testCertificate([], ['127.0.0.1']);
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

type Json = { readonly [key: string]: (string & Json) | undefined };
async function aServer(behaviour?: Behaviour) {
  const receiver = await startReceiver(certificate, behaviour);
  opened.push(receiver.close);
  const app = await startApp({ webhookCa: certificate.caPem });
  opened.push(app.stop);
  const { body } = await app.api<Json>('POST', '/webhooks/endpoints', {
    url: `https://127.0.0.1:${receiver.port}/hook`,
    events: ['session.started'],
    secret: 'the secret of the receiver',
  });
  const { organizationId } = await app.db.prisma.webhookEndpoint.findFirstOrThrow();
  const call = (method: string, path: string, given?: object) => app.api<Json>(method, `/webhooks${path}`, given);
  return { receiver, db: app.db, endpointId: String(body['id']), organizationId, call };
}

test('a test with wait=true comes back when the receiver has answered, verified under the secret', async () => {
  const { receiver, endpointId, call } = await aServer(answer(204));
  const tested = await call('POST', `/endpoints/${endpointId}/test?wait=true`, { event: 'session.ended' });
  expect(tested.status).toBe(200);
  expect(tested.body).toMatchObject({ status: 'succeeded', response_status: 204, attempts: 1, origin: 'test' });
  const [got] = receiver.received;
  expect(got?.body).toBe(tested.body['request']?.['body']);
  expect(tested.body['attempt_log']).toMatchObject([{ number: 1, response_status: 204, error: null }]);
  for (const [name, value] of Object.entries(tested.body['request']?.['headers'] ?? {}))
    expect([name, got?.headers[name.toLowerCase()]]).toEqual([name, value]);
  expect(tested.body['request']?.['headers']?.['X-Webhook-Signature']).toMatch(/^sha256=/);
  expect(verifyWebhook(got?.body ?? '', got?.headers ?? {}, 'the secret of the receiver')).toEqual({ ok: true });
});

test('a test with wait=true of a receiver that never answers comes back with its time-out', async () => {
  const { endpointId, call } = await aServer(hang);
  const tested = await call('POST', `/endpoints/${endpointId}/test?wait=true`, {});
  expect(tested.status).toBe(200);
  expect(tested.body).toMatchObject({ status: 'pending', attempts: 1, last_error: expect.stringContaining('timeout') });
});

test('after rotate-secret deliveries are signed with the new secret, those sent again too', async () => {
  const { receiver, endpointId, call } = await aServer();
  const first = await call('POST', `/endpoints/${endpointId}/test?wait=true`, {});
  const { body: rotated } = await call('POST', `/endpoints/${endpointId}/rotate-secret`, { overlap_hours: 0 });
  const resent = await call('POST', `/deliveries/${first.body['id']}/resend`);
  expect(resent.status).toBe(202);
  await until('it came again', () => receiver.received.length === 2);
  const [before, after] = receiver.received;
  expect(after?.body).toBe(before?.body);
  expect(after?.headers['webhook-id']).toBe(before?.headers['webhook-id']);
  expect(after?.headers['x-webhook-delivery']).toBe(resent.body['id']);
  const secret = String(rotated['secret']);
  expect(verifyWebhook(after?.body ?? '', after?.headers ?? {}, secret)).toEqual({ ok: true });
  expect(verifyWebhook(before?.body ?? '', before?.headers ?? {}, secret)).toMatchObject({ ok: false });
});

test('"both valid for overlap_hours": within the overlap a delivery verifies under the old secret and the new one', async () => {
  const { receiver, endpointId, call } = await aServer();
  const { body: rotated } = await call('POST', `/endpoints/${endpointId}/rotate-secret`, {});
  const tested = await call('POST', `/endpoints/${endpointId}/test?wait=true`, {});
  const { body = '', headers = {} } = receiver.received[0] ?? {};
  const [old, fresh] = ['the secret of the receiver', String(rotated['secret'])];
  expect(verifyWebhook(body, headers, fresh)).toEqual({ ok: true });
  expect(headers['x-webhook-signature-previous']).toBe(plainSignature(old, body));
  const timestampS = Number(headers['webhook-timestamp']);
  const [eventId, standard] = [String(headers['webhook-id']), String(headers['webhook-signature'])];
  expect(standard.split(' ')).toEqual([fresh, old].map((key) => standardSignature(key, eventId, timestampS, body)));
  expect(tested.body['attempt_log']).toMatchObject([
    { signatures: { 'webhook-signature': standard, 'X-Webhook-Signature-Previous': plainSignature(old, body) } },
  ]);
});

test('what failed is recovered by the schedule and arrives', async () => {
  const { receiver, db, endpointId, organizationId, call } = await aServer();
  const ids = await deliveries(db, organizationId, endpointId, 25, { status: 'failed', createdAt: new Date() });
  const since = new Date(Date.now() - 60_000).toISOString();
  const range = { since, until: new Date(Date.now() - 1).toISOString(), kind: 'failed' };
  const { status, body: job } = await call('POST', `/endpoints/${endpointId}/recover`, range);
  expect(status).toBe(202);
  await until('all have arrived', () => receiver.received.length === ids.length);
  await until('the job is done', async () => {
    const { body } = await call('GET', `/recoveries/${job['id']}`);
    return body['status'] === 'completed';
  });
  expect((await call('GET', `/recoveries/${job['id']}`)).body).toMatchObject({ created: 25 });
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(25);
});
