/**
 * What a heap holds more of than an earlier one, by kind: what V8 makes of the program as it warms up ('code': compiled functions and what
 * they have learned; 'hidden': V8's own lists) is bounded by the program, data is not. Reads files of v8.writeHeapSnapshot. Pure but for
 * the reading.
 */
import { readFile } from 'node:fs/promises';

type Snapshot = {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
    };
  };
  /** One after the other, each as long as there are fields. */
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
};
export type Amount = { readonly bytes: number; readonly count: number };
export type Grown = Amount & { readonly kind: string };

/** V8's name of a type (code, object, string, …), and of objects their constructor. */
export function kindsIn({ snapshot: { meta }, nodes, strings }: Snapshot): Map<string, Amount> {
  const field = (name: string): number => meta.node_fields.indexOf(name);
  const [type, name, size, width] = [field('type'), field('name'), field('self_size'), meta.node_fields.length];
  const kinds = new Map<string, Amount>();
  const add = (kind: string, bytes: number): void => {
    const before = kinds.get(kind) ?? { bytes: 0, count: 0 };
    kinds.set(kind, { bytes: before.bytes + bytes, count: before.count + 1 });
  };
  for (let at = 0; at < nodes.length; at += width) {
    const kind = meta.node_types[0][nodes[at + type] ?? -1] ?? 'unknown';
    const called = kind === 'object' ? `object ${(strings[nodes[at + name] ?? -1] ?? '').slice(0, 60)}` : kind;
    add(called, nodes[at + size] ?? 0);
  }
  return kinds;
}

/** Most first; what is as it was is left out. */
export function grownBetween(before: ReadonlyMap<string, Amount>, after: ReadonlyMap<string, Amount>): Grown[] {
  const none: Amount = { bytes: 0, count: 0 };
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((kind) => {
      const [was, is] = [before.get(kind) ?? none, after.get(kind) ?? none];
      return { kind, bytes: is.bytes - was.bytes, count: is.count - was.count };
    })
    .filter(({ bytes, count }) => bytes !== 0 || count !== 0)
    .sort((a, b) => b.bytes - a.bytes);
}

const read = async (file: string): Promise<Map<string, Amount>> =>
  kindsIn(JSON.parse(await readFile(file, 'utf8')) as Snapshot); // as: what V8 writes

/** Kinds that grew by 5 KiB or more, in words. */
export async function difference(first: string, last: string): Promise<string> {
  const grown = grownBetween(await read(first), await read(last));
  const kib = (bytes: number): string => `${bytes < 0 ? '−' : '+'}${Math.abs(Math.round(bytes / 1024))} KiB`;
  const all = grown.reduce((sum, { bytes }) => sum + bytes, 0);
  const most = grown
    .filter(({ bytes }) => bytes >= 5120)
    .map(({ kind, bytes, count }) => `${kind} ${kib(bytes)} (${count})`);
  return `between the two heaps ${kib(all)}: ${most.join(', ')}`;
}
