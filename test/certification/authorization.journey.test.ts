/** Local lists and reservations on the wire, as OCA's tests of a central system for OCPP 1.6 look at them; by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

describe('local list', () => {
  const entry = (idTag: string) => ({ idTag, idTagInfo: { status: 'Accepted' } });

  test('TC_042_1_CSMS its version is asked for, TC_043_1_CSMS it is sent whole, TC_043_3_CSMS and in parts', async () => {
    const station = await world.station();
    const version = async () => (await station.send('GetLocalListVersion')).result?.['listVersion'];
    expect(await version()).toBe(0);
    const whole = { listVersion: 5, updateType: 'Full', localAuthorizationList: [entry('A'), entry('B')] };
    expect((await station.send('SendLocalList', whole)).status).toBe('accepted');
    expect(await version()).toBe(5);
    const part = { listVersion: 6, updateType: 'Differential', localAuthorizationList: [entry('C'), { idTag: 'A' }] };
    expect((await station.send('SendLocalList', part)).status).toBe('accepted');
    expect(await version()).toBe(6);
  });

  test('TC_043_4_CSMS a part that does not follow is told as VersionMismatch', async () => {
    const station = await world.station();
    await station.send('SendLocalList', { listVersion: 5, updateType: 'Full', localAuthorizationList: [entry('A')] });
    const late = { listVersion: 4, updateType: 'Differential', localAuthorizationList: [entry('B')] };
    expect(await station.send('SendLocalList', late)).toMatchObject({
      status: 'rejected',
      result: { status: 'VersionMismatch' },
    });
  });
});

describe('reservations', () => {
  const order = (more: object = {}) => ({
    connectorId: 1,
    idTag: 'TAG',
    reservationId: 7,
    expiryDate: new Date(Date.now() + 86_400_000).toISOString(),
    ...more,
  });

  test('TC_046_1_CSMS a connector is reserved, and TC_051_CSMS the reservation taken back', async () => {
    const station = await world.station();
    expect((await station.send('ReserveNow', order())).status).toBe('accepted');
    await until('it is reserved', async () => (await station.connector())?.status === 'reserved');
    expect((await station.send('CancelReservation', { reservationId: 7 })).status).toBe('accepted');
    await until('it is free', async () => (await station.connector())?.status === 'available');
  });

  test('TC_048_1_CSMS a faulted connector is not reserved', async () => {
    const station = await world.station();
    station.charger.fault(1, 'GroundFailure');
    await until('it is faulted', async () => (await station.connector())?.status === 'faulted');
    expect(await station.send('ReserveNow', order())).toMatchObject({
      status: 'rejected',
      result: { status: 'Faulted' },
    });
  });

  test('TC_048_2_CSMS nor one that is in use', async () => {
    const station = await world.station();
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    await station.session();
    expect(await station.send('ReserveNow', order())).toMatchObject({
      status: 'rejected',
      result: { status: 'Occupied' },
    });
  });

  test('TC_052_CSMS a reservation that there is not cannot be taken back', async () => {
    const station = await world.station();
    expect((await station.send('CancelReservation', { reservationId: 99 })).status).toBe('rejected');
  });
});
