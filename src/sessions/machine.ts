/**
 * The session machine: from the charger's start to its stop. Pure.
 * It must never refuse a message for its content, never reopen an ended session, and never tell a start or an end twice.
 */
import type { Effect, Root, Step } from '../ingest/contract.ts';
import type { CloseReply, MeterReading, SessionInput, SessionStart, StartReply, StopReply } from '../ingest/inputs.ts';
import { countEnergy, flag, isRegister } from './energy.ts';
import type { SessionRow, SessionState, SessionStatus } from './types.ts';

type Input<T extends SessionInput['type']> = Extract<SessionInput, { type: T }>;
type Next = Step<SessionState>;
type Context = { readonly root: Root; readonly now: Date };

/** A connector that became free without a stop: how long the stop may still come before the record is closed. */
const STOP_GRACE_MS = 5 * 60_000;
/** A start that was refused may never be followed by a stop. */
const REFUSED_GRACE_MS = 60 * 60_000;
/** More open sessions than connectors can exist only on a charger that invents connectors; the oldest is closed then. */
const MAX_OPEN = 64;

export function decide(state: SessionState, input: SessionInput, context: Context): Next {
  switch (input.type) {
    case 'started':
      return started(state, input);
    case 'metered':
      return metered(state, input);
    case 'stopped':
      return stopped(state, input);
    case 'closed':
      return closed(state, input, context.now);
    case 'connector_changed':
      return connectorChanged(state, input);
  }
}

// ---------------------------------------------------------------------------------------------------------------- start

/**
 * What makes a repeated start the same start (X1): charge point, connector, token, instant and register as the charger said
 * them. Without a usable clock the instant is the receipt, and only an open session can be recognized (see sameStart).
 */
export function startKey(start: SessionStart): string {
  const instant = start.at.plausible ? start.at.at.toISOString() : `received ${start.at.at.toISOString()}`;
  return `start|${start.connectorId}|${tokenKey(start.tokenUid)}|${instant}|${start.meterStartWh}`;
}

const tokenKey = (uid: string): string => uid.trim().toLowerCase();

function sameStart(session: SessionRow, start: SessionStart, key: string): boolean {
  if (session.startKey === key) return true;
  return (
    !start.at.plausible &&
    session.endedAt === null &&
    session.flags.includes('implausible_clock') &&
    session.connectorId === start.connectorId &&
    session.meterStartWh === start.meterStartWh &&
    tokenKey(session.tokenUid ?? '') === tokenKey(start.tokenUid)
  );
}

function started(state: SessionState, input: Input<'started'>): Next {
  const { start, authorized } = input;
  const key = startKey(start);
  const sessions = [...state.sessions.values()];
  const same = sessions.find((session) => sameStart(session, start, key));
  if (same !== undefined) {
    const reply: StartReply = {
      ...authorized,
      transactionId: same.transactionId,
      sessionId: same.id,
      authorization: same.authorization,
    };
    return { state, effects: [{ do: 'reply', value: reply }], ignored: 'duplicate' };
  }

  const accepted = authorized.authorization === 'accepted';
  const commandId = accepted ? state.remoteStart : undefined;
  const session: SessionRow = {
    id: start.sessionId,
    transactionId: start.transactionId,
    startKey: key,
    evseId: start.evseId,
    connectorId: start.connectorId,
    status: 'active',
    tokenUid: start.tokenUid,
    tokenId: input.tokenId,
    authorization: authorized.authorization,
    commandId: commandId ?? null,
    reservationId: start.reservationId ?? null,
    startedAt: start.at.at,
    endedAt: null,
    meterStartWh: start.meterStartWh,
    meterStopWh: null,
    lastRegisterWh: start.meterStartWh,
    lastSampleAt: null,
    energyWh: 0,
    powerW: null,
    currentA: null,
    voltageV: null,
    socPercent: null,
    stopReason: null,
    stopTokenUid: null,
    flags: start.at.plausible ? start.flags : [...start.flags, 'implausible_clock'],
    reconcileAt: accepted ? null : new Date(input.receivedAt.getTime() + REFUSED_GRACE_MS),
    updatedAt: input.receivedAt,
  };
  const reply: StartReply = { ...authorized, transactionId: session.transactionId, sessionId: session.id };

  let next = state;
  const effects: Effect[] = [];
  for (const open of toSupersede(sessions, session, accepted)) {
    const end = finish(flag(open, 'superseded'), {
      status: 'closed_by_system',
      reason: 'superseded',
      at: start.at.at,
      input,
    });
    next = put(next, end.session);
    effects.push(...end.effects);
  }
  next = put(next, session);
  effects.push(startedEvent(session, input, start.at.historical, false));
  if (commandId !== undefined) {
    effects.push({
      do: 'feed',
      input: {
        room: 'commands',
        type: 'session_started',
        chargePointId: input.chargePointId,
        receivedAt: input.receivedAt,
        sessionId: session.id,
        connectorId: start.connectorId,
        tokenUid: start.tokenUid,
      },
    });
  }
  effects.push({ do: 'reply', value: reply });
  return { state: next, effects };
}

/** X6: a new start on a connector ends what was open there. X8: a refused start touches nothing. An older start neither. */
function toSupersede(sessions: readonly SessionRow[], session: SessionRow, accepted: boolean): SessionRow[] {
  const open = sessions.filter((each) => each.endedAt === null);
  const replaced = open.filter((each) => accepted && onConnector(each, session) && each.startedAt <= session.startedAt);
  if (open.length - replaced.length < MAX_OPEN) return replaced;
  const oldest = open
    .filter((each) => !replaced.includes(each))
    .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  return [...replaced, ...oldest.slice(0, 1)];
}

// ---------------------------------------------------------------------------------------------------------------- meter

function metered(state: SessionState, input: Input<'metered'>): Next {
  const session = meteredSession(state, input);
  const effects: Effect[] = [
    keep(
      input,
      session?.transactionId ?? null,
      session?.evseId ?? input.evseId,
      session?.connectorId ?? input.connectorId,
    ),
  ];
  if (session === undefined) return { state, effects, ignored: 'no_session' };
  // A session that has its stop keeps the figures of its stop; late readings are kept as samples only.
  if (session.endedAt !== null) return { state, effects, ignored: 'late' };
  const next = applyReadings(session, input.readings);
  return {
    state: put(state, {
      ...next,
      reconcileAt: alive(session) ? null : session.reconcileAt,
      updatedAt: input.receivedAt,
    }),
    effects,
  };
}

/** A refused session keeps its deadline however much it is metered. */
const alive = (session: SessionRow): boolean => session.authorization === 'accepted';

/** By the charger's transaction id, else (M1) the open session on that connector that began before the readings. */
function meteredSession(state: SessionState, input: Input<'metered'>): SessionRow | undefined {
  const sessions = [...state.sessions.values()];
  const named = sessions.find((session) => session.transactionId === input.transactionId);
  if (named !== undefined) return named;
  const latest = Math.max(...input.readings.map((reading) => reading.at.at.getTime()));
  return newest(
    sessions.filter(
      (session) => session.endedAt === null && onConnector(session, input) && session.startedAt.getTime() <= latest,
    ),
  );
}

function applyReadings(session: SessionRow, readings: readonly MeterReading[]): SessionRow {
  let next = session;
  for (const reading of [...readings].sort((a, b) => a.at.at.getTime() - b.at.at.getTime())) {
    const at = reading.at.at;
    if (next.lastSampleAt === null || at >= next.lastSampleAt) {
      next = {
        ...next,
        powerW: reading.powerW ?? next.powerW,
        currentA: reading.currentA ?? next.currentA,
        voltageV: reading.voltageV ?? next.voltageV,
        socPercent: reading.socPercent ?? next.socPercent,
      };
    }
    // A reading of the moment before this session (Sample.Clock of an older one) is no part of it.
    if (reading.energyWh !== undefined && at >= next.startedAt)
      next = { ...next, ...countEnergy(next, { energyWh: reading.energyWh, at }) };
    for (const name of reading.flags ?? []) next = flag(next, name);
  }
  return next;
}

const keep = (
  input: Input<'metered' | 'stopped'>,
  transactionId: number | null,
  evseId: number,
  connectorId: number,
): Effect => ({
  do: 'feed',
  input: {
    room: 'meter',
    type: 'sampled',
    chargePointId: input.chargePointId,
    receivedAt: input.receivedAt,
    evseId,
    connectorId,
    transactionId,
    readings: input.readings,
  },
});

// ----------------------------------------------------------------------------------------------------------------- stop

function stopped(state: SessionState, input: Input<'stopped'>): Next {
  const session = stoppedSession(state, input);
  if (session === undefined) return orphanStop(state, input);
  const reply: StopReply = { sessionId: session.id, authorized: input.authorized };
  const samples: Effect[] =
    input.readings.length > 0 ? [keep(input, session.transactionId, session.evseId, session.connectorId)] : [];
  const answer: Effect = { do: 'reply', value: reply };
  if (session.status === 'ended') return { state, effects: [...samples, answer], ignored: 'duplicate' };

  let final = applyReadings(session, input.readings);
  if (isRegister(input.meterStopWh)) {
    // The stop's register is the total that counts, also when its clock says it was read before the last sample.
    const at = final.lastSampleAt !== null && input.at.at < final.lastSampleAt ? final.lastSampleAt : input.at.at;
    final = {
      ...final,
      ...countEnergy(final, { energyWh: input.meterStopWh, at }),
      meterStopWh: Math.round(input.meterStopWh),
    };
  } else {
    final = flag({ ...final, meterStopWh: final.lastRegisterWh }, 'meter_stop_missing');
  }
  for (const name of input.flags) final = flag(final, name);
  if (!input.at.plausible) final = flag(final, 'implausible_clock');
  if (input.transactionId !== session.transactionId) final = flag(final, 'stop_matched_by_time');
  if (input.tokenUid !== undefined && tokenKey(input.tokenUid) !== tokenKey(session.tokenUid ?? '')) {
    final = { ...final, stopTokenUid: input.tokenUid };
  }
  if (session.status === 'closed_by_system') {
    // Its end was told already; the record gets the charger's figures, and a flag instead of a second event.
    const endedAt = laterOf(input.at.at, session.startedAt);
    final = flag({ ...final, endedAt, stopReason: input.reason, updatedAt: input.receivedAt }, 'stop_after_close');
    return { state: put(state, final), effects: [...samples, answer], ignored: 'late' };
  }
  const end = finish(final, {
    status: 'ended',
    reason: input.reason,
    at: input.at.at,
    historical: input.at.historical,
    input,
  });
  return { state: put(state, end.session), effects: [...samples, ...end.effects, answer] };
}

/**
 * By transaction id within this charge point only; else (X3) the one open session that the stop can belong to by time and
 * token. A positive id that we never gave out needs the token as well: it may be a stop from before this charger came to us.
 */
function stoppedSession(state: SessionState, input: Input<'stopped'>): SessionRow | undefined {
  const sessions = [...state.sessions.values()];
  if (input.transactionId !== undefined) {
    const named = sessions.find((session) => session.transactionId === input.transactionId);
    if (named !== undefined) return named;
  }
  const repeated = sessions.find((session) => session.startKey === orphanKey(input));
  if (repeated !== undefined) return repeated;
  const tokenNeeded = input.transactionId !== undefined;
  const candidates = sessions.filter(
    (session) =>
      session.endedAt === null &&
      (!input.at.plausible || session.startedAt <= input.at.at) &&
      (input.tokenUid === undefined ? !tokenNeeded : tokenKey(input.tokenUid) === tokenKey(session.tokenUid ?? '')) &&
      (input.meterStopWh === undefined || input.meterStopWh >= session.meterStartWh),
  );
  return candidates.length === 1 ? candidates[0] : undefined;
}

export const orphanKey = (input: Pick<Input<'stopped'>, 'rawTransactionId' | 'at' | 'meterStopWh'>): string =>
  `stop|${input.rawTransactionId}|${input.at.raw ?? ''}|${input.meterStopWh ?? ''}`;

/** X5: a stop without a start. The session is reconstructed from what the stop tells, and a person should look at it. */
function orphanStop(state: SessionState, input: Input<'stopped'>): Next {
  const first = [...input.readings]
    .sort((a, b) => a.at.at.getTime() - b.at.at.getTime())
    .find((reading) => isRegister(reading.energyWh));
  const stopWh = isRegister(input.meterStopWh) ? Math.round(input.meterStopWh) : undefined;
  const startWh = first?.energyWh !== undefined ? Math.round(first.energyWh) : (stopWh ?? 0);
  const startedAt = first !== undefined && first.at.at < input.at.at ? first.at.at : input.at.at;
  let session: SessionRow = {
    id: input.spare.sessionId,
    transactionId: input.spare.transactionId,
    startKey: orphanKey(input),
    evseId: 0,
    connectorId: 0,
    status: 'active',
    tokenUid: input.tokenUid ?? null,
    tokenId: null,
    authorization: 'accepted',
    commandId: null,
    reservationId: null,
    startedAt,
    endedAt: null,
    meterStartWh: startWh,
    meterStopWh: stopWh ?? null,
    lastRegisterWh: startWh,
    lastSampleAt: null,
    energyWh: 0,
    powerW: null,
    currentA: null,
    voltageV: null,
    socPercent: null,
    stopReason: null,
    stopTokenUid: null,
    flags: ['orphan_stop', ...input.flags, ...(input.at.plausible ? [] : ['implausible_clock'])],
    reconcileAt: null,
    updatedAt: input.receivedAt,
  };
  session = applyReadings(session, input.readings);
  if (stopWh !== undefined)
    session = {
      ...session,
      ...countEnergy(session, { energyWh: stopWh, at: laterOf(input.at.at, session.lastSampleAt ?? startedAt) }),
    };
  const begin = startedEvent(session, input, input.at.historical, true);
  const end = finish(session, {
    status: 'ended',
    reason: input.reason,
    at: input.at.at,
    historical: input.at.historical,
    reconstructed: true,
    input,
  });
  const reply: StopReply = { sessionId: session.id, authorized: input.authorized };
  const samples: Effect[] = input.readings.length > 0 ? [keep(input, session.transactionId, 0, 0)] : [];
  return {
    state: put(state, end.session),
    effects: [...samples, begin, ...end.effects, { do: 'reply', value: reply }],
  };
}

// ------------------------------------------------------------------------------------------------ close, suspend, resume

function closed(state: SessionState, input: Input<'closed'>, now: Date): Next {
  const session = state.sessions.get(input.sessionId);
  const answer = (reply: CloseReply): Effect => ({ do: 'reply', value: reply });
  if (session === undefined) return { state, effects: [answer({ closed: false, why: 'unknown' })], ignored: 'unknown' };
  if (session.endedAt !== null)
    return { state, effects: [answer({ closed: false, why: 'already_ended' })], ignored: 'duplicate' };
  if (input.onlyIfDue === true && (session.reconcileAt === null || session.reconcileAt > now)) {
    return { state, effects: [answer({ closed: false })], ignored: 'not_due' };
  }
  const at = input.onlyIfDue === true ? (session.lastSampleAt ?? input.receivedAt) : input.receivedAt;
  const end = finish(flag(session, input.reason), { status: 'closed_by_system', reason: input.reason, at, input });
  return { state: put(state, end.session), effects: [...end.effects, answer({ closed: true })] };
}

const STATUS_OF: Partial<Record<Input<'connector_changed'>['status'], SessionStatus>> = {
  charging: 'active',
  suspended_ev: 'suspended_ev',
  suspended_evse: 'suspended_evse',
};

function connectorChanged(state: SessionState, input: Input<'connector_changed'>): Next {
  const session = newest(
    [...state.sessions.values()].filter(
      (each) => each.endedAt === null && alive(each) && onConnector(each, input) && each.startedAt <= input.at.at,
    ),
  );
  if (session === undefined) return { state, effects: [], ignored: 'no_session' };
  if (input.status === 'available') {
    if (session.reconcileAt !== null) return { state, effects: [], ignored: 'unchanged' };
    return {
      state: put(state, { ...session, reconcileAt: new Date(input.receivedAt.getTime() + STOP_GRACE_MS) }),
      effects: [],
    };
  }
  const status = STATUS_OF[input.status];
  if (status === undefined || (status === session.status && session.reconcileAt === null))
    return { state, effects: [], ignored: 'unchanged' };
  return { state: put(state, { ...session, status, reconcileAt: null }), effects: [] };
}

// ---------------------------------------------------------------------------------------------------------------- shared

type Ending = {
  readonly status: 'ended' | 'closed_by_system';
  readonly reason: string;
  readonly at: Date;
  readonly historical?: boolean;
  readonly reconstructed?: true;
  readonly input: { readonly receivedAt: Date };
};

/** Ends a session, once: the caller has made sure that it is open. */
function finish(session: SessionRow, ending: Ending): { session: SessionRow; effects: Effect[] } {
  const endedAt = laterOf(ending.at, session.startedAt);
  const ended: SessionRow = {
    ...session,
    status: ending.status,
    endedAt,
    stopReason: ending.reason,
    meterStopWh: session.meterStopWh ?? session.lastRegisterWh,
    powerW: session.powerW === null ? null : 0,
    reconcileAt: null,
    updatedAt: ending.input.receivedAt,
  };
  const event: Effect = {
    do: 'emit',
    event: {
      type: 'session.ended',
      occurredAt: endedAt,
      receivedAt: ending.input.receivedAt,
      historical: ending.historical ?? false,
      data: {
        session_id: ended.id,
        transaction_id: ended.transactionId,
        evse_id: ended.evseId,
        connector_id: ended.connectorId,
        token: ended.tokenUid,
        status: ending.status,
        started_at: ended.startedAt.toISOString(),
        energy_wh: ended.energyWh,
        duration_s: Math.round((endedAt.getTime() - ended.startedAt.getTime()) / 1000),
        stop_reason: ended.stopReason,
        cost: null,
        flags: [...ended.flags],
        ...(ending.reconstructed && { reconstructed: true as const }),
      },
    },
  };
  return { session: ended, effects: [event] };
}

const startedEvent = (
  session: SessionRow,
  input: { readonly receivedAt: Date },
  historical: boolean,
  reconstructed: boolean,
): Effect => ({
  do: 'emit',
  event: {
    type: 'session.started',
    occurredAt: session.startedAt,
    receivedAt: input.receivedAt,
    historical,
    data: {
      session_id: session.id,
      transaction_id: session.transactionId,
      evse_id: session.evseId,
      connector_id: session.connectorId,
      token: session.tokenUid,
      authorization: session.authorization,
      meter_start_wh: session.meterStartWh,
      ...(session.commandId !== null && { command_id: session.commandId }),
      ...(reconstructed && { reconstructed: true as const }),
    },
  },
});

const put = (state: SessionState, session: SessionRow): SessionState => ({
  ...state,
  sessions: new Map(state.sessions).set(session.id, session),
});

const newest = (sessions: readonly SessionRow[]): SessionRow | undefined =>
  sessions.reduce<SessionRow | undefined>(
    (best, each) => (best === undefined || each.startedAt >= best.startedAt ? each : best),
    undefined,
  );

type Place = { readonly evseId: number; readonly connectorId: number };
const onConnector = (a: Place, b: Place): boolean => a.evseId === b.evseId && a.connectorId === b.connectorId;

const laterOf = (a: Date, b: Date): Date => (a >= b ? a : b);
