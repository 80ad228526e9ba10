/**
 * Tells the room of limits how far sessions are, and what stations say of limits (2.1 E16). Pure; what follows is decided there.
 */
import type { Effect } from '../../ingest/contract.ts';
import type { LimitedSession, SessionInput, TransactionReply } from '../../ingest/inputs.ts';
import { tokenKey } from '../../platform/token-key.ts';
import type { SessionRow, SessionState, TransactionInput } from '../types.ts';
import { costUntil } from './cost.ts';
import { type Next, transactionKey } from './shared.ts';

/** After every step: of the sessions that it changed, those that are limited, or begun by a start that may have brought a limit. */
export function limited(before: SessionState, step: Next, input: SessionInput, now: Date): Next {
  const effects: Effect[] = [];
  for (const [id, session] of step.state.sessions) {
    const known = before.sessions.get(id);
    const isLookedAt = input.type === 'limit_looked_at' && input.sessionId === id;
    if (session === known && !isLookedAt) continue;
    const startCommandId = known?.commandId == null ? (session.commandId ?? undefined) : undefined;
    const credit = isNewToken(known, session) ? creditOf(session, input, before) : undefined;
    if (session.isLimited || startCommandId !== undefined || credit !== undefined)
      effects.push(tellProgress(session, { startCommandId, credit }, step, input, now));
  }
  return effects.length === 0 ? step : { ...step, effects: [...step.effects, ...effects] };
}

/** One that was refused may be followed by a better one, or be accepted after all (X8). */
const isNewToken = (known: SessionRow | undefined, { tokenUid, authorization }: SessionRow): boolean =>
  known === undefined || known.tokenUid !== tokenUid || known.authorization !== authorization;

/** Of the token that begins it, or that it has just learned of: from the event at hand, or from one that had waited for others. */
function creditOf(session: SessionRow, input: SessionInput, { held }: SessionState): string | undefined {
  const { tokenUid, authorization, freeOfCharge, ocppTransactionId } = session;
  if (tokenUid === null || authorization !== 'accepted' || freeOfCharge) return undefined;
  if (input.type === 'started') return input.authorized.credit;
  const own = ofEvent(session, input);
  const waited = ocppTransactionId === null ? [] : (held.get(ocppTransactionId) ?? []).map((each) => each.input);
  const brought = [...(own === undefined ? [] : [own]), ...waited].find(
    ({ event, token }) =>
      token?.authorized.authorization === 'accepted' && tokenKey(event.token?.uid ?? '') === tokenKey(tokenUid),
  );
  return brought?.token?.authorized.credit;
}

/** The event at hand, if it is one of this session. */
const ofEvent = ({ startKey }: SessionRow, input: SessionInput): TransactionInput | undefined =>
  input.type === 'transaction_event' && startKey === transactionKey(input.event.ocppTransactionId) ? input : undefined;

type News = { readonly startCommandId: string | undefined; readonly credit: string | undefined };

function tellProgress(session: SessionRow, news: News, step: Next, input: SessionInput, now: Date): Effect {
  const { chargePointId, receivedAt } = input;
  const told = ofEvent(session, input)?.event;
  return {
    do: 'feed',
    input: {
      ...({ room: 'session_limits', type: 'progressed', chargePointId, receivedAt, ...news } as const),
      session: progressOf(session, now),
      isLive: told === undefined || !(told.offline || told.at.historical),
      reply: told === undefined ? undefined : replyOf(step),
      stationComputes: told?.stationCost !== undefined,
    },
  };
}

/** What the room of sessions answers to an event (machine/transaction.ts); the last one counts. */
const replyOf = ({ effects }: Next): TransactionReply | undefined =>
  effects.findLast((effect) => effect.do === 'reply')?.value as TransactionReply | undefined; // only an event's step is looked at

const progressOf = (session: SessionRow, now: Date): LimitedSession => ({
  sessionId: session.id,
  transactionId: session.transactionId,
  ocppTransactionId: session.ocppTransactionId,
  evseId: session.evseId,
  connectorId: session.connectorId,
  createdAt: session.createdAt,
  energyWh: session.energyWh,
  socPercent: session.socPercent,
  cost: session.cost === null ? null : (costUntil(session.cost, now)?.total.inclTax ?? null),
  isCharging: session.chargingState === 'charging' && session.freedAt === null,
  isEnded: session.endedAt !== null,
});

export const isCharging = ({ event }: TransactionInput): boolean => event.chargingState === 'charging';

export const tellLimit = (session: SessionRow, input: TransactionInput): Effect => {
  const { event, chargePointId, receivedAt } = input;
  return {
    do: 'feed',
    input: {
      ...({ room: 'session_limits', type: 'told', chargePointId, receivedAt, sessionId: session.id } as const),
      limit: event.limit,
      reached: event.limitReached,
      isCharging: isCharging(input),
      historical: event.offline || event.at.historical,
    },
  };
};

/** It is limited from now on, and says how far it is. */
export function lookedAt(state: SessionState, sessionId: string): Next {
  const session = state.sessions.get(sessionId);
  if (session === undefined) return { state, effects: [], ignored: 'unknown' };
  if (session.isLimited) return { state, effects: [] };
  return {
    state: { ...state, sessions: new Map(state.sessions).set(sessionId, { ...session, isLimited: true }) },
    effects: [],
  };
}
