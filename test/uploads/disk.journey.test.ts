/** The folder of files over time: what the retention removes, two processes on one folder, a disk that is full. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createFolder } from '../../src/uploads/folder.ts';
import { removeOldUploads } from '../../src/uploads/jobs.ts';
import { uploadStore } from '../../src/uploads/read-store.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { uploadsConfig } from '../support/uploads.ts';
import { withTokenOf } from './support.ts';

type Upload = { status: string; error: { code: string } | null; size_bytes: number | null; removed_at: string | null };
const config = uploadsConfig({ quotaBytes: 1024 * 1024 });
const here = await startApp({ uploads: config });
const there = await startApp({ db: here.db, beside: here, uploads: config });
const { request, get } = withTokenOf(here);

/** A file system of its own with so little room; undefined where nobody may make one. */
function tinyDisk(): string | undefined {
  const { dir } = uploadsConfig();
  mkdirSync(dir, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    return undefined;
  }
}
const tiny = tinyDisk();
// aloud, and not through jest's console, which adds a stack
if (tiny === undefined) process.stderr.write('SKIPPED: no file system can be mounted here, so none is filled\n');
const cramped = tiny === undefined ? undefined : await startApp({ uploads: { ...config, dir: tiny } });
const atCramped = withTokenOf(cramped ?? here);
afterAll(async () => {
  await Promise.all([there.stop(), cramped?.stop()]);
  await here.stop();
  if (tiny !== undefined) execFileSync('umount', [tiny], { stdio: 'ignore' });
});

const onDisk = (): Promise<string[]> => readdir(config.dir).catch(() => []);
const put = (url: string, body: string | Buffer<ArrayBuffer>) => fetch(url, { method: 'PUT', body });
/** The same address, at the other process. */
const at = (app: RunningApp, url: string): string => `${app.url}${new URL(url).pathname}`;
const content = (app: RunningApp, id: string) =>
  fetch(`${app.url}/api/v1/uploads/${id}/content`, { headers: { Authorization: `Bearer ${app.apiKey}` } });
const retain = (days: number, now = new Date()) =>
  removeOldUploads({ store: uploadStore(here.db), folder: createFolder(config.dir, 'upl'), days, now });

test('what is older than the retention goes from the disk, its row says when; what is younger stays', async () => {
  const [old, young] = [await request(), await request()];
  for (const { url } of [old, young]) expect((await put(url, 'a file')).status).toBe(201);
  const storedAt = new Date(Date.now() - 31 * 86_400_000);
  await here.db.prisma.upload.update({ where: { id: old.id }, data: { storedAt } });
  expect(await retain(0)).toBe(0); // for ever
  expect(await retain(32)).toBe(0);
  expect(await retain(30)).toBe(1);
  expect(await get<Upload>(old.id)).toMatchObject({
    status: 'uploaded',
    removed_at: expect.any(String),
    size_bytes: 6,
  });
  expect((await content(here, old.id)).status).toBe(404);
  expect(await (await content(here, young.id)).text()).toBe('a file');
  expect(await onDisk()).toHaveLength(1);
  expect(await retain(30)).toBe(0);
});

test('what processes left that died goes when no transfer can still be running: half files, and whole ones of no row', async () => {
  const { url, id } = await request();
  expect((await put(url, 'known')).status).toBe(201);
  const before = await onDisk();
  const name = (i: number, more = '') => `upl_01KAT3Z6Y8Q00000000000000${i}.0123456789abcdef${more}`;
  const long = new Date(Date.now() - 3 * 3_600_000);
  for (const [each, isOld] of [
    [name(1), true],
    [name(2, '.part'), true],
    [name(3), false],
    [name(4, '.part'), false],
    ['somebody-elses.txt', true],
  ] as const) {
    await writeFile(join(config.dir, each), 'x');
    if (isOld) await utimes(join(config.dir, each), long, long);
  }
  for (const known of before) await utimes(join(config.dir, known), long, long);
  expect(await retain(30)).toBe(2);
  expect((await onDisk()).sort()).toEqual([...before, name(3), name(4, '.part'), 'somebody-elses.txt'].sort());
  expect(await (await content(here, id)).text()).toBe('known');
});

test('two processes share the folder: of two transfers at once one is taken, and each gives out and removes what the other took', async () => {
  const { url, id } = await request();
  const body = Buffer.alloc(100_000, 'x');
  const sent = await Promise.all([
    put(url, body),
    put(at(there, url), body),
    put(url, body),
    put(at(there, url), body),
  ]);
  expect(sent.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  for (const app of [here, there]) expect((await (await content(app, id)).arrayBuffer()).byteLength).toBe(100_000);
  const names = await onDisk();
  expect(names.filter((name) => name.startsWith(id))).toHaveLength(1);
  expect((await there.api('DELETE', `/uploads/${id}/content`)).status).toBe(204);
  expect((await content(here, id)).status).toBe(404);
  expect((await onDisk()).filter((name) => name.startsWith(id))).toEqual([]);
});

test('the quota counts what both took', async () => {
  const kept: string[] = [];
  for (const app of [here, there]) {
    const { url, id } = await request();
    expect((await put(at(app, url), Buffer.alloc(500 * 1024))).status).toBe(201);
    kept.push(id);
  }
  const { url, id } = await request();
  for (const app of [here, there]) expect((await put(at(app, url), Buffer.alloc(100 * 1024))).status).toBe(507);
  expect(await get<Upload>(id)).toMatchObject({ status: 'requested', error: { code: 'no_space' } });
  for (const each of kept) await here.api('DELETE', `/uploads/${each}/content`);
  expect((await put(at(there, url), Buffer.alloc(100 * 1024))).status).toBe(201);
});

(cramped === undefined ? test.skip : test)(
  'a disk that is full takes nothing, keeps nothing of it, says so, and takes the retry when there is room',
  async () => {
    if (cramped === undefined || tiny === undefined) return;
    const charger = atCramped;
    const { url, id } = await charger.request();
    const full = await put(url, Buffer.alloc(200 * 1024, 'x'));
    expect(full.status).toBe(507);
    expect(await charger.get<Upload>(id)).toMatchObject({ status: 'requested', error: { code: 'no_space' } });
    expect(await readdir(tiny)).toEqual([]);
    await until('the server lives', async () => (await fetch(`${cramped.url}/readyz`)).status === 200);
    expect((await put(url, 'small enough')).status).toBe(201);
    expect(await charger.get<Upload>(id)).toMatchObject({ status: 'uploaded', error: null, size_bytes: 12 });
  },
);
