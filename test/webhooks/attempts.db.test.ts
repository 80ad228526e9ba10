import { afterEach, expect, test } from '@jest/globals';
import { createRetentionStore } from '../../src/webhooks/retention-store.ts';
import { plainSignature, standardSignature } from '../../src/webhooks/sign.ts';
import { testDatabase } from '../support/db.ts';
import { fakeSender, fresh, NEVER, OK, startDispatcher, stopDispatchers } from './support/dispatcher.ts';
import { until } from './support/receiver.ts';
import { after, anEndpoint, connected, deliveryRows, keyRing } from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
afterEach(stopDispatchers);

const OLD = 'the old secret of a customer';
const NEW = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const attemptsOf = (deliveryId: string) =>
  db.prisma.webhookAttempt.findMany({ where: { deliveryId }, orderBy: { number: 'asc' } });
const only = async (endpointId: string) => {
  const [row] = await deliveryRows(db, endpointId);
  if (row === undefined) throw new Error('there is no delivery');
  return row;
};
const rotated = (endpointId: string, until_: Date) =>
  db.prisma.webhookEndpoint.update({
    where: { id: endpointId },
    data: {
      secret: new Uint8Array(keyRing.encrypt(Buffer.from(NEW), endpointId)),
      previousSecret: new Uint8Array(keyRing.encrypt(Buffer.from(OLD), endpointId)),
      previousSecretUntil: until_,
    },
  });

test('each attempt is kept: when, where to, what came of it, the beginning of the reply, the signatures as sent', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { secret: OLD, url: 'https://receiver.test/old' });
  let clock = after(0);
  const reply = { headers: { 'content-type': 'text/html', server: 'nginx' }, body: '<h1>Bad gateway</h1>' };
  const { sender, sent } = fakeSender(() => (sent.length === 1 ? { ...OK, status: 502, reply } : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
  await emit(root, [connected()]);
  await until('the first is written', async () => (await only(endpoint)).attempts === 1);
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { url: 'https://receiver.test/new' } });
  clock = after(58);
  await dispatcher.sweep();
  await until('it is delivered', async () => (await only(endpoint)).status === 'succeeded');
  const { id: deliveryId, attempts } = await only(endpoint);
  expect(attempts).toBe(2);
  expect(await attemptsOf(deliveryId)).toEqual([
    {
      deliveryId,
      number: 1,
      startedAt: after(0),
      durationMs: expect.any(Number),
      url: 'https://receiver.test/old',
      responseStatus: 502,
      error: 'HTTP 502',
      responseBody: reply.body,
      responseHeaders: reply.headers,
      signature: sent[0]?.headers['X-Webhook-Signature'],
      previousSignature: null,
      standardSignature: sent[0]?.headers['webhook-signature'],
    },
    {
      deliveryId,
      number: 2,
      startedAt: after(58),
      durationMs: expect.any(Number),
      url: 'https://receiver.test/new',
      responseStatus: 200,
      error: null,
      responseBody: null,
      responseHeaders: null,
      signature: sent[1]?.headers['X-Webhook-Signature'],
      previousSignature: null,
      standardSignature: sent[1]?.headers['webhook-signature'],
    },
  ]);
});

test('an attempt that found no receiver is kept too, without a status; one whose lease is lost is not', async () => {
  const { organizationId, root } = await fresh(db);
  const [dead, lost] = [
    await anEndpoint(db, organizationId, { url: 'https://receiver.test/dead' }),
    await anEndpoint(db, organizationId, { url: 'https://receiver.test/lost' }),
  ];
  let finish: () => void = () => undefined;
  const held = new Promise<typeof OK>((resolve) => {
    finish = () => resolve(OK);
  });
  const { sender, sent } = fakeSender(({ url }) =>
    url.endsWith('/dead') ? { kind: 'unanswered', why: 'dns_failed: ENOTFOUND' } : held,
  );
  const { emit } = startDispatcher({ on: db, sender });
  await emit(root, [connected()]);
  await until('both are begun', () => sent.length === 2);
  await db.prisma.webhookDelivery.updateMany({ where: { endpointId: lost }, data: { leaseToken: 'somebody' } });
  finish();
  await until('the dead one is written', async () => (await only(dead)).attempts === 1);
  expect(await attemptsOf((await only(dead)).id)).toMatchObject([
    { number: 1, responseStatus: null, error: 'dns_failed: ENOTFOUND', responseBody: null, signature: null },
  ]);
  await emit(root, [connected()]);
  await until('what came after it is written', async () => (await deliveryRows(db, lost))[1]?.status === 'succeeded');
  expect(await attemptsOf((await only(lost)).id)).toEqual([]);
});

test('after a rotation both secrets sign until the overlap is over, of what was just born and of what is claimed', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  await rotated(endpoint, after(60));
  let clock = after(0);
  const { sender, sent } = fakeSender(() => ({ ...OK, status: clock < after(120) ? 500 : 200 }));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
  await emit(root, [connected()]);
  await until('the first is written', async () => (await only(endpoint)).attempts === 1);
  clock = after(59);
  await dispatcher.sweep();
  await until('the second is written', async () => (await only(endpoint)).attempts === 2);
  clock = after(400);
  await dispatcher.sweep();
  await until('it is delivered', async () => (await only(endpoint)).status === 'succeeded');
  const { eventId, id } = await only(endpoint);
  const signaturesAt = (at: Date, body: string, secrets: string[]) => ({
    plain: plainSignature(NEW, body),
    previous: secrets.length > 1 ? plainSignature(OLD, body) : undefined,
    standard: secrets.map((secret) => standardSignature(secret, eventId, at.getTime() / 1000, body)).join(' '),
  });
  expect(
    sent.map(({ headers }) => ({
      plain: headers['X-Webhook-Signature'],
      previous: headers['X-Webhook-Signature-Previous'],
      standard: headers['webhook-signature'],
    })),
  ).toEqual([
    signaturesAt(after(0), sent[0]?.body ?? '', [NEW, OLD]),
    signaturesAt(after(59), sent[1]?.body ?? '', [NEW, OLD]),
    signaturesAt(after(400), sent[2]?.body ?? '', [NEW]),
  ]);
  expect((await attemptsOf(id)).map(({ previousSignature }) => previousSignature !== null)).toEqual([
    true,
    true,
    false,
  ]);
});

test('attempts go with their delivery when its time is over', async () => {
  const { organizationId, root } = await fresh(db);
  await anEndpoint(db, organizationId);
  await anEndpoint(db, organizationId, { url: 'https://receiver.test/hung' });
  const { sender } = fakeSender(({ url }) => (url.endsWith('/hung') ? NEVER : OK));
  const { emit } = startDispatcher({ on: db, sender });
  await emit(root, [connected(), connected(), connected()]);
  const count = () => db.prisma.webhookAttempt.count();
  await until(
    'three are kept',
    async () => (await db.prisma.webhookDelivery.count({ where: { status: 'succeeded' } })) === 3,
  );
  const before = await count();
  expect(await createRetentionStore(db).deleteDeliveries(new Date(Date.now() + 86_400_000), 2)).toBe(2);
  expect(await count()).toBe(before - 2);
});
