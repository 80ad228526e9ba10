/**
 * What becomes of deliveries when their endpoint changes: of one that is in flight, one that waits in memory, one that waits in the
 * database, and the first two of another process, which is told nothing and only sweeps.
 */
import { afterEach, expect, test } from '@jest/globals';
import { createDeliveryStore } from '../../src/webhooks/delivery-store.ts';
import { deleteEndpoint } from '../../src/webhooks/endpoint-store.ts';
import type { Answer, SendRequest } from '../../src/webhooks/sender.ts';
import { plainSignature } from '../../src/webhooks/sign.ts';
import { testDatabase } from '../support/db.ts';
import { fakeSender, fresh, OK, startDispatcher, statuses, stopDispatchers } from './support/dispatcher.ts';
import { until } from './support/receiver.ts';
import { after, anEndpoint, connected, deliveryRows, keyRing } from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
afterEach(stopDispatchers);

const OLD = 'https://receiver.test/old';
const NEW = 'https://receiver.test/new';
const SECRETS = { old: 'the old secret of a customer', new: 'the new secret of a customer' };
const sealed = (endpointId: string, secret: string) => new Uint8Array(keyRing.encrypt(Buffer.from(secret), endpointId));
const limits = { perEndpoint: 1, inFlight: 64, waiting: 100 };

async function arrange() {
  const { organizationId, root } = await fresh(db);
  const id = await anEndpoint(db, organizationId, { url: OLD, secret: SECRETS.old });
  let clock = after(0);
  const node = () => {
    let finish: (answer: Answer) => void = () => undefined;
    const first = new Promise<Answer>((resolve) => {
      finish = resolve;
    });
    const { sender, sent } = fakeSender(() => (sent.length === 1 ? first : OK));
    return { ...startDispatcher({ on: db, sender, limits, now: () => clock }), sent, finish };
  };
  const [here, there] = [node(), node()];
  for (const each of [here, there]) {
    await each.emit(root, [connected()]);
    await until('the first is in flight', () => each.sent.length === 1);
    await each.emit(root, [connected()]);
  }
  await here.emit(root, [connected()]);
  const rows = await deliveryRows(db, id);
  expect(rows.map(({ leaseToken }) => leaseToken !== null)).toEqual([true, true, true, true, false]);
  const [hereFlying, hereWaiting, thereFlying, thereWaiting, inDatabase] = rows.map(({ id: rowId }) => rowId);

  /** The route tells its own process; the other one sweeps within a second. */
  const told = async () => {
    await here.dispatcher.endpointChanged({ id, organizationId: root.organizationId });
    await there.dispatcher.sweep();
  };
  /** What was in flight is answered, and both go on. */
  const goOn = async (answer: Answer = OK) => {
    here.finish(answer);
    there.finish(OK);
    await until('nothing is in flight', () => here.dispatcher.inFlight() + there.dispatcher.inFlight() === 0);
    for (let i = 0; i < 3; i += 1) {
      await Promise.all([here.dispatcher.sweep(), there.dispatcher.sweep()]);
      await until('nothing is in flight', () => here.dispatcher.inFlight() + there.dispatcher.inFlight() === 0);
    }
  };
  const change = (data: Parameters<typeof db.prisma.webhookEndpoint.update>[0]['data']) =>
    db.prisma.webhookEndpoint.update({ where: { id }, data });
  const requests = (): SendRequest[] => [...here.sent, ...there.sent];
  const urls = () => Object.fromEntries(requests().map(({ headers, url }) => [headers['X-Webhook-Delivery'], url]));
  return {
    id,
    organizationId,
    root,
    here,
    there,
    told,
    goOn,
    change,
    requests,
    urls,
    flying: [hereFlying ?? '', thereFlying ?? ''],
    waiting: [hereWaiting ?? '', thereWaiting ?? '', inDatabase ?? ''],
    at: (at: Date) => {
      clock = at;
    },
  };
}
const all = (ids: readonly string[], value: string) => ids.map((id) => [id, value]);

test('URL: what is in flight ends at the old one, everything that waits goes to the new one, once', async () => {
  const { id, change, told, goOn, urls, requests, flying, waiting } = await arrange();
  await change({ url: NEW });
  await told();
  await goOn();
  expect(urls()).toEqual(Object.fromEntries([...all(flying, OLD), ...all(waiting, NEW)]));
  expect(requests()).toHaveLength(5);
  expect(await statuses(db, id)).toEqual({ succeeded: 5 });
});

test.each([
  ['events', { events: ['firmware.updated'] }],
  ['description', { description: 'another one' }],
  ['ordered', { ordered: true }],
] as const)('%s: what waits is delivered as it was meant when it happened', async (_what, data) => {
  const { id, change, told, goOn, urls, requests, flying, waiting } = await arrange();
  await change('events' in data ? { events: [...data.events] } : data);
  await told();
  await createDeliveryStore(db).adoptOrder(after(0), 100);
  await goOn();
  expect(urls()).toEqual(Object.fromEntries(all([...flying, ...waiting], OLD)));
  expect(requests()).toHaveLength(5);
  expect(await statuses(db, id)).toEqual({ succeeded: 5 });
});

test('secret: everything that waits is signed with the new one, and with the old one during the overlap', async () => {
  const { id, change, told, goOn, requests, flying } = await arrange();
  await change({
    secret: sealed(id, SECRETS.new),
    previousSecret: sealed(id, SECRETS.old),
    previousSecretUntil: after(3600),
  });
  await told();
  await goOn();
  expect(requests()).toHaveLength(5);
  for (const { headers, body } of requests()) {
    const wasFlying = flying.includes(headers['X-Webhook-Delivery'] ?? '');
    expect([headers['X-Webhook-Signature'], headers['X-Webhook-Signature-Previous']]).toEqual(
      wasFlying
        ? [plainSignature(SECRETS.old, body), undefined]
        : [plainSignature(SECRETS.new, body), plainSignature(SECRETS.old, body)],
    );
  }
});

test('pause: what is in flight ends, what waits is held, nothing new is made; resumed it goes on', async () => {
  const { id, root, here, change, told, goOn, urls, flying, waiting } = await arrange();
  await change({ active: false });
  await told();
  await goOn();
  expect(Object.keys(urls()).toSorted()).toEqual(flying.toSorted());
  expect(await statuses(db, id)).toEqual({ succeeded: 2, pending: 3 });
  await here.emit(root, [connected()]);
  expect(await deliveryRows(db, id)).toHaveLength(5);
  await change({ active: true });
  await told();
  await goOn();
  expect(await statuses(db, id)).toEqual({ succeeded: 5 });
  expect(Object.keys(urls()).toSorted()).toEqual([...flying, ...waiting].toSorted());
});

test('pause beyond 24 hours: what waited has failed as expired_while_paused', async () => {
  const { id, change, told, goOn } = await arrange();
  await change({ active: false });
  await told();
  await goOn();
  expect(await createDeliveryStore(db).endHeld(after(86_399), 100)).toBe(0);
  expect(await createDeliveryStore(db).endHeld(after(86_401), 100)).toBe(3);
  const rows = await deliveryRows(db, id);
  expect(rows.filter(({ lastError }) => lastError === 'expired_while_paused')).toHaveLength(3);
});

test('delete: nothing more is sent, here or there, and everything that was not through has failed', async () => {
  const { id, organizationId, told, goOn, requests } = await arrange();
  expect(await deleteEndpoint(db, organizationId, id, after(1))).toBe(true);
  await told();
  await goOn();
  expect(requests()).toHaveLength(2);
  expect((await deliveryRows(db, id)).map(({ status, lastError }) => `${status} ${lastError}`)).toEqual(
    Array.from({ length: 5 }, () => 'failed endpoint_deleted'),
  );
});

test('410: the endpoint is off, the others in flight end as they end, what waits is held until a person switches it on', async () => {
  const { id, here, there, change, goOn, flying, urls } = await arrange();
  const [first = ''] = flying;
  here.finish({ ...OK, status: 410 });
  const endpoint = () => db.prisma.webhookEndpoint.findUnique({ where: { id } });
  await until('the endpoint is off', async () => (await endpoint())?.active === false);
  expect(await endpoint()).toMatchObject({ disabledReason: 'gone' });
  await there.dispatcher.sweep();
  await goOn();
  expect(Object.keys(urls()).toSorted()).toEqual(flying.toSorted());
  const rows = await deliveryRows(db, id);
  expect(rows.find((row) => row.id === first)).toMatchObject({ status: 'failed', lastError: 'HTTP 410', attempts: 1 });
  expect(await statuses(db, id)).toEqual({ failed: 1, succeeded: 1, pending: 3 });
  await change({ active: true, disabledReason: null });
  await there.dispatcher.sweep();
  await until('the rest is through', async () => (await statuses(db, id))['succeeded'] === 4);
});

test('410: while that is being written, nothing that is due or born goes there any more', async () => {
  const { organizationId, root } = await fresh(db);
  const id = await anEndpoint(db, organizationId, { url: OLD });
  let write: () => void = () => undefined;
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  let isWriting = false;
  const { sender, sent } = fakeSender(() => ({ ...OK, status: 410 }));
  const { dispatcher, emit } = startDispatcher({
    ...{ on: db, sender, limits },
    store: (store) => ({
      ...store,
      async complete(...args) {
        isWriting = true;
        await written;
        return store.complete(...args);
      },
    }),
  });
  await emit(root, [connected(), connected(), connected()]);
  await until('the 410 is being written', () => isWriting);
  await dispatcher.sweep();
  await emit(root, [connected()]);
  await dispatcher.sweep();
  write();
  await until('nothing is in flight', () => dispatcher.inFlight() === 0);
  expect(sent).toHaveLength(1);
  expect(await statuses(db, id)).toEqual({ failed: 1, pending: 3 });
  // given back, not held until their leases end
  await until('nothing is leased', async () =>
    (await deliveryRows(db, id)).every(({ leaseToken }) => leaseToken === null),
  );
});
