/** Logs and firmware, as OCA's tests of a central system for OCPP 1.6 look at them; in our own words, by their numbers. */
import { createSign } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld } from '../support/charging-world.ts';
import { startFileServer } from '../support/file-server.ts';
import { selfSigned } from '../support/self-signed.ts';
import { until } from '../support/until.ts';

const firmware = Buffer.from('firmware 7.1.0');
const world = await chargingWorld();
const files = await startFileServer(firmware);
afterEach(() => world.closeChargers());
afterAll(async () => {
  await world.close();
  await files.close();
});

describe('logs', () => {
  test('TC_045_1_CSMS diagnostics are asked for, sent, and their status known', async () => {
    const station = await world.station();
    const { status, result } = await station.send('GetDiagnostics', { location: `${files.url}/diagnostics/` });
    expect(status).toBe('accepted');
    await until('they are here', () => files.received.some(({ path }) => path.endsWith(String(result?.['fileName']))));
    await until('its status is known', async () => (await station.chargePoint()).diagnostics_status === 'Uploaded');
  });

  test('TC_045_2_CSMS an upload that fails is told', async () => {
    const station = await world.station();
    await station.send('GetDiagnostics', { location: `${files.url}/missing/` });
    await until('its status is known', async () => (await station.chargePoint()).diagnostics_status === 'UploadFailed');
  });

  test('TC_079_CSMS the security log is asked for and sent', async () => {
    const station = await world.station();
    const log = { remoteLocation: `${files.url}/logs/` };
    const { status } = await station.send('GetLog', { logType: 'SecurityLog', requestId: 7, log });
    expect(status).toBe('accepted');
    await until('it is here', () => files.received.some(({ path }) => path.startsWith('/logs/security-')));
    await until('its status is known', async () => (await station.chargePoint()).diagnostics_status === 'Uploaded');
  });
});

describe('firmware', () => {
  const retrieveDate = () => new Date().toISOString();

  test('TC_044_1_CSMS is fetched and installed, and the new version is known', async () => {
    const station = await world.station();
    const location = `${files.url}/fw-7.1.0.bin`;
    expect((await station.send('UpdateFirmware', { location, retrieveDate: retrieveDate() })).status).toBe('accepted');
    await until('it is installed', async () => {
      const { firmware_status: status, firmware_version: version } = await station.chargePoint();
      return status === 'Installed' && version === '7.1.0';
    });
  });

  test('TC_044_2_CSMS that cannot be fetched is told', async () => {
    const station = await world.station();
    await station.send('UpdateFirmware', { location: `${files.url}/missing`, retrieveDate: retrieveDate() });
    await until('it is told', async () => (await station.chargePoint()).firmware_status === 'DownloadFailed');
  });

  test('TC_044_3_CSMS that cannot be installed is told, and the old version stays', async () => {
    const station = await world.station();
    const { firmware_version: before } = await station.chargePoint();
    const tell = (status: string) => station.charger.call('FirmwareStatusNotification', { status });
    // Ordered for tomorrow, so that the charger does nothing by itself: it is told here what it would do.
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const order = { location: `${files.url}/fw-7.1.0.bin`, retrieveDate: tomorrow };
    expect((await station.send('UpdateFirmware', order)).status).toBe('accepted');
    for (const status of ['Downloading', 'Downloaded', 'Installing'])
      expect(await tell(status)).toEqual({ outcome: 'result', result: {} });
    station.charger.reboot('Reboot');
    await station.charger.next('booted', { where: ({ status }) => status === 'Accepted' });
    expect(await tell('InstallationFailed')).toEqual({ outcome: 'result', result: {} });
    expect(await station.chargePoint()).toMatchObject({
      firmware_status: 'InstallationFailed',
      firmware_version: before,
    });
  });

  async function signedOrder(signature?: string) {
    const { pem, keys } = await selfSigned('CN=Maker');
    const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
    const right = createSign('sha256').update(firmware).sign({ key, format: 'der', type: 'pkcs8' }, 'base64');
    return {
      requestId: 12,
      firmware: {
        location: `${files.url}/fw-7.1.0.bin`,
        retrieveDateTime: retrieveDate(),
        signingCertificate: pem,
        signature: signature ?? right,
      },
    };
  }

  test('TC_080_CSMS that is signed is verified and installed', async () => {
    const station = await world.station();
    expect((await station.send('SignedUpdateFirmware', await signedOrder())).status).toBe('accepted');
    await until('it is installed', async () => (await station.chargePoint()).firmware_status === 'Installed');
    expect((await station.chargePoint()).firmware_version).toBe('7.1.0');
  });

  test('TC_081_CSMS whose signature is wrong is told, also as a security event', async () => {
    const station = await world.station();
    await station.send('SignedUpdateFirmware', await signedOrder(btoa('nonsense')));
    await until('it is told', async () => (await station.chargePoint()).firmware_status === 'InvalidSignature');
    const [event] = await until('the event', async () => {
      const events = await station.events('security.event');
      return events.length > 0 ? events : undefined;
    });
    expect(event?.data).toMatchObject({ type: 'InvalidFirmwareSignature', severity: 'critical' });
  });
});
