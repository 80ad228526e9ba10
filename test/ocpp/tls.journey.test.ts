/** Security profiles 2 and 3 at the server's own TLS port: who is let in, by which certificate, suite and version. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { createDevCa } from '../../src/certificates/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { acceleratedClock, type Charger, createCharger } from '../../src/simulator/index.ts';
import { startApp } from '../support/app.ts';
import { authority } from '../support/pki.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'dynamo-tls-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const root = await authority();
const stranger = await authority('Somebody else');
const names = ['127.0.0.1', 'localhost'];
const [rsa, ecdsa] = [await root.issue('CN=rsa', { names, rsa: true }), await root.issue('CN=ecdsa', { names })];

const app = await startApp({
  certificateSigner: { kind: 'dev-ca' },
  tls: {
    port: 0,
    files: {
      certificates: [
        { chain: file('rsa.pem', rsa.cert), key: file('rsa.key', rsa.key) },
        { chain: file('ecdsa.pem', ecdsa.cert), key: file('ecdsa.key', ecdsa.key) },
      ],
      clientCa: file('ca.pem', root.pem),
    },
    fromDevCa: false,
    rsaKeyExchange: true,
  },
});
await app.db.prisma.organization.updateMany({ data: { name: 'Dynamo' } });
const open: Charger[] = [];
afterEach(() => Promise.all(open.splice(0).map((charger) => charger.close())));
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true });
});

type Point = Awaited<ReturnType<typeof app.chargePoint>>;

/** The status of the upgrade's answer, or 101. */
async function knock(
  { identity, key: password }: Point,
  { plain = false, ...tls }: { plain?: boolean; cert?: string; key?: string } = {},
): Promise<number> {
  const url = plain ? app.ocppUrl : app.ocppTlsUrl;
  const charger = createCharger({
    url,
    identity,
    password,
    tls: { ca: root.pem, ...tls },
    clock: acceleratedClock(200),
  });
  open.push(charger);
  const refused = charger.next('refused', { timeoutMs: 60_000 }).then(({ httpStatus }) => httpStatus);
  const booted = charger.whenBooted(60_000).then(() => 101);
  charger.start();
  const status = await Promise.race([refused, booted]);
  await Promise.all([charger.close(), refused.catch(() => 0), booted.catch(() => 0)]);
  return status;
}
const point = (security_profile: number, more = {}) => app.chargePoint({ security_profile, ...more });
const reasonFor = (identity: string) =>
  until('the refusal is listed', async () => {
    const { body } = await app.api<{ data: { identity: string; reason: string }[] }>('GET', '/unknown-charge-points');
    return body.data.find((each) => each.identity === identity)?.reason;
  });

describe('profile 2', () => {
  test('a charger boots over TLS at the address that its record shows, and is refused on a plain line', async () => {
    const made = await point(2);
    expect(made).toMatchObject({ ocpp_url: `${app.ocppTlsUrl}/${made.identity}` });
    expect(await knock(made)).toBe(101);
    expect(await knock(made, { plain: true })).toBe(401);
    expect(await reasonFor(made.identity)).toBe('wrong_security_profile');
  });

  test('a charger of profile 1 is refused over TLS', async () => {
    const made = await point(1);
    expect(await knock(made)).toBe(401);
    expect(await knock(made, { plain: true })).toBe(101);
  });

  test('REST is served there as well', async () => {
    const answer = await fetchOver(new URL(app.ocppTlsUrl).port, '/livez');
    expect(answer).toContain('HTTP/1.1 200');
  });
});

describe('profile 3', () => {
  test('the certificate of the charge point opens, by its identity or its serial number; no password is asked', async () => {
    const byIdentity = await point(3);
    const own = await root.issue(`CN=${byIdentity.identity}, O=Dynamo`);
    expect(await knock({ ...byIdentity, key: 'not asked for' }, own)).toBe(101);
    const bySerial = await point(3, { serial_number: 'SN-0815' });
    expect(await knock(bySerial, await root.issue('CN=SN-0815, O=Dynamo', { rsa: true }))).toBe(101);
    expect(await knock(bySerial, await root.issue('CN=SN-0815'))).toBe(101);
  });

  test.each([
    ['none', 'missing_certificate', () => Promise.resolve({})],
    ["another charger's", 'wrong_certificate', () => root.issue('CN=CP-ELSE, O=Dynamo')],
    ["another organization's", 'wrong_certificate', (name: string) => root.issue(`CN=${name}, O=Others`)],
    ["another authority's", 'wrong_certificate', (name: string) => stranger.issue(`CN=${name}, O=Dynamo`)],
  ])('%s does not, and the list says %s', async (_which, reason, certificate) => {
    const made = await point(3);
    expect(await knock(made, await certificate(made.identity))).toBe(401);
    expect(await reasonFor(made.identity)).toBe(reason);
  });

  test('on a plain line there is none', async () => {
    const made = await point(3);
    expect(await knock(made, { plain: true })).toBe(401);
  });

  test('what the development CA signs is believed as well, without being named in OCPP_TLS_CLIENT_CA', async () => {
    const ca = createDevCa({ db: app.db, cipher: app.keyRing.cipher('certificate-authority'), clock: systemClock });
    const made = await ca.server([`unused.${'example'}`]);
    // Signed by it, but for somebody else: past the handshake, and refused by name.
    const charger = await point(3);
    expect(await knock(charger, { cert: made.chain, key: made.key })).toBe(401);
    expect(await reasonFor(charger.identity)).toBe('wrong_certificate');
  });
});

describe('the line', () => {
  const { port } = new URL(app.ocppTlsUrl);
  const shake = (options: ConnectionOptions): Promise<{ cipher: string; protocol: string | null; name: unknown }> =>
    new Promise((resolve, reject) => {
      const socket: TLSSocket = connect({ host: '127.0.0.1', port: Number(port), ca: root.pem, ...options }, () => {
        const { standardName } = socket.getCipher();
        const { CN: name } = socket.getPeerCertificate().subject;
        resolve({ cipher: standardName, protocol: socket.getProtocol(), name });
        socket.destroy();
      });
      socket.on('error', reject);
    });

  // 2.x A00.FR.318 and the 1.6 whitepaper.
  test.each([
    ['ECDHE-ECDSA-AES128-GCM-SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ecdsa'],
    ['ECDHE-ECDSA-AES256-GCM-SHA384', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ecdsa'],
    ['AES128-GCM-SHA256', 'TLS_RSA_WITH_AES_128_GCM_SHA256', 'rsa'],
    ['AES256-GCM-SHA384', 'TLS_RSA_WITH_AES_256_GCM_SHA384', 'rsa'],
    ['ECDHE-RSA-AES256-GCM-SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'rsa'],
  ])('%s is spoken, with the certificate that fits', async (ciphers, cipher, name) => {
    expect(await shake({ ciphers, maxVersion: 'TLSv1.2' })).toEqual({ cipher, protocol: 'TLSv1.2', name });
  });

  test('TLS 1.3 is spoken', async () => {
    expect(await shake({ minVersion: 'TLSv1.3' })).toMatchObject({ protocol: 'TLSv1.3' });
  });

  test.each([
    ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['a suite without authentication of the data', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }],
  ] as const)('%s is not', async (_what, options) => {
    await expect(shake(options)).rejects.toThrow();
  });
});

function fetchOver(port: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port: Number(port), ca: root.pem }, () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    });
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}
