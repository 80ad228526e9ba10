/** Reservations from REST to a simulated charger and back, on a whole server. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { acceleratedClock, type Charger, createCharger, seededRandom } from '../../src/simulator/index.ts';
import { bootedCharger, type Registered, type Charger as Socket } from '../ocpp/rig.ts';
import { startApp } from '../support/app.ts';
import { until } from '../support/until.ts';

const app = await startApp();
await app.api('POST', '/tokens', { uid: 'MINE' });
await app.api('POST', '/tokens', { uid: 'OTHER' });
const tariff = await app.api<{ id: string }>('POST', '/tariffs', {
  name: 'Kept free',
  terms: {
    ...{ currency: 'EUR', prices_include_tax: true, tax_percent: '0' },
    components: [{ type: 'reservation', price: '4', step_s: 900 }],
  },
});
await app.api('POST', '/tariff-assignments', { target: 'organization', tariff_id: tariff.body.id });
const chargers: Charger[] = [];
const lines: Socket[] = [];
afterEach(async () => {
  for (const { socket } of lines.splice(0)) socket.terminate();
  await Promise.all(chargers.splice(0).map((charger) => charger.close()));
});
afterAll(() => app.stop());

async function connected(connectors = 2): Promise<{ charger: Charger; id: string; identity: string }> {
  const { id, identity, key } = await app.chargePoint();
  const charger = createCharger({
    url: app.ocppUrl,
    identity,
    password: key,
    connectors,
    clock: acceleratedClock(1),
    random: seededRandom(1),
    behaviour: { reconnect: { minMs: 5, maxMs: 40 }, rebootMs: 20 },
  });
  chargers.push(charger);
  charger.start();
  await charger.whenBooted();
  return { charger, id, identity };
}
/** A charger of which every word is the test's. */
async function dial(registered: Registered): Promise<Socket> {
  const line = await bootedCharger(app.url, registered);
  lines.push(line);
  return line;
}
type Reservation = {
  id: string;
  status: string;
  reason: string | null;
  ocpp_reservation_id: number;
  session_id: string | null;
  command_id: string | null;
};
type Shown = { token: string; cost: { is_final: boolean; lines: object[]; total: object } | null };
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const reserve = (id: string, more: Record<string, unknown> = {}) =>
  app.api<Reservation>('POST', `/charge-points/${id}/reservations?wait=true`, {
    connector_id: 1,
    token: 'MINE',
    expires_at: inAnHour(),
    ...more,
  });
const reservation = async (id: string): Promise<Reservation> =>
  (await app.api<Reservation>('GET', `/reservations/${id}`)).body;
const becomes = (id: string, status: string) =>
  until(`${id} is ${status}`, async () => {
    const row = await reservation(id);
    return row.status === status ? row : undefined;
  });
const connectorStatus = async (cp: string, connector = 1) => {
  type Shown = { evses: { evse_id: number; connectors: { status: string }[] }[] };
  const { body } = await app.api<Shown>('GET', `/charge-points/${cp}`);
  return body.evses.find(({ evse_id }) => evse_id === connector)?.connectors[0]?.status;
};

describe('a reservation', () => {
  test('keeps the connector for its token, is used and paid for by the session of that token, and every step is told', async () => {
    const { charger, id } = await connected();
    const { status, body } = await reserve(id);
    expect([status, body.status, body.reason]).toEqual([202, 'active', null]);
    await until('the connector is reserved', async () => (await connectorStatus(id)) === 'reserved');
    expect(await charger.charge({ token: 'OTHER', connectorId: 1, seconds: 1 })).toEqual({
      outcome: 'refused',
      status: 'Reserved',
    });
    // As if the charger had agreed 50 minutes ago.
    const since = new Date(Date.now() - 50 * 60_000);
    await app.db.prisma.reservation.update({ where: { id: body.id }, data: { activeSince: since } });
    const charged = await charger.charge({ token: 'MINE', connectorId: 1, seconds: 1 });
    expect(charged).toMatchObject({ outcome: 'charged', session: { reservationId: body.ocpp_reservation_id } });
    const used = await becomes(body.id, 'used');
    const session = await until('the session has ended', async () => {
      const { body: shown } = await app.api<Shown>('GET', `/sessions/${used.session_id}`);
      return shown.cost?.is_final === true ? shown : undefined;
    });
    expect(session.token).toBe('MINE');
    // 50 minutes and what has passed since then: an hour, by steps of 15 minutes, × 4
    const { is_final: _, ...cost } = session.cost ?? {};
    expect(cost).toMatchObject({ total: { incl_tax: '4.00' }, lines: [{ type: 'reservation', billed: '3600' }] });
    const preview = await app.api('POST', `/tariffs/${tariff.body.id}/preview`, { session_id: used.session_id });
    expect(preview.body).toEqual(cost);
    const rows = await app.db.prisma.domainEvent.findMany({
      where: { chargePointId: id, type: 'reservation.updated' },
      orderBy: { sequence: 'asc' },
    });
    const told = rows.map((row) => (JSON.parse(row.body) as { data: { status: string } }).data.status);
    expect(told).toEqual(['requested', 'active', 'used']);
  });

  test('of an occupied connector fails with that reason, of a faulted one with that, of none rejected', async () => {
    const { charger, id } = await connected();
    charger.plug(1);
    charger.fault(2, 'GroundFailure');
    expect((await reserve(id)).body).toMatchObject({ status: 'failed', reason: 'occupied' });
    expect((await reserve(id, { connector_id: 2 })).body).toMatchObject({ status: 'failed', reason: 'faulted' });
    expect((await reserve(id, { connector_id: 0 })).body).toMatchObject({ status: 'failed', reason: 'rejected' });
  });

  test('is cancelled at the charger, once', async () => {
    const { id } = await connected();
    const { body } = await reserve(id);
    const cancelled = await app.api<{ status: string }>('POST', `/reservations/${body.id}/cancel?wait=true`, {});
    expect([cancelled.status, cancelled.body.status]).toEqual([202, 'accepted']);
    expect(await reservation(body.id)).toMatchObject({ status: 'cancelled' });
    await until('the connector is free', async () => (await connectorStatus(id)) === 'available');
    const again = await app.api<{ error: { message: string } }>('POST', `/reservations/${body.id}/cancel`, {});
    expect([again.status, again.body.error.message]).toEqual([
      409,
      `Reservation ${body.id} has ended: it is cancelled`,
    ]);
  });

  test('moves to another connector under its number', async () => {
    const { id } = await connected();
    const first = (await reserve(id)).body;
    const second = (await reserve(id, { connector_id: 2, replaces: first.id })).body;
    expect(second).toMatchObject({ status: 'active', ocpp_reservation_id: first.ocpp_reservation_id });
    expect(await reservation(first.id)).toMatchObject({ status: 'cancelled' });
    await until('the other connector is reserved', async () => (await connectorStatus(id, 2)) === 'reserved');
  });

  test('expires at its time, at the charger and here', async () => {
    const { id } = await connected();
    const { body } = await reserve(id, { expires_at: new Date(Date.now() + 1500).toISOString() });
    expect(body.status).toBe('active');
    await becomes(body.id, 'expired');
    await until('the connector is free', async () => (await connectorStatus(id)) === 'available');
  });

  test('survives a reboot that the charger forgets it by', async () => {
    const { charger, id } = await connected();
    const { body } = await reserve(id);
    charger.reboot('PowerLoss');
    await charger.next('booted');
    await charger.next('asked', { where: ({ action }) => action === 'ReserveNow' });
    await until('the connector is reserved again', async () => (await connectorStatus(id)) === 'reserved');
    expect(await reservation(body.id)).toMatchObject({ status: 'active' });
  });

  test('whose answer was lost is asked for again: what the charger keeps is known, and can be cancelled', async () => {
    const { id, ...registered } = await app.chargePoint();
    const before = await dial(registered);
    const wish = { connector_id: 1, token: 'MINE', expires_at: inAnHour() };
    const { body } = await app.api<Reservation>('POST', `/charge-points/${id}/reservations`, wish);
    const asked = await before.asked('ReserveNow');
    before.socket.terminate(); // it has taken it, and nobody hears that
    await until('the answer is lost', async () => (await reservation(body.id)).reason === 'connection_lost');
    expect(await reservation(body.id)).toMatchObject({ status: 'requested' });
    const behind = await dial(registered);
    const again = await behind.asked('ReserveNow');
    expect(again.payload).toEqual(asked.payload);
    behind.send([3, again.id, { status: 'Accepted' }]);
    await becomes(body.id, 'active');
    expect((await app.api('POST', `/reservations/${body.id}/cancel`, {})).status).toBe(202);
    behind.send([3, (await behind.asked('CancelReservation')).id, { status: 'Accepted' }]);
    await becomes(body.id, 'cancelled');
  });

  test('whose cancellation is lost too is not asked for again: the charger is asked to let go of it until it answers', async () => {
    const { id, ...registered } = await app.chargePoint();
    const before = await dial(registered);
    const wish = { connector_id: 1, token: 'MINE', expires_at: inAnHour() };
    const { body } = await app.api<Reservation>('POST', `/charge-points/${id}/reservations`, wish);
    await before.asked('ReserveNow');
    before.socket.terminate();
    await until('the answer is lost', async () => (await reservation(body.id)).reason === 'connection_lost');
    const between = await dial(registered);
    expect((await app.api('POST', `/reservations/${body.id}/cancel`, {})).status).toBe(202);
    await between.asked('CancelReservation');
    between.socket.terminate();
    await until('that is lost too', async () => (await reservation(body.id)).reason === 'to_be_released');
    const behind = await dial(registered);
    const again = await behind.asked('CancelReservation');
    expect(again.payload).toEqual({ reservationId: body.ocpp_reservation_id });
    behind.send([3, again.id, { status: 'Accepted' }]);
    await becomes(body.id, 'cancelled');
    expect(behind.received.filter((frame) => frame.includes('"ReserveNow"'))).toEqual([]);
  });

  test('whose request was taken back on its way, and that the charger may keep all the same, is let go of there', async () => {
    const { id, ...registered } = await app.chargePoint();
    const line = await dial(registered);
    const wish = { connector_id: 1, token: 'MINE', expires_at: inAnHour() };
    const { body } = await app.api<Reservation>('POST', `/charge-points/${id}/reservations`, wish);
    const asked = await line.asked('ReserveNow');
    const { command_id: command } = await reservation(body.id);
    await app.api('POST', `/commands/${command}/cancel`, {});
    expect(await reservation(body.id)).toMatchObject({ status: 'requested', reason: 'to_be_released' });
    line.send([3, asked.id, { status: 'Accepted' }]);
    const release = await line.asked('CancelReservation');
    expect(release.payload).toEqual({ reservationId: body.ocpp_reservation_id });
    line.send([3, release.id, { status: 'Accepted' }]);
    await becomes(body.id, 'cancelled');
  });

  test('that failed ends there: cancelling it would cancel the one that has its number', async () => {
    const { id, ...registered } = await app.chargePoint();
    const line = await dial(registered);
    const reserveNow = (nth: number) =>
      until(`ReserveNow ${nth}`, () => line.messages.filter((each) => each[2] === 'ReserveNow')[nth - 1]?.[1]);
    const wish = { connector_id: 1, token: 'MINE', expires_at: inAnHour() };
    const first = (await app.api<Reservation>('POST', `/charge-points/${id}/reservations`, wish)).body;
    line.send([3, await reserveNow(1), { status: 'Accepted' }]);
    await becomes(first.id, 'active');
    await line.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    const renewal = await reserveNow(2);
    const instead = { ...wish, connector_id: 2, replaces: first.id };
    const second = (await app.api<Reservation>('POST', `/charge-points/${id}/reservations`, instead)).body;
    line.send([3, renewal, { status: 'Occupied' }]);
    await becomes(first.id, 'failed');
    line.send([3, await reserveNow(3), { status: 'Accepted' }]);
    await becomes(second.id, 'active');
    expect((await app.api('POST', `/reservations/${first.id}/cancel`, {})).status).toBe(409);
    expect(await reservation(second.id)).toMatchObject({ status: 'active' });
  });

  test('of a group is used by a colleague', async () => {
    const group = (await app.api<{ id: string }>('POST', '/token-groups', { name: 'Fleet' })).body.id;
    await app.api('POST', '/tokens', { uid: 'DRIVER1', group_id: group });
    await app.api('POST', '/tokens', { uid: 'DRIVER2', group_id: group });
    const { charger, id } = await connected();
    const { body } = await reserve(id, { token: 'DRIVER1', group_id: group });
    const charged = await charger.charge({ token: 'DRIVER2', connectorId: 1, seconds: 1 });
    expect(charged.outcome).toBe('charged');
    await becomes(body.id, 'used');
  });
});

test.each([
  [{ expires_at: '2020-01-01T00:00:00Z' }, 400, 'expires_at'],
  [{ expires_at: new Date(Date.now() + 8 * 86_400_000).toISOString() }, 400, 'expires_at'],
  [{ group_id: 'tgr_01KAT3Z6Y8Q0000000000000AA' }, 400, 'group_id'],
  [{ replaces: 'rsv_01KAT3Z6Y8Q0000000000000AA' }, 400, 'replaces'],
])('a reservation is not made from %j', async (more, status, field) => {
  const { id } = await app.chargePoint();
  const answer = await app.api<{ error: { details: { field: string }[] } }>(
    'POST',
    `/charge-points/${id}/reservations`,
    {
      token: 'MINE',
      expires_at: inAnHour(),
      ...more,
    },
  );
  expect([answer.status, answer.body.error.details[0]?.field]).toEqual([status, field]);
});

test('a charger that is offline, or a token that may not charge there, gets no reservation', async () => {
  const { id, identity } = await app.chargePoint();
  const offline = await reserve(id);
  expect([offline.status, (await app.api('GET', `/reservations?charge_point_id=${id}`)).body['data']]).toEqual([
    409,
    [],
  ]);
  const stranger = await app.api<{ error: { message: string } }>('POST', `/charge-points/${id}/reservations`, {
    token: 'NOBODY',
    expires_at: inAnHour(),
  });
  expect([stranger.status, stranger.body.error.message]).toEqual([
    409,
    `Token NOBODY may not charge at ${identity}: invalid`,
  ]);
});
