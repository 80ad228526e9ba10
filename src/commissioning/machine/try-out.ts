/**
 * Step 5: a session that the server starts, whose meter speaks, and that it stops again; nobody pays for it. Pure.
 * 1.6 §5.11, §5.12; 2.0.1 F01 to F03. What the charger answers is one thing; the session is the proof.
 */
import type { Facts, Run, SeenOutlet, SeenSession, Words } from '../types.ts';
import { isExpected, outletsOf } from './inspect.ts';
import { MOST_SKEW_MS, skewed } from './reach.ts';
import { AWAY, asking, fail, outcomeOf, RETRY_MS, type Seen, sign, since, wait } from './seen.ts';

/** The car is there already; else somebody may still plug one in. */
const FREE: readonly string[] = ['preparing', 'occupied', 'available', 'finishing'];
/** Whoever meters often enough need not be asked. */
const READING_COMES_MS = 5_000;

export function starting(run: Run, facts: Facts, words: Words, now: Date): Seen {
  const { session, protocol, connected } = facts;
  if (session !== undefined) {
    if (session.authorization !== 'accepted') {
      return fail('session_refused', `The session that began was refused: ${session.authorization}`);
    }
    const detail = { session_id: session.id, evse_id: session.evseId };
    return { see: 'sign', sign: 'session_started', detail, sessionId: session.id };
  }
  const outcome = outcomeOf(run, facts, now);
  const start = (): Seen => {
    if (!connected || protocol === null) return AWAY();
    const outlet = freeOutlet(run, facts);
    if (outlet === undefined) return wait('no_free_connector', 'No connector is free for the test transaction');
    const remoteStartId = remoteStartIdOf(run);
    const call = words.start(protocol, { token: run.testToken, connectorId: outlet.evseId, remoteStartId });
    return asking(call) ?? fail('not_sayable', 'Its version of OCPP knows no remote start');
  };
  switch (outcome.is) {
    case 'none':
      return start();
    case 'pending':
      return connected ? wait('no_answer', 'The charger did not answer the remote start') : AWAY();
    case 'accepted':
      return wait('no_session_started', 'The charger accepted the remote start, but no session began');
    case 'rejected':
      return fail('remote_start_rejected', `Asked to start: ${outcome.message}`, outcome);
    case 'lost':
      // The session may have begun all the same: it is told when the charger is back.
      return connected && since(run.askedAt, now) > RETRY_MS ? start() : AWAY();
    case 'failed':
      return fail(outcome.code, `Asked to start: ${outcome.message}`, outcome);
  }
}

/** Positive int32, its own for each try. */
function remoteStartIdOf({ id, asks }: Run): number {
  let hash = asks + 1;
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 2_000_000_011;
  return hash + 1;
}

function freeOutlet(run: Run, facts: Facts): SeenOutlet | undefined {
  const free = outletsOf(facts).filter(
    (outlet) =>
      outlet.connectorId > 0 &&
      FREE.includes(outlet.status) &&
      !facts.busyEvses.includes(outlet.evseId) &&
      isExpected(run, outlet),
  );
  return free.sort((a, b) => FREE.indexOf(a.status) - FREE.indexOf(b.status) || a.evseId - b.evseId)[0];
}

const hasReading = ({ lastSampleAt, startedAt, energyWh }: SeenSession): boolean =>
  lastSampleAt !== null && (energyWh > 0 || lastSampleAt > startedAt);

export function metering(run: Run, facts: Facts, words: Words, now: Date): Seen {
  const { session, protocol, connected } = facts;
  if (session === undefined) return wait('session_not_ended', 'The test session is gone');
  // Told at once, so that the two times are the charger's clock and ours.
  const skewMs = session.startedAt.getTime() - session.createdAt.getTime();
  if (Math.abs(skewMs) > MOST_SKEW_MS) return skewed(skewMs);
  if (hasReading(session)) return sign('energy_read', { energy_wh: session.energyWh });
  if (session.endedAt !== null) return endedEarly(session);
  if (!connected || protocol === null) return AWAY();
  if (run.tries === 0 && since(run.phaseAt, now) > READING_COMES_MS) {
    const { evseId } = session;
    const asked = asking(
      protocol === 'ocpp1.6'
        ? words.trigger(protocol, 'meter_values', { connectorId: evseId })
        : words.trigger(protocol, 'transaction', { evseId }),
    );
    if (asked !== undefined) return asked;
  }
  return wait('no_energy_reading', 'The session began, but the charger sent no reading of its meter');
}

const endedEarly = ({ stopReason, id }: SeenSession): Seen =>
  fail('session_ended_early', `The session ended by itself: ${stopReason ?? 'no reason was given'}`, {
    detail: { session_id: id },
  });

export function stopping(run: Run, facts: Facts, words: Words, now: Date): Seen {
  const { session, protocol, connected } = facts;
  if (session === undefined) return wait('session_not_ended', 'The test session is gone');
  const outcome = outcomeOf(run, facts, now);
  if (session.endedAt !== null) {
    if (session.status !== 'ended') return fail('session_not_ended', 'The charger never told the end of the session');
    if (outcome.is === 'none') return endedEarly(session);
    return sign('session_ended', {
      energy_wh: session.energyWh,
      duration_s: Math.round((session.endedAt.getTime() - session.startedAt.getTime()) / 1000),
      stop_reason: session.stopReason,
    });
  }
  const stop = (): Seen => {
    if (!connected || protocol === null) return AWAY();
    return asking(words.stop(protocol, session)) ?? fail('not_sayable', 'Its version of OCPP knows no remote stop');
  };
  switch (outcome.is) {
    case 'none':
      return stop();
    case 'pending':
      return connected ? wait('no_answer', 'The charger did not answer the remote stop') : AWAY();
    case 'accepted':
      return wait('session_not_ended', 'The charger accepted the remote stop, but the session did not end');
    case 'rejected':
      return fail('remote_stop_rejected', `Asked to stop: ${outcome.message}`, outcome);
    case 'lost':
      return connected && since(run.askedAt, now) > RETRY_MS ? stop() : AWAY();
    case 'failed':
      return fail(outcome.code, `Asked to stop: ${outcome.message}`, outcome);
  }
}
