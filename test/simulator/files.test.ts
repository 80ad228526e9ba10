import { createSign, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import { hashDataOf } from '../../src/simulator/der.ts';
import { arranged, booted } from './arrange.ts';

const answered = (status: string) => [3, expect.any(String), expect.objectContaining({ status })];
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate of one's own making, for any key. */
async function certificate(name: string) {
  const own = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name,
    keys: own,
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 30 * 86_400_000),
    signingAlgorithm: ecdsa,
  });
  return { pem: made.toString('pem'), keys: own };
}

let server: Server;
let url: string;
const received: { method: string; path: string; body: string }[] = [];
const firmware = Buffer.from('firmware 2.0.0 of the simulator');
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '' } = request;
      received.push({ method, path, body: Buffer.concat(chunks).toString() });
      if (path.startsWith('/forbidden')) response.writeHead(403).end();
      else if (path.startsWith('/post-only') && method === 'PUT') response.writeHead(405).end();
      else if (path.startsWith('/missing')) response.writeHead(404).end();
      else response.end(method === 'GET' ? firmware : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('logs', () => {
  test('diagnostics are really sent, by PUT or else POST, and told step by step', () =>
    arranged(async ({ csms, charger }) => {
      await booted(charger({ identity: 'LOG-1' }), csms);
      expect(await csms.call('GetDiagnostics', { location: `${url}/post-only/` })).toMatchObject([
        3,
        expect.any(String),
        { fileName: 'diagnostics-LOG-1.log' },
      ]);
      await csms.count('DiagnosticsStatusNotification', 2);
      expect(csms.of('DiagnosticsStatusNotification').map(({ payload }) => payload['status'])).toEqual([
        'Uploading',
        'Uploaded',
      ]);
      expect(received.filter(({ path }) => path === '/post-only/diagnostics-LOG-1.log')).toMatchObject([
        { method: 'PUT' },
        { method: 'POST', body: expect.stringContaining('booted') },
      ]);
    }));

  test.each([
    ['Uploaded', () => `${url}/logs`],
    ['PermissionDenied', () => `${url}/forbidden`],
    ['UploadFailure', () => 'http://127.0.0.1:9/'],
    ['NotSupportedOperation', () => 'ftp://127.0.0.1/logs'],
  ])('GetLog ends as %s', (end, location) =>
    arranged(async ({ csms, charger }) => {
      await booted(charger(), csms);
      const payload = { logType: 'SecurityLog', requestId: 12, log: { remoteLocation: location() } };
      expect(await csms.call('GetLog', payload)).toEqual(answered('Accepted'));
      await csms.count('LogStatusNotification', 2);
      expect(csms.of('LogStatusNotification').map(({ payload: said }) => said)).toEqual([
        { status: 'Uploading', requestId: 12 },
        { status: end, requestId: 12 },
      ]);
    }),
  );
});

describe('firmware', () => {
  test('is fetched, installed by a reboot, and told step by step', () =>
    arranged(async ({ csms, charger }) => {
      await booted(charger(), csms);
      const retrieveDate = new Date().toISOString();
      expect(await csms.call('UpdateFirmware', { location: `${url}/fw-2.0.0.bin`, retrieveDate })).toEqual([
        3,
        expect.any(String),
        {},
      ]);
      await csms.count('FirmwareStatusNotification', 4);
      expect(csms.of('FirmwareStatusNotification').map(({ payload }) => payload['status'])).toEqual([
        'Downloading',
        'Downloaded',
        'Installing',
        'Installed',
      ]);
      expect(csms.of('BootNotification').at(-1)?.payload['firmwareVersion']).toBe('2.0.0');
    }));

  test('that is not there is told as DownloadFailed, after the retries', () =>
    arranged(async ({ csms, charger }) => {
      await booted(charger(), csms);
      const retrieveDate = new Date().toISOString();
      await csms.call('UpdateFirmware', { location: `${url}/missing`, retrieveDate, retries: 1, retryInterval: 1 });
      await csms.count('FirmwareStatusNotification', 3);
      expect(csms.of('FirmwareStatusNotification').map(({ payload }) => payload['status'])).toEqual([
        'Downloading',
        'Downloading',
        'DownloadFailed',
      ]);
    }));

  test('that is signed is verified before it is installed', () =>
    arranged(async ({ csms, charger }) => {
      await booted(charger(), csms);
      const { pem, keys } = await certificate('CN=Maker');
      const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
      const sign = createSign('sha256').update(firmware);
      const signature = sign.sign({ key: pkcs8, format: 'der', type: 'pkcs8' }, 'base64');
      const order = (more: object, requestId: number) => ({
        requestId,
        firmware: {
          location: `${url}/fw-2.0.0.bin`,
          retrieveDateTime: new Date().toISOString(),
          signingCertificate: pem,
          signature,
          ...more,
        },
      });
      const told = (id: number) =>
        csms
          .of('SignedFirmwareStatusNotification')
          .filter(({ payload }) => payload['requestId'] === id)
          .map(({ payload }) => payload['status']);
      const wrong = Buffer.from('something else').toString('base64');
      expect(await csms.call('SignedUpdateFirmware', order({ signature: wrong }, 1))).toEqual(answered('Accepted'));
      await csms.count('SecurityEventNotification', 1);
      expect(told(1)).toEqual(['Downloading', 'Downloaded', 'InvalidSignature']);
      expect(await csms.call('SignedUpdateFirmware', order({ signingCertificate: 'none' }, 2))).toEqual(
        answered('InvalidCertificate'),
      );
      expect(await csms.call('SignedUpdateFirmware', order({}, 3))).toEqual(answered('Accepted'));
      await csms.count('SignedFirmwareStatusNotification', 9);
      expect(told(3)).toEqual([
        'Downloading',
        'Downloaded',
        'SignatureVerified',
        'Installing',
        'InstallRebooting',
        'Installed',
      ]);
    }));
});

describe('certificates', () => {
  test('roots are installed, listed by their hashes, and deleted', () =>
    arranged(async ({ csms, charger }) => {
      await booted(charger(), csms);
      const { pem } = await certificate('CN=Root, O=Dynamo');
      const certificateType = 'CentralSystemRootCertificate';
      const list = () => csms.call('GetInstalledCertificateIds', { certificateType });
      expect(await list()).toEqual(answered('NotFound'));
      expect(await csms.call('InstallCertificate', { certificateType, certificate: pem })).toEqual(
        answered('Accepted'),
      );
      expect(await csms.call('InstallCertificate', { certificateType, certificate: 'none' })).toEqual(
        answered('Rejected'),
      );
      const certificateHashData = hashDataOf(new X509Certificate(pem));
      expect(await list()).toMatchObject([3, expect.any(String), { certificateHashData: [certificateHashData] }]);
      expect(certificateHashData.issuerNameHash).toMatch(/^[0-9a-f]{64}$/);
      expect(await csms.call('DeleteCertificate', { certificateHashData })).toEqual(answered('Accepted'));
      expect(await csms.call('DeleteCertificate', { certificateHashData })).toEqual(answered('NotFound'));
    }));

  test('asked to, it makes a key, requests its certificate, and takes only the one for that key', () =>
    arranged(async ({ csms, charger }) => {
      await booted(charger({ identity: 'SEC-1' }), csms);
      const asked = { requestedMessage: 'SignChargePointCertificate' };
      expect(await csms.call('ExtendedTriggerMessage', asked)).toEqual(answered('Accepted'));
      await csms.count('SignCertificate', 1);
      const csr = new Pkcs10CertificateRequest(String(csms.of('SignCertificate')[0]?.payload['csr']));
      expect(await csr.verify()).toBe(true);
      expect(csr.subject).toContain('CN=SEC-1');
      const ca = await certificate('CN=CA');
      const issued = await X509CertificateGenerator.create({
        subject: csr.subject,
        issuer: 'CN=CA',
        publicKey: csr.publicKey,
        signingKey: ca.keys.privateKey,
        notBefore: new Date(Date.now() - 86_400_000),
        notAfter: new Date(Date.now() + 86_400_000),
        signingAlgorithm: ecdsa,
      });
      expect(await csms.call('CertificateSigned', { certificateChain: ca.pem })).toEqual(answered('Rejected'));
      await csms.count('SecurityEventNotification', 1);
      expect(await csms.call('CertificateSigned', { certificateChain: issued.toString('pem') })).toEqual(
        answered('Accepted'),
      );
    }));
});

test('every trigger of the security extension is answered by its message', () =>
  arranged(async ({ csms, charger }) => {
    await booted(charger(), csms);
    for (const [requestedMessage, action] of [
      ['BootNotification', 'BootNotification'],
      ['Heartbeat', 'Heartbeat'],
      ['StatusNotification', 'StatusNotification'],
      ['MeterValues', 'MeterValues'],
      ['LogStatusNotification', 'LogStatusNotification'],
      ['FirmwareStatusNotification', 'SignedFirmwareStatusNotification'],
    ] as const) {
      const before = csms.of(action).length;
      expect(await csms.call('ExtendedTriggerMessage', { requestedMessage })).toEqual(answered('Accepted'));
      await csms.count(action, before + 1);
    }
    expect(await csms.call('ExtendedTriggerMessage', { requestedMessage: 'Dance' })).toEqual(
      answered('NotImplemented'),
    );
    expect(await csms.call('DataTransfer', { vendorId: 'org.dynamo.simulator', messageId: 'Echo', data: 'x' })).toEqual(
      [3, expect.any(String), { status: 'Accepted', data: 'x' }],
    );
  }));
