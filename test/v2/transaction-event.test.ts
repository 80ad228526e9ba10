/** The adapter of 2.x alone: what a TransactionEvent becomes, and what its answer holds. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Input, TransactionEvent } from '../../src/ingest/inputs.ts';
import { UnusableMessage } from '../../src/ocpp/contract.ts';
import { digestOf } from '../../src/ocpp/v2/event-digest.ts';
import { NOW, recorder } from './support.ts';

const PROTOCOLS = ['ocpp2.0.1', 'ocpp2.1'] as const;
const event = (more: Record<string, unknown> = {}) => ({
  eventType: 'Updated',
  timestamp: '2026-11-24T11:59:00.000Z',
  triggerReason: 'MeterValuePeriodic',
  seqNo: 3,
  transactionInfo: { transactionId: 'TX-1' },
  ...more,
});
const token = { idToken: { idToken: 'TAG', type: 'ISO14443' } };
const eventOf = (input: Input | undefined): TransactionEvent => {
  if (input === undefined || !('event' in input)) throw new Error('no event was handed in');
  return input.event;
};

describe.each(PROTOCOLS)('%s', (protocol) => {
  const reply = (more: object = {}) => ({ sessionId: 'ses_1', authorized: undefined, totalCost: undefined, ...more });

  test('an event without a token goes to the sessions, and is answered without a word on tokens or costs', async () => {
    const { send, inputs } = recorder(protocol, () => reply());
    expect(await send('TransactionEvent', event())).toEqual({});
    expect(inputs).toMatchObject([{ room: 'sessions', type: 'transaction_event', receivedAt: NOW }]);
    expect(eventOf(inputs[0])).toMatchObject({
      ...{ ocppTransactionId: 'TX-1', seqNo: 3, kind: 'updated', trigger: 'MeterValuePeriodic', offline: false },
      ...{ place: undefined, token: undefined, spare: undefined, readings: [], flags: [] },
    });
  });

  test('one with a token, and one that begins, are asked of the tokens; the answer tells what they say', async () => {
    const authorized = { authorization: 'accepted', expiresAt: new Date('2027-01-01T00:00:00.000Z'), groupId: 'FLEET' };
    const { send, inputs } = recorder(protocol, () => reply({ authorized, totalCost: 0 }));
    const place = { evse: { id: 2, connectorId: 1 }, reservationId: 9, numberOfPhasesUsed: 3 };
    expect(await send('TransactionEvent', event({ ...token, ...place }))).toEqual({
      totalCost: 0,
      idTokenInfo: {
        status: 'Accepted',
        cacheExpiryDateTime: '2027-01-01T00:00:00.000Z',
        groupIdToken: { idToken: 'FLEET', type: 'Central' },
      },
    });
    await send('TransactionEvent', event({ eventType: 'Started', seqNo: 0 }));
    expect(inputs.map(({ room, type }) => `${room}.${type}`)).toEqual(Array(2).fill('tokens.authorize_event'));
    expect(eventOf(inputs[0])).toMatchObject({
      token: { uid: 'TAG', isTyped: false, asks: 'start' },
      place: { evseId: 2, connectorId: 1 },
      reservationId: 9,
    });
    expect(eventOf(inputs[1]).spare).toEqual({ sessionId: expect.any(String), transactionId: expect.any(Number) });
  });

  test.each([
    [{ eventType: 'Ended', ...token }, 'stop'],
    [{ triggerReason: 'StopAuthorized', ...token }, 'stop'],
    [{ triggerReason: 'Authorized', ...token }, 'start'],
    [{ eventType: 'Started', triggerReason: 'RemoteStart', ...token }, 'start'],
  ])('%j: its token asks to %s', async (more, asks) => {
    const { send, inputs } = recorder(protocol, () => reply({ authorized: { authorization: 'accepted' } }));
    await send('TransactionEvent', event(more));
    expect(eventOf(inputs[0]).token?.asks).toBe(asks);
  });

  test.each([
    ['invalid', 'Unknown'],
    ['blocked', 'Blocked'],
    ['expired', 'Expired'],
    ['concurrent_tx', 'ConcurrentTx'],
    ['not_at_this_location', 'NotAtThisLocation'],
  ])('a token that is %s is told %s', async (authorization, status) => {
    const { send } = recorder(protocol, () => reply({ authorized: { authorization } }));
    expect(await send('TransactionEvent', event(token))).toEqual({ idTokenInfo: { status } });
  });

  test('what is told again while offline is the same event; anything else in it makes another one', async () => {
    const { send, inputs } = recorder(protocol, () => reply());
    for (const more of [{}, { offline: true }, { triggerReason: 'Trigger' }])
      await send('TransactionEvent', event(more));
    const [first, again, other] = inputs.map((input) => eventOf(input));
    expect(again?.digest).toBe(first?.digest);
    expect(again?.offline).toBe(true);
    expect(other?.digest).not.toBe(first?.digest);
  });

  test('doubts are flags, never a refusal; without a transaction there is nothing to keep', async () => {
    const { send, inputs } = recorder(protocol, () => reply());
    await send('TransactionEvent', {
      transactionInfo: { transactionId: 'TX-1', chargingState: 'Dancing', remoteStartId: 'x' },
      eventType: 'Whatever',
      seqNo: -4,
      evse: { id: 99_999 },
      meterValue: 'none',
    });
    expect(eventOf(inputs[0])).toMatchObject({
      ...{ kind: 'updated', seqNo: -1, flags: ['event_type_unknown'], trigger: '', readings: [] },
      ...{ chargingState: undefined, remoteStartId: undefined, place: undefined },
    });
    await expect(send('TransactionEvent', event({ transactionInfo: {} }))).rejects.toThrow(UnusableMessage);
  });

  test('Authorize: who need not say who he is is let in without a question', async () => {
    const { send, inputs } = recorder(protocol, () => ({ authorization: 'accepted' }));
    const nobody = { idToken: { idToken: '', type: 'NoAuthorization' } };
    expect(await send('Authorize', nobody)).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(await send('Authorize', { idToken: { idToken: ' ', type: 'Central' } })).toEqual({
      idTokenInfo: { status: 'Unknown' },
    });
    expect(inputs).toEqual([]);
    await send('Authorize', { idToken: { idToken: ' TAG ', type: 'KeyCode' } });
    expect(inputs).toMatchObject([{ room: 'tokens', type: 'authorize', tokenUid: 'TAG', isTyped: true }]);
  });
});

test('an event that is told again has the same digest, offline or not, and one that tells anything else has another', () => {
  const payload = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 });
  fc.assert(
    fc.property(payload, payload, ({ offline: _, ...one }, { offline: __, ...other }) => {
      const again = JSON.parse(JSON.stringify({ ...one, offline: true })) as typeof one;
      expect(digestOf(again)).toBe(digestOf(one));
      expect(digestOf(one)).toMatch(/^[A-Za-z0-9+/]{11}=$/);
      if (JSON.stringify(one) !== JSON.stringify(other)) expect(digestOf(other)).not.toBe(digestOf(one));
    }),
    { numRuns: 200 },
  );
  const alike = [
    { a: ['bc', ''] },
    { a: ['b', 'c'] },
    { a: 'bc' },
    { a: { bc: '' } },
    { a: 1 },
    { a: '1' },
    { a: true },
  ];
  const more = [
    { a: null },
    { a: false },
    { a: {} },
    { a: [] },
    { a: [[]] },
    { ab: 'c' },
    {},
    { a: -0.5 },
    { a: 2 ** 40 },
  ];
  expect(new Set([...alike, ...more].map(digestOf)).size).toBe(16);
});
