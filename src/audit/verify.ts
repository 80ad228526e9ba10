/** Reads a chain from its beginning and says where it is broken. */
import type { Database } from '../database/contract.ts';
import type { Peppers } from '../secrets/index.ts';
import { type Entry, isSame, macOf, type SealedChain, sealOf } from './chain.ts';
import { chainsAfter, entriesAfter } from './store.ts';

export type Finding = {
  readonly organizationId: string;
  /** 0: the chain as a whole. */
  readonly position: number;
  readonly what: string;
};
export type Verified = {
  readonly organizationId: string;
  readonly entries: number;
  readonly position: number;
  readonly mac: string;
  readonly findings: readonly Finding[];
};

export type Trust = {
  readonly keys: Peppers;
  /** Where chains once ended, by who noted it elsewhere: they must still contain it. A whole log cannot be put back to what it was. */
  readonly heads?: readonly { readonly organizationId: string; readonly position: number; readonly mac: string }[];
};
type Needs = Trust & { readonly db: Pick<Database, 'rows'> };

const PAGE = 2_000;
/** After so many the rest tells nothing new. */
const MOST_FINDINGS = 20;

export async function* verifyAll({ db, ...trust }: Needs): AsyncGenerator<Verified> {
  for (let after = ''; ; ) {
    const chains = await chainsAfter(db, after);
    for (const chain of chains) yield followChain(trust, chain, entriesOf(db, chain));
    const last = chains.at(-1);
    if (last === undefined) return;
    after = last.organizationId;
  }
}

/** What is added meanwhile is not looked at. */
async function* entriesOf(
  db: Needs['db'],
  { organizationId, goneUntil, position }: SealedChain,
): AsyncGenerator<Entry> {
  for (let after = goneUntil; after < position; ) {
    const page = await entriesAfter(db, organizationId, after, PAGE);
    if (page.length === 0) return;
    for (const entry of page) if (entry.position <= position) yield entry;
    after = page.at(-1)?.position ?? position;
  }
}

/** From its first kept entry to its last; `entries` in the order of their positions. */
export async function followChain(
  { keys, heads = [] }: Trust,
  chain: SealedChain,
  entries: AsyncIterable<Entry>,
): Promise<Verified> {
  const { organizationId } = chain;
  const findings: Finding[] = [];
  const find = (position: number, what: string): void => {
    findings.push({ organizationId, position, what });
  };
  if (chain.position === 0 && chain.kid === '') return { organizationId, entries: 0, position: 0, mac: '', findings };
  const broken = faultOfSeal(keys, chain);
  if (broken !== undefined) find(0, broken);
  const noted = new Map(
    heads.filter((head) => head.organizationId === organizationId).map((head) => [head.position, head.mac]),
  );
  for (const at of noted.keys()) if (at > chain.position) find(at, 'it was noted as the end, and is missing');
  let position = chain.goneUntil;
  let mac = chain.goneMac;
  let count = 0;
  for await (const entry of entries) {
    if (entry.position > position + 1)
      find(position + 1, `entries ${position + 1} to ${entry.position - 1} are missing`);
    if (entry.position <= position) find(entry.position, 'it stands there twice, or out of order');
    const fault = faultOf(keys, entry.position === position + 1 ? mac : undefined, entry);
    if (fault !== undefined) find(entry.position, fault);
    const expected = noted.get(entry.position);
    if (expected !== undefined && expected !== entry.mac.toString('hex'))
      find(entry.position, 'it is not the one that was noted');
    ({ position, mac } = entry);
    count += 1;
    if (findings.length >= MOST_FINDINGS) break;
  }
  if (findings.length < MOST_FINDINGS) {
    if (position < chain.position) find(position + 1, `entries ${position + 1} to ${chain.position} are missing`);
    else if (!isSame(mac, chain.mac)) find(position, 'it is not the last entry that was written');
  }
  return { organizationId, entries: count, position: chain.position, mac: chain.mac.toString('hex'), findings };
}

export function faultOfSeal(keys: Peppers, chain: SealedChain): string | undefined {
  const key = keys.byKid(chain.kid);
  if (key === undefined) return `its key "${chain.kid}" is not in the key ring`;
  return isSame(sealOf(key, chain.kid, chain), chain.seal)
    ? undefined
    : 'what it says of its beginning and end was altered';
}

/** `before` undefined: what it follows is not known, which is told elsewhere. */
export function faultOf(keys: Peppers, before: Buffer | undefined, entry: Entry): string | undefined {
  const key = keys.byKid(entry.kid);
  if (key === undefined) return `its key "${entry.kid}" is not in the key ring`;
  if (before === undefined || isSame(macOf(key, before, entry), entry.mac)) return undefined;
  return 'it was altered, or does not follow the one before';
}
