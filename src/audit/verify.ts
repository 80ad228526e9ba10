/** Reads a chain from its beginning and says where it is broken. */
import type { Database } from '../database/contract.ts';
import type { Peppers } from '../secrets/index.ts';
import { isSame, macOf, type SealedChain, sealOf } from './chain.ts';
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

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly keys: Peppers;
  /** Where chains once ended, by who noted it elsewhere: they must still contain it. A whole log cannot be put back to what it was. */
  readonly heads?: readonly { readonly organizationId: string; readonly position: number; readonly mac: string }[];
};

const PAGE = 2_000;
/** After so many the rest tells nothing new. */
const MOST_FINDINGS = 20;

export async function* verifyAll(needs: Needs): AsyncGenerator<Verified> {
  for (let after = ''; ; ) {
    const chains = await chainsAfter(needs.db, after);
    for (const chain of chains) yield verifyChain(needs, chain);
    const last = chains.at(-1);
    if (last === undefined) return;
    after = last.organizationId;
  }
}

/** What is added meanwhile is not looked at. */
export async function verifyChain({ db, keys, heads = [] }: Needs, chain: SealedChain): Promise<Verified> {
  const { organizationId } = chain;
  const findings: Finding[] = [];
  const find = (position: number, what: string): void => {
    findings.push({ organizationId, position, what });
  };
  const sealKey = keys.byKid(chain.kid);
  if (chain.position === 0 && chain.kid === '') return { organizationId, entries: 0, position: 0, mac: '', findings };
  if (sealKey === undefined) find(0, `its key "${chain.kid}" is not in the key ring`);
  else if (!isSame(sealOf(sealKey, chain.kid, chain), chain.seal))
    find(0, 'what it says of its beginning and end was altered');
  const noted = new Map(
    heads.filter((head) => head.organizationId === organizationId).map((head) => [head.position, head.mac]),
  );
  for (const at of noted.keys()) if (at > chain.position) find(at, 'it was noted as the end, and is missing');
  let position = chain.goneUntil;
  let mac = chain.goneMac;
  let entries = 0;
  while (findings.length < MOST_FINDINGS && position < chain.position) {
    const page = (await entriesAfter(db, organizationId, position, PAGE)).filter(
      (entry) => entry.position <= chain.position,
    );
    if (page.length === 0) break;
    for (const entry of page) {
      if (entry.position !== position + 1)
        find(position + 1, `entries ${position + 1} to ${entry.position - 1} are missing`);
      const key = keys.byKid(entry.kid);
      if (key === undefined) find(entry.position, `its key "${entry.kid}" is not in the key ring`);
      else if (entry.position === position + 1 && !isSame(macOf(key, mac, entry), entry.mac))
        find(entry.position, 'it was altered, or does not follow the one before');
      const expected = noted.get(entry.position);
      if (expected !== undefined && expected !== entry.mac.toString('hex'))
        find(entry.position, 'it is not the one that was noted');
      ({ position, mac } = entry);
      entries += 1;
      if (findings.length >= MOST_FINDINGS) break;
    }
  }
  if (findings.length < MOST_FINDINGS) {
    if (position < chain.position) find(position + 1, `entries ${position + 1} to ${chain.position} are missing`);
    else if (!isSame(mac, chain.mac)) find(position, 'it is not the last entry that was written');
  }
  return { organizationId, entries, position: chain.position, mac: chain.mac.toString('hex'), findings };
}
