/** A session ends: repeated stops (X2), stops that name no session of ours (X3, X5), stops after the close. Pure. */
import type { Effect } from '../../ingest/contract.ts';
import type { StopReply } from '../../ingest/inputs.ts';
import { tokenKey } from '../../platform/token-key.ts';
import { countStop, flag, isRegister } from '../energy.ts';
import type { SessionRow, SessionState } from '../types.ts';
import { keptByPerson } from './by-person.ts';
import { doubted, frozen } from './cost.ts';
import { applyReadings, countEnd, keep, readLate, withStartOf } from './meter.ts';
import { finish, type Input, laterOf, type Next, newSession, put, startedEvent } from './shared.ts';

export function stopped(state: SessionState, input: Input<'stopped'>): Next {
  const session = stoppedSession(state, input);
  if (session === undefined) return orphanStop(state, input);
  const reply: StopReply = { sessionId: session.id, authorized: input.authorized };
  const samples: Effect[] =
    input.readings.length > 0
      ? [keep(input, input.readings, session.transactionId, session.evseId, session.connectorId)]
      : [];
  const answer: Effect = { do: 'reply', value: reply };
  if (session.status === 'ended') {
    const kept = readLate(state, session, input.readings);
    return { state: kept, effects: [...samples, answer], ignored: 'duplicate' };
  }

  let final = applyReadings(withStartOf(session, input.readings, false), input.readings, input.receivedAt);
  if (isRegister(input.meterStopWh)) {
    // Nothing was ever read but this: there is no telling how much of it is this session's.
    final = withStartOf(final, [{ at: input.at, context: 'transaction_end', energyWh: input.meterStopWh }], false);
    final = countEnd(final, { energyWh: input.meterStopWh, at: input.at.at });
  } else {
    final = flag({ ...final, meterStopWh: final.lastRegisterWh }, 'meter_stop_missing');
  }
  for (const name of input.flags) final = flag(final, name);
  if (!input.at.plausible) final = flag(final, 'implausible_clock');
  if (input.transactionId !== session.transactionId)
    final = flag({ ...final, stopKey: stopKey(input) }, 'stop_matched_by_time');
  if (input.tokenUid !== undefined && tokenKey(input.tokenUid) !== tokenKey(session.tokenUid ?? '')) {
    final = { ...final, stopTokenUid: input.tokenUid };
  }
  if (session.status === 'closed_by_system') {
    // Its end was told already; the record gets the charger's figures, and a flag instead of a second event.
    const endedAt = laterOf(input.at.at, session.startedAt);
    final = flag({ ...final, endedAt, stopReason: input.reason, updatedAt: input.receivedAt }, 'stop_after_close');
    final = doubted(keptByPerson(session, final, 'stop_after_close'), 'stop_after_close');
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
 * By transaction id within this charge point only; else the one that it has ended, or told of, before, however late it is repeated; else
 * (X3) the one open session that the stop can belong to by time and token. A positive id that we never gave out needs the token as well:
 * it may be a stop from before this charger came to us.
 */
function stoppedSession(state: SessionState, input: Input<'stopped'>): SessionRow | undefined {
  const sessions = [...state.sessions.values()];
  if (input.transactionId !== undefined) {
    const named = sessions.find((session) => session.transactionId === input.transactionId);
    if (named !== undefined) return named;
  }
  const key = stopKey(input);
  const ended = sessions.find((session) => session.stopKey === key);
  const orphan = sessions.find((session) => session.startKey === orphanKey(input));
  const same = orphan ?? ended;
  if (input.at.plausible && same !== undefined) return same;
  const tokenNeeded = input.transactionId !== undefined;
  const candidates = sessions.filter(
    (session) =>
      session.endedAt === null &&
      (!input.at.plausible || session.startedAt <= input.at.at) &&
      (input.tokenUid === undefined ? !tokenNeeded : tokenKey(input.tokenUid) === tokenKey(session.tokenUid ?? '')) &&
      (input.meterStopWh === undefined || input.meterStopWh >= session.meterStartWh),
  );
  // Without a clock two stops may say the same: one that can end a session does.
  return candidates.length === 1 ? candidates[0] : same;
}

export const orphanKey = (input: Pick<Input<'stopped'>, 'rawTransactionId' | 'at' | 'meterStopWh'>): string =>
  `stop|${input.rawTransactionId}|${input.at.raw ?? ''}|${input.meterStopWh ?? ''}`;

/** The same of one that ended a session without naming it. A power cut ends several at one instant, of several tokens. */
export const stopKey = (input: Parameters<typeof orphanKey>[0] & Pick<Input<'stopped'>, 'tokenUid'>): string =>
  `${orphanKey(input)}|${tokenKey(input.tokenUid ?? '')}`;

type Orphan = Pick<Input<'stopped'>, 'readings' | 'at'>;
const firstReading = ({ readings }: Orphan) =>
  [...readings].sort((a, b) => a.at.at.getTime() - b.at.at.getTime()).find((reading) => isRegister(reading.energyWh));

/** When a session began of which the stop is all that is known. */
export function orphanStartedAt(input: Orphan): Date {
  const first = firstReading(input);
  return first !== undefined && first.at.at < input.at.at ? first.at.at : input.at.at;
}

/** X5: a stop without a start. The session is reconstructed from what the stop tells, and a person should look at it. */
function orphanStop(state: SessionState, input: Input<'stopped'>): Next {
  const first = firstReading(input);
  const stopWh = isRegister(input.meterStopWh) ? Math.round(input.meterStopWh) : undefined;
  const startWh = first?.energyWh !== undefined ? Math.round(first.energyWh) : (stopWh ?? 0);
  const startedAt = orphanStartedAt(input);
  let session = newSession({
    id: input.spare.sessionId,
    transactionId: input.spare.transactionId,
    startKey: orphanKey(input),
    evseId: 0,
    connectorId: 0,
    tokenUid: input.tokenUid ?? null,
    freeOfCharge: state.place?.isFree ?? false,
    startedAt,
    meterStartWh: startWh,
    meterStopWh: stopWh ?? null,
    lastRegisterWh: startWh,
    flags: ['orphan_stop', ...input.flags, ...(input.at.plausible ? [] : ['implausible_clock'])],
    updatedAt: input.receivedAt,
  });
  session = doubted({ ...session, cost: frozen(state.place, session) }, 'orphan_stop');
  session = applyReadings(session, input.readings, input.receivedAt);
  if (stopWh !== undefined)
    session = countStop(session, {
      energyWh: stopWh,
      at: laterOf(input.at.at, session.lastSampleAt ?? startedAt),
    });
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
  const samples: Effect[] = input.readings.length > 0 ? [keep(input, input.readings, session.transactionId, 0, 0)] : [];
  return {
    state: put(state, end.session),
    effects: [...samples, begin, ...end.effects, { do: 'reply', value: reply }],
  };
}
