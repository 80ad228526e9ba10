/** What is to be sent next, so that a charger holds what it should. Pure. */
import { tokenKey } from '../platform/token-key.ts';
import type { ListEntry } from './types.ts';

export type Message = {
  readonly full: boolean;
  readonly put: readonly ListEntry[];
  readonly removed: readonly Pick<ListEntry, 'uid' | 'type'>[];
};

/**
 * All differences; removals first, so that a list that is full has room. In 2.x an entry is its uid and its type together (IdTokenType):
 * one whose type has changed is removed as what it was, and put as what it is by the message after that.
 */
export function differences(
  desired: readonly ListEntry[],
  held: readonly ListEntry[],
): { put: ListEntry[]; removed: Pick<ListEntry, 'uid' | 'type'>[] } {
  const has = new Map(held.map((entry) => [tokenKey(entry.uid), entry]));
  const wanted = new Map(desired.map((entry) => [tokenKey(entry.uid), entry]));
  const isGone = (entry: ListEntry): boolean => {
    const now = wanted.get(tokenKey(entry.uid));
    return now === undefined || isOther(now, entry);
  };
  return {
    put: desired.filter((entry) => {
      const before = has.get(tokenKey(entry.uid));
      return before === undefined || !(isSame(entry, before) || isOther(entry, before));
    }),
    removed: held.filter(isGone).map(({ uid, type }) => ({ uid, type })),
  };
}

/** null: nobody said of what type it is (1.6). */
const isOther = (a: ListEntry, b: ListEntry): boolean => a.type !== null && b.type !== null && a.type !== b.type;

const isSame = (a: ListEntry, b: ListEntry): boolean =>
  a.type === b.type &&
  a.status === b.status &&
  a.expiresAt?.getTime() === b.expiresAt?.getTime() &&
  a.parentIdTag === b.parentIdTag;

/** undefined: nothing is left. `isFull`: the first message of a full update; what does not fit follows differentially. */
export function nextMessage(
  desired: readonly ListEntry[],
  held: readonly ListEntry[],
  {
    isFull,
    most,
    mostBytes,
  }: { readonly isFull: boolean; readonly most: number; readonly mostBytes?: number | undefined },
): Message | undefined {
  const message = messageOf(desired, held, isFull, most);
  if (message === undefined || mostBytes === undefined || most <= 1 || bytesOf(message) <= mostBytes) return message;
  const half = Math.ceil(Math.min(most, message.put.length + message.removed.length) / 2);
  return half >= most ? message : nextMessage(desired, held, { isFull, most: half, mostBytes });
}

/** Of the message on the wire, counted generously: how it is spelled is for the adapters to say. */
export const bytesOf = ({ put, removed }: Message): number =>
  200 +
  removed.reduce((sum, { uid }) => sum + 60 + uid.length, 0) +
  put.reduce((sum, { uid, parentIdTag }) => sum + 200 + uid.length + (parentIdTag?.length ?? 0), 0);

function messageOf(
  desired: readonly ListEntry[],
  held: readonly ListEntry[],
  isFull: boolean,
  most: number,
): Message | undefined {
  if (isFull) return { full: true, put: desired.slice(0, most), removed: [] };
  const { put, removed } = differences(desired, held);
  if (put.length === 0 && removed.length === 0) return undefined;
  const gone = removed.slice(0, most);
  return { full: false, put: put.slice(0, most - gone.length), removed: gone };
}
