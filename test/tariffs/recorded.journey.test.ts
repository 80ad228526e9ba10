/** A session that a charger made is priced by a tariff: what its messages told, in each version. */
import { afterAll, expect, test } from '@jest/globals';
import { startApp } from '../support/app.ts';
import { scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';

const app = await startApp();
afterAll(() => app.stop());
await app.api('POST', '/tokens', { uid: 'TAG', max_concurrent: null });
const tariff = await app.api<{ id: string }>('POST', '/tariffs', {
  name: 'Energy, time and standing',
  terms: {
    currency: 'EUR',
    prices_include_tax: true,
    components: [
      { type: 'energy', price: '0.5' },
      { type: 'time', price: '1' },
      { type: 'idle', price: '0.1', grace_s: 600 },
    ],
  },
});
const preview = (body: object) =>
  app.api<{ total: { incl_tax: string }; lines: { type: string; quantity: string; amount: string }[] }>(
    'POST',
    `/tariffs/${tariff.body.id}/preview`,
    body,
  );

// It began three hours ago: 10 kWh in an hour, then half an hour of standing.
const start = Math.floor(Date.now() / 60_000) * 60_000 - 180 * 60_000;
const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
type Call = (action: string, payload: Record<string, unknown>) => Promise<Record<string, unknown>>;

async function over16(call: Call): Promise<void> {
  const status = (minutes: number, name: string) =>
    call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: name, timestamp: at(minutes) });
  const begun = await call('StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 1000, timestamp: at(0) });
  const transactionId = begun['transactionId'];
  await status(0, 'Charging');
  const sampledValue = [{ value: '11000', unit: 'Wh', measurand: 'Energy.Active.Import.Register' }];
  await call('MeterValues', { connectorId: 1, transactionId, meterValue: [{ timestamp: at(60), sampledValue }] });
  await status(60, 'SuspendedEV');
  await call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(90) });
}

async function over2(call: Call): Promise<void> {
  const event = (seqNo: number, minutes: number, eventType: string, chargingState: string, wh: number) =>
    call('TransactionEvent', {
      eventType,
      seqNo,
      timestamp: at(minutes),
      triggerReason: seqNo === 0 ? 'Authorized' : 'ChargingStateChanged',
      offline: true,
      transactionInfo: { transactionId: 'a-transaction', chargingState },
      evse: { id: 1, connectorId: 1 },
      ...(seqNo === 0 && { idToken: { idToken: 'TAG', type: 'ISO14443' } }),
      meterValue: [
        { timestamp: at(minutes), sampledValue: [{ value: wh, measurand: 'Energy.Active.Import.Register' }] },
      ],
    });
  await event(0, 0, 'Started', 'Charging', 1000);
  await event(1, 60, 'Updated', 'SuspendedEV', 11_000);
  await event(2, 90, 'Ended', 'EVConnected', 11_000);
}

test.each([
  ['ocpp1.6', over16],
  ['ocpp2.0.1', over2],
  ['ocpp2.1', over2],
] as const)('%s: energy, the time it charged, and how long it stood afterwards', async (speaks, tell) => {
  const { id, identity, key } = await app.chargePoint();
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key, speaks }, () => ({
    status: 'Accepted',
  }));
  await tell((action, payload) => charger.call(action, payload));
  const session = await until('the session has ended', async () => {
    const { body } = await app.api<{ data: { id: string; status: string; energy_wh: number }[] }>(
      'GET',
      `/sessions?charge_point_id=${id}&status=ended`,
    );
    return body.data[0];
  });
  expect(session.energy_wh).toBe(10_000);
  const { status, body } = await preview({ session_id: session.id });
  expect(status).toBe(200);
  // 10 kWh × 0.5 + 1 h × 1 + (30 − 10) min × 0.1
  expect(body.lines.map(({ type, quantity, amount }) => [type, quantity, amount])).toEqual([
    ['energy', '10000', '5.00'],
    ['time', '3600', '1.00'],
    ['idle', '1200', '2.00'],
  ]);
  expect(body.total.incl_tax).toBe('8.00');
  await charger.close();
});

test.each([
  [{}, 'timeline'],
  [{ session_id: 'ses_01KAT3Z6Y8Q0000000000000AA', timeline: { started_at: '2026-11-23T10:00:00Z' } }, 'timeline'],
  [{ session_id: 'ses_01KAT3Z6Y8Q0000000000000AA' }, 'session_id'],
  [{ session_id: 'x' }, 'session_id'],
])('%j is refused, naming %s', async (body, field) => {
  const answer = await preview(body);
  expect([
    answer.status,
    (answer.body as unknown as { error: { details: { field: string }[] } }).error.details[0]?.field,
  ]).toEqual([400, field]);
});
