/** Which reservation does a session use? By its number, else by who started it where. Pure. */
import type { ReservationInput } from '../ingest/inputs.ts';
import { tokenKey } from '../platform/token-key.ts';
import type { ReservationRow } from './types.ts';

type Started = Extract<ReservationInput, { type: 'session_started' }>;

export function matchReservation(rows: Iterable<ReservationRow>, session: Started): ReservationRow | undefined {
  const all = [...rows].filter(({ expiresAt }) => session.at.at < expiresAt);
  if (session.ocppId !== undefined) {
    return ofNumber(
      all.filter(({ ocppId }) => ocppId === session.ocppId),
      session,
    );
  }
  const mine = all.filter(
    (row) =>
      isOpen(row) &&
      (row.connectorId === 0 || row.connectorId === session.connectorId) &&
      (isForToken(row, session) ||
        (row.parentIdTag !== null &&
          session.parentIdTag !== undefined &&
          tokenKey(row.parentIdTag) === tokenKey(session.parentIdTag))),
  );
  const rank = (row: ReservationRow): number => (row.connectorId === 0 ? 0 : 2) + (isForToken(row, session) ? 1 : 0);
  return mine.sort((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1))[0];
}

export const isOpen = ({ dueAt }: ReservationRow): boolean => dueAt !== null;

const isForToken = (row: ReservationRow, session: Started): boolean =>
  tokenKey(row.tokenUid) === tokenKey(session.tokenUid);

/** Replaced ones have the same number. What is open goes first; of two the one that fits, of two that fit what the charger has said. */
function ofNumber(rows: readonly ReservationRow[], session: Started): ReservationRow | undefined {
  const rank = (row: ReservationRow): number =>
    (row.connectorId === 0 || row.connectorId === session.connectorId ? 4 : 0) +
    (isForToken(row, session) ? 2 : 0) +
    (row.status === 'active' ? 1 : 0);
  const open = rows.filter(isOpen);
  if (open.length === 0) return newest(rows);
  return [...open].sort((a, b) => rank(b) - rank(a) || (a.id < b.id ? 1 : -1))[0];
}

const newest = (rows: readonly ReservationRow[]): ReservationRow | undefined =>
  [...rows].sort((a, b) => (a.id < b.id ? 1 : -1))[0];
