/**
 * Transactions of OCPP 2.x, told by numbered events (2.0.1 E01.FR.07, J02). Pure. Events are applied in the order of their
 * numbers: what comes after a gap is answered and held until the gap closes or its deadline passes. What comes again is answered
 * alike and changes nothing; what comes with a number that was used for something else is applied, and flagged.
 * Nothing is refused, a session is told to have begun and to have ended once each, whatever order its events come in.
 */
import type { Effect } from '../../ingest/contract.ts';
import type {
  ChargingState,
  MeterReading,
  SessionInput,
  SpareIds,
  StationInput,
  TransactionReply,
} from '../../ingest/inputs.ts';
import { flag } from '../energy.ts';
import type { EventOutcome, HeldEvent, SessionRow, SessionState, TransactionInput } from '../types.ts';
import { RETURN_MS } from './asked.ts';
import { apply, begin, reconstructedAt, totalCostOf } from './event.ts';
import { firstRegister, keep } from './meter.ts';
import { alive, finish, type Input, laterOf, type Next, onEvse, put, sessionOf, transactionKey } from './shared.ts';

/** Events are sent in order and repeated after a minute or so when they are not answered: then the gap has closed. */
export const GAP_MS = 2 * 60_000;
/** Of one transaction; an end is held beyond that. */
const MOST_HELD = 200;
/** A station that jumps by a million has not lost a million events. */
const MOST_MISSING = 100;
/** Flag: another session of the station had its id before. */
export const ID_REUSED = 'transaction_id_reused';

export function transactionEvent(state: SessionState, input: TransactionInput): Next {
  const { event } = input;
  const session = sessionOf(state, event.ocppTransactionId);
  const held = state.held.get(event.ocppTransactionId) ?? [];
  if (state.seen.includes(event.digest) || held.some((each) => isSame(each.input, input))) {
    return { state, effects: [answer(session, input)], ignored: 'duplicate' };
  }
  if (session !== undefined && event.spare !== undefined && beginsAnew(session, held, input)) {
    const former = givesKeyAway(state, session, input);
    const named = { ...input, event: { ...event, flags: [...event.flags, ID_REUSED] } };
    const begun = beginBehind(former.state, named, event.spare, false);
    const effects = [...former.effects, ...begun.effects];
    return settle(logged(begun.state, input, 'applied'), input, effects, Number.NEGATIVE_INFINITY);
  }
  if (session === undefined) {
    if (event.kind !== 'started' || event.spare === undefined) return hold(state, held, input);
    const begun = beginBehind(state, input, event.spare, false);
    return settle(logged(begun.state, input, 'applied'), input, begun.effects, Number.NEGATIVE_INFINITY);
  }
  const next = nextOf(session);
  if (event.seqNo > next && session.endedAt === null) return hold(state, held, input);
  const isNext = event.seqNo === next && session.endedAt === null;
  const outcome = isNext ? 'applied' : isNew(session, event.seqNo) ? 'late' : 'reused';
  const done = apply(state, session, input, outcome);
  return settle(logged(done.state, input, outcome), input, done.effects, Number.NEGATIVE_INFINITY);
}

/**
 * E01.FR.08 forbids it, but a station that counts its transactions may begin anew when it boots. The one before is over; or more
 * was told of it than this event, nobody knows whether it goes on (its reconcileAt), and either nothing was told since the station
 * came back, or the register has passed it. Else it is a repetition that was written anew, perhaps among others that were kept.
 */
function beginsAnew(session: SessionRow, held: readonly HeldEvent[], { event }: TransactionInput): boolean {
  if (event.kind !== 'started' || !event.at.plausible) return false;
  const known = laterOf(session.endedAt ?? session.startedAt, session.lastSampleAt ?? session.startedAt);
  if (event.at.at <= known) return false;
  if (session.endedAt !== null) return true;
  const { reconcileAt, lastSeqNo, updatedAt } = session;
  if (!alive(session) || reconcileAt === null || event.seqNo >= (lastSeqNo ?? -1)) return false;
  const isUntold = held.length === 0 && updatedAt.getTime() + RETURN_MS < reconcileAt.getTime();
  return isUntold || hasPassed(session, event.readings);
}

function hasPassed({ meterStartWh, lastRegisterWh }: SessionRow, readings: readonly MeterReading[]): boolean {
  const register = firstRegister(readings)?.energyWh;
  return register !== undefined && lastRegisterWh > meterStartWh && Math.round(register) >= lastRegisterWh;
}

/** The one before ends, if it has not, and is known by its own id from now on: what comes is of the new one. */
function givesKeyAway(
  state: SessionState,
  session: SessionRow,
  input: TransactionInput,
): { state: SessionState; effects: readonly Effect[] } {
  const { ocppTransactionId, at } = input.event;
  const rest = drain(state, ocppTransactionId, Number.POSITIVE_INFINITY);
  const last = sessionOf(rest.state, ocppTransactionId) ?? session;
  const end =
    last.endedAt === null
      ? finish(flag(last, 'superseded'), {
          ...{ status: 'closed_by_system', reason: 'superseded', at: last.lastSampleAt ?? at.at, input },
        })
      : { session: last, effects: [] };
  const former = { ...end.session, startKey: `${transactionKey(ocppTransactionId)}|${last.id}` };
  return { state: put(rest.state, former), effects: [...rest.effects, ...end.effects] };
}

/** What waits of a session that this one supersedes (X6) is applied before: its own end, if it is among that, is the one that is told. */
function beginBehind(
  state: SessionState,
  input: TransactionInput,
  ids: SpareIds,
  isReconstructed: boolean,
): { state: SessionState; effects: readonly Effect[] } {
  const { place, at } = input.event;
  const startedAt = isReconstructed ? reconstructedAt(input) : at.at;
  let next = state;
  const effects: Effect[] = [];
  for (const transactionId of state.held.keys()) {
    const session = sessionOf(next, transactionId);
    if (session === undefined || place === undefined || !onEvse(session, place) || session.startedAt > startedAt)
      continue;
    if (input.token !== undefined && input.token.authorized.authorization !== 'accepted') continue;
    const rest = drain(next, transactionId, Number.POSITIVE_INFINITY);
    next = rest.state;
    effects.push(...rest.effects);
  }
  const begun = begin(next, input, ids, isReconstructed);
  return { state: begun.state, effects: [...effects, ...begun.effects] };
}

/** An end, and a charging state that is not merely repeated beside readings, show at the connector (tellActivity). */
export function foresee(input: SessionInput): readonly StationInput[] {
  if (input.type !== 'transaction_event') return [];
  const { kind, trigger, chargingState, at } = input.event;
  const isShown = chargingState !== undefined && (kind !== 'started' || SHOWN_AT_START.has(chargingState));
  if (kind !== 'ended' && (!isShown || trigger.startsWith('MeterValue'))) return [];
  const { chargePointId, receivedAt } = input;
  return [
    {
      room: 'stations',
      type: 'activity_changed',
      chargePointId,
      receivedAt,
      evseId: 0,
      connectorId: 0,
      activity: null,
      at,
    },
  ];
}
const SHOWN_AT_START: ReadonlySet<string> = new Set<ChargingState>(['charging', 'suspended_ev', 'suspended_evse']);

/** The deadline of a gap: those that have waited long enough are applied without what should have come before. */
export function gapDue(state: SessionState, input: Input<'gap_due'>, now: Date): Next {
  const held = state.held.get(input.ocppTransactionId) ?? [];
  const due = held.filter((each) => each.dueAt <= now).map((each) => each.input.event.seqNo);
  const first = held[0];
  if (first === undefined || due.length === 0) return { state, effects: [], ignored: 'not_due' };
  if (sessionOf(state, input.ocppTransactionId) !== undefined) {
    return drain(state, input.ocppTransactionId, Math.max(...due));
  }
  // Its beginning never came (X5): the session is made of what there is, and a person should look at it.
  const begun = beginBehind(release(state, first), first.input, input.spare, true);
  const rest = drain(begun.state, input.ocppTransactionId, Math.max(...due));
  return { state: rest.state, effects: [...begun.effects, ...rest.effects] };
}

/** After an event was applied: those that waited for it, and the answer. */
function settle(state: SessionState, input: TransactionInput, effects: readonly Effect[], upTo: number): Next {
  const rest = drain(state, input.event.ocppTransactionId, upTo);
  const session = sessionOf(rest.state, input.event.ocppTransactionId);
  return { state: rest.state, effects: [...effects, ...rest.effects, answer(session, input)] };
}

/** Applies what is held and may be: no gap before it, or one that is given up because it lies below `upTo`, or its end is over. */
function drain(
  state: SessionState,
  transactionId: string,
  upTo: number,
): { state: SessionState; effects: readonly Effect[] } {
  let next = state;
  const effects: Effect[] = [];
  for (const waiting of state.held.get(transactionId) ?? []) {
    let session = sessionOf(next, transactionId);
    if (session === undefined) break;
    const { seqNo } = waiting.input.event;
    const expected = nextOf(session);
    if (seqNo > expected && session.endedAt === null) {
      if (seqNo > upTo) break;
      session = missed(session, expected, seqNo);
      next = put(next, session);
    }
    const isInOrder = session.endedAt === null && seqNo === nextOf(session);
    const outcome = isInOrder ? 'applied' : isNew(session, seqNo) ? 'late' : 'reused';
    const done = apply(release(next, waiting), session, waiting.input, outcome);
    next = done.state;
    effects.push(...done.effects);
  }
  return { state: next, effects };
}

function hold(state: SessionState, held: readonly HeldEvent[], input: TransactionInput): Next {
  const { event, receivedAt } = input;
  const session = sessionOf(state, event.ocppTransactionId);
  const waiting = { input, dueAt: new Date(receivedAt.getTime() + GAP_MS) };
  if (held.length >= (event.kind === 'ended' ? 2 * MOST_HELD : MOST_HELD)) {
    // So many gaps at once are no accident: what is held is applied as it is, and what no session takes is kept as readings.
    if (session === undefined) return { state, effects: [...samples(input), answer(session, input)], ignored: 'flood' };
    return settle(withHeld(state, input, [...held, waiting].sort(inOrder)), input, [], Number.POSITIVE_INFINITY);
  }
  // Whether it goes on may be told by what is held: nobody is asked before that is applied.
  const isDoubted = session !== undefined && session.reconcileAt !== null;
  const reconcileAt = new Date(waiting.dueAt.getTime() + RETURN_MS);
  const known = isDoubted ? put(state, { ...session, reconcileAt: laterOf(reconcileAt, session.reconcileAt) }) : state;
  return {
    state: logged(withHeld(known, input, [...held, waiting].sort(inOrder)), input, 'held'),
    effects: [answer(session, input)],
    ignored: 'held',
  };
}

const samples = (input: TransactionInput): Effect[] => {
  const { readings, place } = input.event;
  return readings.length === 0 ? [] : [keep(input, readings, null, place?.evseId ?? 0, place?.connectorId ?? 0)];
};

// ------------------------------------------------------------------------------------------------------------ its numbers

const nextOf = (session: SessionRow): number => (session.lastSeqNo ?? -1) + 1;

/** It did not come before: beyond the last one, or known to be missing. */
const isNew = (session: SessionRow, seqNo: number): boolean =>
  seqNo >= nextOf(session) || session.missingSeqNos.includes(seqNo);

function missed(session: SessionRow, from: number, below: number): SessionRow {
  const room = Math.max(0, MOST_MISSING - session.missingSeqNos.length);
  const gap = Array.from({ length: Math.min(below - from, room) }, (_, i) => from + i);
  const next = { ...session, lastSeqNo: below - 1, missingSeqNos: [...session.missingSeqNos, ...gap] };
  return flag(next, 'events_missing');
}

const isSame = (a: TransactionInput, b: TransactionInput): boolean =>
  a.event.seqNo === b.event.seqNo && a.event.digest === b.event.digest;

const inOrder = (a: HeldEvent, b: HeldEvent): number => a.input.event.seqNo - b.input.event.seqNo;

const withHeld = (state: SessionState, input: TransactionInput, held: readonly HeldEvent[]): SessionState => ({
  ...state,
  held: new Map(state.held).set(input.event.ocppTransactionId, held),
});

const release = (state: SessionState, applied: HeldEvent): SessionState => {
  const { ocppTransactionId } = applied.input.event;
  const held = (state.held.get(ocppTransactionId) ?? []).filter((each) => each !== applied);
  return withHeld(state, applied.input, held);
};

const logged = (state: SessionState, input: TransactionInput, outcome: EventOutcome): SessionState => ({
  ...state,
  log: [...state.log, { input, outcome }],
});

/** The same for an event that comes again. */
function answer(session: SessionRow | undefined, input: TransactionInput): Effect {
  const value: TransactionReply = {
    sessionId: session?.id,
    authorized: input.token?.authorized,
    // 2.1 I12: a station that has computed it itself is told no other.
    totalCost:
      input.event.kind === 'ended' && session?.endedAt != null && input.event.stationCost === undefined
        ? totalCostOf(session)
        : undefined,
  };
  return { do: 'reply', value };
}
