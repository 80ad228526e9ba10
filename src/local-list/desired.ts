/**
 * Lists as they should be, of many chargers: the tokens of an organization are read once for all of them and for all messages, until one
 * changes. Held for a minute and bounded; an organization with more tokens than that is asked anew for each charger.
 */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Database } from '../database/contract.ts';
import {
  desiredEntries,
  entriesFor,
  isV2,
  type ListView,
  mostOf,
  type SharedToken,
  sayable,
  sharedTokens,
} from './sync-store.ts';
import type { ListEntry } from './types.ts';

const KEPT_MS = 60_000;
const MOST_KEPT = 100_000;

type Kept = { readonly since: number; size: number; readonly tokens: Promise<Shared | undefined> };
type Shared = {
  readonly tokens: readonly SharedToken[];
  /** Where any of them may charge that may not everywhere. */
  readonly places: ReadonlySet<string>;
  /** Of those lists that were made already, by what makes them differ. */
  readonly known: Map<string, Known>;
};
type Known = {
  /** Equal for lists of the same entries. */
  readonly hash: string;
  /** When the first of them expires, and the list is another one. */
  readonly refreshAt: Date | null;
};
export type Desired = Known & { entries(): readonly ListEntry[] };

export type DesiredLists = {
  of(list: ListView, now: Date): Promise<Desired>;
  /** Lets go of what nobody needs any more. */
  tidy(now: Date): void;
};

export function createDesiredLists(db: Pick<Database, 'rows'>): DesiredLists {
  const kept = new Map<string, Kept>();

  function tokensOf({ organizationId, revision, protocol }: ListView, now: Date): Kept['tokens'] {
    // The revision was read before the tokens are: what is newer than it is looked at again, by the next revision.
    const key = `${organizationId} ${revision} ${sayable(protocol).name}`;
    const known = kept.get(key);
    if (known !== undefined) return known.tokens;
    const reading = sharedTokens(db, organizationId, protocol, MOST_KEPT + 1);
    const entry: Kept = {
      ...{ since: now.getTime(), size: 0 },
      tokens: reading.then((tokens) => {
        if (tokens.length > MOST_KEPT) return undefined;
        const places = new Set(tokens.flatMap((token) => [...(token.places ?? []), ...(token.groupPlaces ?? [])]));
        return { tokens, places, known: new Map() };
      }),
    };
    kept.set(key, entry);
    void entry.tokens.then(
      (shared) => {
        entry.size = shared?.tokens.length ?? 0;
        let all = [...kept.values()].reduce((sum, { size }) => sum + size, 0);
        for (const [each, { size }] of kept) {
          if (all <= MOST_KEPT) break;
          if (each === key) continue;
          kept.delete(each);
          all -= size;
        }
      },
      () => kept.delete(key), // who asked is told
    );
    return entry.tokens;
  }

  return {
    async of(list, now) {
      const shared = await tokensOf(list, now);
      await setImmediate(); // many wait for the same tokens: no more than one of their lists at once is made of them
      if (shared === undefined) return desiredOf(await desiredEntries(db, list, now));
      const { tokens, places, known } = shared;
      const there = [list.siteId, list.chargePointId].map((id) => (id !== null && places.has(id) ? id : ''));
      const key = [mostOf(list), isV2(list.protocol), ...there].join(' ');
      const before = known.get(key);
      if (before !== undefined && (before.refreshAt === null || now < before.refreshAt))
        return { ...before, entries: () => entriesFor(list, tokens, now) };
      const made = desiredOf(entriesFor(list, tokens, now));
      known.set(key, { hash: made.hash, refreshAt: made.refreshAt });
      return made;
    },
    tidy(now) {
      for (const [key, { since }] of kept) if (Math.abs(now.getTime() - since) > KEPT_MS) kept.delete(key);
    },
  };
}

function desiredOf(entries: readonly ListEntry[]): Desired {
  let refreshAt: Date | null = null;
  for (const { status, expiresAt: at } of entries)
    if (status === 'Accepted' && at !== null && (refreshAt === null || at < refreshAt)) refreshAt = at;
  const hash = createHash('sha256').update(JSON.stringify(entries)).digest('base64');
  return { hash, refreshAt, entries: () => entries };
}
