/** Which reservation does a session use? By its number, else by who started it where. Pure. */
import type { ReservationInput } from '../ingest/inputs.ts';
import { tokenKey } from '../platform/token-key.ts';
import type { ReservationRow } from './types.ts';

type Started = Extract<ReservationInput, { type: 'session_started' }>;

export function matchReservation(rows: Iterable<ReservationRow>, session: Started): ReservationRow | undefined {
  const all = [...rows].filter(({ expiresAt }) => session.at.at < expiresAt);
  if (session.ocppId !== undefined) {
    // Replaced ones have the same number: the one that is open, else the newest.
    return newest(all.filter(({ ocppId }) => ocppId === session.ocppId));
  }
  const mine = all.filter(
    (row) =>
      isOpen(row) &&
      (row.connectorId === 0 || row.connectorId === session.connectorId) &&
      (tokenKey(row.tokenUid) === tokenKey(session.tokenUid) ||
        (row.parentIdTag !== null &&
          session.parentIdTag !== undefined &&
          tokenKey(row.parentIdTag) === tokenKey(session.parentIdTag))),
  );
  const rank = (row: ReservationRow): number =>
    (row.connectorId === 0 ? 0 : 2) + (tokenKey(row.tokenUid) === tokenKey(session.tokenUid) ? 1 : 0);
  return mine.sort((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1))[0];
}

export const isOpen = ({ dueAt }: ReservationRow): boolean => dueAt !== null;

function newest(rows: readonly ReservationRow[]): ReservationRow | undefined {
  const open = rows.filter((row) => isOpen(row) && row.status === 'active');
  return (open.length > 0 ? open : rows).reduce<ReservationRow | undefined>(
    (best, row) => (best === undefined || row.id > best.id ? row : best),
    undefined,
  );
}
