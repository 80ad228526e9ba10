/** A session begins: repeated starts (X1), starts over an open session (X6), refused ones (X8). Pure. */
import type { Effect } from '../../ingest/contract.ts';
import type { SessionStart, StartReply } from '../../ingest/inputs.ts';
import { tokenKey } from '../../platform/token-key.ts';
import { flag } from '../energy.ts';
import type { SessionRow, SessionState } from '../types.ts';
import { begunLate, frozen } from './cost.ts';
import type { Words } from './driver.ts';
import { priceOf } from './driver-price.ts';
import {
  begunAt,
  finish,
  type Input,
  type Next,
  newSession,
  onEvse,
  put,
  STOP_GRACE_MS,
  startedEvent,
  type Told,
  tellCommand,
  tellReservations,
} from './shared.ts';

/** A start that was refused may never be followed by a stop. */
export const REFUSED_GRACE_MS = 60 * 60_000;
/** More open sessions than connectors can exist only on a charger that invents connectors; the oldest is closed then. */
const MAX_OPEN = 64;

/**
 * What makes a repeated start the same start (X1): charge point, connector, token, instant and register as the charger said
 * them. Without a usable clock the instant is the receipt, and only an open session can be recognized (see sameStart).
 */
export function startKey(start: SessionStart): string {
  const instant = start.at.plausible ? start.at.at.toISOString() : `received ${start.at.at.toISOString()}`;
  return `start|${start.connectorId}|${tokenKey(start.tokenUid)}|${instant}|${start.meterStartWh}`;
}

function sameStart(session: SessionRow, start: SessionStart, key: string): boolean {
  if (session.startKey === key) return true;
  return (
    !start.at.plausible &&
    session.endedAt === null &&
    session.flags.includes('implausible_clock') &&
    session.connectorId === start.connectorId &&
    // As it was said: a register that was missing may have been found since.
    session.startKey.endsWith(`|${start.meterStartWh}`) &&
    tokenKey(session.tokenUid ?? '') === tokenKey(start.tokenUid)
  );
}

export function started(state: SessionState, input: Input<'started'>, words?: Words): Next {
  const { start, authorized } = input;
  const key = startKey(start);
  const sessions = [...state.sessions.values()];
  const same = sessions.find((session) => sameStart(session, start, key));
  if (same !== undefined) {
    const reply: StartReply = {
      transactionId: same.transactionId,
      sessionId: same.id,
      ...authorized,
      authorization: same.authorization,
    };
    return { state, effects: [{ do: 'reply', value: reply }], ignored: 'duplicate' };
  }

  const accepted = authorized.authorization === 'accepted';
  const commandId = accepted ? state.remoteStart : undefined;
  const bare = newSession({
    id: start.sessionId,
    transactionId: start.transactionId,
    startKey: key,
    evseId: start.evseId,
    connectorId: start.connectorId,
    tokenUid: start.tokenUid,
    tokenId: input.tokenId,
    tokenGroupId: input.tokenGroupId,
    authorization: authorized.authorization,
    freeOfCharge: input.isFree,
    isTest: input.isTest ?? false,
    commandId: commandId ?? null,
    reservationId: start.reservationId ?? null,
    startedAt: start.at.at,
    meterStartWh: start.meterStartWh,
    lastRegisterWh: start.meterStartWh,
    flags: start.at.plausible ? start.flags : [...start.flags, 'implausible_clock'],
    reconcileAt: deadlineOf(state, input),
    updatedAt: input.receivedAt,
  });
  const cost = frozen(state.place, bare);
  const session = begunLate(cost === null ? bare : { ...bare, cost }, state.place);
  const reply: StartReply = { transactionId: session.transactionId, sessionId: session.id, ...authorized };

  const superseded = supersede(state, session, accepted, input);
  const next = put(superseded.state, session);
  const effects: Effect[] = [...superseded.effects];
  effects.push(startedEvent(session, input, start.at.historical, false));
  if (commandId !== undefined) {
    effects.push(tellCommand(session, begunAt(start.at, input.receivedAt), input));
    // OCA's note §3.1.2: nobody has shown a token here, so this is where its price is told.
    if (!session.freeOfCharge)
      effects.push(...priceOf(state.place, { ...session, tokenUid: start.tokenUid }, input, words, session.id));
  }
  if (accepted && (input.mayBeReserved || start.reservationId !== undefined)) {
    effects.push(tellReservations(session, start.at, authorized.groupId, input));
  }
  effects.push({ do: 'reply', value: reply });
  return { state: next, effects };
}

/** Until when its stop has to come; null: nobody knows. */
function deadlineOf({ place }: SessionState, { start, authorized, receivedAt }: Input<'started'>): Date | null {
  if (authorized.authorization !== 'accepted') return new Date(receivedAt.getTime() + REFUSED_GRACE_MS);
  // Told afterwards, of a connector that is free since: its stop comes behind it, or was lost with the power.
  const told = place?.told ?? null;
  const isOver = start.at.historical && told?.state === 'available' && told.at > start.at.at;
  return isOver ? new Date(receivedAt.getTime() + STOP_GRACE_MS) : null;
}

/** X6: a new start on a connector ends what was open there. X8: a refused start touches nothing. An older start neither. */
export function supersede(
  state: SessionState,
  session: SessionRow,
  accepted: boolean,
  input: Told,
): { state: SessionState; effects: Effect[] } {
  let next = state;
  const effects: Effect[] = [];
  for (const open of toSupersede([...state.sessions.values()], session, accepted)) {
    const end = finish(flag(open, 'superseded'), {
      status: 'closed_by_system',
      reason: 'superseded',
      at: session.startedAt,
      input,
    });
    next = put(next, end.session);
    effects.push(...end.effects);
  }
  return { state: next, effects };
}

function toSupersede(sessions: readonly SessionRow[], session: SessionRow, accepted: boolean): SessionRow[] {
  const open = sessions.filter((each) => each.endedAt === null);
  // A transaction of 2.x may begin before anybody knows where the car will stand.
  const isPlaced = session.ocppTransactionId === null || session.evseId > 0;
  const replaced = open.filter(
    (each) => accepted && isPlaced && onEvse(each, session) && each.startedAt <= session.startedAt,
  );
  if (open.length - replaced.length < MAX_OPEN) return replaced;
  const oldest = open
    .filter((each) => !replaced.includes(each))
    .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  return [...replaced, ...oldest.slice(0, 1)];
}
