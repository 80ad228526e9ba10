/** Security profiles 2 and 3 at the server's own TLS port: who is let in, by which certificate, suite and version. */
import { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { createDevCa } from '../../src/certificates/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { makeRequest } from '../../src/simulator/csr.ts';
import { acceleratedClock, type Charger, createCharger } from '../../src/simulator/index.ts';
import { startApp } from '../support/app.ts';
import { faults, type Holder, knockWith, mayCome, type Profile } from '../support/knocks.ts';
import { authority, type Issued } from '../support/pki.ts';
import { scriptedCharger } from '../support/scripted-charger.ts';
import { selfSigned } from '../support/self-signed.ts';
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
  trustedProxies: ['127.0.0.1'],
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

describe('a certificate that this server signed', () => {
  /** Over profile 2: the charger says who it is, and asks for a certificate. undefined: it is rejected. */
  async function ask(made: Point, subject: { serial: string; name: string; organization?: string }) {
    const tls = { ca: root.pem };
    const charger = await scriptedCharger({ ...made, ocppUrl: app.ocppTlsUrl, tls }, () => ({ status: 'Accepted' }));
    try {
      const about = { chargePointVendor: 'V', chargePointModel: 'M', chargePointSerialNumber: subject.serial };
      await charger.call('BootNotification', about);
      const { name: commonName, organization = 'Dynamo' } = subject;
      const { csr, key } = await makeRequest({ commonName, organization });
      if ((await charger.call('SignCertificate', { csr }))['status'] !== 'Accepted') return undefined;
      const chain = await until(
        'it is signed',
        () => charger.asked.find(({ action }) => action === 'CertificateSigned')?.payload['certificateChain'],
      );
      return { cert: String(chain), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
    } finally {
      await charger.close();
    }
  }
  const raise = ({ id }: Point) => app.api('PATCH', `/charge-points/${id}`, { security_profile: 3 });

  test('opens its charge point by the serial number that only the charger told, and as the name was written', async () => {
    const made = await point(2);
    const own = await ask(made, { serial: 'SN-REPORTED', name: ' SN-REPORTED', organization: 'dynamo ' });
    await raise(made);
    expect(await knock(made, own)).toBe(101);
  });

  test("is not to be had in another charge point's name, whatever a charger says of itself", async () => {
    const a = await point(3, { serial_number: 'SN-OF-A' });
    const b = await point(2);
    for (const name of [a.identity, 'SN-OF-A']) expect(await ask(b, { serial: name, name })).toBeUndefined();
    const { body } = await app.api<{ data: { error: { message: string } }[] }>(
      'GET',
      `/charge-points/${b.id}/certificate-requests`,
    );
    expect(body.data[0]?.error.message).toContain(`charge point: ${b.identity}`);
    const claimed = await point(2, { serial_number: a.identity });
    expect(await ask(claimed, { serial: 'SN-1', name: a.identity })).toBeUndefined();
    expect(await ask(claimed, { serial: 'SN-1', name: claimed.identity })).toBeDefined();
  });

  test('opens no charge point that comes to that name later, and still the one that has it', async () => {
    const b = await point(2);
    const certificate = await ask(b, { serial: 'SN-LATER', name: 'SN-LATER' });
    const a = await point(3, { serial_number: 'SN-LATER' });
    expect(await knock(a, certificate)).toBe(401);
    expect(await reasonFor(a.identity)).toBe('wrong_certificate');
    await raise(b);
    expect(await knock(b, certificate)).toBe(101);
    expect(await knock(a, await root.issue('CN=SN-LATER, O=Dynamo'))).toBe(101);
  });

  test('opens nothing any more when its charge point was deleted, be one of the same identity registered anew', async () => {
    const before = await point(2);
    const certificate = await ask(before, { serial: 'SN-2', name: before.identity });
    expect((await app.api('DELETE', `/charge-points/${before.id}`)).status).toBe(204);
    const after = await point(3, { identity: before.identity });
    expect(await knock(after, certificate)).toBe(401);
  });
});

describe('4 profiles × 24 faults of credentials and lines', () => {
  const profiles = [0, 1, 2, 3] as const;
  const ports = { plain: Number(new URL(app.ocppUrl).port), tls: Number(new URL(app.ocppTlsUrl).port) };
  let guesses = 0;
  /** The answers to all faults, in their order. */
  async function answersTo(holder: Holder, isAsked: (nth: number) => boolean = () => true): Promise<string[]> {
    const shown = await certificatesOf(holder.identity);
    return Promise.all(
      faults.map(async (fault, nth) => {
        if (!isAsked(nth)) return '';
        guesses += 1;
        const from = `192.0.2.${guesses % 250}`;
        const certificate = fault.certificate && shown[fault.certificate];
        const how = { holder, port: ports[fault.line], ca: root.pem, certificate, from };
        const { text, leave } = await knockWith(fault, how);
        leave();
        return text;
      }),
    );
  }
  const certificatesOf = async (identity: string) => ({
    own: await root.issue(`CN=${identity}, O=Dynamo`),
    "another charger's": await root.issue('CN=CP-ELSE, O=Dynamo'),
    "another organization's": await root.issue(`CN=${identity}, O=Others`),
    "another authority's": await stranger.issue(`CN=${identity}, O=Dynamo`),
    ended: await root.issue(`CN=${identity}, O=Dynamo`, { ended: true }),
    'self-signed': await selfSigned(`CN=${identity}, O=Dynamo`).then(
      ({ pem, keys }): Issued => ({
        cert: pem,
        key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
      }),
    ),
  });
  async function holderOf(profile: Profile): Promise<Holder & { readonly id: string }> {
    const made = await point(profile);
    const other = (await point(1)).key;
    if (profile === 0) return { ...made, key: other, old: other, other };
    const rotated = await app.api<{ key: string }>('POST', `/charge-points/${made.id}/rotate-key`);
    return { ...made, key: rotated.body.key, old: made.key, other };
  }

  test('nobody is let in who should not be, and whoever is not is told the same, be he known, unknown or connected', async () => {
    expect(faults).toHaveLength(24);
    const unknown = await answersTo({
      identity: 'NOBODY',
      key: 'a'.repeat(40),
      old: 'b'.repeat(40),
      other: 'c'.repeat(40),
    });
    expect(new Set(unknown).size).toBe(1);
    expect(unknown[0]).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    for (const profile of profiles) {
      const holder = await holderOf(profile);
      const expected = faults.map((fault) => (mayCome(profile, fault) ? 'let in' : 'refused'));
      const known = await answersTo(holder);
      const came = known.map((text, nth) =>
        text.startsWith('HTTP/1.1 101') ? 'let in' : text === unknown[nth] ? 'refused' : text,
      );
      expect(faults.map(({ name, line }, nth) => [profile, line, name, came[nth]])).toEqual(
        faults.map(({ name, line }, nth) => [profile, line, name, expected[nth]]),
      );
      // And while the charger itself is connected: the same, and it stays.
      const { own } = await certificatesOf(holder.identity);
      const line = profile >= 2 ? 'tls' : 'plain';
      const header = ({ identity, key }: Holder) => `Basic ${Buffer.from(`${identity}:${key}`).toString('base64')}`;
      const certificate = profile === 3 ? own : undefined;
      const at = { holder, port: ports[line], ca: root.pem, certificate, from: '198.51.100.1' };
      const itself = await knockWith({ line, header }, at);
      expect(itself.text).toMatch(/^HTTP\/1\.1 101 /);
      const isConnected = async () =>
        (await app.api<{ connected: boolean }>('GET', `/charge-points/${holder.id}`)).body.connected;
      await until('it is connected', isConnected);
      const meanwhile = await answersTo(holder, (nth) => expected[nth] === 'refused');
      expect(meanwhile.filter((text) => text !== '' && text !== unknown[0])).toEqual([]);
      expect(itself.isOpen()).toBe(true);
      await until('it still is', isConnected);
      itself.leave();
    }
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
