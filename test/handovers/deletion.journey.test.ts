/** A charge point is deleted while things are under way: each ends at once, over REST too, and is told once. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { catalogue, type EventType } from '../../src/events/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { chargingWorld } from '../support/charging-world.ts';
import { scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';

const certificate = await testCertificate([], ['127.0.0.1']);
const receiver = await startReceiver(certificate);
const world = await chargingWorld({ webhookCa: certificate.caPem, ocppLimits: { settleMs: 200 } });
const { app } = world;
await world.token('TAG', { max_concurrent: null });
const { id: organizationId } = (await app.api<{ id: string }>('GET', '/organization')).body;
await app.api('POST', '/webhooks/endpoints', { url: `https://127.0.0.1:${receiver.port}/`, events: ['*'] });
afterEach(() => world.closeChargers());
afterAll(async () => {
  await world.close();
  await receiver.close();
});

type Sent = { event: EventType; data: Record<string, unknown> };
const sentOf = (identity: string): Sent[] =>
  receiver.received
    .map(({ body }) => JSON.parse(body) as Sent)
    .filter(({ data }) => data['charge_point_identity'] === identity);
const CODE = 'charge_point_deleted';
const deleted = async (id: string): Promise<number> => (await app.api('DELETE', `/charge-points/${id}`)).status;
const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString();
type Shown = { status: string; reason: string | null; error: { code: string; message: string } | null };
const shown = async (path: string): Promise<Shown> => (await app.api<Shown>('GET', path)).body;

describe.each(['1.6', '2.0.1', '2.1'] as const)('%s', (version) => {
  test('its connection, reservation, commissioning and firmware update end with it, and subscribers hear of each once', async () => {
    const station = await world.station({ version, speed: 1 });
    const { id, identity } = station;
    const { body: reservation } = await app.api<{ id: string; status: string }>(
      'POST',
      `/charge-points/${id}/reservations?wait=true`,
      { token: 'TAG', connector_id: 1, expires_at: tomorrow() },
    );
    expect(reservation.status).toBe('active');
    const updateId = newId('fwu');
    const inAnHour = new Date(Date.now() + 3_600_000);
    await app.db.prisma.firmwareUpdate.create({
      data: {
        ...{ id: updateId, organizationId, chargePointId: id, imageId: 'fwi_1', targetVersion: '2', signed: false },
        ...{ maxAttempts: 3, retryDelayS: 60, attempts: 1, stageTimeoutS: 60, waitUntilIdle: false },
        ...{ requestedBy: 'system', status: 'downloading', startedAt: new Date(), sentAt: new Date() },
        ...{ expiresAt: inAnHour, dueAt: inAnHour, createdAt: new Date(), updatedAt: new Date() },
      },
    });
    // It waits for an outlet that there is not.
    const { body: run } = await app.api<{ id: string }>('POST', `/charge-points/${id}/commissioning`, {
      connectors: [{ evse_id: 9, connector_id: version === '1.6' ? 9 : 1 }],
    });
    await until('the run has begun', () => sentOf(identity).some(({ event }) => event === 'commissioning.started'));

    expect(await deleted(id)).toBe(204);
    const [one, another] = [
      await shown(`/reservations/${reservation.id}`),
      await shown(`/firmware-updates/${updateId}`),
    ];
    expect(one).toMatchObject({ status: 'cancelled', reason: CODE });
    expect(another).toMatchObject({ status: 'cancelled', error: { code: CODE } });
    expect(await shown(`/commissioning-runs/${run.id}`)).toMatchObject({
      status: 'cancelled',
      failure: { code: CODE },
    });
    expect((await app.api<{ data: unknown[] }>('GET', '/reservations?status=active')).body.data).toEqual([]);

    await until('its end was told', () => sentOf(identity).some(({ event }) => event === 'charge_point.disconnected'));
    await until('its socket is closed', () => station.happenings.some(({ what }) => what === 'disconnected'));
    const told = sentOf(identity);
    for (const { event, data } of told) catalogue[event].data.parse(data);
    const ends = [
      [
        'reservation.updated',
        { reservation_id: reservation.id, previous_status: 'active', status: 'cancelled', reason: CODE },
      ],
      ['firmware.update_failed', { update_id: updateId, status: 'cancelled', code: CODE }],
      ['commissioning.failed', { commissioning_id: run.id, code: CODE, retryable: false }],
      ['charge_point.disconnected', { reason: CODE }],
    ] as const;
    for (const [type, data] of ends) {
      const such = told.filter(
        ({ event, data: { status } }) => event === type && (type !== 'reservation.updated' || status === 'cancelled'),
      );
      expect([type, such.map((each) => each.data)]).toEqual([type, [expect.objectContaining(data)]]);
    }
    // Numbered on, each once.
    const numbers = told.map(({ data }) => Number(data['sequence']));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

test('commands that wait for a charger that is offline fail at once, and are told', async () => {
  const { id, identity, key } = await app.chargePoint();
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => undefined);
  await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  await charger.close();
  await until('it is offline', () => sentOf(identity).some(({ event }) => event === 'charge_point.disconnected'));
  const { body: command } = await app.api<{ id: string; status: string }>(
    'POST',
    `/charge-points/${id}/commands?queue=true`,
    { action: 'Reset', payload: { type: 'Soft' } },
  );
  expect(command.status).toBe('queued');
  expect(await deleted(id)).toBe(204);
  expect(await shown(`/commands/${command.id}`)).toMatchObject({
    status: 'failed',
    error: { code: CODE, message: 'The charge point was deleted before it could be sent' },
  });
  await until('it was told', () => sentOf(identity).some(({ event }) => event === 'command.completed'));
  expect(sentOf(identity).map(({ event, data }) => [event, data['command_id'], data['status']])).toEqual([
    ['charge_point.connected', undefined, undefined],
    ['charge_point.disconnected', undefined, undefined],
    ['command.completed', command.id, 'failed'],
  ]);
  expect(await deleted(id)).toBe(404);
});

test('a command that the charger has and does not answer fails, and whoever waits for it hears so', async () => {
  const { id, identity, key } = await app.chargePoint();
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => undefined);
  await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  const waiting = app.api<{ id: string; status: string; error: { code: string } }>(
    'POST',
    `/charge-points/${id}/commands?wait=true`,
    { action: 'ClearCache', payload: {} },
  );
  await until('it was asked', () => charger.asked.some(({ action }) => action === 'ClearCache'));
  expect(await deleted(id)).toBe(204);
  expect((await waiting).body).toMatchObject({ status: 'failed', error: { code: CODE } });
  await charger.close();
});

test('while a session runs it is not deleted, and nothing ends', async () => {
  const { id, identity, key } = await app.chargePoint();
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({}));
  await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  const timestamp = new Date().toISOString();
  await charger.call('StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp });
  const { data } = (await app.api<{ data: { id: string }[] }>('GET', `/sessions?charge_point_id=${id}`)).body;
  const { status, body } = await app.api<{ error: { message: string } }>('DELETE', `/charge-points/${id}`);
  expect([status, body.error.message]).toEqual([409, expect.stringContaining(`/sessions/${data[0]?.id}/stop`)]);
  expect((await app.api('GET', `/charge-points/${id}`)).body).toMatchObject({ connected: true });
  await charger.close();
});
