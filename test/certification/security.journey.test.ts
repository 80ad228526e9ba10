/** Security, firmware, logs, certificates, as OCA's tests of a central system for OCPP 1.6 look at them; by their numbers. */
import { createSign, X509Certificate } from 'node:crypto';
import 'reflect-metadata';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { X509CertificateGenerator } from '@peculiar/x509';
import { hashDataOf } from '../../src/simulator/der.ts';
import { chargingWorld } from '../support/charging-world.ts';
import { startFileServer } from '../support/file-server.ts';
import { until } from '../support/until.ts';

const firmware = Buffer.from('firmware 7.1.0');
const world = await chargingWorld();
const files = await startFileServer(firmware);
afterEach(() => world.closeChargers());
afterAll(async () => {
  await world.close();
  await files.close();
});

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
async function selfSigned(name: string) {
  const keys = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 3650 * 86_400_000),
    signingAlgorithm: ecdsa,
  });
  return { pem: made.toString('pem'), keys };
}

describe('connecting', () => {
  test('TC_085_CSMS with a wrong password it is refused, with the right one let in', async () => {
    const station = await world.station({ boots: false });
    const wrong = new Headers({ Authorization: `Basic ${btoa(`${station.identity}:wrong`)}` });
    const knock = await fetch(`${world.app.url}/ocpp/${station.identity}`, {
      headers: { ...Object.fromEntries(wrong), 'Sec-WebSocket-Protocol': 'ocpp1.6' },
    });
    expect(knock.ok).toBe(false);
    station.charger.start();
    await station.charger.whenBooted();
  });

  test('TC_088_CSMS a subprotocol that is not spoken here is refused, ocpp1.6 is chosen', async () => {
    const station = await world.station();
    expect(station.happenings[0]).toMatchObject({ what: 'connected', protocol: 'ocpp1.6' });
  });
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

describe('certificates', () => {
  test('TC_075_CSMS a root is installed and listed; TC_076_CSMS and deleted', async () => {
    const station = await world.station();
    const { pem } = await selfSigned('CN=Root');
    const certificateType = 'CentralSystemRootCertificate';
    const list = () => station.send('GetInstalledCertificateIds', { certificateType });
    expect((await station.send('InstallCertificate', { certificateType, certificate: pem })).status).toBe('accepted');
    const certificateHashData = hashDataOf(new X509Certificate(pem));
    expect((await list()).result).toEqual({ status: 'Accepted', certificateHashData: [certificateHashData] });
    expect((await station.send('DeleteCertificate', { certificateHashData })).status).toBe('accepted');
    expect((await list()).result).toEqual({ status: 'NotFound' });
    expect((await station.send('DeleteCertificate', { certificateHashData })).status).toBe('rejected');
  });

  test('TC_077_CSMS a certificate that is not for its key is refused, and told as a security event', async () => {
    const station = await world.station();
    const { pem } = await selfSigned('CN=Somebody');
    expect((await station.send('CertificateSigned', { certificateChain: pem })).status).toBe('rejected');
    await until('the event', async () => (await station.events('security.event')).length > 0);
    expect((await station.events('security.event'))[0]?.data).toMatchObject({ type: 'InvalidChargePointCertificate' });
  });

  test('TC_074_CSMS asked for it, the charger sends a request with a key of its own, which is answered', async () => {
    const station = await world.station();
    expect((await station.ask('trigger', { message: 'sign_certificate' })).status).toBe('accepted');
    const answered = await until('its request is answered', () =>
      station.happenings.find((each) => each.what === 'answered' && each.action === 'SignCertificate'),
    );
    expect(answered).toMatchObject({
      outcome: { outcome: 'result', result: { status: expect.stringMatching(/^(Accepted|Rejected)$/) } },
    });
  });
});
