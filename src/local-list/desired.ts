/**
 * Lists as they should be, of many chargers: the tokens of an organization are read once for all of them and for all messages, until one
 * changes. Held for a minute and bounded; an organization with more tokens than that is asked anew for each charger.
 */
import type { Database } from '../database/contract.ts';
import { desiredEntries, entriesFor, type ListView, type SharedToken, sayable, sharedTokens } from './sync-store.ts';
import type { ListEntry } from './types.ts';

const KEPT_MS = 60_000;
const MOST_KEPT = 100_000;

type Kept = { readonly since: number; size: number; readonly tokens: Promise<readonly SharedToken[] | undefined> };

export type DesiredLists = {
  of(list: ListView, now: Date): Promise<ListEntry[]>;
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
      tokens: reading.then((tokens) => (tokens.length > MOST_KEPT ? undefined : tokens)),
    };
    kept.set(key, entry);
    void entry.tokens.then(
      (tokens) => {
        entry.size = tokens?.length ?? 0;
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
      const tokens = await tokensOf(list, now);
      return tokens === undefined ? desiredEntries(db, list, now) : entriesFor(list, tokens, now);
    },
    tidy(now) {
      for (const [key, { since }] of kept) if (Math.abs(now.getTime() - since) > KEPT_MS) kept.delete(key);
    },
  };
}
