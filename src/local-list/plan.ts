/** What is to be sent next, so that a charger holds what it should. Pure. */
import { type ListEntry, uidKey } from './types.ts';

export type Message = {
  readonly full: boolean;
  readonly put: readonly ListEntry[];
  readonly removed: readonly string[];
};

/** All differences; removals first, so that a list that is full has room. */
export function differences(
  desired: readonly ListEntry[],
  held: readonly ListEntry[],
): { put: ListEntry[]; removed: string[] } {
  const has = new Map(held.map((entry) => [uidKey(entry.uid), entry]));
  const wanted = new Set(desired.map(({ uid }) => uidKey(uid)));
  return {
    put: desired.filter((entry) => !isSame(entry, has.get(uidKey(entry.uid)))),
    removed: held.filter(({ uid }) => !wanted.has(uidKey(uid))).map(({ uid }) => uid),
  };
}

const isSame = (a: ListEntry, b: ListEntry | undefined): boolean =>
  b !== undefined &&
  a.status === b.status &&
  a.expiresAt?.getTime() === b.expiresAt?.getTime() &&
  a.parentIdTag === b.parentIdTag;

/** undefined: nothing is left. `isFull`: the first message of a full update; what does not fit follows differentially. */
export function nextMessage(
  desired: readonly ListEntry[],
  held: readonly ListEntry[],
  { isFull, most }: { readonly isFull: boolean; readonly most: number },
): Message | undefined {
  if (isFull) return { full: true, put: desired.slice(0, most), removed: [] };
  const { put, removed } = differences(desired, held);
  if (put.length === 0 && removed.length === 0) return undefined;
  const gone = removed.slice(0, most);
  return { full: false, put: put.slice(0, most - gone.length), removed: gone };
}
