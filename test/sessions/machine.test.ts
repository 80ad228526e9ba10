import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Effect } from '../../src/ingest/contract.ts';
import type { ChargerInstant, MeterReading, SessionInput } from '../../src/ingest/inputs.ts';
import { ROUNDING_WH } from '../../src/sessions/energy.ts';
import { decide } from '../../src/sessions/machine.ts';
import type { Place, SessionRow, SessionState } from '../../src/sessions/types.ts';
import { after, connectorChanged, instant, metered, reading, started, stopped, T0 } from '../support/inputs.ts';

const empty: SessionState = {
  sessions: new Map(),
  remoteStart: undefined,
  remoteStarts: new Map(),
  held: new Map(),
  seen: [],
  log: [],
  corrections: [],
  place: undefined,
};
/** No tariff holds there, and nothing is shown. */
const nowhere: Place = {
  ...{ timezone: 'UTC', currency: 'EUR', isFree: false, holdings: [], shownBy: null, told: null },
  manner: { language: 'en', languages: [], receiptUrl: null, isIdleAfterStop: false, hasDetails: false },
  ...{ languages: new Map(), texts: new Map() },
};

/** Runs inputs one after the other, as the engine would. */
function run(inputs: readonly SessionInput[], from: SessionState = empty) {
  let state = from;
  const effects: Effect[] = [];
  const ignored: (string | undefined)[] = [];
  for (const input of inputs) {
    const step = decide(state, input, { now: input.receivedAt });
    state = step.state;
    effects.push(...step.effects);
    ignored.push(step.ignored);
  }
  const events = effects.flatMap((effect) => (effect.do === 'emit' ? [effect.event] : []));
  const replies = effects.flatMap((effect) => (effect.do === 'reply' ? [effect.value] : []));
  return {
    state,
    events,
    replies,
    ignored,
    sessions: [...state.sessions.values()],
    types: events.map((event) => event.type),
  };
}
const only = (sessions: readonly SessionRow[]): SessionRow => {
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionRow;
};

describe('a start without a register (X9): what the meter showed before is not billed', () => {
  const start = (flag: string) => started({ meterStartWh: 0, flags: [flag] });

  test.each(['meter_start_missing', 'meter_start_invalid'])(
    '%s: energy is counted from the first reading on',
    (flag) => {
      const done = run([
        start(flag),
        metered([reading(after(600), 5_000_000)]),
        stopped({ meterStopWh: 5_007_000, readings: [] }),
      ]);
      expect(only(done.sessions)).toMatchObject({ meterStartWh: 5_000_000, energyWh: 7000, flags: [flag] });
    },
  );

  test('a reading that says it is of the beginning settles it', () => {
    const begin = reading(after(0), 4_999_000, { context: 'transaction_begin' });
    const done = run([
      start('meter_start_missing'),
      stopped({ meterStopWh: 5_007_000, readings: [reading(after(900), 5_002_000), begin] }),
    ]);
    expect(only(done.sessions)).toMatchObject({ meterStartWh: 4_999_000, energyWh: 8000, flags: [] });
  });

  test('nothing but the register of the stop: nobody knows how much it was', () => {
    const done = run([start('meter_start_invalid'), stopped({ meterStopWh: 5_007_000 })]);
    expect(only(done.sessions)).toMatchObject({ energyWh: 0, meterStopWh: 5_007_000, flags: ['meter_start_invalid'] });
  });
});

describe('session machine', () => {
  test('a session starts, is metered and ends with the energy of its register', () => {
    const done = run([started(), metered([reading(after(600), 3000, { powerW: 11_000, socPercent: 40 })]), stopped()]);
    expect(only(done.sessions)).toMatchObject({
      status: 'ended',
      energyWh: 7000,
      meterStopWh: 8000,
      stopReason: 'Local',
      socPercent: 40,
      powerW: 0,
      flags: [],
    });
    expect(done.types).toEqual(['session.started', 'session.ended']);
    expect(done.events[1]?.data).toMatchObject({ energy_wh: 7000, duration_s: 3600, cost: null });
  });

  test('X1: a start that arrives twice gets the same transaction id and is told once', () => {
    const done = run([started(), started({ sessionId: 'ses_2', transactionId: 2 })]);
    expect(done.replies).toMatchObject([{ transactionId: 1 }, { transactionId: 1, sessionId: 'ses_1' }]);
    expect(done.types).toEqual(['session.started']);
    expect(done.ignored[1]).toBe('duplicate');
  });
  test('X1: a start that is repeated after its stop still is the same start', () => {
    const done = run([started(), stopped(), started({ sessionId: 'ses_2', transactionId: 2 })]);
    expect(done.replies.at(-1)).toMatchObject({ transactionId: 1 });
    expect(done.types).toEqual(['session.started', 'session.ended']);
  });
  test('B11: without a usable clock a repeated start is recognized while its session is open, and only then', () => {
    const noClock = (at: Date, n: number) =>
      started({
        at: instant(at, { raw: '1970-01-01T00:00:00Z', plausible: false }),
        sessionId: `ses_${n}`,
        transactionId: n,
      });
    const again = run([noClock(T0, 1), noClock(after(30), 2)]);
    expect(again.types).toEqual(['session.started']);
    const next = run([noClock(T0, 1), stopped(), noClock(after(7200), 2)]);
    expect(next.types).toEqual(['session.started', 'session.ended', 'session.started']);
    expect(next.sessions.every((session) => session.flags.includes('implausible_clock'))).toBe(true);
  });

  test('B11: also one without a register, which was found in the meantime', () => {
    const start = (at: Date, n: number) =>
      started({
        ...{ at: instant(at, { raw: '1970-01-01T00:00:00Z', plausible: false }), meterStartWh: 0 },
        ...{ flags: ['meter_start_missing'], sessionId: `ses_${n}`, transactionId: n },
      });
    const done = run([start(T0, 1), metered([reading(after(60), 5_000_000)]), start(after(90), 2)]);
    expect(done.replies.at(-1)).toMatchObject({ transactionId: 1 });
    expect(done.ignored[2]).toBe('duplicate');
  });

  test('X2: a stop that arrives twice ends the session once', () => {
    const done = run([started(), stopped(), stopped({ meterStopWh: 9999 })]);
    expect(done.types).toEqual(['session.started', 'session.ended']);
    expect(only(done.sessions)).toMatchObject({ energyWh: 7000 });
    expect(done.replies).toHaveLength(3);
  });

  test.each([['-1'], ['0'], ['9223372036854775808'], ['abc']])(
    'X3: a stop with transaction id %s ends the one open session',
    (raw) => {
      const done = run([started(), stopped({ transactionId: undefined, rawTransactionId: raw })]);
      expect(only(done.sessions)).toMatchObject({ status: 'ended', energyWh: 7000, flags: ['stop_matched_by_time'] });
    },
  );
  test('X3: with two open sessions it is the token that tells which one', () => {
    const done = run([
      started(),
      started({ connectorId: 2, evseId: 2, tokenUid: 'OTHER', sessionId: 'ses_2', transactionId: 2 }),
      stopped({ transactionId: undefined, rawTransactionId: '-1', tokenUid: 'other' }),
    ]);
    expect(done.sessions.map((session) => session.status)).toEqual(['active', 'ended']);
  });
  test('X3: a stop older than the running session, or with a foreign id and no token, does not touch it', () => {
    const older = run([
      started(),
      stopped({ transactionId: undefined, rawTransactionId: '0', at: instant(after(-60)) }),
    ]);
    expect(older.sessions.map((session) => session.status)).toEqual(['active', 'ended']);
    const foreign = run([started(), stopped({ transactionId: 4242, rawTransactionId: '4242' })]);
    expect(foreign.sessions.map((session) => session.status)).toEqual(['active', 'ended']);
  });

  test.each([['-1'], ['0'], ['4242']])(
    'X3: a stop with transaction id %s that arrives twice ends its session once, also when the next one runs',
    (raw) => {
      const transactionId = raw === '4242' ? 4242 : undefined;
      const stop = stopped({
        ...{ transactionId, rawTransactionId: raw, tokenUid: 'tag' },
        readings: [reading(after(0), 1000, { context: 'transaction_begin' }), reading(after(3600), 8000)],
      });
      const weeksLater = { ...stop, receivedAt: after(30 * 86_400) };
      const next = started({
        ...{ at: instant(after(7200)), meterStartWh: 8000, sessionId: 'ses_2', transactionId: 2 },
      });
      const done = run([started(), stop, stop, next, weeksLater]);
      expect(done.types).toEqual(['session.started', 'session.ended', 'session.started']);
      expect(done.ignored).toEqual([undefined, undefined, 'duplicate', undefined, 'duplicate']);
      expect(done.sessions).toMatchObject([{ energyWh: 7000 }, { status: 'active' }]);
      expect(done.replies.map((reply) => (reply as { sessionId: string }).sessionId)).toEqual([
        ...['ses_1', 'ses_1', 'ses_1', 'ses_2', 'ses_1'],
      ]);
    },
  );
  test('X3: without a clock a stop that says what one said of which no start is known ends the session that runs', () => {
    const stop = (s: number) =>
      stopped({
        ...{ transactionId: undefined, rawTransactionId: '-1', meterStopWh: 0 },
        at: instant(after(s), { raw: '1970-01-01T00:00:00Z', plausible: false }),
      });
    const next = started({ at: instant(after(7200)), meterStartWh: 0, sessionId: 'ses_2', transactionId: 2 });
    const done = run([stop(0), stop(60), next, stop(9000), stop(9060)]);
    expect(done.sessions).toMatchObject([{ flags: expect.arrayContaining(['orphan_stop']) }, { status: 'ended' }]);
    expect(done.ignored).toEqual([undefined, 'duplicate', undefined, undefined, 'duplicate']);
    expect(done.types).toEqual(['session.started', 'session.ended', 'session.started', 'session.ended']);
  });
  test('X3: with a clock a stop of which no start is known is repeated, whatever runs', () => {
    const stop = stopped({
      transactionId: undefined,
      rawTransactionId: '-1',
      meterStopWh: 1000,
      at: instant(after(60)),
    });
    const done = run([stop, started(), stop]);
    expect(done.sessions.map(({ status }) => status)).toEqual(['ended', 'active']);
    expect(done.ignored[2]).toBe('duplicate');
  });
  test('X3: two sessions that a power cut ends at one instant and register are two, by their tokens', () => {
    const second = { connectorId: 2, evseId: 2, tokenUid: 'OTHER', sessionId: 'ses_2', transactionId: 2 };
    const cut = (tokenUid: string) => stopped({ transactionId: undefined, rawTransactionId: '-1', tokenUid });
    const done = run([started(), started(second), cut('TAG'), cut('OTHER'), cut('TAG'), cut('OTHER')]);
    expect(done.sessions.map(({ status }) => status)).toEqual(['ended', 'ended']);
    expect(done.ignored.slice(2)).toEqual([undefined, undefined, 'duplicate', 'duplicate']);
  });
  test('X3: without a clock and a register two stops say the same: the second one ends the session that runs', () => {
    const stop = (at: Date) =>
      stopped({
        ...{ transactionId: undefined, rawTransactionId: '-1', meterStopWh: undefined },
        at: instant(at, { raw: '1970-01-01T00:00:00Z', plausible: false }),
      });
    const next = started({ at: instant(after(7200)), sessionId: 'ses_2', transactionId: 2 });
    const done = run([started(), stop(after(3600)), next, stop(after(9000)), stop(after(9060))]);
    expect(done.sessions.map(({ status }) => status)).toEqual(['ended', 'ended']);
    expect(done.ignored).toEqual([undefined, undefined, undefined, undefined, 'duplicate']);
  });

  test('X5: a stop without a start becomes a reconstructed session, once', () => {
    const stop = stopped({
      transactionId: 77,
      rawTransactionId: '77',
      tokenUid: 'TAG',
      readings: [reading(after(0), 1000, { context: 'transaction_begin' }), reading(after(3600), 8000)],
    });
    const done = run([stop, stop]);
    expect(only(done.sessions)).toMatchObject({
      status: 'ended',
      energyWh: 7000,
      flags: ['orphan_stop'],
      startedAt: T0,
    });
    expect(done.types).toEqual(['session.started', 'session.ended']);
    expect(done.events[0]?.data).toMatchObject({ reconstructed: true });
    expect(done.replies).toHaveLength(2);
  });

  test('X6: a new start on the connector closes the open session as superseded', () => {
    const done = run([
      started(),
      started({ at: instant(after(60)), meterStartWh: 1200, sessionId: 'ses_2', transactionId: 2 }),
    ]);
    expect(done.types).toEqual(['session.started', 'session.ended', 'session.started']);
    expect(done.sessions[0]).toMatchObject({ status: 'closed_by_system', stopReason: 'superseded' });
    expect(done.events[1]?.data).toMatchObject({ flags: ['superseded'] });
  });
  test('X6: a start on another connector, or an older one that comes late, closes nothing', () => {
    const other = run([
      started(),
      started({ connectorId: 2, evseId: 2, at: instant(after(60)), sessionId: 'ses_2', transactionId: 2 }),
    ]);
    expect(other.types).toEqual(['session.started', 'session.started']);
    const late = run([started(), started({ at: instant(after(-600)), sessionId: 'ses_2', transactionId: 2 })]);
    expect(late.types).toEqual(['session.started', 'session.started']);
  });
  test('X8: a refused start exists, waits for its stop and never touches the running session', () => {
    const done = run([
      started(),
      started({ at: instant(after(60)), tokenUid: 'BAD', sessionId: 'ses_2', transactionId: 2 }, 'blocked'),
    ]);
    expect(done.sessions[0]).toMatchObject({ status: 'active' });
    expect(done.sessions[1]).toMatchObject({ status: 'active', authorization: 'blocked' });
    expect(done.sessions[1]?.reconcileAt).not.toBeNull();
    expect(done.replies[1]).toMatchObject({ transactionId: 2, authorization: 'blocked' });
  });

  test('X8: where its connector is free, a refused start waits for its stop no longer than any other', () => {
    const bad = started({ tokenUid: 'BAD' }, 'blocked');
    const available = (s: number, more: object = {}): SessionInput => ({
      ...connectorChanged('available', after(s)),
      ...more,
    });
    const deadline = (...inputs: SessionInput[]) => only(run([bad, ...inputs]).sessions).reconcileAt;
    expect(deadline()).toEqual(after(3600));
    expect(deadline(available(60))).toEqual(after(360));
    expect(deadline(available(60, { news: 'repeated' }))).toEqual(after(360));
    expect(deadline(available(60), available(120, { news: 'repeated' }), available(180))).toEqual(after(360));
    expect(deadline(available(3540))).toEqual(after(3600));
    for (const other of [available(-60), available(60, { connectorId: 2, evseId: 2 }), available(60, { news: 'late' })])
      expect(deadline(other)).toEqual(after(3600));
    // Beside one that goes on.
    const both = run([started(), started({ tokenUid: 'BAD', sessionId: 'ses_2' }, 'blocked'), available(60)]);
    expect(both.sessions.map(({ reconcileAt }) => reconcileAt)).toEqual([after(360), after(360)]);
  });

  test('a start that named no connector waits for its stop until five minutes after all of them are free', () => {
    const nowhere = started({ evseId: 0, connectorId: 0, flags: ['connector_unknown'] });
    const available = (isLast: boolean, s = 60): SessionInput => ({
      ...connectorChanged('available', after(s)),
      ...(isLast && { isLast }),
    });
    const deadline = (...inputs: SessionInput[]) => only(run([nowhere, ...inputs]).sessions).reconcileAt;
    expect(deadline(available(false))).toBeNull();
    expect(deadline(available(true, -60))).toBeNull();
    expect(deadline(available(true))).toEqual(after(360));
    expect(deadline(available(true), metered([reading(after(120), 1000)], { evseId: 0, connectorId: 0 }))).toBeNull();
    // one of them is in use after all: it may be that of this session
    const charging: SessionInput = { ...connectorChanged('charging', after(90)), connectorId: 2, evseId: 2 };
    expect(deadline(available(true), charging)).toBeNull();
    expect(deadline(available(true), { ...charging, news: 'late' })).toEqual(after(360));
  });

  test.each([-5 * 3600, 0, 5 * 3600])(
    'a limit counts its time from when we were told, by a clock %i s off',
    (offsetS) => {
      const start = { ...started({ at: instant(after(offsetS)) }), receivedAt: after(0) };
      const credited = { ...start, authorized: { ...start.authorized, credit: '10.00' } };
      const { effects } = decide(empty, credited, { now: after(0) });
      const told = effects.flatMap((effect) => (effect.do === 'feed' ? [effect.input] : []));
      const session = expect.objectContaining({ createdAt: after(0) });
      expect(told).toContainEqual(expect.objectContaining({ room: 'session_limits', type: 'progressed', session }));
    },
  );

  test('X9: a stop below its start bills nothing and is flagged', () => {
    const done = run([started(), stopped({ meterStopWh: 900 })]);
    expect(only(done.sessions)).toMatchObject({ energyWh: 0, flags: ['meter_backwards'] });
  });
  test('X9: a stop that is a little below its readings is what counts: they were rounded', () => {
    const start = started({ meterStartWh: 269_456 });
    const data = reading(after(3600), 276_460, { context: 'transaction_end' });
    const stop = stopped({ meterStopWh: 276_456, readings: [data] });
    for (const inputs of [[start, metered([reading(after(3000), 276_460)]), stop], [start, stop], [stop]]) {
      const done = run(inputs);
      const isOrphan = inputs.length === 1;
      expect(only(done.sessions)).toMatchObject({
        ...{ energyWh: isOrphan ? 0 : 7000, meterStopWh: 276_456, flags: isOrphan ? ['orphan_stop'] : [] },
      });
      expect(done.events.at(-1)?.data).toMatchObject({ energy_wh: isOrphan ? 0 : 7000 });
    }
  });
  test('X9: a stop without a register ends with what was metered', () => {
    const done = run([started(), metered([reading(after(60), 1500)]), stopped({ meterStopWh: undefined })]);
    expect(only(done.sessions)).toMatchObject({ energyWh: 500, meterStopWh: 1500, flags: ['meter_stop_missing'] });
  });
  test('a stop before its start has no negative duration', () => {
    const done = run([started(), stopped({ at: instant(after(-500)) })]);
    expect(done.events[1]?.data).toMatchObject({ duration_s: 0 });
  });

  test('M1: meter values without a transaction id belong to the open session of their connector', () => {
    const done = run([started(), metered([reading(after(60), 1500)], { transactionId: undefined })]);
    expect(only(done.sessions)).toMatchObject({ energyWh: 500 });
    const before = run([started(), metered([reading(after(-60), 1500)], { transactionId: undefined })]);
    expect(only(before.sessions)).toMatchObject({ energyWh: 0 });
    expect(before.ignored[1]).toBe('no_session');
  });
  test('connector 0 is the main meter: only what names its transaction is of a session that began without a connector', () => {
    const main = { evseId: 0, connectorId: 0 };
    const own = metered([reading(after(60), 1500)], main);
    const others = metered([reading(after(90), 9000)], { ...main, transactionId: undefined });
    const done = run([started({ ...main, flags: ['connector_unknown'] }), own, others]);
    expect(only(done.sessions)).toMatchObject({ energyWh: 500 });
    expect(done.ignored[2]).toBe('no_session');
  });
  test('M5: meter values that arrive again or out of order count once', () => {
    const one = reading(after(60), 1500);
    const two = reading(after(120), 2000);
    const done = run([started(), metered([one]), metered([two]), metered([one]), metered([two, one])]);
    expect(only(done.sessions)).toMatchObject({ energyWh: 1000 });
  });
  test('meter values after the stop are kept as samples and change nothing', () => {
    const done = run([started(), stopped(), metered([reading(after(4000), 9000)])]);
    expect(only(done.sessions)).toMatchObject({ energyWh: 7000 });
    expect(done.ignored[2]).toBe('late');
  });

  test('the connector tells when a session is suspended and resumed', () => {
    const suspended = run([started(), connectorChanged('suspended_ev', after(60))]);
    expect(only(suspended.sessions).status).toBe('suspended_ev');
    const resumed = run([connectorChanged('charging', after(90))], suspended.state);
    expect(only(resumed.sessions).status).toBe('active');
  });
  test('a connector that becomes available gives the stop time to arrive, then the record can be closed', () => {
    const freed = run([started(), connectorChanged('available', after(60))]);
    const due = only(freed.sessions).reconcileAt as Date;
    const close = (at: Date): SessionInput => ({
      room: 'sessions',
      type: 'closed',
      chargePointId: 'cp_1',
      receivedAt: at,
      sessionId: 'ses_1',
      reason: 'connector_available',
      onlyIfDue: true,
    });
    expect(run([close(after(61))], freed.state).types).toEqual([]);
    const closed = run([close(due)], freed.state);
    expect(only(closed.sessions)).toMatchObject({ status: 'closed_by_system', stopReason: 'connector_available' });
    const late = run([stopped()], closed.state);
    expect(late.types).toEqual([]);
    expect(only(late.sessions)).toMatchObject({ status: 'closed_by_system', energyWh: 7000, stopReason: 'Local' });
    expect(only(late.sessions).flags).toContain('stop_after_close');
  });
  test('a session that is told afterwards, of a connector that is free since: its stop may come behind it', () => {
    const kept = (start: SessionInput) => ({ ...start, receivedAt: after(7200) });
    const told = (at: Date, state = 'available') => ({ ...empty, place: { ...nowhere, told: { at, state } } });
    const start = kept(started({ at: instant(T0, { historical: true }) }));
    const begun = run([start], told(after(7100)));
    expect(only(begun.sessions).reconcileAt).toEqual(after(7500));
    const readings = [reading(after(60), 2000, { at: instant(after(60), { historical: true }) })];
    const metering = run([metered(readings, { receivedAt: after(7201) })], begun.state);
    expect(only(metering.sessions)).toMatchObject({ energyWh: 1000, reconcileAt: after(7501) });
    const stop = stopped({ receivedAt: after(7202), at: instant(after(3600), { historical: true }) });
    expect(only(run([stop], metering.state).sessions)).toMatchObject({ status: 'ended', energyWh: 7000, flags: [] });
    // It goes on: a reading of now, or its connector, says so.
    const now = run([metered([reading(after(7201), 2000)])], begun.state);
    expect(only(now.sessions).reconcileAt).toBeNull();
    expect(only(run([connectorChanged('charging', after(7201))], begun.state).sessions).reconcileAt).toBeNull();
    const others = [told(new Date(T0.getTime() - 1000)), told(after(7100), 'charging'), empty];
    for (const from of others) expect(only(run([start], from).sessions).reconcileAt).toBeNull();
    expect(only(run([started()], told(after(7100))).sessions).reconcileAt).toBeNull();
  });
  test('hundreds of kept readings may come before the stop: the record is not closed in the middle of them', () => {
    const kept = (s: number) => instant(after(s), { historical: true });
    const start = { ...started({ at: kept(0) }), receivedAt: after(7200) };
    const close = (at: Date): SessionInput => ({
      ...{ room: 'sessions', type: 'closed', chargePointId: 'cp_1', receivedAt: at, sessionId: 'ses_1' },
      ...{ reason: 'connector_available', onlyIfDue: true },
    });
    const from = { ...empty, place: { ...nowhere, told: { at: after(7100), state: 'available' } } };
    const queue = Array.from({ length: 120 }, (_, i) => {
      const one = reading(after(30 * i), 1000 + 50 * i, { at: kept(30 * i) });
      return [metered([one], { receivedAt: after(7200 + 5 * i) }), close(after(7201 + 5 * i))];
    }).flat();
    const told = run([start, ...queue], from);
    expect(told.types).toEqual(['session.started']);
    const stop = stopped({ receivedAt: after(7802), at: kept(3600) });
    expect(only(run([stop], told.state).sessions)).toMatchObject({ status: 'ended', energyWh: 7000, flags: [] });
    // Without its stop it is over as long after the last of them.
    expect(run([close(after(8094))], told.state).types).toEqual([]);
    expect(run([close(after(8095))], told.state).types).toEqual(['session.ended']);
  });
  test('what is read of an idle connector does not show that a session goes on there', () => {
    const freed = run([started(), connectorChanged('available', after(60))]).state;
    const read = (more: Partial<MeterReading>, transactionId?: number) =>
      only(run([metered([reading(after(120), 1000, more)], { transactionId })], freed).sessions).reconcileAt;
    for (const context of ['sample_clock', 'trigger']) {
      expect(read({ context })).toEqual(after(360));
      expect(read({ context, powerW: 0, currentA: 0 })).toEqual(after(360));
      expect(read({ context, at: instant(after(120), { historical: true }) })).toEqual(after(360));
      expect(read({ context }, 1)).toBeNull();
      expect(read({ context, powerW: 7400 })).toBeNull();
      expect(read({ context, currentA: 16 })).toBeNull();
    }
    expect(read({ context: 'sample_periodic' })).toEqual(after(360));
    expect(read({ context: 'sample_periodic' }, 1)).toBeNull();
    expect(read({ context: 'sample_periodic', powerW: 100, currentA: 1 })).toEqual(after(360));
    expect(read({ context: 'sample_periodic', powerW: 101 })).toBeNull();
    expect(read({ context: 'sample_clock', currentA: 0.02 })).toEqual(after(360));
    expect(read({ context: 'sample_periodic', currentA: 1.1 })).toBeNull();
  });
  test('a register that has grown gives the stop five minutes more: it may have done so before the connector was free', () => {
    const freed = run([started(), metered([reading(after(30), 1500)]), connectorChanged('available', after(90))]).state;
    const periodic = (s: number, wh: number) =>
      metered([reading(after(s), wh, { context: 'sample_periodic' })], { transactionId: undefined });
    const deadline = (...inputs: SessionInput[]) => only(run(inputs, freed).sessions).reconcileAt;
    expect(deadline(periodic(120, 1500))).toEqual(after(390));
    expect(deadline(periodic(120, 1700))).toEqual(after(420));
    // Once: of what flowed before the power went.
    expect(deadline(periodic(120, 1700), periodic(180, 1700), periodic(300, 1700))).toEqual(after(420));
    expect(deadline(periodic(120, 1700), periodic(300, 2000))).toEqual(after(600));
    // 5 Wh in three minutes are 100 W.
    expect(deadline(periodic(210, 1505))).toEqual(after(390));
    expect(deadline(periodic(210, 1506))).toEqual(after(510));
  });
  test('a connector that is said to be free again gives the stop as long, and no longer for saying it once more', () => {
    const repeated = (at: Date): SessionInput => ({ ...connectorChanged('available', at), news: 'repeated' });
    const kept = { ...started({ at: instant(T0, { historical: true }) }), receivedAt: after(7200) };
    const freed = run([kept, repeated(after(7260))]);
    expect(only(freed.sessions).reconcileAt).toEqual(after(7560));
    expect(only(run([repeated(after(7290))], freed.state).sessions).reconcileAt).toEqual(after(7560));
  });
  test('a charger that shows nothing but free connectors, also while it charges, ends no session by saying it again', () => {
    const repeated = (at: ChargerInstant): SessionInput => ({
      ...connectorChanged('available', after(3600)),
      ...{ at, news: 'repeated' },
    });
    const live = run([started(), repeated(instant(after(3600)))]);
    expect(only(live.sessions).reconcileAt).toBeNull();
    // Its clock is two hours behind, which is known.
    const slow = { ...started({ at: instant(T0, { ours: after(7200) }) }), receivedAt: after(7200) };
    const said = repeated(instant(after(3600), { ours: after(10_800) }));
    expect(only(run([slow, said]).sessions).reconcileAt).toBeNull();
  });
  test('a charger that was only ever free, and boots while its session runs, has ended it, unless it is heard of within an hour', () => {
    const repeated = (s: number, bootedAt: Date | null): SessionInput => ({
      ...connectorChanged('available', after(s)),
      ...{ news: 'repeated', bootedAt },
    });
    const freed = run([started(), repeated(3700, after(3600))]);
    expect(only(freed.sessions).reconcileAt).toEqual(after(7300));
    expect(only(run([repeated(3800, after(3600))], freed.state).sessions).reconcileAt).toEqual(after(7300));
    // One that boots at each reconnect may read its meter every half an hour.
    const read = metered([reading(after(5400), 9000)], { transactionId: only(freed.sessions).transactionId });
    expect(only(run([read], freed.state).sessions).reconcileAt).toBeNull();
    // By our clock: its own may be hours off.
    const ahead = { ...started({ at: instant(after(7200)) }), receivedAt: T0 };
    const said = { ...repeated(3700, after(3600)), at: instant(after(10_900)) } as SessionInput;
    expect(only(run([ahead, said]).sessions).reconcileAt).toEqual(after(7300));
    expect(only(run([started(), repeated(3700, after(-60))]).sessions).reconcileAt).toBeNull();
  });
  test('what a connector says after a boot is of the session that ran before it, also by a clock that went back', () => {
    const said = (status: 'available' | 'suspended_ev', bootedAt: Date | null, more: object = {}): SessionInput => ({
      ...connectorChanged(status, after(120)),
      ...{ at: instant(after(-1200), { historical: true }), bootedAt, ...more },
    });
    expect(only(run([started(), said('available', after(100))]).sessions).reconcileAt).toEqual(after(420));
    expect(only(run([started(), said('suspended_ev', after(100))]).sessions).status).toBe('suspended_ev');
    for (const other of [said('available', null), said('available', after(-10))])
      expect(run([started(), other]).ignored[1]).toBe('no_session');
    expect(run([started(), said('available', after(100), { news: 'late' })]).ignored[1]).toBe('late');
  });
  test('X7: a session that was heard of meanwhile is not closed for its silence', () => {
    const silence = (since: Date): SessionInput => ({
      room: 'sessions',
      type: 'closed',
      chargePointId: 'cp_1',
      receivedAt: after(9000),
      sessionId: 'ses_1',
      reason: 'silence',
      onlyIfSilentSince: since,
    });
    const standing = run([started(), connectorChanged('suspended_ev', after(3000))]);
    expect(run([silence(after(2000))], standing.state).types).toEqual([]);
    expect(run([silence(after(3000))], standing.state).types).toEqual(['session.ended']);
  });
  test('R6: a session that a remote start asked for carries its command', () => {
    const done = run([started()], { ...empty, remoteStart: 'cmd_1' });
    expect(only(done.sessions).commandId).toBe('cmd_1');
    expect(done.events[0]?.data).toMatchObject({ command_id: 'cmd_1' });
  });

  test('no order of messages reopens a session, tells a fact twice, or leaves a message without its answer', () => {
    const when = fc.integer({ min: -100, max: 5000 }).map(after);
    const anyInput: fc.Arbitrary<SessionInput> = fc.oneof(
      fc
        .record({
          at: when,
          n: fc.integer({ min: 1, max: 4 }),
          connectorId: fc.integer({ min: 0, max: 2 }),
          wh: fc.integer({ min: -5, max: 9000 }),
          ok: fc.boolean(),
        })
        .map(({ at, n, connectorId, wh, ok }) =>
          started(
            {
              at: instant(at),
              sessionId: `ses_${n}_${at.getTime()}_${connectorId}_${wh}_${ok}`,
              transactionId: n,
              connectorId,
              evseId: connectorId,
              meterStartWh: wh,
            },
            ok ? 'accepted' : 'invalid',
          ),
        ),
      fc
        .record({
          at: when,
          wh: fc.integer({ min: -5, max: 20_000 }),
          tx: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
        })
        .map(({ at, wh, tx }) => metered([reading(at, wh)], { transactionId: tx })),
      fc
        .record({
          at: when,
          wh: fc.integer({ min: -5, max: 20_000 }),
          tx: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
          plausible: fc.boolean(),
        })
        .map(({ at, wh, tx, plausible }) =>
          stopped({
            at: instant(at, plausible ? {} : { plausible, raw: '1970-01-01T00:00:00Z' }),
            meterStopWh: wh,
            transactionId: tx,
            rawTransactionId: String(tx ?? -1),
            spare: { sessionId: `spare_${at.getTime()}_${wh}_${tx}`, transactionId: 900 },
          }),
        ),
      fc
        .record({ at: when, status: fc.constantFrom('available', 'charging', 'suspended_ev', 'faulted' as const) })
        .map(({ at, status }) => connectorChanged(status, at)),
    );
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 30 }), (inputs) => {
        let state = empty;
        const told = new Map<string, string[]>();
        for (const input of inputs) {
          const step = decide(state, input, { now: input.receivedAt });
          for (const [id, before] of state.sessions) {
            const now = step.state.sessions.get(id) as SessionRow;
            if (before.endedAt !== null) expect(now.endedAt).not.toBeNull();
            // Only a register that turns out to have slipped takes back what was counted meanwhile, and says so; a stop what was rounded.
            const mayFall = before.endedAt !== null || now.flags.includes('meter_dip');
            const rounded = now.endedAt === null ? 0 : ROUNDING_WH;
            expect(now.energyWh).toBeGreaterThanOrEqual(mayFall ? 0 : before.energyWh - rounded);
          }
          for (const effect of step.effects) {
            if (effect.do !== 'emit') continue;
            const id = String((effect.event.data as { session_id: string }).session_id);
            told.set(id, [...(told.get(id) ?? []), effect.event.type]);
          }
          if (input.type === 'started' || input.type === 'stopped') {
            expect(step.effects.filter((effect) => effect.do === 'reply')).toHaveLength(1);
          }
          state = step.state;
        }
        // Whatever came in between, a stop that is told again is of no other session.
        const stops = inputs.filter(({ type }) => type === 'stopped');
        const known = run(stops, state);
        expect(known.sessions.length).toBe(state.sessions.size);
        expect(known.types).not.toContain('session.started');
        expect(new Set(known.sessions.map(({ startKey }) => startKey)).size).toBe(known.sessions.length);
        for (const session of state.sessions.values()) {
          expect(told.get(session.id)).toEqual(
            session.endedAt === null ? ['session.started'] : ['session.started', 'session.ended'],
          );
          if (session.endedAt !== null)
            expect(session.endedAt.getTime()).toBeGreaterThanOrEqual(session.startedAt.getTime());
        }
      }),
      { numRuns: 500 },
    );
  });
});
