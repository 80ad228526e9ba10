/**
 * The reservation machine: from the wish to its use, its end or its failure. Pure; the statuses move by the table in
 * machine/rules.ts. What has ended stays ended, but for an answer that comes late (R4) and for a session that a charger tells of
 * afterwards.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type { EndedCommand, ReservationInput } from '../ingest/inputs.ts';
import { tokenKey } from '../platform/token-key.ts';
import { type Happening, rules } from './machine/rules.ts';
import { told } from './machine/told.ts';
import { isOpen, matchReservation } from './match.ts';
import {
  ASKED_AGAIN,
  CANCELLING,
  isPursued,
  isUnwanted,
  type ReservationRow,
  type ReservationState,
  TO_BE_RELEASED,
} from './types.ts';

type Input<T extends ReservationInput['type']> = Extract<ReservationInput, { type: T }>;
type Next = Step<ReservationState>;

/** A connector that becomes free this shortly before the expiry was freed by it: two clocks are never the same. */
const EXPIRY_SLACK_MS = 60_000;

export function decide(state: ReservationState, input: ReservationInput, now: Date): Next {
  switch (input.type) {
    case 'requested':
      return requested(state, input, now);
    case 'renewal_requested':
      return renewalRequested(state, input, now);
    case 'cancel_requested':
      return cancelRequested(state, input, now);
    case 'command_ended':
      return input.command.action === 'CancelReservation'
        ? cancelAnswered(state, input, now)
        : reserveAnswered(state, input, now);
    case 'session_started':
      return sessionStarted(state, input, now);
    case 'connector_freed':
      return connectorFreed(state, input, now);
    case 'ended_by_charger':
      return endedByCharger(state, input, now);
    case 'overdue': {
      const row = state.reservations.get(input.reservationId);
      if (row === undefined) return stay(state, 'unknown');
      if (row.dueAt === null || row.dueAt > now) return stay(state, 'not_due');
      return moved(state, row, 'expired', { now, input });
    }
  }
}

function requested(state: ReservationState, input: Input<'requested'>, now: Date): Next {
  const { reservationId: id, ocppId, replacesId, connectorId, tokenUid, groupId, parentIdTag } = input;
  const { connectorType, tokenKind, expiresAt, requestedBy, commandId } = input;
  if (state.reservations.has(id)) return stay(state, 'duplicate');
  const row: ReservationRow = {
    ...{ id, ocppId, replacesId, connectorId, connectorType, tokenUid, tokenKind, groupId, parentIdTag },
    ...{ expiresAt, requestedBy, commandId },
    status: 'requested',
    reason: null,
    dueAt: expiresAt,
    sessionId: null,
    createdAt: now,
    confirmedAt: null,
    activeSince: null,
    endedAt: null,
    updatedAt: now,
  };
  return { state: put(state, row), effects: [told(row, null, input, now)] };
}

function renewalRequested(state: ReservationState, input: Input<'renewal_requested'>, now: Date): Next {
  const row = state.reservations.get(input.reservationId);
  if (row === undefined) return stay(state, 'unknown');
  // It has ended, or is being cancelled, since the sweep looked: what the charger answers must be known all the same.
  if (!isOpen(row) || isUnwanted(row))
    return { state: put(state, { ...row, commandId: input.commandId }), effects: [] };
  if (isAnswerAwaited(row)) return stay(state, 'asked_already');
  const reason = row.status === 'requested' ? ASKED_AGAIN : row.reason;
  return { state: put(state, { ...row, commandId: input.commandId, reason, updatedAt: now }), effects: [] };
}

function cancelRequested(state: ReservationState, input: Input<'cancel_requested'>, now: Date): Next {
  const row = state.reservations.get(input.reservationId);
  if (row === undefined || !isOpen(row)) return stay(state, 'ended');
  return { state: put(state, { ...row, reason: CANCELLING, updatedAt: now }), effects: [] };
}

// ---------------------------------------------------------------------------------------------------------------- answers

function reserveAnswered(state: ReservationState, input: Input<'command_ended'>, now: Date): Next {
  const { command } = input;
  const row = [...state.reservations.values()].find(({ commandId }) => commandId === command.id);
  if (row === undefined) return stay(state, 'unknown');
  if (command.status === 'accepted') return accepted(state, row, input, now);
  // A charger that rebooted and does not answer may hold it still: it is asked again.
  if (row.status === 'active' && command.status !== 'rejected') {
    return { state: put(state, { ...row, commandId: null, updatedAt: now }), effects: [] };
  }
  if (!isOpen(row)) return stay(state, 'ended');
  // The charger is asked again (sweep.ts), unless its answer comes late (R4).
  if (leavesDoubt(state, row, command)) {
    const why = command.status === 'cancelled' ? TO_BE_RELEASED : reasonOf(command);
    const reason = isUnwanted(row) ? row.reason : why;
    return { state: put(state, { ...row, reason, updatedAt: now }), effects: [] };
  }
  return moved(state, row, 'refused', { now, input, change: { reason: reasonOf(command) } });
}

/**
 * Nobody knows whether the charger keeps it. A repeat that never reached the charger leaves the doubt that it was to end. What was to
 * replace another and is taken back is not let go of: that would end the other one, which has its number.
 */
function leavesDoubt(state: ReservationState, row: ReservationRow, command: EndedCommand): boolean {
  const { status, isUnanswered, error } = command;
  if (status === 'rejected' || error?.code === 'charger_error') return false;
  if (isUnwanted(row)) return true;
  if (status === 'cancelled' && openWith(state, row.ocppId).length > 1) return false;
  return isUnanswered === true || row.reason === ASKED_AGAIN;
}

function accepted(state: ReservationState, row: ReservationRow, input: Input<'command_ended'>, now: Date): Next {
  const hasEnded = !isOpen(row);
  // It has the number of the one whose place it was to take, or of the one that took its place.
  if (hasEnded && openWith(state, row.ocppId).length > 0) return stay(state, 'ended');
  const reason = hasEnded ? TO_BE_RELEASED : isUnwanted(row) ? row.reason : null;
  const change = { commandId: null, confirmedAt: now, reason };
  if (row.status === 'active') return { state: put(state, { ...row, ...change, updatedAt: now }), effects: [] };
  if (row.expiresAt <= now) return stay(state, 'late');
  const replaced = row.replacesId === null ? undefined : state.reservations.get(row.replacesId);
  // Whoever moves to another connector, or stays longer, is kept a place all the time.
  const isGoingOn = replaced?.status === 'active' && tokenKey(replaced.tokenUid) === tokenKey(row.tokenUid);
  const activeSince = (isGoingOn ? replaced.activeSince : null) ?? now;
  const step = moved(state, row, 'accepted', { now, input, change: { ...change, activeSince } });
  if (step.state === state || replaced === undefined || !isOpen(replaced)) return step;
  const second = moved(step.state, replaced, 'cancelled', { now, input, change: { reason: 'replaced' } });
  return { state: second.state, effects: [...step.effects, ...second.effects] };
}

/** Whoever asked for the cancellation; a charger that does not know the reservation does not keep it either. */
function cancelAnswered(state: ReservationState, input: Input<'command_ended'>, now: Date): Next {
  const { payload, status } = input.command;
  const rows = openWith(state, payload['reservationId']);
  if (status !== 'accepted' && status !== 'rejected') {
    const unanswered = rows.filter((row) => row.reason === CANCELLING);
    if (unanswered.length === 0) return stay(state, 'unanswered');
    const after = unanswered.reduce((to, row) => put(to, { ...row, reason: TO_BE_RELEASED, updatedAt: now }), state);
    return { state: after, effects: [] };
  }
  const reason = status === 'accepted' ? 'requested' : 'unknown_to_charger';
  if (rows.length === 0) return stay(state, 'unknown');
  return forAll(state, rows, (at, row) => moved(at, row, 'cancelled', { now, input, change: { reason } }));
}

/** OCPP 1.6 §7.44: Faulted, Occupied, Rejected, Unavailable. Otherwise why there is no answer. */
function reasonOf({ status, result, error }: EndedCommand): string {
  const said = result?.['status'];
  if (status === 'rejected') return typeof said === 'string' ? said.toLowerCase().slice(0, 50) : 'rejected';
  return status === 'cancelled' ? 'cancelled' : (error?.code ?? 'no_answer');
}

// ----------------------------------------------------------------------------------------------------- what chargers tell

function sessionStarted(state: ReservationState, input: Input<'session_started'>, now: Date): Next {
  const row = matchReservation(state.reservations.values(), input);
  if (row === undefined) return stay(state, 'unknown');
  const { sessionId, chargePointId, receivedAt } = input;
  const step = moved(state, row, 'used', { now, input, at: input.at.at, change: { sessionId, reason: null } });
  if (step.state === state) return step;
  const others = numberUsed(step.state, row, input, now);
  const effects = [...step.effects, ...others.effects];
  if (row.activeSince === null) return { state: others.state, effects };
  const about = { room: 'sessions', type: 'reserved', chargePointId, receivedAt } as const;
  const feed: Effect = { do: 'feed', input: { ...about, sessionId, from: row.activeSince } };
  return { state: others.state, effects: [...effects, feed] };
}

/**
 * One that takes the place of another has its number, and ends with the use of it. A session that does not name the number does not
 * say that it is over: what is kept under it for the same driver is let go of.
 */
function numberUsed(state: ReservationState, used: ReservationRow, input: Input<'session_started'>, now: Date): Next {
  const rows = openWith(state, used.ocppId);
  if (input.ocppId === undefined) {
    const sameDriver = rows.filter((row) => tokenKey(row.tokenUid) === tokenKey(used.tokenUid));
    return forAll(state, sameDriver, (at, row) => ({
      state: put(at, { ...row, reason: TO_BE_RELEASED, updatedAt: now }),
      effects: [],
    }));
  }
  return forAll(state, rows, (at, row) => {
    const reason = row.id === used.replacesId ? 'replaced' : 'original_used';
    return moved(at, row, 'cancelled', { now, input, at: input.at.at, change: { reason } });
  });
}

function connectorFreed(state: ReservationState, input: Input<'connector_freed'>, now: Date): Next {
  const row = [...state.reservations.values()].find(
    ({ status, connectorId }) => status === 'active' && connectorId === input.connectorId,
  );
  if (row === undefined) return stay(state, 'unknown');
  if (input.at.historical) return stay(state, 'late');
  // It has forgotten everything, and is asked for it again (sweep.ts).
  if (input.bootedAt !== null && row.confirmedAt !== null && input.bootedAt > row.confirmedAt)
    return stay(state, 'rebooted');
  if (row.expiresAt.getTime() - now.getTime() <= EXPIRY_SLACK_MS) return stay(state, 'expires');
  return moved(state, row, 'cancelled', { now, input, change: { reason: 'released_by_charger' } });
}

/**
 * 2.0.1 H04 Expired; Removed: the station cannot keep it any more (H01.FR.19, H02). 2.1 NoTransaction: the driver was there and no
 * transaction followed.
 */
function endedByCharger(state: ReservationState, input: Input<'ended_by_charger'>, now: Date): Next {
  const open = openWith(state, input.ocppId);
  if (open.length === 0) return stay(state, 'unknown');
  // One that is to take the place of the other while its request is under way: its answer tells.
  const rows = open.length === 1 ? open : open.filter((row) => !isAnswerAwaited(row));
  const reason = input.why === 'removed' ? 'released_by_charger' : 'no_transaction';
  return forAll(state, rows, (at, row) =>
    input.why === 'expired'
      ? moved(at, row, 'expired', { now, input })
      : moved(at, row, 'cancelled', { now, input, change: { reason } }),
  );
}

// ---------------------------------------------------------------------------------------------------------------- helpers

const isAnswerAwaited = ({ status, reason }: ReservationRow): boolean =>
  status === 'requested' && (reason === null || reason === ASKED_AGAIN);

const openWith = (state: ReservationState, ocppId: unknown): ReservationRow[] =>
  [...state.reservations.values()].filter((row) => row.ocppId === ocppId && isOpen(row));

/** One step for each of them, one after the other. */
function forAll(
  state: ReservationState,
  rows: readonly ReservationRow[],
  step: (at: ReservationState, row: ReservationRow) => Next,
): Next {
  let at = state;
  const effects: Effect[] = [];
  for (const row of rows) {
    const next = step(at, row);
    at = next.state;
    effects.push(...next.effects);
  }
  return { state: at, effects };
}

type Move = {
  readonly now: Date;
  readonly input: ReservationInput;
  /** When it happened, by the charger's clock. */
  readonly at?: Date;
  readonly change?: Partial<ReservationRow>;
};

function moved(state: ReservationState, row: ReservationRow, happening: Happening, move: Move): Next {
  const { now, input, at = now, change = {} } = move;
  const to = rules[row.status][happening];
  if (to === undefined) return stay(state, `${happening}_while_${row.status}`);
  const isOver = to !== 'requested' && to !== 'active';
  const next: ReservationRow = {
    ...row,
    // What was being done about it is no reason of its end.
    reason: isOver && isPursued(row) ? null : row.reason,
    ...change,
    status: to,
    dueAt: isOver ? null : row.expiresAt,
    endedAt: isOver ? at : null,
    updatedAt: now,
  };
  return { state: put(state, next), effects: [told(next, row.status, input, at)] };
}

const put = (state: ReservationState, row: ReservationRow): ReservationState => ({
  reservations: new Map(state.reservations).set(row.id, row),
});
const stay = (state: ReservationState, ignored: string): Next => ({ state, effects: [], ignored });
