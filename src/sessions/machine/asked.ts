/**
 * Does the station still know a transaction that we take for open (2.0.1 E14)? It is asked after it was away and when its connector
 * is free, and its answer closes the record where it knows nothing and has nothing left to tell. Pure; who asks is reconcile.ts.
 */
import type { Effect } from '../../ingest/contract.ts';
import type { AskReply } from '../../ingest/inputs.ts';
import { flag } from '../energy.ts';
import type { SessionRow, SessionState } from '../types.ts';
import { alive, finish, type Input, type Next, put } from './shared.ts';

/** A station that comes back first tells what it has kept, most of which settles the question. */
export const RETURN_MS = 60_000;
/** It has more to tell of it (messagesInQueue), or what it told waits for what should come before: so long it may take. */
const QUEUE_MS = 5 * 60_000;

export function returned(state: SessionState, input: Input<'station_returned'>): Next {
  let next = state;
  for (const session of state.sessions.values()) {
    if (session.ocppTransactionId === null || session.endedAt !== null || session.reconcileAt !== null) continue;
    next = put(next, { ...session, reconcileAt: new Date(input.receivedAt.getTime() + RETURN_MS) });
  }
  return next === state ? { state, effects: [], ignored: 'no_session' } : { state: next, effects: [] };
}

export function asked(state: SessionState, input: Input<'asked'>, now: Date): Next {
  const session = state.sessions.get(input.sessionId);
  const reply = (ask: boolean): Effect => ({ do: 'reply', value: { ask } satisfies AskReply });
  const isDue = session?.endedAt === null && session.reconcileAt !== null && session.reconcileAt <= now;
  if (session === undefined || !isDue || !alive(session)) return { state, effects: [reply(false)], ignored: 'not_due' };
  return { state: put(state, { ...session, reconcileAt: input.again }), effects: [reply(true)] };
}

/** GetTransactionStatus, whoever asked for it. */
export function answered(state: SessionState, input: Input<'command_ended'>): Next {
  const { status, payload, result } = input.command;
  const session = [...state.sessions.values()].find(
    (each) => each.endedAt === null && each.ocppTransactionId === payload['transactionId'],
  );
  if (session === undefined) return { state, effects: [], ignored: 'no_session' };
  const isHeld = (state.held.get(session.ocppTransactionId ?? '') ?? []).length > 0;
  if (status === 'accepted' && result !== null) {
    // GetTransactionStatusResponse: ongoingIndicator is there if and only if a transaction was named.
    const hasMore = result['messagesInQueue'] === true || isHeld;
    if (result['ongoingIndicator'] === true)
      return { state: put(state, { ...session, reconcileAt: null }), effects: [] };
    if (!hasMore) return close(state, session, 'unknown_to_charger', input);
    const reconcileAt = new Date(input.receivedAt.getTime() + QUEUE_MS);
    return { state: put(state, { ...session, reconcileAt }), effects: [] };
  }
  // It cannot be asked (not implemented, no answer): where its connector has become free that is over, like a 1.6 session (X7). By
  // itself no answer proves nothing: of a car that is yet to be connected (TxStartPoint Authorized) the station says Idle.
  if (session.reconcileAt === null || status === 'cancelled' || isHeld)
    return { state, effects: [], ignored: 'unanswered' };
  if (session.freedAt !== null) return close(state, session, 'connector_available', input);
  return { state: put(state, { ...session, reconcileAt: null }), effects: [], ignored: 'unanswered' };
}

function close(state: SessionState, session: SessionRow, reason: string, input: Input<'command_ended'>): Next {
  const at = session.lastSampleAt ?? input.receivedAt;
  const end = finish(flag(session, reason), { status: 'closed_by_system', reason, at, input });
  return { state: put(state, end.session), effects: end.effects };
}
