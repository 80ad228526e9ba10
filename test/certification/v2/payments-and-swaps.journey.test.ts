/** OCPP 2.1 beyond 2.0.1: battery swaps (block S) and payments (of block C) of OCA's tests for a CSMS. In our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { type CommandAnswer, type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const { station, closeAll, ask } = stationsOf(app);
await app.api('POST', '/tokens', { uid: '04A1B2C3' });
await app.api('POST', '/tokens', { uid: 'BLOCKED', status: 'blocked' });
afterEach(closeAll);
afterAll(() => app.stop());

const protocol = 'ocpp2.1';
type Swap = {
  readonly id: string;
  readonly status: string;
  readonly request_id: number;
  readonly token: string | null;
  readonly authorization: string | null;
  readonly batteries_in: readonly { readonly serial_number: string }[];
  readonly batteries_out: readonly { readonly serial_number: string; readonly soc_percent: number }[];
};
const swaps = async (at: ScriptedStation) =>
  (await app.api<{ data: Swap[] }>('GET', `/battery-swaps?charge_point_id=${at.id}`)).body.data;
const swapped = (
  at: ScriptedStation,
  eventType: string,
  requestId: number,
  serials: readonly string[],
  uid = '04A1B2C3',
) =>
  at.tell('BatterySwap', {
    ...{ eventType, requestId },
    idToken: { idToken: uid, type: 'ISO14443' },
    batteryData: serials.map((serialNumber, i) => ({ evseId: i + 1, serialNumber, soC: 98.5, soH: 91 })),
  });
const begin = (at: ScriptedStation, token = '04A1B2C3') => ask<Swap>(at, 'battery-swaps?wait=true', { token });

describe('battery swaps', () => {
  test('TC_S_103_CSMS one is begun from here: batteries come in, others go out', async () => {
    const at = await station({ protocol });
    const { id, status, request_id: requestId } = await begin(at);
    expect(status).toBe('accepted');
    expect(at.asked('RequestBatterySwap')).toEqual([{ requestId, idToken: { idToken: '04A1B2C3', type: 'ISO14443' } }]);
    expect(await swapped(at, 'BatteryIn', requestId, ['OLD-1', 'OLD-2'])).toEqual({});
    expect(await swaps(at)).toMatchObject([{ id, status: 'in_progress' }]);
    expect(await swapped(at, 'BatteryOut', requestId, ['NEW-1', 'NEW-2'])).toEqual({});
    expect(await swaps(at)).toMatchObject([
      {
        ...{ id, status: 'completed', token: '04A1B2C3', authorization: 'accepted' },
        batteries_in: [{ serial_number: 'OLD-1' }, { serial_number: 'OLD-2' }],
        batteries_out: [{ serial_number: 'NEW-1', soc_percent: 98.5 }, { serial_number: 'NEW-2' }],
      },
    ]);
  });

  test('TC_S_102_CSMS a station that has not enough batteries refuses', async () => {
    const answer = { status: 'Rejected', statusInfo: { reasonCode: 'NoBatteryAvailable' } };
    const at = await station({ protocol, answers: { RequestBatterySwap: answer } });
    expect(await begin(at)).toMatchObject({ status: 'refused' });
  });

  test('S01: one that a driver begins at the station is written down, whoever he is', async () => {
    const at = await station({ protocol });
    await swapped(at, 'BatteryIn', 3, ['OLD'], 'STRANGER');
    await swapped(at, 'BatteryIn', 3, ['OLD'], 'STRANGER');
    await swapped(at, 'BatteryOutTimeout', 3, ['NEW'], 'STRANGER');
    expect(await swaps(at)).toMatchObject([{ status: 'timed_out', authorization: 'invalid', token: 'STRANGER' }]);
  });

  test('a token that may not charge there gets no batteries', async () => {
    const at = await station({ protocol });
    const { status } = await app.api('POST', `/charge-points/${at.id}/battery-swaps`, { token: 'BLOCKED' });
    expect([status, at.asked('RequestBatterySwap')]).toEqual([409, []]);
  });

  test('2.0.1 has none, and says so', async () => {
    const at = await station({ protocol: 'ocpp2.0.1' });
    const { status, body } = await app.api<{ error: { message: string } }>(
      'POST',
      `/charge-points/${at.id}/battery-swaps`,
      { token: '04A1B2C3' },
    );
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('RequestBatterySwap')]);
  });
});

type Settlement = { readonly id: string; readonly status: string; readonly receipt_id: string | null };
const settlements = async (query: string) =>
  (await app.api<{ data: Settlement[] }>('GET', `/settlements?${query}`)).body.data;
const company = {
  name: 'Example SA',
  address1: 'Rue 1',
  city: 'Luxembourg',
  postalCode: '1234',
  country: 'Luxembourg',
};
const settlement = (pspRef: string, more: object = {}) => ({
  pspRef,
  status: 'Settled',
  settlementAmount: 12.34,
  settlementTime: '2026-11-25T10:00:00.000Z',
  transactionId: `tx-${pspRef}`,
  ...more,
});

describe('settlements', () => {
  test('TC_C_117_CSMS TC_C_118_CSMS a receipt of ours gets a number, told again the same', async () => {
    const at = await station({ protocol });
    const told = settlement('psp-1', { vatNumber: 'LU12345678', vatCompany: company });
    const answer = await at.tell('NotifySettlement', told);
    expect(answer).toEqual({ receiptId: expect.stringMatching(/^stl_/) });
    expect(await at.tell('NotifySettlement', told)).toEqual(answer);
    expect(await settlements('psp_ref=psp-1')).toMatchObject([
      {
        charge_point_id: at.id,
        status: 'settled',
        amount: '12.34',
        receipt_id: answer['receiptId'],
        receipt_by: 'csms',
        ocpp_transaction_id: 'tx-psp-1',
        vat_number: 'LU12345678',
        company: { name: 'Example SA', postal_code: '1234', address2: null },
      },
    ]);
  });

  test("a receipt of the station's own keeps its number and its address", async () => {
    const at = await station({ protocol });
    const receiptUrl = 'https://receipts.example.com/7';
    expect(await at.tell('NotifySettlement', settlement('psp-2', { receiptId: 'R-7', receiptUrl }))).toEqual({});
    expect(await settlements('psp_ref=psp-2')).toMatchObject([
      { receipt_id: 'R-7', receipt_by: 'station', receipt_url: receiptUrl },
    ]);
  });

  test.each([
    ['TC_C_113_CSMS', 'Canceled', 'canceled'],
    ['TC_C_119_CSMS', 'Failed', 'failed'],
    ['TC_C_120_CSMS', 'Rejected', 'rejected'],
  ])('%s one that was %s is kept, without a receipt', async (number, said, status) => {
    const at = await station({ protocol });
    const told = settlement(number, { status: said, settlementAmount: 0, statusInfo: 'card' });
    expect(await at.tell('NotifySettlement', told)).toEqual({});
    expect(await settlements(`psp_ref=${number}`)).toMatchObject([
      { status, amount: '0', info: 'card', receipt_id: null },
    ]);
  });

  test('one that cannot be read is answered and goes into quarantine', async () => {
    const at = await station({ protocol });
    expect(await at.tell('NotifySettlement', settlement('psp-9', { settlementAmount: 'a lot' }))).toEqual({});
    await until('it is there', async () =>
      app.db.prisma.quarantinedMessage.findFirst({ where: { chargePointId: at.id, action: 'NotifySettlement' } }),
    );
    expect(await settlements('psp_ref=psp-9')).toEqual([]);
  });
});

describe('VAT numbers', () => {
  test.each([
    ['LU 123 456 78', 'Accepted'],
    ['DE12345', 'Rejected'],
  ])('TC_C_108_CSMS %s is %s by its form', async (vatNumber, status) => {
    const at = await station({ protocol });
    expect(await at.tell('VatNumberValidation', { vatNumber, evseId: 1 })).toMatchObject({
      vatNumber,
      evseId: 1,
      status,
    });
  });
});

test('TC_C_131_CSMS somebody pays in the web: the station is told', async () => {
  const at = await station({ protocol, answers: { NotifyWebPaymentStarted: {} } });
  const told = await ask<CommandAnswer>(at, 'web-payment-started?wait=true', { evse_id: 2, pays_within_s: 120 });
  expect(told.status).toBe('accepted');
  expect(at.asked('NotifyWebPaymentStarted')).toEqual([{ evseId: 2, timeout: 120 }]);
});
