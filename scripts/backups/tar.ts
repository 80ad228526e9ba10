/**
 * The container of a backup: a tar of plain files (POSIX ustar), so that people can look into it with their own tools. What is
 * read is bounded: no entry is ever held that is larger than it may be.
 */

const BLOCK = 512;
/** Of a part of a table or of a file. */
export const PART_BYTES = 4 * 1_048_576;
/** Of the manifest, which names every file. */
export const MANIFEST_BYTES = 256 * 1_048_576;
export const MANIFEST = 'manifest.json';

/** It is no backup, or not a whole one. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

export type Entry = { readonly name: string; readonly content: Buffer };

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

/** Names are ours: ASCII, at most 100 characters. */
export function headerOf(name: string, size: number, at: Date): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new Error(`this is no name of a part: ${name}`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 'latin1');
  header.write(octal(0o600, 8), 100, 'latin1');
  header.write(octal(0, 8), 108, 'latin1');
  header.write(octal(0, 8), 116, 'latin1');
  header.write(octal(size, 12), 124, 'latin1');
  header.write(octal(Math.floor(at.getTime() / 1000), 12), 136, 'latin1');
  header.write('        0', 148, 'latin1'); // the sum of the header with blanks for itself; a plain file
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

const sumOf = (header: Buffer): number => header.reduce((sum, byte) => sum + byte, 0);

export const paddingOf = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
export const TRAILER = Buffer.alloc(2 * BLOCK);

/** Bytes by number from a stream of chunks. */
class Reader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer[] = [];
  #has = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }
  async take(count: number): Promise<Buffer> {
    while (this.#has < count) {
      const { value, done } = await this.#source.next();
      if (done === true) throw new Damaged('it ends in the middle');
      this.#rest.push(value);
      this.#has += value.length;
    }
    const all = this.#rest.length === 1 ? (this.#rest[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#rest);
    this.#rest = count === all.length ? [] : [all.subarray(count)];
    this.#has = all.length - count;
    return all.subarray(0, count);
  }
  /** Whatever follows must be nothing; reading it lets the compression check its own sum. */
  async end(): Promise<void> {
    let more = this.#has;
    for (let next = await this.#source.next(); next.done !== true; next = await this.#source.next())
      more += next.value.length;
    if (more > 0) throw new Damaged('something follows its end');
  }
}

function sizeOf(header: Buffer): { name: string; size: number } {
  const field = (from: number, to: number): string => /^[^\0]*/.exec(header.toString('latin1', from, to))?.[0] ?? '';
  const told = Number.parseInt(field(148, 156), 8);
  const blank = Buffer.from(header);
  blank.fill(' ', 148, 156);
  const [name, size] = [field(0, 100), Number.parseInt(field(124, 136), 8)];
  if (field(257, 263) !== 'ustar' || told !== sumOf(blank))
    throw new Damaged('it holds something that is no part of it');
  if (!(size >= 0 && size <= (name === MANIFEST ? MANIFEST_BYTES : PART_BYTES)))
    throw new Damaged(`${name} is larger than it may be`);
  return { name, size };
}

/** Throws Damaged. */
export async function* entriesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Entry> {
  const reader = new Reader(source);
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const { name, size } = sizeOf(header);
    const content = Buffer.from(await reader.take(size));
    await reader.take(paddingOf(size).length);
    yield { name, content };
  }
  await reader.take(BLOCK);
  await reader.end();
}
