/** Updates with simulated chargers of every version, which really fetch from our link part by part, install and boot. */
import { createSign, randomBytes } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld } from '../support/charging-world.ts';
import { startFileServer } from '../support/file-server.ts';
import { scriptedStation } from '../support/scripted-station.ts';
import { selfSigned } from '../support/self-signed.ts';
import { until } from '../support/until.ts';
import { firmwareOf } from './rig.ts';

const world = await chargingWorld();
const firmware = firmwareOf(world.app);
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(async () => {
  await world.close();
  await elsewhere.close();
});

const maker = await selfSigned('CN=Maker of firmware');
const bytes = randomBytes(700_000);
const pem = (await crypto.subtle.exportKey('pkcs8', maker.keys.privateKey).then((key) => Buffer.from(key))).toString(
  'base64',
);
const privateKey = `-----BEGIN PRIVATE KEY-----\n${pem}\n-----END PRIVATE KEY-----`;
const signature = createSign('sha256').update(bytes).sign(privateKey, 'base64');
const signed = { signature, signing_certificate: maker.pem };
const plain = await firmware.image();
const safe = await firmware.image(signed, bytes);
// What lies behind a URL nobody here can verify.
const elsewhere = await startFileServer(randomBytes(10_000));
const forged = await firmware.image({ ...signed, url: `${elsewhere.url}/x.bin` });

describe.each([
  ['1.6', 'plain', 'UpdateFirmware', ['sent', 'downloading', 'downloaded', 'installed']],
  [
    '1.6',
    'signed',
    'SignedUpdateFirmware',
    ['sent', 'downloading', 'downloaded', 'verifying', 'installing', 'installed'],
  ],
  ['2.0.1', 'plain', 'UpdateFirmware', ['sent', 'downloading', 'downloaded', 'installing', 'installed']],
  ['2.1', 'signed', 'UpdateFirmware', ['sent', 'downloading', 'downloaded', 'verifying', 'installing', 'installed']],
] as const)('%s %s', (version, kind, action, path) => {
  test('is fetched, installed and proved by the boot; told when it begins and when it is done, once', async () => {
    const station = await world.station({ version });
    const before = (await station.chargePoint()).firmware_version;
    const { id } = await firmware.update(station.id, kind === 'signed' ? safe : plain);
    const update = await firmware.reaches(id, 'installed', 'rejected', 'timed_out', 'download_failed');
    expect(update).toMatchObject({ status: 'installed', verified: true, error: null, booted_version: '2.0.0' });
    // A plain one of 1.6 goes dark without waiting whether its Installing was heard.
    const isHeard = ({ status }: { status: string }) =>
      action !== 'UpdateFirmware' || version !== '1.6' || status !== 'installing';
    expect(update.history.filter(isHeard).map(({ status }) => status)).toEqual(['scheduled', ...path]);
    expect(station.asked(action)).toHaveLength(1);
    expect((await station.chargePoint()).firmware_version).toBe('2.0.0');
    const told = (await station.events()).filter(({ type }) => type.startsWith('firmware.'));
    expect(told).toMatchObject([
      {
        type: 'firmware.update_started',
        data: { update_id: id, rollout_id: null, from_version: before, target_version: '2.0.0' },
      },
      {
        type: 'firmware.update_completed',
        data: { update_id: id, from_version: before, to_version: '2.0.0', verified: true },
      },
    ]);
  });
});

test('a file that was not signed by that key is refused by the charger, and told as failed', async () => {
  const station = await world.station({ version: '2.0.1' });
  const { id } = await firmware.update(station.id, forged);
  const update = await firmware.reaches(id, 'invalid_signature', 'installed');
  expect(update).toMatchObject({ status: 'invalid_signature', error: { code: 'invalid_signature' } });
  expect((await station.events('firmware.update_failed')).map(({ data }) => data)).toMatchObject([
    { update_id: id, status: 'invalid_signature', code: 'invalid_signature', attempts: 1 },
  ]);
});

test('nothing at that address: tried again, then failed', async () => {
  const nowhere = await firmware.image({ url: 'http://127.0.0.1:9/x.bin' });
  const station = await world.station({ version: '2.1' });
  const { id } = await firmware.update(station.id, nowhere, { max_attempts: 2, retry_delay_s: 1 });
  const update = await firmware.reaches(id, 'download_failed', 'installed');
  expect(update).toMatchObject({ attempts: 2, error: { code: 'download_failed' } });
  expect(station.asked('UpdateFirmware')).toHaveLength(2);
  expect(await station.events('firmware.update_started')).toHaveLength(1);
});

test('a charger that is offline is told when it comes; one update at a time', async () => {
  const station = await world.station();
  station.charger.goOffline();
  await until('it is gone', async () => !(await station.chargePoint()).connected);
  const { id } = await firmware.update(station.id, plain);
  const second = await firmware.ask(station.id, plain);
  expect([second.status, second.body.error.message]).toEqual([409, expect.stringContaining(id)]);
  expect((await firmware.get(id)).status).toBe('scheduled');
  station.charger.goOnline();
  expect(await firmware.reaches(id, 'installed')).toMatchObject({ verified: true });
});

test('nobody is disturbed: while somebody charges it waits, unless that is not wanted', async () => {
  const station = await world.station({ version: '2.0.1' });
  station.charger.plug(1);
  station.charger.present(1, 'TAG');
  await station.session(({ token }) => token === 'TAG');
  const { id } = await firmware.update(station.id, plain);
  const other = await world.station();
  const witness = await firmware.update(other.id, plain);
  await firmware.reaches(witness.id, 'installed');
  expect((await firmware.get(id)).status).toBe('scheduled');
  station.charger.stop(1, 'Local');
  station.charger.unplug(1);
  await firmware.reaches(id, 'installed');
  expect((await station.sessions()).map(({ stop_reason }) => stop_reason)).toEqual(['Local']);
});

test('a charger that boots in the middle goes on; one that boots with the new version needs no word of it', async () => {
  const station = await scriptedStation(world.app, { protocol: 'ocpp2.0.1' });
  const { id } = await firmware.update(station.id, plain);
  const { requestId } = await station.next('UpdateFirmware');
  const tell = (status: string) => station.tell('FirmwareStatusNotification', { status, requestId });
  await tell('Downloading');
  await station.boot('PowerUp');
  expect(await firmware.get(id)).toMatchObject({ status: 'downloading', booted_version: '1.0.0', verified: null });
  for (const status of ['Downloading', 'Downloaded', 'Installing']) await tell(status);
  const chargingStation = { model: 'M', vendorName: 'V', firmwareVersion: '2.0.0' };
  await station.tell('BootNotification', { reason: 'FirmwareUpdate', chargingStation });
  await tell('Installed');
  expect(await firmware.get(id)).toMatchObject({ status: 'installed', verified: true, from_version: '1.0.0' });
  expect(station.asked('UpdateFirmware')).toHaveLength(1);
  await station.close();
});

test('what cannot be is said at once; what nobody was told of can be called off', async () => {
  const station = await world.station();
  const fields = async (imageId: string, body: object) => {
    const { status, body: said } = await firmware.ask(station.id, imageId, body);
    return [status, said.error.details[0]?.field];
  };
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  expect(await fields(plain, { install_at: inAnHour })).toEqual([400, '']);
  expect(await fields(plain, { signed: true })).toEqual([400, 'signed']);
  expect(await fields('fwi_01KAT3Z6Y8Q0000000000000ZZ', {})).toEqual([400, 'image_id']);
  expect(await fields(await firmware.image({ vendor: 'Somebody else' }), {})).toEqual([400, 'image_id']);
  expect(await fields(plain, { window: { from: '10:00', to: '10:00' } })).toEqual([400, 'window']);
  const empty = await world.app.api<{ id: string }>('POST', '/firmware-images', { version: '3' });
  expect((await firmware.ask(station.id, empty.body.id)).status).toBe(409);
  const never = await world.app.chargePoint();
  const { id } = await firmware.update(never.id, plain);
  expect((await world.app.api('POST', `/firmware-updates/${id}/cancel`)).body).toMatchObject({ status: 'cancelled' });
  expect((await world.app.api('POST', `/firmware-updates/${id}/cancel`)).status).toBe(409);
  const list = await world.app.api<{ data: object[] }>('GET', `/firmware-updates?charge_point_id=${never.id}`);
  expect(list.body.data).toMatchObject([{ id, status: 'cancelled' }]);
});
