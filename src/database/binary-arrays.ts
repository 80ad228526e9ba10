/**
 * The array parameters of hot statements in PostgreSQL's binary format (array_recv): no quoting here, no parsing there. What a
 * type cannot hold goes as text, so that it is PostgreSQL that refuses it, in its own words.
 */
import type { Statement } from './contract.ts';

/** False: it cannot be said in this type. Called only for what is neither null nor undefined. */
type Write = (out: Scratch, value: unknown) => boolean;
type ElementType = { readonly oid: number; readonly write: Write };

/** Bytes that grow; one for all, as a statement is written in one go. */
class Scratch {
  bytes = Buffer.allocUnsafeSlow(65_536);
  at = 0;

  /** Room for so many bytes more; where they begin. */
  take(size: number): number {
    const from = this.at;
    if (from + size > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, from + size));
      this.bytes.copy(larger, 0, 0, from);
      this.bytes = larger;
    }
    this.at = from + size;
    return from;
  }

  /** Its length in bytes, then the text in UTF-8. */
  text(text: string): void {
    const from = this.take(4 + text.length * 3);
    const end = from + 4 + this.#characters(text, from + 4);
    this.bytes.writeInt32BE(end - from - 4, from);
    this.at = end;
  }

  #characters(text: string, from: number): number {
    if (text.length > SHORT) return this.bytes.write(text, from, 'utf8');
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return this.bytes.write(text, from, 'utf8');
      this.bytes[from + i] = code;
    }
    return text.length;
  }

  /** For the next one; a long text once must not be held for ever. */
  reset(): void {
    this.at = 0;
    if (this.bytes.length > MOST_KEPT) this.bytes = Buffer.allocUnsafeSlow(65_536);
  }
}
/** Below, a loop is faster than a call. */
const SHORT = 32;
const MOST_KEPT = 4_194_304;

const isWithin = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

const integer =
  (size: 2 | 4, most: number): Write =>
  (out, value) => {
    if (!isWithin(value, -most - 1, most)) return false;
    const at = out.take(4 + size);
    out.bytes.writeInt32BE(size, at);
    out.bytes.writeIntBE(value, at + 4, size);
    return true;
  };

const long = (out: Scratch, value: number): void => {
  const at = out.take(12);
  out.bytes.writeInt32BE(8, at);
  out.bytes.writeInt32BE(Math.floor(value / 2 ** 32), at + 4);
  out.bytes.writeUInt32BE(value >>> 0, at + 8);
};

/** PostgreSQL counts microseconds from the year 2000 on. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

const int4: ElementType = { oid: 23, write: integer(4, 2_147_483_647) };
const TYPES: Readonly<Record<string, ElementType>> = {
  text: {
    oid: 25,
    write(out, value) {
      if (typeof value !== 'string') return false;
      out.text(value);
      return true;
    },
  },
  int2: { oid: 21, write: integer(2, 32_767) },
  int4,
  int: int4,
  int8: {
    oid: 20,
    write(out, value) {
      if (!isWithin(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) return false;
      long(out, value);
      return true;
    },
  },
  float8: {
    oid: 701,
    write(out, value) {
      if (typeof value !== 'number') return false;
      const at = out.take(12);
      out.bytes.writeInt32BE(8, at);
      out.bytes.writeDoubleBE(value, at + 4);
      return true;
    },
  },
  bool: {
    oid: 16,
    write(out, value) {
      if (typeof value !== 'boolean') return false;
      const at = out.take(5);
      out.bytes.writeInt32BE(1, at);
      out.bytes[at + 4] = value ? 1 : 0;
      return true;
    },
  },
  uuid: {
    oid: 2950,
    write(out, value) {
      if (typeof value !== 'string' || value.length !== 32) return false;
      const at = out.take(20);
      out.bytes.writeInt32BE(16, at);
      return out.bytes.write(value, at + 4, 16, 'hex') === 16; // fewer: something in it is no digit
    },
  },
  timestamptz: {
    oid: 1184,
    write(out, value) {
      const micros = value instanceof Date ? (value.getTime() - EPOCH_MS) * 1000 : Number.NaN;
      if (!Number.isSafeInteger(micros)) return false;
      long(out, micros);
      return true;
    },
  },
};

/** One-dimensional, from 1 on. undefined: this must go as text. */
function encode(out: Scratch, { oid, write }: ElementType, values: readonly unknown[]): Buffer | undefined {
  out.reset();
  const head = out.take(values.length === 0 ? 12 : 20);
  let hasNull = 0;
  for (const value of values) {
    if (value === null || value === undefined) {
      hasNull = 1;
      out.bytes.writeInt32BE(-1, out.take(4));
    } else if (!write(out, value)) return undefined;
  }
  const { bytes } = out;
  bytes.writeInt32BE(values.length === 0 ? 0 : 1, head);
  bytes.writeInt32BE(hasNull, head + 4);
  bytes.writeInt32BE(oid, head + 8);
  if (values.length > 0) {
    bytes.writeInt32BE(values.length, head + 12);
    bytes.writeInt32BE(1, head + 16);
  }
  return Buffer.from(bytes.subarray(0, out.at));
}

/** PostgreSQL takes what is longer for the same as what begins alike (NAMEDATALEN). */
const LONGEST_NAME = 63;

/** Of each parameter, by its place: the type that the statement gives it (`$3::int4[]`). */
function typesOf({ name, text }: Statement): (ElementType | undefined)[] {
  if (name.length > LONGEST_NAME) throw new Error(`The name of statement ${name} is longer than ${LONGEST_NAME}.`);
  const types: (ElementType | undefined)[] = [];
  for (const [, place, name] of text.matchAll(/\$(\d{1,3})::(\w{1,20})\[\]/g))
    types[Number(place) - 1] = TYPES[name ?? ''];
  return types;
}

export type BindArrays = (statement: Statement, values: readonly unknown[]) => unknown[];

export function createArrayBinder(): BindArrays {
  const out = new Scratch();
  const known = new WeakMap<Statement, (ElementType | undefined)[]>();
  return (statement, values) => {
    let types = known.get(statement);
    if (types === undefined) {
      types = typesOf(statement);
      known.set(statement, types);
    }
    return values.map((value, i) => {
      const type = types[i];
      return type === undefined || !Array.isArray(value) ? value : (encode(out, type, value) ?? value);
    });
  };
}
