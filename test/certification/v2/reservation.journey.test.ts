/** Block H of OCA's 2.0.1 tests for a CSMS: reservations. In our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const { station, closeAll, ask, chargePoint } = stationsOf(app);
const group = await app.api<{ id: string; parent_id_tag: string }>('POST', '/token-groups', {
  name: 'Fleet',
  parent_id_tag: 'FLEET',
});
await app.api('POST', '/tokens', { uid: '04A1B2C3', group_id: group.body.id, max_concurrent: null });
await app.api('POST', '/tokens', { uid: '04FFFFFF', group_id: group.body.id, max_concurrent: null });
await app.api('POST', '/tokens', { uid: 'DE-ABC-C00000001-1', type: 'emaid' });
afterEach(closeAll);
afterAll(() => app.stop());

type Reservation = {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly connector_id: number;
  readonly connector_type: string | null;
  readonly ocpp_reservation_id: number;
  readonly session_id: string | null;
};
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const reserve = (at: ScriptedStation, more: object = {}) =>
  ask<Reservation>(at, 'reservations?wait=true', { token: '04A1B2C3', expires_at: inAnHour(), ...more });
let transactions = 0;
async function started(at: ScriptedStation, more: object): Promise<void> {
  transactions += 1;
  const answer = await at.tell('TransactionEvent', {
    eventType: 'Started',
    timestamp: new Date().toISOString(),
    triggerReason: 'Authorized',
    seqNo: 0,
    transactionInfo: { transactionId: `tx-${transactions}`, chargingState: 'Charging' },
    idToken: { idToken: '04A1B2C3', type: 'ISO14443' },
    ...more,
  });
  expect(answer).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
}
const becomes = (id: string, status: string) =>
  until(`${id} is ${status}`, async () => {
    const { body } = await app.api<Reservation>('GET', `/reservations/${id}`);
    return body.status === status ? body : undefined;
  });

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (protocol) => {
  test('TC_H_01_CSMS an EVSE is reserved for a token', async () => {
    const at = await station({ protocol });
    const reservation = await reserve(at, { connector_id: 2 });
    expect(reservation).toMatchObject({ status: 'active', connector_id: 2 });
    expect(at.asked('ReserveNow')).toEqual([
      {
        id: reservation.ocpp_reservation_id,
        expiryDateTime: expect.any(String),
        idToken: { idToken: '04A1B2C3', type: 'ISO14443' },
        evseId: 2,
      },
    ]);
    await at.status(2, 'Reserved');
    const shown = (await chargePoint(at)) as { evses: { evse_id: number; connectors: { status: string }[] }[] };
    expect(shown.evses.find(({ evse_id }) => evse_id === 2)?.connectors[0]?.status).toBe('reserved');
  });

  test('the type of the token is told, and evse_id is the same number as connector_id', async () => {
    const at = await station({ protocol });
    await reserve(at, { token: 'DE-ABC-C00000001-1', evse_id: 1 });
    expect(at.asked('ReserveNow')[0]).toMatchObject({ idToken: { type: 'eMAID' }, evseId: 1 });
  });

  test('TC_H_07_CSMS a reservation that is not used expires at the station', async () => {
    const at = await station({ protocol });
    const { id, ocpp_reservation_id: reservationId } = await reserve(at, { connector_id: 1 });
    await at.status(1, 'Reserved');
    const update = { reservationId, reservationUpdateStatus: 'Expired' };
    expect(await at.tell('ReservationStatusUpdate', update)).toEqual({});
    await becomes(id, 'expired');
    // What is over stays over.
    expect(await at.tell('ReservationStatusUpdate', { ...update, reservationUpdateStatus: 'Removed' })).toEqual({});
    expect((await app.api<Reservation>('GET', `/reservations/${id}`)).body.status).toBe('expired');
  });

  test('TC_H_08_CSMS any EVSE is reserved', async () => {
    const at = await station({ protocol });
    expect(await reserve(at)).toMatchObject({ status: 'active', connector_id: 0 });
    expect(at.asked('ReserveNow')[0]).not.toHaveProperty('evseId');
  });

  test('TC_H_14_CSMS as many as there are EVSEs; then all of them are reserved', async () => {
    const at = await station({ protocol });
    for (const evse of [1, 2]) {
      await reserve(at);
      await at.status(evse, evse === 1 ? 'Available' : 'Reserved');
    }
    await at.status(1, 'Reserved');
    at.answer({ ReserveNow: { status: 'Occupied' } });
    expect(await reserve(at)).toMatchObject({ status: 'failed', reason: 'occupied' });
    const { body } = await app.api<{ data: Reservation[] }>('GET', `/reservations?charge_point_id=${at.id}`);
    expect(body.data.map(({ status }) => status)).toEqual(['failed', 'active', 'active']);
  });

  test('TC_H_15_CSMS a type of connector is reserved', async () => {
    const at = await station({ protocol });
    const reservation = await reserve(at, { connector_type: 'cCCS2' });
    expect(reservation).toMatchObject({ status: 'active', connector_type: 'cCCS2', connector_id: 0 });
    expect(at.asked('ReserveNow')[0]).toMatchObject({ connectorType: 'cCCS2' });
  });

  test('TC_H_17_CSMS a reservation is cancelled', async () => {
    const at = await station({ protocol });
    const { id, ocpp_reservation_id: reservationId } = await reserve(at, { connector_id: 1 });
    await app.api('POST', `/reservations/${id}/cancel?wait=true`, {});
    expect(at.asked('CancelReservation')).toEqual([{ reservationId }]);
    expect(await becomes(id, 'cancelled')).toMatchObject({ reason: 'requested' });
  });

  test('a reservation is used by the transaction that names it', async () => {
    const at = await station({ protocol });
    const { id, ocpp_reservation_id: reservationId } = await reserve(at, { connector_id: 2 });
    await started(at, { evse: { id: 2, connectorId: 1 }, reservationId });
    const { body } = await app.api<{ id: string }>('GET', `/sessions/${(await becomes(id, 'used')).session_id}`);
    expect(body).toMatchObject({ charge_point_id: at.id, token: '04A1B2C3' });
  });

  test('TC_H_19_CSMS it is reserved for a group, and used by another token of that group', async () => {
    const at = await station({ protocol });
    const { id } = await reserve(at, { connector_id: 1, group_id: group.body.id });
    expect(at.asked('ReserveNow')[0]).toMatchObject({
      idToken: { idToken: '04A1B2C3' },
      groupIdToken: { idToken: 'FLEET', type: 'Central' },
    });
    await started(at, { evse: { id: 1, connectorId: 1 }, idToken: { idToken: '04FFFFFF', type: 'ISO14443' } });
    await becomes(id, 'used');
  });

  test('TC_H_20_CSMS a station that cannot keep it any more says so', async () => {
    const at = await station({ protocol });
    const { id, ocpp_reservation_id: reservationId } = await reserve(at, { connector_id: 1 });
    await at.status(1, 'Faulted');
    await at.tell('ReservationStatusUpdate', { reservationId, reservationUpdateStatus: 'Removed' });
    expect(await becomes(id, 'cancelled')).toMatchObject({ reason: 'released_by_charger' });
  });

  test('TC_H_22_CSMS a station that takes no reservations refuses', async () => {
    const at = await station({ protocol, answers: { ReserveNow: { status: 'Rejected' } } });
    expect(await reserve(at, { connector_id: 1 })).toMatchObject({ status: 'failed', reason: 'rejected' });
  });

  test('an update about a reservation that nobody made is answered, and changes nothing', async () => {
    const at = await station({ protocol });
    const { id } = await reserve(at, { connector_id: 1 });
    for (const reservationId of [0, 2_147_483_646])
      expect(await at.tell('ReservationStatusUpdate', { reservationId, reservationUpdateStatus: 'Removed' })).toEqual(
        {},
      );
    expect((await app.api<Reservation>('GET', `/reservations/${id}`)).body.status).toBe('active');
  });
});

test('2.1: a driver who came and did not charge has ended the reservation', async () => {
  const at = await station({ protocol: 'ocpp2.1' });
  const { id, ocpp_reservation_id: reservationId } = await reserve(at, { connector_id: 1 });
  await at.tell('ReservationStatusUpdate', { reservationId, reservationUpdateStatus: 'NoTransaction' });
  expect(await becomes(id, 'cancelled')).toMatchObject({ reason: 'no_transaction' });
});
