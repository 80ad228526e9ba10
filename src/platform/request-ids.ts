/**
 * Ids and secrets of what a request makes. With an Idempotency-Key they are drawn from it, so that a repeat asks for what the first
 * request may have made already instead of another. Never for what goes on without the request: events, deliveries, sweeps.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { type IdPrefix, idFrom, newId } from './ids.ts';

export type Drawing = {
  /** Alike for the same request only. */
  readonly known: string;
  /** When the request first came. */
  readonly at: Date;
  /** 32 bytes that nobody can tell who knows only `known`. */
  readonly secretOf: (known: string) => Buffer;
};
type Open = Drawing & { readonly drawn: Map<string, number>; readonly ids: string[]; isOver: boolean };

const current = new AsyncLocalStorage<Open>();

/** What `work` draws until it ends; `ids`: those it has drawn so far. */
export async function drawing<T>(from: Drawing, work: (ids: readonly string[]) => Promise<T>): Promise<T> {
  const own: Open = { ...from, drawn: new Map(), ids: [], isOver: false };
  try {
    return await current.run(own, () => work(own.ids));
  } finally {
    own.isOver = true; // what it has set going lives on, and is another's
  }
}

/** `about`: of which several are made side by side, in no order that a repeat would keep. Those of one kind and `about` sort as they were drawn. */
export function idInRequest<Prefix extends IdPrefix>(prefix: Prefix, about = ''): string {
  const own = opened();
  if (own === undefined) return newId(prefix);
  const turn = turnOf(own, `${prefix} ${about}`);
  const id = idFrom(prefix, new Date(own.at.getTime() + turn), `${own.known}\n${prefix} ${about} ${turn}`);
  own.ids.push(id);
  return id;
}

/** Names what a request changes, where it makes nothing that has an id. undefined: it has no Idempotency-Key, and so no repeats. */
export function effectInRequest(): string | undefined {
  const own = opened();
  if (own === undefined) return undefined;
  const turn = turnOf(own, 'effect');
  return idFrom('eff', new Date(own.at.getTime() + turn), `${own.known}\neffect ${turn}`);
}

/** 32 bytes. */
export function secretInRequest(): Buffer {
  const own = opened();
  return own === undefined ? randomBytes(32) : own.secretOf(`${own.known}\nsecret ${turnOf(own, 'secret')}`);
}

function opened(): Open | undefined {
  const own = current.getStore();
  return own?.isOver === false ? own : undefined;
}

function turnOf({ drawn }: Open, kind: string): number {
  const turn = drawn.get(kind) ?? 0;
  drawn.set(kind, turn + 1);
  return turn;
}
