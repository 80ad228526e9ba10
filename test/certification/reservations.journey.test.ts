/** Reservations, as OCA's tests of a central system for OCPP 1.6 look at them; in our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type Station, type StationOptions } from '../support/charging-world.ts';
import { scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
const group = (await world.api<{ id: string }>('POST', '/token-groups', { name: 'Fleet' })).body.id;
await world.token('TAG', { max_concurrent: null });
await world.token('OTHER', { max_concurrent: null });
await world.token('DRIVER1', { group_id: group, max_concurrent: null });
await world.token('DRIVER2', { group_id: group, max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

type Reservation = {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly ocpp_reservation_id: number;
  readonly session_id: string | null;
};
const DAY_MS = 86_400_000;
const reserve = async (chargePointId: string, more: object = {}): Promise<Reservation> => {
  const wish = { connector_id: 1, token: 'TAG', expires_at: new Date(Date.now() + DAY_MS).toISOString(), ...more };
  const path = `/charge-points/${chargePointId}/reservations?wait=true`;
  const { status, body } = await world.api<Reservation>('POST', path, wish);
  expect({ status, body }).toMatchObject({ status: 202 });
  return body;
};
const becomes = (id: string, status: string) =>
  until(`it is ${status}`, async () => {
    const { body } = await world.api<Reservation>('GET', `/reservations/${id}`);
    return body.status === status ? body : undefined;
  });
const shows = (station: Station, status: string) =>
  until(`the connector is ${status}`, async () => (await station.connector())?.status === status);

describe('a reservation of a connector', () => {
  test('TC_046_CSMS is used by the session of its token, which names it', async () => {
    const station = await world.station();
    const { id, status, ocpp_reservation_id: number } = await reserve(station.id);
    expect(status).toBe('active');
    expect(station.asked('ReserveNow')[0]?.payload).toMatchObject({ connectorId: 1, idTag: 'TAG' });
    await shows(station, 'reserved');
    expect(await station.charger.charge({ token: 'OTHER', seconds: 60 })).toMatchObject({ status: 'Reserved' });
    expect(await station.charger.charge({ token: 'TAG', seconds: 60 })).toMatchObject({
      outcome: 'charged',
      session: { reservationId: number },
    });
    expect(await becomes(id, 'used')).toMatchObject({ session_id: (await station.session()).id });
  });

  test('TC_046_2_CS is used by a remote start for its token too', async () => {
    const station = await world.station();
    const { id } = await reserve(station.id);
    await shows(station, 'reserved');
    expect((await station.ask('start', { token: 'TAG', connector_id: 1 })).status).toBe('accepted');
    expect(await becomes(id, 'used')).toMatchObject({ session_id: (await station.session()).id });
  });

  test('TC_047_CSMS ends at its time, and the connector is free for all', async () => {
    const station = await world.station({ speed: 1 });
    const { id } = await reserve(station.id, { expires_at: new Date(Date.now() + 1500).toISOString() });
    await becomes(id, 'expired');
    await shows(station, 'available');
    expect((await station.charger.charge({ token: 'OTHER', seconds: 1 })).outcome).toBe('charged');
  });

  test('TC_053_CSMS of a group is used by a colleague, whose Authorize names the parent', async () => {
    const station = await world.station();
    const { id } = await reserve(station.id, { token: 'DRIVER1', group_id: group });
    const parentIdTag = station.asked('ReserveNow')[0]?.payload['parentIdTag'];
    expect(parentIdTag).toEqual(expect.any(String));
    expect(await station.charger.call('Authorize', { idTag: 'DRIVER2' })).toMatchObject({
      result: { idTagInfo: { status: 'Accepted', parentIdTag } },
    });
    expect((await station.charger.charge({ token: 'DRIVER2', seconds: 60 })).outcome).toBe('charged');
    await becomes(id, 'used');
  });
});

describe('a reservation that the charger does not make fails with its reason:', () => {
  const refused = async (options: StationOptions, prepare: (station: Station) => unknown) => {
    const station = await world.station(options);
    await prepare(station);
    const { status, reason } = await reserve(station.id);
    expect(status).toBe('failed');
    return reason;
  };

  test('TC_048_1_CSMS faulted', async () => {
    const reason = await refused({}, (station) => station.charger.fault(1, 'GroundFailure'));
    expect(reason).toBe('faulted');
  });
  test('TC_048_2_CSMS occupied', async () => {
    expect(await refused({}, (station) => station.charger.plug(1))).toBe('occupied');
  });
  test('TC_048_3_CSMS unavailable', async () => {
    const reason = await refused({}, async (station) => {
      await station.ask('availability', { operative: false, connector_id: 1 });
      await shows(station, 'unavailable');
    });
    expect(reason).toBe('unavailable');
  });
  test('TC_048_4_CSMS rejected', async () => {
    const settings = { SupportedFeatureProfiles: 'Core' };
    expect(await refused({ settings }, () => undefined)).toBe('rejected');
  });
});

test('TC_049_CSMS the charge point as a whole is reserved, and used on the connector that the driver chose', async () => {
  const chargePoint = await world.app.chargePoint();
  const charger = await scriptedCharger({ ocppUrl: world.app.ocppUrl, ...chargePoint }, () => ({ status: 'Accepted' }));
  const { id, status, ocpp_reservation_id: reservationId } = await reserve(chargePoint.id, { connector_id: 0 });
  expect(status).toBe('active');
  expect(charger.asked.at(-1)).toMatchObject({ action: 'ReserveNow', payload: { connectorId: 0, reservationId } });
  for (const connectorId of [0, 1, 2])
    await charger.call('StatusNotification', { connectorId, errorCode: 'NoError', status: 'Reserved' });
  expect(await charger.call('Authorize', { idTag: 'TAG' })).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  const start = { connectorId: 2, idTag: 'TAG', meterStart: 0, timestamp: new Date().toISOString(), reservationId };
  expect(await charger.call('StartTransaction', start)).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  await becomes(id, 'used');
  await charger.close();
});

test('TC_051_CSMS a reservation is taken back', async () => {
  const station = await world.station();
  const { id } = await reserve(station.id);
  await shows(station, 'reserved');
  const { body } = await world.api('POST', `/reservations/${id}/cancel?wait=true`, {});
  expect(body).toMatchObject({ action: 'CancelReservation', status: 'accepted' });
  await becomes(id, 'cancelled');
  await shows(station, 'available');
});

test('TC_052_CSMS a reservation that there is not cannot be taken back', async () => {
  const station = await world.station();
  expect(await station.send('CancelReservation', { reservationId: 99 })).toMatchObject({
    status: 'rejected',
    result: { status: 'Rejected' },
  });
});
