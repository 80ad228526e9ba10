/** Files from chargers, over real HTTP: what is taken, what is refused, and what is left on the disk. */

import { readdir, readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { uploadsConfig } from '../support/uploads.ts';
import { withTokenOf } from './support.ts';

const config = uploadsConfig({ maxBytes: 256 * 1024, quotaBytes: 1024 * 1024 });
const app = await startApp({ uploads: config });
/** Impatient: whoever drips is cut off soon. */
const hasty = await startApp({ uploadPace: { everyMs: 150, leastBytes: 64 } });
afterAll(async () => {
  await Promise.all([app.stop(), hasty.stop()]);
});
const filesOnDisk = (): Promise<string[]> => readdir(config.dir).catch(() => []);

type Upload = {
  id: string;
  status: string;
  error: { code: string } | null;
  file_name: string | null;
  size_bytes: number;
  sha256: string;
};
const { request, get } = withTokenOf(app);
const ofHasty = withTokenOf(hasty);

afterEach(async () => {
  for (const id of (
    await app.db.prisma.upload.findMany({ where: { storedAs: { not: null } }, select: { id: true } })
  ).map(({ id }) => id))
    await app.api('DELETE', `/uploads/${id}/content`);
});

describe('a file is taken', () => {
  test.each([
    ['PUT', 'put', undefined],
    ['POST', 'a raw body', undefined],
    ['POST', 'a raw body behind a name, as OCPP 1.6 chargers put it', '/diag%20of%20today.zip'],
  ])('by %s of %s', async (method, _how, suffix = '') => {
    const { url, id } = await request();
    const body = Buffer.from('what a charger has to say');
    const sent = await fetch(`${url}${suffix}`, { method, body, headers: { 'Content-Type': 'text/html' } });
    expect(sent.status).toBe(201);
    expect(await get<Upload>(id)).toMatchObject({
      status: 'uploaded',
      size_bytes: body.length,
      file_name: suffix === '' ? 'said.zip' : 'diag of today.zip',
    });
    const got = await fetch(`${app.url}/api/v1/uploads/${id}/content`, {
      headers: { Authorization: `Bearer ${app.apiKey}` },
    });
    expect(Buffer.from(await got.arrayBuffer())).toEqual(body);
    expect(got.headers.get('content-type')).toBe('application/octet-stream');
    expect(got.headers.get('x-content-type-options')).toBe('nosniff');
    expect(got.headers.get('content-disposition')).toMatch(/^attachment; filename=/);
    expect(got.headers.get('content-length')).toBe(String(body.length));
  });

  test('by a multipart form, whose first file counts and whose names are text only', async () => {
    const { url, id } = await request();
    const form = new FormData();
    form.set('note', 'hello');
    form.set('file', new Blob(['the log']), '..\\..\\..\\etc\\passwd');
    form.set('second', new Blob(['another']), 'b.txt');
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(201);
    const upload = await get<Upload>(id);
    expect(upload).toMatchObject({ status: 'uploaded', size_bytes: 7 });
    expect(upload.file_name).not.toContain('..');
    const names = await filesOnDisk();
    expect(names).toHaveLength(1);
    expect(names[0]).toMatch(/^upl_[0-9A-Z]{26}\.[0-9a-f]{16}$/);
    expect(await readFile(`${config.dir}/${names[0]}`, 'utf8')).toBe('the log');
  });
});

test('names that are paths stay names: nothing is written elsewhere, and the download is named harmlessly', async () => {
  for (const name of [
    '..%2f..%2f..%2fetc%2fpasswd',
    'a%00b',
    '%0d%0aSet-Cookie:%20x',
    '"; filename=evil.exe',
    '\u202Egpj.exe',
  ]) {
    const { url, id } = await request();
    const sent = await fetch(`${url}/${name}`, { method: 'PUT', body: 'x' });
    expect([name, sent.status]).toEqual([name, 201]);
    const head = await fetch(`${app.url}/api/v1/uploads/${id}/content`, {
      method: 'HEAD',
      headers: { Authorization: `Bearer ${app.apiKey}` },
    });
    expect(head.status).toBe(200);
    const shown = head.headers.get('content-disposition') ?? '';
    expect(shown).not.toMatch(/\.\.|[\r\n]|passwd.*\/|%2f/i);
    expect(head.headers.get('set-cookie')).toBeNull();
  }
  for (const each of await filesOnDisk()) expect(each).toMatch(/^upl_[0-9A-Z]{26}\.[0-9a-f]{16}$/);
});

describe('nothing is taken', () => {
  test('with a wrong, a cut, a foreign or no token; no answer tells them apart, and none of the body is read', async () => {
    const answers = new Set<string>();
    for (const token of ['x'.repeat(43), 'short', '../../etc/passwd', "' OR 1=1 --", 'é'.repeat(43)]) {
      const sent = await fetch(`${app.url}/uploads/${encodeURIComponent(token)}`, { method: 'PUT', body: 'x' });
      answers.add(`${sent.status} ${await sent.text()}`);
    }
    expect([...answers]).toEqual(['404 {"error":{"code":"unknown","message":"There is no such upload"}}']);
  });

  test('by GET: the address gives nothing out', async () => {
    const { url, id } = await request();
    await fetch(url, { method: 'PUT', body: 'x' });
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(`${app.url}/api/v1/uploads/${id}/content`)).status).toBe(401);
  });

  test('a second time, and never two at once', async () => {
    const { url, id } = await request();
    const slow = dripping(url, 200_000);
    await until('the first transfer is under way', async () => (await get<Upload>(id)).status === 'uploading');
    expect((await fetch(url, { method: 'PUT', body: 'second' })).status).toBe(409);
    slow.finish();
    expect(await slow.status).toBe(201);
    expect((await fetch(url, { method: 'PUT', body: 'third' })).status).toBe(409);
    expect((await get<Upload>(id)).size_bytes).toBe(200_000);
  });

  test('after its time is over', async () => {
    const { url, id } = await request();
    // nothing else writes its row any more
    await until('the charger has answered', async () => (await get<Upload>(id)).file_name !== null);
    await app.db.prisma.upload.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1000) } });
    const sent = await fetch(url, { method: 'PUT', body: 'late' });
    expect(sent.status).toBe(410);
    expect(await filesOnDisk()).toEqual([]);
  });

  test('of what is too large, whether it says so (10 GB) or not; nothing of it stays', async () => {
    const first = await request();
    expect(await announced(first.url, 10 * 1024 ** 3)).toBe(413);
    expect(await get<Upload>(first.id)).toMatchObject({ status: 'failed', error: { code: 'too_large' } });
    const second = await request();
    const status = await endless(second.url);
    expect(status === 413 || status === undefined).toBe(true); // it is told, if it listens; then it is cut off
    await until('it has failed', async () => (await get<Upload>(second.id)).error?.code === 'too_large');
    const form = new FormData();
    form.set('file', new Blob([Buffer.alloc(300 * 1024)]), 'a');
    const third = await request();
    expect((await fetch(third.url, { method: 'POST', body: form })).status).toBe(413);
    expect(await filesOnDisk()).toEqual([]);
  });

  test('when the quota is reached; removing a file makes room', async () => {
    const stored: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      const { url, id } = await request();
      expect((await fetch(url, { method: 'PUT', body: Buffer.alloc(250 * 1024) })).status).toBe(201);
      stored.push(id);
    }
    const { url, id } = await request();
    const full = await fetch(url, { method: 'PUT', body: Buffer.alloc(250 * 1024) });
    expect(full.status).toBe(507);
    expect(await get<Upload>(id)).toMatchObject({ status: 'requested', error: { code: 'no_space' } });
    expect((await app.api('DELETE', `/uploads/${stored[0]}/content`)).status).toBe(204);
    expect((await fetch(url, { method: 'PUT', body: Buffer.alloc(250 * 1024) })).status).toBe(201);
    expect(await filesOnDisk()).toHaveLength(4);
  });

  test('of a charger that drips bytes, one that breaks off, an empty body, and forms that are none', async () => {
    const slow = await ofHasty.request();
    const drip = dripping(slow.url, 10_000);
    expect(await drip.status.catch(() => 'cut')).not.toBe(201);
    drip.stop();
    await until('it was too slow', async () => (await ofHasty.get<Upload>(slow.id)).error?.code === 'too_slow');

    const gone = await request();
    const broken = dripping(gone.url, 10_000);
    await until('it is under way', async () => (await get<Upload>(gone.id)).status === 'uploading');
    broken.stop();
    await broken.status.catch(() => undefined);
    await until('it broke off', async () => (await get<Upload>(gone.id)).error?.code === 'aborted');

    const { url, id } = await request();
    expect((await fetch(url, { method: 'PUT' })).status).toBe(400);
    for (const [type, body] of [
      ['multipart/form-data', 'no boundary'],
      ['multipart/form-data; boundary=x', 'no parts'],
      ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\ncut'],
      ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nfield\r\n--x--\r\n'],
    ] as const) {
      const sent = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': type } });
      expect([body, sent.status]).toEqual([body, 400]);
    }
    expect(await get<Upload>(id)).toMatchObject({ status: 'requested', error: { code: 'unreadable' } });
    expect((await fetch(url, { method: 'PUT', body: 'whole' })).status).toBe(201); // its retries still count
    expect((await filesOnDisk()).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

test('the token stands in no answer, no row and no frame', async () => {
  const { url, id, commandId, chargePointId } = await request();
  const token = url.split('/').at(-1) as string;
  const { body } = await app.api('GET', `/commands/${commandId}`);
  expect(JSON.stringify(body)).toContain('/uploads/***');
  const shown = [body, await get(id), (await app.api('GET', `/charge-points/${chargePointId}/commands`)).body];
  await until('the frame is kept', async () => {
    const frames = await app.api<{ data: { raw: string }[] }>(
      'GET',
      `/charge-points/${chargePointId}/frames?action=GetDiagnostics`,
    );
    shown.push(frames.body);
    return frames.body.data.length > 0;
  });
  expect(JSON.stringify(shown)).not.toContain(token);
});

// ----------------------------------------------------------------------------------------------------------------- senders

/** Begins a PUT with a declared length and sends a byte now and then, until it is told to finish or to stop. */
function dripping(url: string, length: number) {
  const sent = httpRequest(url, { method: 'PUT', headers: { 'Content-Length': length } });
  let left = length;
  const status = new Promise<number | undefined>((resolve, reject) => {
    sent.once('response', (response) => {
      response.on('error', () => undefined).resume(); // the connection may end within the answer
      resolve(response.statusCode);
    });
    sent.on('error', reject);
  });
  status.catch(() => undefined); // whoever wants it awaits it
  sent.write(Buffer.alloc(1));
  left -= 1;
  const timer = setInterval(() => {
    sent.write(Buffer.alloc(1));
    left -= 1;
  }, 40);
  return {
    status,
    finish() {
      clearInterval(timer);
      sent.end(Buffer.alloc(left));
    },
    stop() {
      clearInterval(timer);
      sent.destroy();
    },
  };
}

/** The status of a PUT that announces so many bytes and sends a few. */
const announced = (url: string, length: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname, () => {
      socket.write(`PUT ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\nbeginning`);
    });
    socket.once('data', (data) => {
      resolve(Number(/^HTTP\/1.1 (\d+)/.exec(String(data))?.[1]));
      socket.destroy();
    });
    socket.once('error', reject);
  });

/** A chunked body that never ends; what it was answered, if it heard. */
const endless = (url: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const sent = httpRequest(url, { method: 'POST' });
    let status: number | undefined;
    sent.once('response', (response) => {
      status = response.statusCode;
      response.on('error', () => undefined).resume(); // the connection may end within the answer
    });
    sent.on('error', () => resolve(status));
    sent.on('close', () => resolve(status));
    const chunk = Buffer.alloc(64 * 1024);
    const more = (): void => {
      if (!sent.destroyed) sent.write(chunk, () => setImmediate(more));
    };
    more();
  });
