/** Keys, TLS and certificates, as OCA's tests of a central system for OCPP 1.6 look at them; by their numbers. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { hashDataOf } from '../../src/simulator/der.ts';
import { acceleratedClock, type Charger, type ChargerOptions, createCharger } from '../../src/simulator/index.ts';
import { dialCharger } from '../ocpp/rig.ts';
import { chargingWorld, type Station } from '../support/charging-world.ts';
import { authority } from '../support/pki.ts';
import { selfSigned } from '../support/self-signed.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'dynamo-certification-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const root = await authority();
const stranger = await authority('Somebody else');
const own = await root.issue('CN=server', { names: ['127.0.0.1'] });
const world = await chargingWorld({
  certificateSigner: { kind: 'dev-ca' },
  tls: {
    port: 0,
    files: {
      certificates: [{ chain: file('server.pem', own.cert), key: file('server.key', own.key) }],
      clientCa: file('ca.pem', root.pem),
    },
    fromDevCa: false,
    rsaKeyExchange: true,
  },
});
await world.app.db.prisma.organization.updateMany({ data: { name: 'Dynamo' } });
const url = world.app.ocppTlsUrl;
const open: Charger[] = [];
afterEach(async () => {
  await world.closeChargers();
  await Promise.all(open.splice(0).map((charger) => charger.close()));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const port = Number(new URL(world.app.url).port);
const dial = (station: Station, password: string, protocols = ['ocpp1.6']) =>
  dialCharger(port, station.identity, { password, protocols });
/** What an upgrade over TLS with the key, and without a certificate, is answered. */
const overTls = ({ identity, key }: Station) =>
  new Promise<number | undefined>((resolve) => {
    const socket = new WebSocket(`${url}/${identity}`, ['ocpp1.6'], { ca: root.pem, auth: `${identity}:${key}` });
    socket.on('unexpected-response', (request, { statusCode }) => {
      resolve(statusCode);
      request.destroy();
    });
    socket.on('error', () => undefined); // of the destroyed request
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
  });
/** A charger of that identity on another line, once it has booted. */
async function again(station: Station, line: Pick<ChargerOptions, 'url' | 'tls'>): Promise<void> {
  const { identity, key: password } = station;
  const charger = createCharger({ ...line, identity, password, clock: acceleratedClock(200) });
  open.push(charger);
  charger.start();
  await charger.whenBooted();
}
const eventOf = (station: Station) =>
  until('the security event', async () => (await station.events('security.event'))[0]?.data);

describe('the key', () => {
  test('TC_085_CSMS a wrong one, or none, is refused; the right one is let in, and boots', async () => {
    const station = await world.station({ boots: false });
    await expect(dial(station, 'wrong')).rejects.toMatchObject({ status: 401 });
    await expect(dialCharger(port, station.identity, {})).rejects.toMatchObject({ status: 401 });
    station.charger.start();
    await station.charger.whenBooted();
    expect(await station.chargePoint()).toMatchObject({ connected: true, boot_status: 'accepted' });
  });

  test('TC_073_CSMS a new one is taken to the charger, which comes back with it; the old one opens no more', async () => {
    const station = await world.station();
    const back = station.charger.next('connected');
    const path = `/charge-points/${station.id}/rotate-key?via=ocpp&wait=true`;
    expect(await world.api('POST', path)).toMatchObject({ status: 202, body: { key_rotation: null } });
    const { value } = station.asked('ChangeConfiguration')[0]?.payload ?? {};
    // Hexadecimal, of 16 to 20 bytes.
    expect(value).toMatch(/^([0-9a-f]{2}){16,20}$/i);
    await back;
    await expect(dial(station, station.key)).rejects.toMatchObject({ status: 401 });
    (await dial(station, String(value))).socket.terminate();
  });
});

test('TC_088_CSMS ocpp1.6 is chosen from what is offered; where it is not offered the handshake names none and ends', async () => {
  const station = await world.station({ boots: false });
  const offering = await dial(station, station.key, ['ocpp9.9', 'ocpp1.6']);
  expect(offering.socket.protocol).toBe('ocpp1.6');
  offering.socket.terminate();
  await expect(dial(station, station.key, ['ocpp9.9'])).rejects.toThrow('Server sent no subprotocol');
});

describe('TLS', () => {
  test("TC_086_CSMS a charger that trusts the server's authority boots over it, another does not even knock", async () => {
    const station = await world.station({
      chargePoint: { security_profile: 2 },
      line: { url, tls: { ca: root.pem } },
    });
    expect(await station.chargePoint()).toMatchObject({ connected: true, boot_status: 'accepted' });
    const wary = await world.station({ chargePoint: { security_profile: 2 }, boots: false });
    const auth = `${wary.identity}:${wary.key}`;
    const fault = await new Promise<Error>((resolve) => {
      new WebSocket(`${url}/${wary.identity}`, ['ocpp1.6'], { ca: stranger.pem, auth }).on('error', resolve);
    });
    expect(fault).toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    expect(await wary.chargePoint()).toMatchObject({ connected: false, boot_status: null });
  });

  test('TC_087_CSMS a charger with a certificate of our authority boots, one without or with another does not', async () => {
    const chargePoint = { security_profile: 3, serial_number: 'SN-TC-087' };
    const line = (shown: { cert?: string; key?: string }) => ({ url, tls: { ca: root.pem, ...shown } });
    const certificate = await root.issue('CN=SN-TC-087, O=Dynamo');
    const station = await world.station({ chargePoint, line: line(certificate) });
    expect(await station.chargePoint()).toMatchObject({ connected: true, boot_status: 'accepted' });
    for (const shown of [{}, await stranger.issue('CN=SN-TC-087, O=Dynamo')]) {
      const other = await world.station({ chargePoint, line: line(shown), boots: false });
      const refused = other.charger.next('refused');
      other.charger.start();
      expect(await refused).toMatchObject({ httpStatus: 401 });
      expect(await other.chargePoint()).toMatchObject({ connected: false, boot_status: null });
    }
  });

  test('TC_083_CSMS the security profile is raised, 1 to 2 to 3: by each first login, and back by none', async () => {
    const station = await world.station({ chargePoint: { serial_number: 'SN-TC-083' } });
    const { id, identity } = station;
    const certificate = { certificateType: 'CentralSystemRootCertificate', certificate: root.pem };
    expect((await station.send('InstallCertificate', certificate)).status).toBe('accepted');
    const raise = (value: string) =>
      world.api('POST', `/charge-points/${id}/commands?wait=true`, {
        action: 'ChangeConfiguration',
        payload: { key: 'SecurityProfile', value },
      });
    const profiles = { security_profile: 1, next_security_profile: null };
    expect(await station.chargePoint()).toMatchObject(profiles);
    expect(await raise('2')).toMatchObject({ body: { status: 'accepted' } });
    const rebooting = station.charger.next('rebooting');
    expect((await station.ask('reset', { type: 'hard' })).status).toBe('accepted');
    await rebooting;
    await station.charger.close();
    // Until it has come over TLS it may come back as it was: its new line may not work.
    expect(await station.chargePoint()).toMatchObject({ ...profiles, next_security_profile: 2 });
    (await dial(station, station.key)).socket.terminate();
    await again(station, { url, tls: { ca: root.pem } });
    const second = { connected: true, boot_status: 'accepted', security_profile: 2, next_security_profile: null };
    expect(await station.chargePoint()).toMatchObject(second);
    await expect(dial(station, station.key)).rejects.toMatchObject({ status: 401 });

    expect(await raise('3')).toMatchObject({ body: { status: 'accepted' } });
    expect(await station.chargePoint()).toMatchObject({ ...second, next_security_profile: 3 });
    await Promise.all(open.splice(0).map((charger) => charger.close()));
    const shown = await root.issue('CN=SN-TC-083, O=Dynamo');
    await again({ ...station, key: '' }, { url, tls: { ca: root.pem, ...shown } });
    expect(await station.chargePoint()).toMatchObject({ ...second, security_profile: 3 });
    expect(await overTls(station)).toBe(401);
    // OCPP lowers nothing, and what a charger takes by mistake is not followed.
    expect((await raise('1')).body).toMatchObject({ status: expect.stringMatching(/^(accepted|rejected)$/) });
    expect(await station.chargePoint()).toMatchObject({ security_profile: 3, next_security_profile: null });
    const { body } = await world.api<{ data: object[] }>(
      'GET',
      `/audit?operation=raiseSecurityProfile&principal_id=${id}`,
    );
    expect(body.data).toMatchObject(
      [
        { from: 2, to: 3 },
        { from: 1, to: 2 },
      ].map((detail) => ({
        ...{ operation: 'raiseSecurityProfile', outcome: 'done', detail, target: { id, identity } },
        who: { kind: 'charge_point', id, address: '127.0.0.1' },
      })),
    );
  });

  test('TC_083_CSMS a raise whose answer is lost: the charger, which does not go back, is let in over TLS', async () => {
    const station = await world.station({ boots: false });
    const line = await dial(station, station.key);
    await line.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    const payload = { key: 'SecurityProfile', value: '2' };
    await world.api('POST', `/charge-points/${station.id}/commands`, { action: 'ChangeConfiguration', payload });
    await line.asked('ChangeConfiguration');
    expect(await overTls(station)).toBe(401);
    line.socket.terminate();
    await until('it is let in', async () => (await overTls(station)) === 101 || undefined);
    const path = `/charge-points/${station.id}`;
    await until('the raise', async () => {
      const { body } = await world.api<{ security_profile: number }>('GET', path);
      return body.security_profile === 2 || undefined;
    });
  });

  test('a raise can be ordered, and called off, by hand; lowering is for people only', async () => {
    const station = await world.station();
    const patch = (change: object) => world.api('PATCH', `/charge-points/${station.id}`, change);
    expect(await patch({ next_security_profile: 1 })).toMatchObject({ status: 400 });
    expect(await patch({ next_security_profile: 2 })).toMatchObject({ body: { next_security_profile: 2 } });
    expect(await station.chargePoint()).toMatchObject({ connected: true });
    expect(await patch({ next_security_profile: null })).toMatchObject({ body: { next_security_profile: null } });
    expect(await overTls(station)).toBe(401);
    await patch({ next_security_profile: 2 });
    expect(await overTls(station)).toBe(101);
    expect(await patch({ security_profile: 1 })).toMatchObject({
      body: { security_profile: 1, next_security_profile: null },
    });
  });

  test('TC_084_CS it is not lowered', async () => {
    const station = await world.station({ settings: { SecurityProfile: '2' } });
    const lower = { key: 'SecurityProfile', value: '1' };
    expect(await station.send('ChangeConfiguration', lower)).toMatchObject({ result: { status: 'Rejected' } });
  });
});

describe('certificates', () => {
  test('TC_074_CSMS asked for it, the charger sends a request for its own key, and takes the certificate', async () => {
    const station = await world.station({ settings: { CpoName: 'Dynamo' } });
    expect((await station.ask('trigger', { message: 'sign_certificate' })).status).toBe('accepted');
    type Request = { readonly status: string; readonly chain: string };
    const { chain } = await until('it is installed', async () => {
      const path = `/charge-points/${station.id}/certificate-requests`;
      const { body } = await world.api<{ data: Request[] }>('GET', path);
      return body.data.find(({ status }) => status === 'installed');
    });
    expect(new X509Certificate(chain).subject.split('\n')).toContain(`CN=${station.identity}`);
    const sent = station.asked('CertificateSigned');
    expect(sent).toMatchObject([{ answered: 'Accepted' }]);
    const answers = station.happenings.flatMap((each) =>
      each.what === 'answered' && each.action === 'SignCertificate' ? [each.outcome] : [],
    );
    expect(answers).toEqual([{ outcome: 'result', result: { status: 'Accepted' } }]);
  });

  test.each([
    ['TC_075_1_CSMS', 'ManufacturerRootCertificate'],
    ['TC_075_2_CSMS', 'CentralSystemRootCertificate'],
  ])('%s a %s is installed, and listed by its hashes', async (_number, certificateType) => {
    const station = await world.station();
    const { pem } = await selfSigned('CN=Root');
    const installed = await station.send('InstallCertificate', { certificateType, certificate: pem });
    expect(installed.status).toBe('accepted');
    expect((await station.send('GetInstalledCertificateIds', { certificateType })).result).toEqual({
      status: 'Accepted',
      certificateHashData: [hashDataOf(new X509Certificate(pem))],
    });
  });

  test('TC_076_CSMS a root is deleted by its hashes, once', async () => {
    const station = await world.station();
    const certificateType = 'CentralSystemRootCertificate';
    const { pem } = await selfSigned('CN=Root');
    await station.send('InstallCertificate', { certificateType, certificate: pem });
    const certificateHashData = hashDataOf(new X509Certificate(pem));
    expect((await station.send('DeleteCertificate', { certificateHashData })).status).toBe('accepted');
    expect((await station.send('GetInstalledCertificateIds', { certificateType })).result).toEqual({
      status: 'NotFound',
    });
    expect((await station.send('DeleteCertificate', { certificateHashData })).status).toBe('rejected');
  });

  test('TC_077_CSMS a certificate that is not for its key is refused, and told as a security event', async () => {
    const station = await world.station();
    const { pem } = await selfSigned('CN=Somebody');
    expect((await station.send('CertificateSigned', { certificateChain: pem })).status).toBe('rejected');
    expect(await eventOf(station)).toMatchObject({ type: 'InvalidChargePointCertificate' });
  });

  test('TC_078_CSMS a root of the server that is no longer valid is refused, and told as a security event', async () => {
    const station = await world.station();
    const { pem } = await selfSigned('CN=Root', { ended: true });
    const root = { certificateType: 'CentralSystemRootCertificate', certificate: pem };
    expect(await station.send('InstallCertificate', root)).toMatchObject({
      status: 'rejected',
      result: { status: 'Rejected' },
    });
    expect(await eventOf(station)).toMatchObject({ type: 'InvalidCentralSystemCertificate' });
  });
});
