/** Where a reader of the log begins, and where it goes on: the rules of its cursors, for polling and for the stream. */
import type { Database } from '../database/contract.ts';
import {
  BEGINNING,
  type EventFilter,
  endOfLog,
  isAfter,
  type LoggedEvent,
  lastBefore,
  logPage,
  type Position,
  placeBefore,
  placeBehind,
  placeOf,
} from './event-log-store.ts';

type Db = Pick<Database, 'rows'>;

export type LogRequest = EventFilter & {
  readonly order: 'asc' | 'desc';
  /** Recorded at or after. */
  readonly from?: Date | undefined;
  /** Recorded before. */
  readonly to?: Date | undefined;
  /** Id of the event after which it goes on. */
  readonly after: string | undefined;
  readonly limit: number;
};

/**
 * `next`: the event after which to go on. Ascending there is one on the last page too, so that one can ask again later; when
 * nothing matched it is the last event that was looked at. undefined: there was nothing yet, or (descending) nothing is left.
 * `isAtEnd`: there are no more of them now.
 */
export async function readLog(
  db: Db,
  organizationId: string,
  { after, ...query }: LogRequest,
): Promise<{ readonly events: readonly LoggedEvent[]; readonly next: string | undefined; readonly isAtEnd: boolean }> {
  const { order, limit } = query;
  const position =
    after === undefined ? await beginning(db, organizationId, query) : await placeOf(db, organizationId, after);
  const { events: found, settled } = await logPage(db, organizationId, { ...query, position, limit: limit + 1 });
  const events = found.slice(0, limit);
  const last = events.at(-1);
  if (found.length > limit) return { events, next: last?.id, isAtEnd: false };
  if (order === 'desc') return { events, next: undefined, isAtEnd: true };
  const head = await lastBefore(db, organizationId, settled);
  const isHeadFurther = head !== undefined && isAfter(head, last ?? position ?? BEGINNING);
  return { events, next: isHeadFurther ? head.id : (last?.id ?? after), isAtEnd: true };
}

/** So that a page of yesterday does not read a month to get there. */
function beginning(db: Db, organizationId: string, { order, from, to }: Omit<LogRequest, 'after'>) {
  if (order === 'asc') return from === undefined ? undefined : placeBefore(db, organizationId, from);
  return to === undefined ? undefined : placeBehind(db, organizationId, to);
}

/** Where a stream begins: after that event, or with what was recorded since then, or now. */
export async function startOfStream(
  db: Db,
  organizationId: string,
  { after, from }: { readonly after: string | undefined; readonly from: Date | undefined },
): Promise<Position> {
  if (after !== undefined) return placeOf(db, organizationId, after);
  if (from !== undefined) return (await placeBefore(db, organizationId, from)) ?? BEGINNING;
  return endOfLog(db);
}
