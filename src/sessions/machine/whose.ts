/** Whose a 2.x session is: its events name tokens, remote starts and reservations, at its beginning or later. Pure. */
import { tokenKey } from '../../platform/token-key.ts';
import { flag } from '../energy.ts';
import type { EventOutcome, SessionRow, SessionState, TransactionInput } from '../types.ts';
import { alive } from './shared.ts';
import { REFUSED_GRACE_MS } from './start.ts';

/**
 * A transaction may begin before anybody has said who he is; a refused token may be followed by a better one (X8). Whether anybody pays
 * is known by what held when it began, or when the first who may charge said who he is: what is changed later is of later sessions.
 */
export function identify(
  session: SessionRow,
  input: TransactionInput,
  state: SessionState,
  outcome: EventOutcome,
): SessionRow {
  const { event, token } = input;
  // A refused token is nobody's answer to a remote start, unless it names it.
  const mayAnswer = event.remoteStartId !== undefined || token?.authorized.authorization === 'accepted';
  const answered = mayAnswer ? state.remoteStarts.get(event.digest) : undefined;
  const commandId = session.commandId ?? answered ?? null;
  const remoteStartId = session.remoteStartId ?? event.remoteStartId ?? null;
  const reservationId = session.reservationId ?? event.reservationId ?? null;
  const isSame =
    commandId === session.commandId &&
    remoteStartId === session.remoteStartId &&
    reservationId === session.reservationId;
  const next = isSame ? session : { ...session, commandId, remoteStartId, reservationId };
  const uid = event.token?.uid;
  if (token === undefined || uid === undefined || uid === null) return next;
  const isRefused = session.authorization !== 'accepted';
  const asksToStart = event.token?.asks === 'start';
  if (session.tokenUid === null || (isRefused && asksToStart)) {
    const { authorization } = token.authorized;
    const isOpen = session.endedAt === null && authorization !== 'accepted';
    const isTest = session.isTest || input.isTest === true;
    const isFirst = asksToStart && outcome !== 'late' && session.endedAt === null;
    return {
      ...next,
      isTest,
      freeOfCharge: session.freeOfCharge || isTest || (isFirst && input.isFree),
      tokenUid: uid,
      tokenId: token.id,
      tokenGroupId: token.groupId,
      authorization,
      reconcileAt: isOpen ? new Date(input.receivedAt.getTime() + REFUSED_GRACE_MS) : null,
    };
  }
  if (tokenKey(session.tokenUid) === tokenKey(uid)) return next;
  return event.token?.asks === 'stop' ? { ...next, stopTokenUid: uid } : flag(next, 'token_changed');
}

/** Once: when the session learns of its token or of its reservation. */
export const mayUseReservation = (before: SessionRow, after: SessionRow, input: TransactionInput): boolean =>
  alive(after) &&
  after.tokenUid !== null &&
  (input.mayBeReserved || after.reservationId !== null) &&
  (before.tokenUid !== after.tokenUid || before.reservationId !== after.reservationId || !alive(before));
