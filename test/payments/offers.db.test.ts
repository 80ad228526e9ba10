/** Offers of QR codes, as one batch of ingest writes them. */
import { afterAll, expect, test } from '@jest/globals';
import type { PaymentInput } from '../../src/ingest/inputs.ts';
import type { PaymentState, WebPaymentOffer } from '../../src/payments/types.ts';
import { loadOffers, saveOffers } from '../../src/payments/web-payment-store.ts';
import { testDatabase } from '../support/db.ts';
import { after } from '../support/inputs.ts';

const db = await testDatabase();
afterAll(() => db.close());

const offer = (n: number, state: WebPaymentOffer['state'], evseId = 1): WebPaymentOffer => ({
  ...{ evseId, urlTemplate: `https://${n}.example.com`, validityS: 60, length: 8, setBy: 'key_1', state },
  ...{ secret: Buffer.from(`sealed ${n}`), createdAt: after(n) },
});
const stateOf = (offers: Record<string, WebPaymentOffer>): PaymentState => ({
  settlements: new Map(),
  offers: new Map(Object.entries(offers)),
});
const root = { chargePointId: 'cp_1', number: 1, identity: 'CP', organizationId: 'org_1', siteId: null };
const write = (before: Record<string, WebPaymentOffer>, now: Record<string, WebPaymentOffer>) =>
  db.transaction((tx) => saveOffers(tx, [{ root, before: stateOf(before), after: stateOf(now) }]));
const shown = async () =>
  (await db.prisma.webPayment.findMany({ orderBy: { evseId: 'asc' } })).map(({ evseId, urlTemplate }) => [
    evseId,
    new URL(urlTemplate).host[0],
  ]);
const offered = async () =>
  (await db.prisma.webPaymentOffer.findMany({ orderBy: { createdAt: 'asc' } })).map(({ commandId }) => commandId);

test('several of one EVSE that are taken in one batch: the last one is shown, whatever their order, and what was offered before goes', async () => {
  const before = {
    old: offer(0, 'offered'),
    a: offer(1, 'offered'),
    b: offer(2, 'offered'),
    later: offer(3, 'offered'),
  };
  await write({}, { ...before, elsewhere: offer(1, 'offered', 2) });
  await write(before, { ...before, b: offer(2, 'taken'), a: offer(1, 'taken') });
  expect(await shown()).toEqual([[1, '2']]);
  expect(await offered()).toEqual(['elsewhere', 'later']);
  const { previousSecret } = await db.prisma.webPayment.findFirstOrThrow();
  expect(previousSecret).toBeNull();
});

test('one that is offered and taken, or refused, in one batch is shown, or is not', async () => {
  await write({}, { now: offer(4, 'taken', 3), not: offer(5, 'refused', 3) });
  expect(await shown()).toEqual([
    [1, '2'],
    [3, '4'],
  ]);
  expect(await offered()).toEqual(['elsewhere', 'later']);
  const { previousSecret } = await db.prisma.webPayment.findFirstOrThrow({ where: { evseId: 1 } });
  expect(previousSecret).toBeNull();
});

test('an offer is found by its command, at its own charge point alone', async () => {
  const ended = (chargePointId: string, commandId: string): PaymentInput => ({
    room: 'payments',
    type: 'command_ended',
    ...{ chargePointId, commandId, receivedAt: after(0) },
    ...{ status: 'accepted', why: undefined, learned: undefined },
  });
  const found = await db.transaction((tx) => loadOffers(tx, [ended('cp_1', 'later'), ended('cp_2', 'elsewhere')]));
  expect([...found].map(([id, offers]) => [id, [...offers.keys()]])).toEqual([['cp_1', ['later']]]);
});
