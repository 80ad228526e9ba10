/** The link that a charger is given: who may fetch, what, until when, whole and in ranges, as plain HTTP/1.1 clients ask for it. */
import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startApp } from '../support/app.ts';
import { type ScriptedCharger, scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';
import { firmwareOf, sha256, type Update } from './rig.ts';

const app = await startApp();
const firmware = firmwareOf(app);
const bytes = randomBytes(300_000);
let charger: ScriptedCharger;
let update: Update;
let imageId: string;
let url: string;
const wanted = () => charger.asked.filter(({ action }) => action === 'UpdateFirmware');
beforeAll(async () => {
  const chargePoint = await app.chargePoint();
  charger = await scriptedCharger({ ocppUrl: app.ocppUrl, ...chargePoint }, () => ({}));
  imageId = await firmware.image({ file_name: 'x1-2.0.0.bin' }, bytes);
  update = await firmware.update(chargePoint.id, imageId, { max_attempts: 2, retry_delay_s: 1 });
  await until('the charger is asked', () => wanted().length > 0);
  url = String(wanted()[0]?.payload['location']);
});
afterAll(async () => {
  await charger.close();
  await app.stop();
});

const etag = `"${sha256(bytes)}"`;
const fetched = async (headers: Record<string, string> = {}, method = 'GET', at = url) => {
  const answer = await fetch(at, { method, headers, redirect: 'error' });
  return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
};

test('whole, with what its receiver can check it by; HEAD says the same without it', async () => {
  const { port } = new URL(app.url);
  expect(url).toMatch(new RegExp(`^http://localhost:${port}/firmware/[A-Za-z0-9_-]{43}/x1-2\\.0\\.0\\.bin$`));
  const whole = await fetched();
  expect([whole.status, whole.body.equals(bytes)]).toEqual([200, true]);
  const head = await fetched({}, 'HEAD');
  expect([head.status, head.body.length]).toEqual([200, 0]);
  for (const { headers } of [whole, head]) {
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      'accept-ranges': 'bytes',
      etag,
      'repr-digest': `sha-256=:${Buffer.from(sha256(bytes), 'hex').toString('base64')}:`,
      'x-firmware-version': '2.0.0',
    });
    expect(headers.get('content-encoding')).toBeNull();
  }
});

test.each([
  ['bytes=0-99', 0, 100],
  ['bytes=100-', 100, 300_000],
  ['bytes=-10', 299_990, 300_000],
  ['bytes=299990-999999999', 299_990, 300_000],
])('the range %s', async (range, from, to) => {
  const part = await fetched({ Range: range });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${bytes.length}`);
  expect(part.body.equals(bytes.subarray(from, to))).toBe(true);
  expect(part.headers.get('etag')).toBe(etag);
});

test('ranges that are none, too many or beyond the end', async () => {
  const beyond = await fetched({ Range: 'bytes=300000-' });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */300000']);
  for (const range of ['bytes=x-y', 'lines=1-2', 'bytes=0-1,5-9', `bytes=${'9'.repeat(400)}-`]) {
    const { status, body } = await fetched({ Range: range });
    expect([range, [200, 416].includes(status)]).toEqual([range, true]);
    if (status === 200) expect(body.equals(bytes)).toBe(true);
  }
});

test('a part of what it has already, or the whole of another one; nothing where nothing changed', async () => {
  const range = { Range: 'bytes=5-9' };
  expect((await fetched({ ...range, 'If-Range': etag })).status).toBe(206);
  expect((await fetched({ ...range, 'If-Range': '"another"' })).body.equals(bytes)).toBe(true);
  // fetch would ask for no cached answer beside it
  const again = await new Promise<number | undefined>((resolve, reject) => {
    get(url, { headers: { 'If-None-Match': etag }, agent: false }, ({ statusCode }) => resolve(statusCode)).on(
      'error',
      reject,
    );
  });
  expect(again).toBe(304);
});

test('nobody else gets anything, and no path leads out', async () => {
  const { origin } = new URL(url);
  const token = url.split('/')[4] ?? '';
  const flipped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  for (const path of [`/firmware/${flipped}/x`, '/firmware/x', '/firmware/..%2f..%2fetc%2fpasswd', `/firmware/%00/x`]) {
    const refused = await fetched({}, 'GET', `${origin}${path}`);
    expect([path, refused.status]).toEqual([path, 404]);
    expect(refused.body.toString()).not.toContain('root:');
  }
  for (const name of ['', '/other.name', '/..%2f..%2fetc%2fpasswd', '/a/b/c'])
    expect((await fetched({}, 'GET', `${origin}/firmware/${token}${name}`)).body.equals(bytes)).toBe(true);
  const put = await fetched({}, 'POST');
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('its token is shown nowhere', async () => {
  const token = url.split('/')[4] ?? '';
  const { charge_point_id: id } = update;
  for (const path of [
    'commands',
    `charge-points/${id}/firmware-requests`,
    `charge-points/${id}/frames`,
    'firmware-updates',
  ]) {
    const { status, body } = await app.api('GET', `/${path}`);
    expect([path, status]).toEqual([path, 200]);
    expect(JSON.stringify(body)).not.toContain(token);
  }
});

test('an old client of HTTP/1.0 that keeps nothing alive', async () => {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(`GET ${pathname} HTTP/1.0\r\nRange: bytes=0-9\r\n\r\n`);
  await new Promise((resolve) => socket.once('close', resolve));
  const [head = '', body] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 206 /);
  expect(body).toBe(bytes.subarray(0, 10).toString('latin1'));
});

test('while an update needs it an image stays; the next attempt gets a new link, and the end of the update ends it', async () => {
  expect((await app.api('DELETE', `/firmware-images/${imageId}`)).status).toBe(409);
  await charger.call('FirmwareStatusNotification', { status: 'DownloadFailed' });
  await until('it is asked again', () => wanted().length === 2);
  const second = String(wanted()[1]?.payload['location']);
  expect(second).not.toBe(url);
  expect([(await fetched()).status, (await fetched({}, 'GET', second)).status]).toEqual([404, 200]);
  await charger.call('FirmwareStatusNotification', { status: 'DownloadFailed' });
  expect((await fetched({}, 'GET', second)).status).toBe(410);
  expect(await firmware.get(update.id)).toMatchObject({ status: 'download_failed', attempts: 2 });
  expect((await app.api('DELETE', `/firmware-images/${imageId}`)).status).toBe(204);
});
