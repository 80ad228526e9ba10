/**
 * A backup as a file: a tar in gzip whose last entry, the manifest, says what it holds and the SHA-256 of each item. Written beside, as
 * NAME.part; it takes its name when it is whole and on the disk, so that no file of that name is ever half a backup. Verified to its last
 * byte before anybody uses it.
 */
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { AppError } from '../../src/platform/errors.ts';
import { Damaged, entriesOf, headerOf, MANIFEST, PART_BYTES, paddingOf, TRAILER } from './tar.ts';

export { Damaged } from './tar.ts';

/** Rises when an older program could not read it any more. */
export const FORMAT = 1;

const name = z.string().min(1).max(63);
/** Parts lie in the archive as `PLACE/000001`, `PLACE/000002`, … */
const item = {
  place: z.string().regex(/^(tables|files)\/[0-9]{1,8}$/),
  bytes: z.int().min(0),
  sha256: z.string().length(64),
};
const fileName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}$/);

export const manifest = z.strictObject({
  format: z.int().min(1),
  created_at: z.iso.datetime(),
  program: z.string(),
  server_version: z.string(),
  /** Those that the database had seen, in their order. */
  migrations: z.array(z.string().max(255)),
  tables: z.array(z.strictObject({ name, columns: z.array(name).max(1600), rows: z.int().min(0), ...item })),
  partitions: z.array(z.strictObject({ name, parent: name, bound: z.string(), options: z.array(z.string()) })),
  /** Rows that were put aside: tables like their parents, which no migration makes. */
  aside: z.array(z.strictObject({ name, parent: name })),
  sequences: z.array(z.strictObject({ name, last_value: z.string().regex(/^-?\d{1,19}$/), is_called: z.boolean() })),
  files: z.array(z.strictObject({ folder: z.enum(['uploads', 'firmware', 'exports']), name: fileName, ...item })),
  /** Names of keys, never keys. */
  key_ids: z.array(z.string().max(200)),
});
export type Manifest = z.output<typeof manifest>;
export type Item = Pick<Manifest['tables'][number], 'place' | 'bytes' | 'sha256'>;

const partOf = (place: string, number: number): string => `${place}/${String(number).padStart(6, '0')}`;

export type Writing = {
  /** In parts; bounded memory whatever its size. */
  add(place: string, content: AsyncIterable<Buffer>): Promise<Item>;
  finish(manifest: Manifest): Promise<void>;
  /** Nothing of it stays. */
  giveUp(): Promise<void>;
};

const codeOf = (cause: unknown): string | undefined => (cause as NodeJS.ErrnoException).code;
const taken = (path: string): AppError => new AppError('conflict', `${path} exists already: nothing is overwritten`);

async function refuseTaken(path: string): Promise<void> {
  const there = await lstat(path).catch((cause: unknown) => {
    if (codeOf(cause) !== 'ENOENT') throw cause;
  });
  if (there !== undefined) throw taken(path);
}

/** Of those who want one name at once, one gets it. */
async function takeName(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') throw taken(path);
    // exFAT and some network file systems know no links
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(cause) ?? '')) throw cause;
    await refuseTaken(path);
    await rename(draft, path);
  }
  await rm(draft, { force: true });
}

/** Throws when a file of that name exists: a backup never overwrites another one. */
export async function writeArchive(path: string, at: Date): Promise<Writing> {
  await refuseTaken(path);
  const draft = `${path}.part`;
  const file = await open(draft, 'wx', 0o600).catch((cause: unknown) => {
    if (codeOf(cause) !== 'EEXIST') throw cause;
    throw new AppError(
      'conflict',
      `${draft} is there: another backup is being written, or was killed. If none runs, remove it`,
    );
  });
  const gzip = createGzip({ level: 4 });
  const done = pipeline(gzip, file.createWriteStream({ flush: true }));
  let fault: Error | undefined;
  const failed = done.catch((cause: Error) => {
    fault = cause;
  });
  function mustBeWell(): void {
    if (fault !== undefined) throw fault;
  }
  async function put(bytes: Buffer): Promise<void> {
    mustBeWell();
    if (!gzip.write(bytes)) await Promise.race([once(gzip, 'drain'), failed]);
    mustBeWell();
  }
  async function putEntry(entry: string, content: Buffer): Promise<void> {
    await put(headerOf(entry, content.length, at));
    await put(content);
    await put(paddingOf(content.length));
  }
  return {
    async add(place, content) {
      const hash = createHash('sha256');
      let bytes = 0;
      let number = 0;
      let waiting: Buffer[] = [];
      let size = 0;
      const flush = async (): Promise<void> => {
        number += 1;
        await putEntry(partOf(place, number), Buffer.concat(waiting));
        waiting = [];
        size = 0;
      };
      for await (const all of content) {
        for (let from = 0; from < all.length; ) {
          const chunk = all.subarray(from, from + PART_BYTES - size);
          from += chunk.length;
          hash.update(chunk);
          waiting.push(chunk);
          size += chunk.length;
          bytes += chunk.length;
          if (size === PART_BYTES) await flush();
        }
      }
      if (size > 0) await flush();
      return { place, bytes, sha256: hash.digest('hex') };
    },
    async finish(about) {
      await putEntry(MANIFEST, Buffer.from(JSON.stringify(about)));
      await put(TRAILER);
      gzip.end();
      await done;
      await takeName(draft, path);
      const folder = await open(dirname(path), 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    },
    async giveUp() {
      gzip.destroy();
      await failed;
      await rm(draft, { force: true });
    },
  };
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  const read = pipeline(file, gunzip);
  read.catch(() => undefined); // told by the iteration, and below
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
    await read;
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE')
      throw new Damaged(`it cannot be unpacked (${(cause as Error).message})`, { cause });
    throw cause;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

/** Reads all of it; throws Damaged unless it is whole and each item is what the manifest says. */
export async function verifyArchive(path: string): Promise<Manifest> {
  const seen = new Map<string, { hash: Hash; bytes: number; parts: number }>();
  let text: string | undefined;
  for await (const { name: entry, content } of entriesOf(bytesOf(path))) {
    if (text !== undefined) throw new Damaged('something follows its manifest');
    if (entry === MANIFEST) {
      text = content.toString('utf8');
      continue;
    }
    const place = entry.slice(0, entry.lastIndexOf('/'));
    const known = seen.get(place) ?? { hash: createHash('sha256'), bytes: 0, parts: 0 };
    if (entry !== partOf(place, known.parts + 1)) throw new Damaged(`${entry} is not the part that was to follow`);
    known.hash.update(content);
    seen.set(place, { hash: known.hash, bytes: known.bytes + content.length, parts: known.parts + 1 });
  }
  if (text === undefined) throw new Damaged('it has no manifest');
  const about = manifestIn(text);
  for (const { place, bytes, sha256 } of [...about.tables, ...about.files]) {
    const found = seen.get(place);
    seen.delete(place);
    const hash = (found?.hash ?? createHash('sha256')).digest('hex');
    if ((found?.bytes ?? 0) !== bytes || hash !== sha256) throw new Damaged(`${place} is not what was saved`);
  }
  if (seen.size > 0) throw new Damaged('it holds more than its manifest says');
  return about;
}

function manifestIn(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Damaged('its manifest cannot be read', { cause });
  }
  const format = z.object({ format: z.int() }).safeParse(json);
  if (format.success && format.data.format > FORMAT)
    throw new Damaged(
      `it was written by a newer version of the program (format ${format.data.format}, this one reads ${FORMAT})`,
    );
  const parsed = manifest.safeParse(json);
  if (!parsed.success) throw new Damaged(`its manifest is not valid: ${parsed.error.issues[0]?.path.join('.')}`);
  return parsed.data;
}

/** The items in the order in which they were added, each to be read to its end before the next one is asked for. */
export async function* itemsOf(path: string): AsyncGenerator<{ place: string; content: AsyncGenerator<Buffer> }> {
  const entries = entriesOf(bytesOf(path));
  try {
    let next = await entries.next();
    while (next.done !== true && next.value.name !== MANIFEST) {
      const { name: first } = next.value;
      const place = first.slice(0, first.lastIndexOf('/'));
      const content = async function* (): AsyncGenerator<Buffer> {
        while (next.done !== true && next.value.name.startsWith(`${place}/`)) {
          yield next.value.content;
          next = await entries.next();
        }
      };
      yield { place, content: content() };
      // what nobody wanted is passed over
      while (next.done !== true && next.value.name.startsWith(`${place}/`)) next = await entries.next();
    }
  } finally {
    await entries.return(undefined);
  }
}
