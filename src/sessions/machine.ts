/**
 * The session machine: from the charger's start to its stop. Pure.
 * It must never refuse a message for its content, never reopen an ended session, and never tell a start or an end twice.
 */
import type { Effect } from '../ingest/contract.ts';
import type { CloseReply, SessionInput } from '../ingest/inputs.ts';
import { flag } from './energy.ts';
import { answered, asked, returned } from './machine/asked.ts';
import { costDue, courseTold, repriced, reserved } from './machine/cost-inputs.ts';
import type { Words } from './machine/driver.ts';
import { driverAuthorized } from './machine/driver-price.ts';
import { limited, lookedAt } from './machine/limited.ts';
import { metered } from './machine/meter.ts';
import { priced } from './machine/priced.ts';
import {
  alive,
  finish,
  type Input,
  type Next,
  newest,
  onConnector,
  put,
  STOP_GRACE_MS,
  sessionBegunAt,
} from './machine/shared.ts';
import { started } from './machine/start.ts';
import { stopped } from './machine/stop.ts';
import { gapDue, transactionEvent } from './machine/transaction.ts';
import { unplugged } from './machine/unplugged.ts';
import type { SessionRow, SessionState, SessionStatus } from './types.ts';

export { eventBegunAt, reconstructedAt } from './machine/event.ts';
export { begunAt, sessionBegunAt, sessionOf, transactionKey } from './machine/shared.ts';
export { startKey } from './machine/start.ts';
export { orphanKey, orphanStartedAt, stopKey } from './machine/stop.ts';
export { ID_REUSED } from './machine/transaction.ts';

type Context = {
  readonly now: Date;
  /** A session's running cost is told at most so often. */
  readonly costEveryMs: number;
  readonly heardAt: Date;
  /** By which drivers are told what sessions cost. */
  readonly words?: Words | undefined;
};
/** As long as nobody says otherwise. */
const COST_EVERY_MS = 30_000;

type Given = { readonly now: Date; readonly costEveryMs?: number | undefined } & Pick<Context, 'words'>;

export function decide(
  state: SessionState,
  input: SessionInput,
  { now, costEveryMs = COST_EVERY_MS, words }: Given,
): Next {
  // Who has its charge point now, if anybody, hears nothing of it.
  const isAway = input.type === 'repriced' && input.place !== 'here';
  const context: Context = { now, costEveryMs, heardAt: input.receivedAt, words: isAway ? undefined : words };
  const done = priced(state, step(state, input, context), input.chargePointId, context);
  return isAway ? done : limited(state, done, input, context.now);
}

function step(state: SessionState, input: SessionInput, context: Context): Next {
  switch (input.type) {
    case 'started':
      return started(state, input, context.words);
    case 'metered':
      return metered(state, input);
    case 'stopped':
      return stopped(state, input);
    case 'transaction_event':
      return transactionEvent(state, input);
    case 'gap_due':
      return gapDue(state, input, context.now);
    case 'station_returned':
      return returned(state, input);
    case 'asked':
      return asked(state, input, context.now);
    case 'command_ended':
      return answered(state, input);
    case 'limit_looked_at':
      return lookedAt(state, input.sessionId);
    case 'closed':
      return closed(state, input, context.now);
    case 'connector_changed':
      return connectorChanged(state, input);
    case 'reserved':
      return reserved(state, input);
    case 'unplugged':
      return unplugged(state, input);
    case 'driver_authorized':
      return driverAuthorized(state, input, context.words);
    case 'cost_due':
      return costDue(state, input, context);
    case 'repriced':
      return repriced(state, input, context.now);
  }
}

function closed(state: SessionState, input: Input<'closed'>, now: Date): Next {
  const session = state.sessions.get(input.sessionId);
  const answer = (reply: CloseReply): Effect => ({ do: 'reply', value: reply });
  if (session === undefined) return { state, effects: [answer({ closed: false, why: 'unknown' })], ignored: 'unknown' };
  if (session.endedAt !== null)
    return { state, effects: [answer({ closed: false, why: 'already_ended' })], ignored: 'duplicate' };
  if (input.onlyIfDue === true && (session.reconcileAt === null || session.reconcileAt > now)) {
    return { state, effects: [answer({ closed: false })], ignored: 'not_due' };
  }
  if (input.onlyIfSilentSince !== undefined && session.updatedAt > input.onlyIfSilentSince) {
    return { state, effects: [answer({ closed: false })], ignored: 'not_silent' };
  }
  const at =
    input.onlyIfDue === true || input.onlyIfSilentSince !== undefined
      ? (session.lastSampleAt ?? input.receivedAt)
      : input.receivedAt;
  const end = finish(flag(session, input.reason), { status: 'closed_by_system', reason: input.reason, at, input });
  return { state: put(state, end.session), effects: [...end.effects, answer({ closed: true })] };
}

const STATUS_OF: Partial<Record<Input<'connector_changed'>['status'], SessionStatus>> = {
  charging: 'active',
  suspended_ev: 'suspended_ev',
  suspended_evse: 'suspended_evse',
};

/**
 * What a connector says since its charger booted comes after what ran then, also by a clock that went back with it and was not set
 * since (OCPP 1.6 §4.9). What was said before, and comes late, is `news`.
 */
const isBefore = ({ startedAt }: SessionRow, { at, bootedAt }: Input<'connector_changed'>): boolean =>
  startedAt <= at.at || (bootedAt !== null && startedAt < bootedAt);

function connectorChanged(before: SessionState, input: Input<'connector_changed'>): Next {
  const state = othersTold(courseTold(before, input), input);
  if (input.news !== undefined && !(input.status === 'available' && input.news === 'repeated'))
    return state === before ? { state, effects: [], ignored: input.news } : { state, effects: [] };
  const session = newest(
    [...state.sessions.values()].filter(
      (each) => each.endedAt === null && alive(each) && onConnector(each, input) && isBefore(each, input),
    ),
  );
  if (session === undefined) return { state, effects: [], ignored: 'no_session' };
  if (input.status === 'available') return connectorFreed(state, session, input);
  const status = STATUS_OF[input.status];
  if (status === undefined || (status === session.status && session.reconcileAt === null))
    return { state, effects: [], ignored: 'unchanged' };
  return { state: put(state, { ...session, status, reconcileAt: null, updatedAt: input.receivedAt }), effects: [] };
}

function connectorFreed(state: SessionState, session: SessionRow, input: Input<'connector_changed'>): Next {
  const graceMs = stopGrace(session, input);
  if (graceMs === undefined) return { state, effects: [], ignored: 'no_session' };
  // 2.x: a transaction may outlast its plug (TxStopPoint); then the station is asked (machine/asked.ts).
  const isFreed = session.ocppTransactionId !== null && input.news === undefined;
  const freedAt = session.freedAt ?? (isFreed ? input.receivedAt : null);
  if (session.reconcileAt !== null && freedAt === session.freedAt) return { state, effects: [], ignored: 'unchanged' };
  const reconcileAt = session.reconcileAt ?? new Date(input.receivedAt.getTime() + graceMs);
  return { state: put(state, { ...session, freedAt, reconcileAt }), effects: [] };
}

/** From a connector that never was anything but free a seldom reading may be all that shows that its session goes on. */
const SHOWN_NOWHERE_MS = 60 * 60_000;

/**
 * How long its stop is awaited. Undefined: its charger does not show on connectors what it does, and says nothing of this session; unless the
 * session is told afterwards, or the charger has booted since, by our clock.
 */
function stopGrace(session: SessionRow, { at, news, bootedAt }: Input<'connector_changed'>): number | undefined {
  if (news === undefined || sessionBegunAt(session, at).isReplayed) return STOP_GRACE_MS;
  return bootedAt !== null && session.createdAt < bootedAt ? SHOWN_NOWHERE_MS : undefined;
}

/** 1.6: what the connector says of sessions that are not the one that runs there. */
function othersTold(state: SessionState, input: Input<'connector_changed'>): SessionState {
  let next = state;
  for (const session of state.sessions.values()) {
    const reconcileAt = otherDeadline(session, input);
    if (reconcileAt !== session.reconcileAt) next = put(next, { ...session, reconcileAt });
  }
  return next;
}

/**
 * Where nobody may charge and nothing stands any more, a stop comes soon or never; no need to wait for it as long as else. And a session
 * that nobody knows the connector of is over where all are free, and perhaps not where one is in use after all.
 */
function otherDeadline(session: SessionRow, input: Input<'connector_changed'>): Date | null {
  const { reconcileAt, evseId, endedAt, ocppTransactionId } = session;
  if (endedAt !== null || ocppTransactionId !== null || input.news === 'late' || !isBefore(session, input))
    return reconcileAt;
  const isPlaceless = evseId === 0;
  if (input.status !== 'available')
    return isPlaceless && alive(session) && input.news === undefined ? null : reconcileAt;
  const isOver = isPlaceless ? input.isLast === true : !alive(session) && onConnector(session, input);
  const soon = new Date(input.receivedAt.getTime() + STOP_GRACE_MS);
  return isOver && (reconcileAt === null || reconcileAt > soon) ? soon : reconcileAt;
}
