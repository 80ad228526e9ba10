/** Images of firmware over REST: what is taken, how it is kept, what is refused, and that nothing is left behind. */
import { constants, createHash, createSign, KeyObject, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { startApp } from '../support/app.ts';
import { selfSigned } from '../support/self-signed.ts';
import { until } from '../support/until.ts';
import { firmwareConfig } from '../support/uploads.ts';

const config = firmwareConfig({ maxBytes: 1024 * 1024, quotaBytes: 2 * 1024 * 1024 });
const app = await startApp({ firmware: config });
afterAll(() => app.stop());

type Image = {
  id: string;
  ready: boolean;
  url: string | null;
  size_bytes: number | null;
  sha256: string | null;
  signed: boolean;
  signature_verified: boolean | null;
};
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const create = async (body: object = {}) => {
  const answer = await app.api<Image & { error?: { details: { field: string }[] } }>('POST', '/firmware-images', {
    version: '2.0.0',
    ...body,
  });
  return { status: answer.status, ...answer.body };
};
const headers = { Authorization: `Bearer ${app.apiKey}` };
const at = (id: string) => `${app.url}/api/v1/firmware-images/${id}`;
const send = async (id: string, body: Uint8Array | string, type = 'application/octet-stream') => {
  const answer = await fetch(`${at(id)}/content`, {
    method: 'PUT',
    headers: { ...headers, 'Content-Type': type },
    body: Buffer.from(body),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as Image & { error: { code: string; message: string; details?: unknown } },
  };
};
const stored = async () => (await readdir(config.dir).catch(() => [])).sort();

test('a file is stored once, hashed on its way, given back as it came, and goes with its image', async () => {
  const bytes = randomBytes(700_000);
  const { id, ready, status } = await create({ sha256: sha256(bytes).toUpperCase(), file_name: 'x1-2.0.0.bin' });
  expect([status, ready]).toEqual([201, false]);
  expect((await fetch(`${at(id)}/content`, { headers })).status).toBe(404);
  const sent = await send(id, bytes);
  expect(sent).toMatchObject({ status: 200, body: { ready: true, size_bytes: bytes.length, sha256: sha256(bytes) } });
  expect(await stored()).toHaveLength(1);
  expect(await send(id, 'another')).toMatchObject({ status: 409 });
  const back = await fetch(`${at(id)}/content`, { headers });
  expect(back.headers.get('content-disposition')).toContain('x1-2.0.0.bin');
  expect(sha256(new Uint8Array(await back.arrayBuffer()))).toBe(sha256(bytes));
  expect((await app.api('DELETE', `/firmware-images/${id}`)).status).toBe(204);
  expect((await app.api('GET', `/firmware-images/${id}`)).status).toBe(404);
  expect(await stored()).toEqual([]);
});

test.each([
  ['that is not what was announced', { sha256: 'a'.repeat(64) }, Buffer.from('x'), 400, 'SHA-256'],
  ['that is empty', {}, Buffer.alloc(0), 400, 'empty'],
  ['beyond FIRMWARE_MAX_MIB', {}, Buffer.alloc(1024 * 1024 + 1), 413, 'FIRMWARE_MAX_MIB'],
])('a file %s is refused, and the image waits for another one', async (_what, body, bytes, status, says) => {
  const { id } = await create(body);
  const sent = await send(id, bytes);
  expect([sent.status, sent.body.error.message]).toEqual([status, expect.stringContaining(says)]);
  expect(await stored()).toEqual([]);
  expect((await app.api<Image>('GET', `/firmware-images/${id}`)).body.ready).toBe(false);
});

test('a length that nobody announced is counted', async () => {
  const { id } = await create();
  const body = new ReadableStream({
    pull(to) {
      to.enqueue(Buffer.alloc(256 * 1024));
    },
  });
  const sent = await fetch(`${at(id)}/content`, { method: 'PUT', headers, body, duplex: 'half' } as RequestInit).then(
    ({ status }) => status,
    () => 'cut off',
  );
  expect([413, 'cut off']).toContain(sent);
  await until('nothing is left of it', async () => (await stored()).length === 0);
});

test('all images together have a limit; only bytes are taken', async () => {
  const ids = await Promise.all([create(), create(), create()]);
  const big = Buffer.alloc(900 * 1024, 1);
  expect((await send(ids[0].id, '{}', 'application/json')).body.error.message).toContain('application/octet-stream');
  for (const [i, status] of [200, 200, 413].entries()) {
    const sent = await send(ids[i]?.id ?? '', big);
    expect([sent.status, sent.body.error?.message ?? null]).toEqual([
      status,
      status === 200 ? null : expect.stringContaining('FIRMWARE_QUOTA_MIB'),
    ]);
  }
  for (const { id } of ids) await app.api('DELETE', `/firmware-images/${id}`);
  expect(await stored()).toEqual([]);
});

test('of two files that come at once one stays whole; a sender that goes away leaves nothing', async () => {
  const { id } = await create();
  const [a, b] = [randomBytes(200_000), randomBytes(200_000)];
  const answers = await Promise.all([send(id, a), send(id, b)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await stored()).toHaveLength(1);
  const { id: second } = await create();
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    `PUT /api/v1/firmware-images/${second}/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${app.apiKey}\r\n` +
      `Content-Length: 100000\r\n\r\n${'x'.repeat(20_000)}`,
  );
  await until('it begins to arrive', async () => (await stored()).some((name) => name.endsWith('.part')));
  socket.destroy();
  await until('the half file is gone', async () => (await stored()).length === 1);
  await app.api('DELETE', `/firmware-images/${id}`);
});

test('images by URL: schemes, masked credentials, no file here', async () => {
  expect((await create({ url: 'file:///etc/passwd' })).error?.details[0]?.field).toBe('url');
  expect((await create({ size_bytes: 7 })).error?.details[0]?.field).toBe('size_bytes');
  const { id, ...image } = await create({ url: 'ftp://user:secret@files.example/7.bin', size_bytes: 7 });
  expect(image).toMatchObject({ ready: true, url: 'ftp://***@files.example/7.bin', size_bytes: 7 });
  expect(await send(id, 'x')).toMatchObject({
    status: 409,
    body: { error: { message: expect.stringContaining('URL') } },
  });
  // Of a filter every sign means itself, and case does not matter.
  const vendor = 'Ac_me 100%';
  await create({ url: 'https://files.example/8.bin', vendor, version: '8' });
  const found = async (said: string): Promise<number> =>
    (await app.api<{ data: Image[] }>('GET', `/firmware-images?vendor=${encodeURIComponent(said)}`)).body.data.length;
  expect(await found(vendor.toUpperCase())).toBeGreaterThan(0);
  for (const said of ['\\', '%', `${vendor}\\`, 'Acme%', 'ac_me 100_'])
    expect([said, await found(said)]).toEqual([said, 0]);
  const list = await app.api<{ data: Image[] }>('GET', '/firmware-images?version=2.0.0&limit=1');
  expect(list.body.data).toMatchObject([{ id }]);
  expect(JSON.stringify(list.body)).not.toContain('secret');
});

describe('a signature is verified before anybody is sent the file', () => {
  const bytes = randomBytes(100_000);
  const rsaKeys = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  async function maker(algorithm?: typeof rsaKeys) {
    const { pem, keys } = await selfSigned('CN=Maker', algorithm === undefined ? {} : { algorithm });
    return { pem, key: KeyObject.from(keys.privateKey) };
  }
  const signatureOf = (of: Uint8Array, key: KeyObject, how: object = {}) =>
    createSign('sha256')
      .update(of)
      .sign({ key, ...how }, 'base64');

  test('ECDSA on P-256, RSA by PSS: the file is taken and said to be verified', async () => {
    const [ec, rsa] = [await maker(), await maker(rsaKeys)];
    for (const [signature, signing_certificate] of [
      [signatureOf(bytes, ec.key), ec.pem],
      [signatureOf(bytes, rsa.key, pss), rsa.pem],
    ]) {
      const { id, signature_verified } = await create({ signature, signing_certificate });
      expect(signature_verified).toBe(false); // there is no file yet
      expect(await send(id, bytes)).toMatchObject({ status: 200, body: { signed: true, signature_verified: true } });
      expect((await app.api('DELETE', `/firmware-images/${id}`)).status).toBe(204);
    }
    const { id } = await create();
    expect((await send(id, bytes)).body.signature_verified).toBeNull();
    await app.api('DELETE', `/firmware-images/${id}`);
    const signature = signatureOf(bytes, ec.key);
    const url = 'https://files.example/7.bin';
    expect(await create({ url, signature, signing_certificate: ec.pem })).toMatchObject({ signature_verified: false });
  });

  test('another file, another key, another padding: refused by the name of the field, and nothing is kept', async () => {
    const [ec, other, rsa] = [await maker(), await maker(), await maker(rsaKeys)];
    for (const [signature, signing_certificate] of [
      [signatureOf(randomBytes(9), ec.key), ec.pem],
      [signatureOf(bytes, other.key), ec.pem],
      [signatureOf(bytes, rsa.key), rsa.pem], // RSASSA-PKCS1-v1_5
      ['AAAA', ec.pem],
    ]) {
      const { id } = await create({ signature, signing_certificate });
      const sent = await send(id, bytes);
      expect([sent.status, sent.body.error.details]).toEqual([
        400,
        [{ field: 'signature', message: expect.stringContaining('PSS or ECDSA') }],
      ]);
      expect((await app.api<Image>('GET', `/firmware-images/${id}`)).body.ready).toBe(false);
    }
    expect(await stored()).toEqual([]);
  });

  test('a certificate that no charger would take is refused at once', async () => {
    const signature = Buffer.from('signed').toString('base64');
    const weak = await selfSigned('CN=Maker', { algorithm: { ...rsaKeys, modulusLength: 1024 } });
    for (const [{ pem }, why] of [
      [await selfSigned('CN=Maker', { ended: true }), 'valid until'],
      [weak, '1024 bits'],
    ] as const) {
      const refused = await create({ signature, signing_certificate: pem });
      expect([refused.status, refused.error?.details]).toEqual([
        400,
        [{ field: 'signing_certificate', message: expect.stringContaining(why) }],
      ]);
    }
  });
});

test('a signature comes with its certificate, in the form of the wire', async () => {
  const { pem } = await selfSigned('CN=Maker');
  const signature = Buffer.from('signed').toString('base64');
  expect(await create({ signature, signing_certificate: pem })).toMatchObject({ status: 201, signed: true });
  for (const [body, field] of [
    [{ signature }, 'signing_certificate'],
    [{ signing_certificate: pem }, 'signature'],
    [{ signature: 'no base64!', signing_certificate: pem }, 'signature'],
    [
      { signature, signing_certificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' },
      'signing_certificate',
    ],
    [{ file_name: '../up' }, 'file_name'],
    [{ file_name: '.hidden' }, 'file_name'],
    [{ version: 'a\u0000b' }, undefined],
  ] as const) {
    const refused = await create(body);
    expect([refused.status, refused.error?.details[0]?.field]).toEqual([400, field ?? expect.any(String)]);
  }
});
