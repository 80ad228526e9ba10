/**
 * Limits of sessions in cost, energy, time and state of charge (2.1 E16, F07). A station of 2.1 is told them in the answers to its
 * events and keeps to what it confirms; it may set its own. What no station keeps to is kept here: the session is stopped when it
 * has reached it. So it is where a station goes on beyond what it has confirmed. Pure.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type { SessionLimitInput } from '../ingest/inputs.ts';
import { isSameJson } from '../platform/same-json.ts';
import { below, keepsTo, kindsOf, pick, reachedKind, shownLimit, withoutOld } from './machine/compare.ts';
import type { Context, LimitKind, LimitRow, LimitState, TransactionLimit } from './types.ts';

type Input<T extends SessionLimitInput['type']> = Extract<SessionLimitInput, { type: T }>;
type Next = Step<LimitState>;

/** E16.FR.02: once for every change. An answer may be lost, so as often as this, until the station says that it has it. */
const MOST_OFFERS = 3;
const STOP_TIMEOUT_S = 30;
/** A station tells that it has reached a limit with its next event, and may hold the charging back until then. */
const IGNORED_MS = 2 * 60_000;
/** A stop that does not end the session is asked for again, ever more seldom. */
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 3_600_000;

export function decide(state: LimitState, input: SessionLimitInput, context: Context): Next {
  switch (input.type) {
    case 'wanted':
      return wanted(state, input);
    case 'set':
      return set(state, input);
    case 'told':
      return told(state, input, context);
    case 'progressed':
      return progressed(state, input, context);
  }
}

const put = (state: LimitState, row: LimitRow, effects: readonly Effect[] = []): Next => ({
  state: { ...state, limits: new Map(state.limits).set(row.id, row) },
  effects,
});

const ofSession = (state: LimitState, sessionId: string): LimitRow | undefined =>
  [...state.limits.values()].find((row) => row.sessionId === sessionId);

function newRow(
  id: string,
  at: Date,
  more: Pick<LimitRow, 'sessionId' | 'commandId' | 'limit' | 'ceiling' | 'source' | 'setBy'>,
): LimitRow {
  return {
    ...{ id, told: null, offered: 0, reached: null, reachedBy: null, reachedAt: null, stops: 0, dueAt: null },
    ignoredSince: null,
    ...{ endedAt: null, setAt: at, createdAt: at, updatedAt: at },
    ...more,
  };
}

function wanted(state: LimitState, input: Input<'wanted'>): Next {
  const { limitId, commandId, limit, source, setBy, receivedAt } = input;
  const ceiling = source === 'payment' ? (limit.maxCost ?? null) : null;
  return put(state, newRow(limitId, receivedAt, { sessionId: null, commandId, limit, ceiling, source, setBy }));
}

/** In place of what was set before; what is paid, or left, stays the most that it may cost. */
function set(state: LimitState, input: Input<'set'>): Next {
  const { limitId, sessionId, limit, source, setBy, receivedAt, chargePointId } = input;
  const known = ofSession(state, sessionId);
  const base =
    known ?? newRow(limitId, receivedAt, { sessionId, commandId: null, limit, ceiling: null, source, setBy });
  const isPaid = base.source === 'payment' || base.source === 'credit';
  // A version before ceilings, which may run beside this one while both are updated, wrote what is paid into the limit alone.
  const ceiling = base.ceiling ?? (isPaid ? (base.limit.maxCost ?? null) : null);
  const allowed = below(ceiling, withoutOld({ ...base.told, ...base.limit }, limit));
  const row: LimitRow = {
    ...base,
    ...{ ceiling, limit: allowed, source: isPaid ? base.source : source, setBy, setAt: receivedAt },
    ...{ offered: 0, reached: null, reachedBy: null, reachedAt: null, stops: 0, updatedAt: receivedAt },
    ignoredSince: null,
  };
  return put(state, row, [
    { do: 'feed', input: { room: 'sessions', type: 'limit_looked_at', chargePointId, receivedAt, sessionId } },
  ]);
}

/** E16.FR.01: a driver may set one at the station, which says so; and it confirms what it was told by saying it. */
function told(state: LimitState, input: Input<'told'>, context: Context): Next {
  const { sessionId, limit, reached, isCharging, receivedAt } = input;
  const id = context.idFrom('slm', receivedAt, sessionId);
  const nothing = { sessionId, commandId: null, limit: {}, ceiling: null } as const;
  const known =
    ofSession(state, sessionId) ?? newRow(id, receivedAt, { ...nothing, source: 'station', setBy: 'charge_point' });
  const isNews = limit !== undefined && !isSameJson(limit, known.told);
  const goesOn = isCharging && known.reachedBy === 'station' && reached === undefined;
  const row: LimitRow = {
    ...known,
    ...(isNews && { told: limit, offered: keepsToAll(limit, known.limit) ? known.offered : 0 }),
    ...(goesOn && { reached: null, reachedBy: null, reachedAt: null }),
    updatedAt: receivedAt,
  };
  return reached === undefined || row.reached !== null ? put(state, row) : reachedNow(state, row, input, reached);
}

const keepsToAll = (said: TransactionLimit | null, limit: TransactionLimit): boolean =>
  kindsOf(limit).every((kind) => keepsTo(said, limit, kind));

function reachedNow(state: LimitState, row: LimitRow, input: Input<'told'>, reached: LimitKind): Next {
  const next: LimitRow = { ...row, reached, reachedBy: 'station', reachedAt: input.receivedAt };
  return put(state, next, [tellReached(next, input)]);
}

function tellReached(
  { sessionId, reached, reachedBy, limit, told }: LimitRow,
  { receivedAt, historical }: { readonly receivedAt: Date; readonly historical?: boolean },
): Effect {
  const { maxEnergyWh, maxTimeS, maxCost, maxSocPercent } = { ...shownLimit(limit), ...shownLimit(told ?? {}) };
  return {
    do: 'emit',
    event: {
      type: 'session.limit_reached',
      occurredAt: receivedAt,
      receivedAt,
      historical: historical ?? false,
      data: {
        session_id: sessionId ?? '',
        limit: reached ?? 'energy',
        reached_by: reachedBy ?? 'station',
        max_energy_wh: maxEnergyWh ?? null,
        max_time_s: maxTimeS ?? null,
        max_cost: maxCost ?? null,
        max_soc_percent: maxSocPercent ?? null,
      },
    },
  };
}

function progressed(state: LimitState, input: Input<'progressed'>, context: Context): Next {
  const { session, startCommandId, receivedAt, chargePointId } = input;
  const { sessionId } = session;
  const own = ofSession(state, sessionId);
  const pending = own === undefined && startCommandId !== undefined ? waitingFor(state, startCommandId) : undefined;
  const known = withCredit(own ?? pending, input, context);
  if (known === undefined) return { state, effects: [], ignored: 'unlimited' };
  const about = { room: 'sessions', type: 'limit_looked_at', chargePointId, receivedAt, sessionId } as const;
  const bound: Effect[] = own === undefined ? [{ do: 'feed', input: about }] : [];
  const looked = session.isEnded
    ? { row: { ...known, dueAt: null, endedAt: known.endedAt ?? receivedAt }, effects: [] }
    : enforced({ ...known, sessionId }, input, state, context);
  const answered = offered(looked.row, input, state);
  const row = { ...answered.row, sessionId, updatedAt: receivedAt };
  return put(state, row, [...bound, ...looked.effects, ...answered.effects]);
}

/** 2.1 C17.FR.03: what is left on a prepaid token is what its session may cost, or less where less is wanted. */
function withCredit(
  known: LimitRow | undefined,
  { credit, receivedAt, session: { sessionId } }: Input<'progressed'>,
  { idFrom }: Context,
): LimitRow | undefined {
  if (credit === undefined) return known;
  const own = { sessionId, commandId: null, limit: {}, source: 'credit', setBy: 'system' } as const;
  const row = known ?? newRow(idFrom('slm', receivedAt, sessionId), receivedAt, { ...own, ceiling: credit });
  const limit = below(credit, row.limit);
  return { ...row, limit, ceiling: credit, offered: limit === row.limit ? row.offered : 0 };
}

const waitingFor = (state: LimitState, commandId: string): LimitRow | undefined =>
  [...state.limits.values()].find((row) => row.commandId === commandId && row.sessionId === null);

type Done = { readonly row: LimitRow; readonly effects: readonly Effect[] };

/** What the station has not said that it keeps to is kept here, as well as can be: by what it tells, and by the clock. */
function enforced(row: LimitRow, input: Input<'progressed'>, state: LimitState, context: Context): Done {
  const { session, isLive } = input;
  const { now } = context;
  if (row.reachedBy === 'csms')
    return row.dueAt !== null && row.dueAt <= now ? stopped(row, input, state, context) : same(row);
  // One that was told afterwards has its time from then on.
  const begun = session.createdAt;
  const elapsedMs = now.getTime() - begun.getTime();
  const all = shownLimit(row.limit);
  const ours = pick(
    all,
    kindsOf(all).filter((kind) => !keepsTo(row.told, all, kind)),
  );
  const ignored = ignoredBy(
    row,
    pick(
      all,
      kindsOf(all).filter((kind) => keepsTo(row.told, all, kind)),
    ),
    input,
    { now, elapsedMs },
  );
  const reached = (isLive ? reachedKind(ours, session, elapsedMs) : undefined) ?? ignored.tooLong;
  if (reached === undefined) {
    const { since } = ignored;
    const { maxTimeS } = all;
    const over = maxTimeS === undefined ? [] : [begun.getTime() + maxTimeS * 1000];
    const isToCome = (at: number): boolean => ours.maxTimeS !== undefined || at > now.getTime();
    const looks = [...over.filter(isToCome), ...(since === null ? [] : [since.getTime() + IGNORED_MS])];
    return same({ ...row, ignoredSince: since, dueAt: looks.length === 0 ? null : new Date(Math.min(...looks)) });
  }
  const next: LimitRow = { ...row, reached, reachedBy: 'csms', reachedAt: now };
  const stop = stopped(next, input, state, context);
  return { row: stop.row, effects: [tellReached(next, input), ...stop.effects] };
}

type Ignored = { readonly since: Date | null; readonly tooLong?: LimitKind };

/** It said that it keeps to these, and charges on as if it had not, without a word of having reached any. */
function ignoredBy(
  row: LimitRow,
  kept: TransactionLimit,
  { session, isLive }: Input<'progressed'>,
  { now, elapsedMs }: { readonly now: Date; readonly elapsedMs: number },
): Ignored {
  if (!isLive) return { since: row.ignoredSince };
  const beyond = session.isCharging && row.reached === null ? reachedKind(kept, session, elapsedMs) : undefined;
  if (beyond === undefined) return { since: null };
  const since = row.ignoredSince ?? now;
  return now.getTime() - since.getTime() < IGNORED_MS ? { since } : { since, tooLong: beyond };
}

const same = (row: LimitRow): Done => ({ row, effects: [] });

function stopped(
  row: LimitRow,
  { session, chargePointId, receivedAt }: Input<'progressed'>,
  { protocol }: LimitState,
  { words, idFrom, now }: Context,
): Done {
  const retryMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(row.stops, 10), LAST_RETRY_MS);
  const next = { ...row, stops: row.stops + 1, dueAt: new Date(now.getTime() + retryMs) };
  const { transactionId, ocppTransactionId } = session;
  const stop = { do: 'stop', transactionId, ocppTransactionId: ocppTransactionId ?? undefined } as const;
  const call = protocol === null ? undefined : words(protocol, stop);
  if (call === undefined) return same(next);
  const commandId = idFrom('cmd', now, `${row.id} ${row.stops}`);
  const about = { room: 'commands', type: 'requested', chargePointId, receivedAt, commandId, silent: true } as const;
  const how = { timeoutS: STOP_TIMEOUT_S, requestedBy: 'system', expiresAt: next.dueAt } as const;
  const asked = { ...about, ...how, action: call.action, payload: { ...call.payload } };
  return { row: next, effects: [{ do: 'feed', input: asked }] };
}

/** The answer to a station of 2.1 brings what it does not keep to yet. */
function offered(row: LimitRow, input: Input<'progressed'>, { protocol }: LimitState): Done {
  const { reply, session, stationComputes } = input;
  if (reply === undefined) return same(row);
  const kinds = kindsOf(row.limit);
  const isNews = kinds.length > 0 && (row.offered === 0 || !keepsToAll(row.told, row.limit));
  const isOffered = protocol === 'ocpp2.1' && !session.isEnded && isNews && row.offered < MOST_OFFERS;
  // E16.FR.11: a station that does not compute must be told what it costs to keep to a limit in money.
  const wantsCost = protocol === 'ocpp2.1' && row.limit.maxCost !== undefined && !stationComputes;
  const cost = wantsCost && session.cost !== null ? { totalCost: reply.totalCost ?? Number(session.cost) } : {};
  const value = { ...reply, ...cost, ...(isOffered && { transactionLimit: row.limit }) };
  return { row: isOffered ? { ...row, offered: row.offered + 1 } : row, effects: [{ do: 'reply', value }] };
}
