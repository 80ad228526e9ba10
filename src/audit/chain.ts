/**
 * How entries hang on each other. Each carries an HMAC of itself and of the one before, under a key of the key ring: whoever can
 * write the database but has not the keys cannot change, insert or take out an entry unseen. Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export type Line = {
  readonly organizationId: string;
  readonly at: Date;
  /** called: before it is done. ended: how. refused: nothing was done. script: by an admin on the machine. charger: by a charge point. */
  readonly kind: 'called' | 'ended' | 'refused' | 'script' | 'charger';
  readonly requestId: string;
  readonly principalKind: 'api_key' | 'user' | 'none' | 'script' | 'charge_point';
  readonly principalId: string | null;
  readonly address: string | null;
  readonly operation: string;
  readonly method: string | null;
  readonly path: string | null;
  /** JSON texts: what is sealed is the text. */
  readonly target: string;
  readonly detail: string;
  readonly status: number | null;
  readonly code: string | null;
  /** Of an end: the position of its call. */
  readonly callPosition: number | null;
  readonly repeated: number;
};
export type Entry = Line & { readonly position: number; readonly kid: string; readonly mac: Buffer };

export type Chain = {
  readonly organizationId: string;
  readonly position: number;
  readonly mac: Buffer;
  readonly goneUntil: number;
  readonly goneMac: Buffer;
};
export type SealedChain = Chain & { readonly kid: string; readonly seal: Buffer };

export const NOTHING: Buffer = Buffer.alloc(0);

/** An array has no names to reorder and no gaps to move text through. */
export const macOf = (key: Buffer, before: Buffer, entry: Omit<Entry, 'mac'>): Buffer =>
  createHmac('sha256', key)
    .update(
      JSON.stringify([
        'entry',
        before.toString('hex'),
        entry.organizationId,
        entry.position,
        entry.at.toISOString(),
        entry.kind,
        entry.requestId,
        entry.principalKind,
        entry.principalId,
        entry.address,
        entry.operation,
        entry.method,
        entry.path,
        entry.target,
        entry.detail,
        entry.status,
        entry.code,
        entry.callPosition,
        entry.repeated,
        entry.kid,
      ]),
    )
    .digest();

export const sealOf = (key: Buffer, kid: string, chain: Chain): Buffer =>
  createHmac('sha256', key)
    .update(
      JSON.stringify([
        'chain',
        chain.organizationId,
        chain.position,
        chain.mac.toString('hex'),
        chain.goneUntil,
        chain.goneMac.toString('hex'),
        kid,
      ]),
    )
    .digest();

export const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Puts lines of one organization behind what there is. */
export function linked(
  chain: Chain,
  lines: readonly Line[],
  { kid, key }: { readonly kid: string; readonly key: Buffer },
): { readonly entries: readonly Entry[]; readonly chain: SealedChain } {
  let { position, mac } = chain;
  const entries = lines.map((line): Entry => {
    position += 1;
    const entry = { ...line, position, kid };
    mac = macOf(key, mac, entry);
    return { ...entry, mac };
  });
  const next = { ...chain, position, mac };
  return { entries, chain: { ...next, kid, seal: sealOf(key, kid, next) } };
}
