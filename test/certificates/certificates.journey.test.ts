/** Certificates of chargers on the whole server: the development CA, an operator's signer, and what is refused. */
import 'reflect-metadata';
import { generateKeyPairSync, type webcrypto, X509Certificate } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Pkcs10CertificateRequestGenerator, X509CertificateGenerator } from '@peculiar/x509';
import { acceleratedClock, createCharger, seededRandom } from '../../src/simulator/index.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';

const serverCertificate = await testCertificate([], ['127.0.0.1']);
const receiver = await startReceiver(serverCertificate);
const dev = await startApp({ certificateSigner: { kind: 'dev-ca' } });
const hooked = await startApp({
  webhookCa: serverCertificate.caPem,
  certificateSigner: {
    kind: 'hook',
    url: `https://127.0.0.1:${receiver.port}/sign?v=1`,
    secret: 'a secret of the hook',
  },
});
const none = await startApp();
const open: { close(): Promise<void> }[] = [];
for (const app of [dev, hooked, none]) await app.db.prisma.organization.updateMany({ data: { name: 'Dynamo' } });
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await Promise.all([dev.stop(), hooked.stop(), none.stop()]);
  await receiver.close();
});

type Request = {
  status: string;
  error: { code: string; message: string } | null;
  chain: string;
  command_id: string;
  expires_at: string;
};
type Held = {
  id: string;
  type: string;
  subject: string | null;
  installed_at: string | null;
  expires_at: string | null;
};
const requestsOf = async (app: RunningApp, id: string) =>
  (await app.api<{ data: Request[] }>('GET', `/charge-points/${id}/certificate-requests`)).body.data;
const heldBy = async (app: RunningApp, id: string) =>
  (await app.api<{ data: Held[] }>('GET', `/charge-points/${id}/certificates`)).body.data;

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const SHORT_RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 1024,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};
const keysOf = async (algorithm: typeof EC | typeof SHORT_RSA = EC): Promise<webcrypto.CryptoKeyPair> =>
  (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
async function csrOf(name: Record<string, string[]>[], algorithm: typeof EC | typeof SHORT_RSA = EC) {
  const keys = await keysOf(algorithm);
  const csr = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm });
  return { pem: csr.toString('pem'), keys };
}
async function scripted(app: RunningApp, answers: Record<string, Record<string, unknown>> = {}) {
  const chargePoint = await app.chargePoint();
  const charger = await scriptedCharger(
    { ocppUrl: app.ocppUrl, ...chargePoint },
    (action) => answers[action] ?? { status: 'Accepted' },
  );
  open.push(charger);
  return { ...chargePoint, charger };
}
async function simulated(app: RunningApp): Promise<{ id: string; identity: string }> {
  const { id, identity, key } = await app.chargePoint();
  const charger = createCharger({
    url: app.ocppUrl,
    identity,
    password: key,
    connectors: 1,
    clock: acceleratedClock(100),
    random: seededRandom(1),
  });
  open.push(charger);
  charger.start();
  await charger.whenBooted();
  return { id, identity };
}

describe('the development CA', () => {
  test('a charger that is asked for it gets a certificate, which it uses and the inventory shows', async () => {
    const { id, identity } = await simulated(dev);
    await dev.api('POST', `/charge-points/${id}/trigger`, { message: 'sign_certificate' });
    const request = await until('it is installed', async () =>
      (await requestsOf(dev, id)).find(({ status }) => status === 'installed'),
    );
    const pems = request.chain.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    const [leaf, root] = pems.map((pem) => new X509Certificate(pem));
    expect(leaf?.subject.split('\n').sort()).toEqual([`CN=${identity}`, 'O=Dynamo']);
    expect(root !== undefined && leaf?.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
    expect(leaf?.ca).toBe(false);
    const own = (await heldBy(dev, id)).filter(({ type }) => type === 'charge_point');
    expect(own).toMatchObject([{ expires_at: request.expires_at }]);
    const command = await dev.api('GET', `/commands/${request.command_id}`);
    expect(command.body).toMatchObject({ action: 'CertificateSigned', status: 'accepted', requested_by: 'system' });
    const [authority] = await dev.db.prisma.certificateAuthority.findMany();
    const key = Buffer.from(authority?.privateKey ?? []);
    await expect(crypto.subtle.importKey('pkcs8', key, EC, false, ['sign'])).rejects.toThrow(); // sealed
  });

  test.each([
    ['of another charge point', [{ CN: ['SOMEBODY'] }, { O: ['Dynamo'] }], EC, 'CN'],
    ['of another organization', [{ CN: ['SELF'] }, { O: ['Evil'] }], EC, 'CpoName'],
    ['without an organization', [{ CN: ['SELF'] }], EC, 'Its O must be'],
    ['with two names', [{ CN: ['SELF'] }, { CN: ['SOMEBODY'] }, { O: ['Dynamo'] }], EC, 'CN'],
    ['with a short key', [{ CN: ['SELF'] }, { O: ['Dynamo'] }], SHORT_RSA, 'key'],
  ])('a CSR %s is rejected, and the operator sees why', async (_what, name, algorithm, why) => {
    const { id, identity, charger } = await scripted(dev);
    const mine = JSON.parse(JSON.stringify(name).replaceAll('SELF', identity)) as Record<string, string[]>[];
    const { pem } = await csrOf(mine, algorithm);
    expect(await charger.call('SignCertificate', { csr: pem })).toEqual({ status: 'Rejected' });
    const [request] = await requestsOf(dev, id);
    expect(request).toMatchObject({ status: 'rejected', error: { code: 'invalid_csr' } });
    expect(request?.error?.message).toContain(why);
  });

  test('what is no CSR, or was changed after it was signed, is rejected', async () => {
    const { id, identity, charger } = await scripted(dev);
    const { pem } = await csrOf([{ CN: [identity] }, { O: ['Dynamo'] }]);
    const lines = pem.trim().split('\n');
    const der = Buffer.from(lines.slice(1, -1).join(''), 'base64');
    der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
    const forged = `${lines[0]}\n${der.toString('base64')}\n${lines.at(-1)}`;
    const garbage = '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----';
    for (const csr of ['hello', garbage, forged])
      expect(await charger.call('SignCertificate', { csr })).toEqual({ status: 'Rejected' });
    expect((await requestsOf(dev, id)).map(({ error }) => error?.code)).toEqual(Array(3).fill('invalid_csr'));
  });

  test('a charger that does not take its certificate ends the request, and holds nothing new', async () => {
    const { id, identity, charger } = await scripted(dev, { CertificateSigned: { status: 'Rejected' } });
    const { pem } = await csrOf([{ CN: [identity] }, { O: ['dynamo '] }]);
    expect(await charger.call('SignCertificate', { csr: pem })).toEqual({ status: 'Accepted' });
    await until('it is rejected', async () => (await requestsOf(dev, id))[0]?.error?.code === 'rejected_by_charger');
    expect(await heldBy(dev, id)).toEqual([]);
  });
});

test('without a signer every request is rejected and shown', async () => {
  const { id, identity, charger } = await scripted(none);
  const { pem } = await csrOf([{ CN: [identity] }, { O: ['Dynamo'] }]);
  expect(await charger.call('SignCertificate', { csr: pem })).toEqual({ status: 'Rejected' });
  expect((await requestsOf(none, id))[0]).toMatchObject({ status: 'rejected', error: { code: 'no_signer' } });
});

describe("an operator's signer", () => {
  /** Signs whatever key it is given. */
  const chainFor = async (publicKey: webcrypto.CryptoKey, name: string): Promise<string> => {
    const leaf = await X509CertificateGenerator.create({
      serialNumber: '0a',
      subject: `CN=${name}, O=Dynamo`,
      issuer: 'CN=Operator CA',
      notBefore: new Date(Date.now() - 1000),
      notAfter: new Date(Date.now() + 86_400_000),
      signingAlgorithm: EC,
      publicKey,
      signingKey: (await keysOf()).privateKey,
    });
    return leaf.toString('pem');
  };
  const answer = (status: number, body = '', headers = {}) =>
    receiver.behave((_req: unknown, res: ServerResponse) => void res.writeHead(status, headers).end(body));

  test('is sent the CSR, signed; its chain reaches the charger', async () => {
    const { id, identity, charger } = await scripted(hooked);
    const { pem, keys } = await csrOf([{ CN: [identity] }, { O: ['Dynamo'] }]);
    const chain = await chainFor(keys.publicKey, identity);
    answer(200, chain);
    expect(await charger.call('SignCertificate', { csr: pem })).toEqual({ status: 'Accepted' });
    await until('it is installed', async () => (await requestsOf(hooked, id))[0]?.status === 'installed');
    const got = receiver.received.at(-1);
    expect(got?.path).toBe('/sign?v=1');
    expect(JSON.parse(got?.body ?? '{}')).toMatchObject({ csr: pem, charge_point_id: id });
    expect(got?.headers['x-webhook-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
    const told = charger.asked.find(({ action }) => action === 'CertificateSigned')?.payload['certificateChain'];
    expect(told).toContain(chain.trim());
  });

  test('is not believed about a certificate for another key; nothing is sent', async () => {
    const { id, identity, charger } = await scripted(hooked);
    const { pem } = await csrOf([{ CN: [identity] }, { O: ['Dynamo'] }]);
    answer(200, await chainFor((await keysOf()).publicKey, identity));
    await charger.call('SignCertificate', { csr: pem });
    await until('it is told why', async () =>
      (await requestsOf(hooked, id))[0]?.error?.message.includes('another key'),
    );
    expect((await requestsOf(hooked, id))[0]).toMatchObject({ status: 'requested', error: { code: 'signer_failed' } });
    expect(charger.asked.some(({ action }) => action === 'CertificateSigned')).toBe(false);
  });

  test('that says 403 is final; that answers 500, redirects, floods or says nonsense is asked again', async () => {
    const { id, identity, charger } = await scripted(hooked);
    const ask = async () => {
      const { pem } = await csrOf([{ CN: [identity] }, { O: ['Dynamo'] }]);
      expect(await charger.call('SignCertificate', { csr: pem })).toEqual({ status: 'Accepted' });
    };
    answer(403, 'no');
    await ask();
    await until('it is refused', async () => (await requestsOf(hooked, id))[0]?.error?.code === 'refused_by_signer');
    for (const [status, body, headers] of [
      [500, '', {}],
      [302, '', { Location: 'https://127.0.0.1/' }],
      [200, 'x'.repeat(1_000_000), {}],
      [200, 'hello', {}],
    ] as const) {
      answer(status, body, headers);
      await ask();
      await until(
        'it will be asked again',
        async () => (await requestsOf(hooked, id))[0]?.error?.code === 'signer_failed',
      );
      expect((await requestsOf(hooked, id))[0]?.status).toBe('requested');
    }
  });
});

test('roots are installed, listed and deleted over REST, and the inventory follows', async () => {
  const { id } = await simulated(dev);
  const path = `/charge-points/${id}/certificates`;
  const certificate = serverCertificate.caPem;
  const installed = await dev.api('POST', `${path}?wait=true`, { type: 'central_system_root', certificate });
  expect(installed).toMatchObject({ status: 202, body: { status: 'accepted' } });
  const [root] = await heldBy(dev, id);
  expect(root).toMatchObject({ type: 'central_system_root', subject: 'CN=Test authority' });
  expect(root?.installed_at).not.toBeNull();
  const listed = await dev.api('POST', `${path}/refresh?wait=true`, { type: 'central_system_root' });
  expect(listed.body).toMatchObject({ status: 'accepted' });
  // The charger names it by the same hashes.
  expect(await heldBy(dev, id)).toMatchObject([{ id: root?.id, reported_at: expect.any(String) }]);
  const deleted = await dev.api('DELETE', `${path}/${root?.id}?wait=true`);
  expect(deleted).toMatchObject({ status: 202, body: { status: 'accepted' } });
  expect(await heldBy(dev, id)).toEqual([]);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  for (const wrong of ['no pem', pem, `${certificate}${pem}`])
    expect((await dev.api('POST', path, { type: 'central_system_root', certificate: wrong })).status).toBe(400);
});
