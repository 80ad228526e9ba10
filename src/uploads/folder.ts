/**
 * A folder of files that come over HTTP. Names in it are made here, of our own ids: nothing that anybody says ever becomes a path.
 * A file is written beside and renamed when it is whole, so that no half file is ever taken for one.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, type ReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The file was longer than was allowed. */
export class TooLong extends Error {
  override readonly name = 'TooLong';
}

export type Written = { readonly storedAs: string; readonly sizeBytes: number; readonly sha256: string };

export type Folder = {
  /** Streams to the disk; resolves when the whole file lies there safely. Throws TooLong, or what the disk or the source threw. */
  write(file: {
    /** Of its row. */
    readonly id: string;
    readonly claim: string;
    readonly source: Readable;
    readonly limit: number;
    readonly onBytes: (count: number) => void;
  }): Promise<Written>;
  /** undefined: it is not in this folder. */
  read(storedAs: string): Promise<{ readonly stream: ReadStream; readonly sizeBytes: number } | undefined>;
  /** Its absolute name, whether it is there or not. */
  pathOf(storedAs: string): string;
  remove(storedAs: string): Promise<void>;
  /** Names of whole files and of half ones that are older than `before`, in groups of at most 100. */
  older(before: Date): AsyncIterable<{ readonly whole: readonly string[]; readonly parts: readonly string[] }>;
};

/** `prefix`: of the ids of its files. */
export function createFolder(path: string, prefix: 'upl' | 'fwi' | 'exf'): Folder {
  const STORED = new RegExp(`^${prefix}_[0-9A-Z]{26}\\.[0-9a-f]{16}$`);
  const PART = new RegExp(`^${prefix}_[0-9A-Z]{26}\\.[0-9a-f]{16}\\.part$`);
  const at = (name: string): string => {
    if (!STORED.test(name) && !PART.test(name)) throw new Error('this is no name of a stored file');
    return join(path, name);
  };
  const gone = async (name: string): Promise<void> => {
    await unlink(at(name)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
    });
  };

  return {
    async write({ id, claim, source, limit, onBytes }) {
      const storedAs = `${id}.${claim}`;
      const part = `${storedAs}.part`;
      await mkdir(path, { recursive: true, mode: 0o700 });
      const hash = createHash('sha256');
      let sizeBytes = 0;
      const measure = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          sizeBytes += chunk.length;
          onBytes(chunk.length);
          if (sizeBytes > limit) return done(new TooLong());
          hash.update(chunk);
          done(null, chunk);
        },
      });
      try {
        await pipeline(source, measure, createWriteStream(at(part), { flags: 'wx', mode: 0o600, flush: true }));
        await rename(at(part), at(storedAs));
      } catch (cause) {
        await gone(part);
        throw cause;
      }
      return { storedAs, sizeBytes, sha256: hash.digest('hex') };
    },

    async read(storedAs) {
      const handle = await open(at(storedAs), 'r').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return undefined;
        throw cause;
      });
      if (handle === undefined) return undefined;
      const { size } = await handle.stat();
      return { stream: handle.createReadStream(), sizeBytes: size };
    },

    pathOf: at,
    remove: gone,

    async *older(before) {
      const entries = await opendir(path).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return undefined;
        throw cause;
      });
      if (entries === undefined) return;
      let whole: string[] = [];
      let parts: string[] = [];
      for await (const { name } of entries) {
        const kind = STORED.test(name) ? whole : PART.test(name) ? parts : undefined;
        const found = kind === undefined ? undefined : await stat(join(path, name)).catch(() => undefined); // gone meanwhile
        if (found !== undefined && found.mtimeMs < before.getTime()) kind?.push(name);
        if (whole.length + parts.length < 100) continue;
        yield { whole, parts };
        whole = [];
        parts = [];
      }
      yield { whole, parts };
    },
  };
}
