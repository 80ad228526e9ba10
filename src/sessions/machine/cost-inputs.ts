/** Inputs that are about costs alone: the course of sessions as their connectors tell it (1.6), deadlines, prices made anew. Pure. */
import type { Effect } from '../../ingest/contract.ts';
import type { RepriceReply } from '../../ingest/inputs.ts';
import { isSameJson } from '../../platform/same-json.ts';
import { type Cost, costOf, settled } from '../../pricing/index.ts';
import type { Correction, Count, Figures, SessionRow, SessionState } from '../types.ts';
import { billedFigures, doubted, figuresOf, reviewed, told as toldCourse } from './cost.ts';
import { keptFree } from './reserved.ts';
import { type Input, type Next, onConnector, put } from './shared.ts';
import { costUpdated, type Telling, told } from './tell.ts';

/** 1.6: all sessions of that connector hear of it. What an ended one should have heard before has to be counted anew. */
export function courseTold(state: SessionState, input: Input<'connector_changed'>): SessionState {
  let next = state;
  const word = { at: input.at.at, state: input.status };
  for (const session of state.sessions.values()) {
    if (session.cost === null || session.ocppTransactionId !== null) continue;
    if (!onConnector(session, input) || word.at < session.startedAt) continue;
    const after = session.endedAt === null ? toldCourse(session, word, input.receivedAt) : toldLate(session, word.at);
    if (after !== session) next = put(next, after);
  }
  return next;
}

const toldLate = (session: SessionRow, at: Date): SessionRow =>
  session.endedAt !== null && at < session.endedAt ? doubted(session, 'status_after_end') : session;

export function costDue(state: SessionState, input: Input<'cost_due'>, telling: Telling): Next {
  const session = state.sessions.get(input.sessionId);
  const tellAt = session?.cost?.tellAt ?? null;
  if (session === undefined || session.endedAt !== null || tellAt === null || tellAt > telling.now)
    return { state, effects: [], ignored: 'not_due' };
  const { session: next, effects } = told(session, telling);
  return { state: put(state, next), effects };
}

/** A session turns out to use a reservation: the feed of the reservations comes a wave after its start. */
export function reserved(state: SessionState, { sessionId, from }: Input<'reserved'>): Next {
  const session = state.sessions.get(sessionId);
  if (session === undefined || session.cost === null) return { state, effects: [], ignored: 'unknown' };
  // Its cost was told already: it is priced anew, and corrected.
  if (session.endedAt !== null) return { state: put(state, doubted(session, 'reservation_used')), effects: [] };
  const cost = keptFree(session.cost, session.startedAt, from);
  return { state: put(state, { ...session, cost }), effects: [] };
}

/** The job or a person has priced its recordings; what was told in the meantime makes that worthless, and it is done again. */
export function repriced(state: SessionState, input: Input<'repriced'>, now: Date): Next {
  const session = state.sessions.get(input.sessionId);
  const answer = (value: RepriceReply): Effect => ({ do: 'reply', value });
  const { cost = null } = session ?? {};
  if (session === undefined || cost === null)
    return { state, effects: [answer({ repriced: false, why: 'unknown' })], ignored: 'unknown' };
  if (cost.revision !== input.revision)
    return { state, effects: [answer({ repriced: false, why: 'changed' })], ignored: 'changed' };
  const settledCost = { ...cost, repriceAt: null, repriceReason: null };
  // A receipt says more than the cost, which a flat price does not show.
  const billed = figuresOf(session, cost);
  const figuresChanged = session.endedAt !== null && isOther(billedFigures(cost), billed);
  const correction = (after: Cost | null): Correction => ({
    id: input.correctionId,
    sessionId: session.id,
    ...{ before: cost.final, after, figuresChanged },
    reason: input.asked?.reason ?? cost.repriceReason ?? 'repriced',
    by: input.asked?.by ?? 'system',
    at: now,
  });
  if (input.outcome.at === 'impossible') {
    const doubt = [...new Set([...cost.reviewReasons, input.outcome.why])];
    const count = figuresChanged ? { ...cost.count, billed } : cost.count;
    const kept = { ...settledCost, count, reviewStatus: 'open' as const, reviewReasons: doubt };
    const next = put(state, { ...session, cost: kept });
    return {
      state: figuresChanged ? corrected(next, correction(cost.final)) : next,
      effects: [answer({ repriced: true, corrected: false })],
    };
  }
  const counted = input.outcome.count as Count; // as: only sessions/reprice.ts makes one
  if (session.endedAt === null)
    return {
      // Its last word is as old as it was: the time since then goes on to count.
      state: put(state, {
        ...session,
        cost: { ...settledCost, count: { ...counted, heardAt: cost.count.heardAt } },
      }),
      effects: [answer({ repriced: true, corrected: false })],
    };
  const count = { ...counted, billed };
  const final = costOf(cost.plan, settled(cost.plan, count.tally));
  const isSame = cost.final !== null && isSameJson(final, cost.final) && !figuresChanged;
  const after = reviewed({ ...session, cost: { ...settledCost, count, final, total: final.total, isFinal: true } });
  if (isSame && input.asked === undefined)
    return { state: put(state, after), effects: [answer({ repriced: true, corrected: false })] };
  const written = correction(final);
  const about = {
    at: now,
    now,
    isFinal: true,
    correction: { reason: written.reason, previous_total: cost.final?.total.inclTax ?? null },
  };
  // An event is of a charge point, and numbered by it.
  const events = isSame || input.place === 'gone' ? [] : [costUpdated(after, final, about)];
  return {
    state: corrected(put(state, after), written),
    effects: [...events, answer({ repriced: true, corrected: !isSame })],
  };
}

const corrected = (state: SessionState, correction: Correction): SessionState => ({
  ...state,
  corrections: [...state.corrections, correction],
});

const isOther = (a: Figures, b: Figures): boolean =>
  a.energyWh !== b.energyWh || a.startedAt !== b.startedAt || a.until !== b.until;
