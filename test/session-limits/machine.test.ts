import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Effect } from '../../src/ingest/contract.ts';
import type { LimitedSession, SessionLimitInput, TransactionLimit } from '../../src/ingest/inputs.ts';
import { keepsTo, kindsOf, reachedKind, shownLimit, UNLIMITED } from '../../src/session-limits/machine/compare.ts';
import { decide } from '../../src/session-limits/machine.ts';
import type { LimitRow, LimitState } from '../../src/session-limits/types.ts';

const START = new Date('2026-11-26T10:00:00.000Z');
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);
const nothing = (protocol: LimitState['protocol'] = 'ocpp2.1'): LimitState => ({
  ...{ limits: new Map(), protocol },
});
const about = (seconds: number) =>
  ({ room: 'session_limits', chargePointId: 'cp_1', receivedAt: after(seconds) }) as const;
const reply = { sessionId: 'ses_1', authorized: undefined, totalCost: undefined };

const session = (more: Partial<LimitedSession> = {}): LimitedSession => ({
  ...{ sessionId: 'ses_1', transactionId: 7, ocppTransactionId: 'tx-1', evseId: 1, connectorId: 1 },
  createdAt: START,
  ...{ energyWh: 0, socPercent: null, cost: null, isCharging: true, isEnded: false },
  ...more,
});
const set = (limit: TransactionLimit, seconds = 1): SessionLimitInput => ({
  ...about(seconds),
  ...{ type: 'set', limitId: 'slm_1', sessionId: 'ses_1', limit, source: 'operator', setBy: 'key_1' },
});
const progressed = (
  seconds: number,
  more: Partial<LimitedSession> = {},
  how: Partial<Extract<SessionLimitInput, { type: 'progressed' }>> = {},
): SessionLimitInput => ({
  ...about(seconds),
  ...{
    type: 'progressed',
    session: session(more),
    isLive: true,
    startCommandId: undefined,
    credit: undefined,
    stationComputes: false,
    reply,
  },
  ...how,
});
type Told = Extract<SessionLimitInput, { type: 'told' }>;
const told = (seconds: number, limit?: TransactionLimit, more: Partial<Told> = {}): SessionLimitInput => ({
  ...about(seconds),
  ...{ type: 'told', sessionId: 'ses_1', limit, reached: undefined, isCharging: false, historical: false },
  ...more,
});

function play(inputs: readonly SessionLimitInput[], from: LimitState = nothing()) {
  let state = from;
  const effects: Effect[] = [];
  const answers: (TransactionLimit | undefined)[] = [];
  for (const input of inputs) {
    const context = {
      words: (protocol: string, command: object) => ({ action: `stop of ${protocol}`, payload: { ...command } }),
      idFrom: (prefix: string, at: Date, known: string) => `${prefix}_${at.getTime()}${known}`,
      now: input.receivedAt,
    };
    const done = decide(state, input, context);
    state = done.state;
    effects.push(...done.effects);
    for (const effect of done.effects)
      if (
        effect.do === 'reply' &&
        typeof effect.value === 'object' &&
        effect.value !== null &&
        'sessionId' in effect.value
      )
        answers.push((effect.value as { transactionLimit?: TransactionLimit }).transactionLimit);
  }
  return {
    state,
    answers,
    row: [...state.limits.values()][0] as LimitRow, // as: every test here has one
    replies: effects.flatMap((effect) =>
      effect.do === 'reply' && effect.value !== null && Object.hasOwn(effect.value as object, 'sessionId')
        ? [effect.value as { readonly totalCost?: number }]
        : [],
    ),
    events: effects.flatMap((effect) => (effect.do === 'emit' ? [effect.event] : [])),
    stops: effects.flatMap((effect) =>
      effect.do === 'feed' && effect.input.room === 'commands' ? [effect.input] : [],
    ),
  };
}

describe('a limit that was set here', () => {
  test('goes to a station of 2.1 with the next answer, and no more once it says that it has it', () => {
    const { answers, row } = play([
      set({ maxEnergyWh: 10_000 }),
      progressed(2),
      told(3, { maxEnergyWh: 10_000 }),
      progressed(3),
      progressed(4),
    ]);
    expect(answers).toEqual([{ maxEnergyWh: 10_000 }, undefined, undefined]);
    expect(row).toMatchObject({ offered: 1, told: { maxEnergyWh: 10_000 }, reached: null });
  });

  test('is repeated to one that says nothing of it, but not for ever', () => {
    const { answers } = play([set({ maxTimeS: 60 }), ...[2, 3, 4, 5, 6].map((at) => progressed(at))]);
    expect(answers.map((each) => each?.maxTimeS)).toEqual([60, 60, 60, undefined, undefined]);
  });

  test('is not repeated for ever either to one that keeps to its own, in whichever order the database gives that back', () => {
    const its = [told(3, { maxEnergyWh: 20_000, maxTimeS: 900 }), told(3, { maxTimeS: 900, maxEnergyWh: 20_000 })];
    const rounds = [2, 3, 4, 5, 6].flatMap((at) => [its[at % 2] ?? its[0], progressed(at)]);
    const { answers } = play([set({ maxEnergyWh: 10_000 }), ...rounds.filter((each) => each !== undefined)]);
    expect(answers.map((each) => each?.maxEnergyWh)).toEqual([10_000, 10_000, 10_000, undefined, undefined]);
  });

  test('is not told to 2.0.1, which has no words for it', () => {
    expect(play([set({ maxTimeS: 60 }), progressed(2)], nothing('ocpp2.0.1')).answers).toEqual([undefined]);
  });

  test('leaves a driver less than that, and lowers what is more', () => {
    const less = play([set({ maxEnergyWh: 10_000 }), progressed(2), told(3, { maxEnergyWh: 6000 }), progressed(3)]);
    expect(less.answers).toEqual([{ maxEnergyWh: 10_000 }, undefined]);
    const more = play([told(1, { maxEnergyWh: 20_000 }), set({ maxEnergyWh: 10_000 }), progressed(2), progressed(3)]);
    expect(more.answers).toEqual([{ maxEnergyWh: 10_000 }, { maxEnergyWh: 10_000 }]);
  });

  test('that is raised lets the station go on, and what it no longer limits is raised beyond reach', () => {
    const { answers, row } = play([
      set({ maxEnergyWh: 5000, maxTimeS: 600 }),
      progressed(2),
      told(3, { maxEnergyWh: 5000, maxTimeS: 600 }, { reached: 'energy' }),
      set({ maxEnergyWh: 8000 }, 4),
      progressed(5),
    ]);
    expect(answers.at(-1)).toEqual({ maxEnergyWh: 8000, maxTimeS: UNLIMITED.maxTimeS });
    expect(shownLimit(row.limit)).toEqual({ maxEnergyWh: 8000 });
    expect(row).toMatchObject({ reached: null, dueAt: null });
  });

  test('of a remote start is that of the session which it begins', () => {
    const wanted: SessionLimitInput = {
      ...about(0),
      ...{ type: 'wanted', limitId: 'slm_1', commandId: 'cmd_1', limit: { maxCost: '20.00' }, source: 'remote_start' },
      setBy: 'key_1',
    };
    const { row, answers } = play([wanted, progressed(1, {}, { startCommandId: 'cmd_1' })]);
    expect(row).toMatchObject({ id: 'slm_1', sessionId: 'ses_1', offered: 1 });
    expect(answers).toEqual([{ maxCost: '20.00' }]);
    expect(play([wanted, progressed(1, {}, { startCommandId: 'cmd_2' })]).row.sessionId).toBeNull();
  });
});

test('what is left on a prepaid token is what its session may cost, unless less is wanted', () => {
  const { row, answers } = play([progressed(1, {}, { credit: '12.50' })]);
  expect(row).toMatchObject({ sessionId: 'ses_1', limit: { maxCost: '12.50' }, source: 'credit' });
  expect(answers).toEqual([{ maxCost: '12.50' }]);
  const less = play([set({ maxCost: '5', maxTimeS: 60 }), progressed(1, {}, { credit: '12.50' })]);
  expect(less.row.limit).toEqual({ maxCost: '5', maxTimeS: 60 });
  const more = play([set({ maxCost: '20', maxTimeS: 60 }), progressed(1, {}, { credit: '12.50' })]);
  expect(more.row.limit).toEqual({ maxCost: '12.50', maxTimeS: 60 });
});

describe('what is paid, or left on a prepaid token, is the most that a session may cost', () => {
  const held: SessionLimitInput = {
    ...about(0),
    ...{ type: 'wanted', limitId: 'slm_1', commandId: 'cmd_1', limit: { maxCost: '20.00' }, source: 'payment' },
    setBy: 'key_1',
  };
  const paid = [held, progressed(1, {}, { startCommandId: 'cmd_1' })];
  const credited = [progressed(1, {}, { credit: '20.00' })];
  const begun: SessionLimitInput = { ...held, limit: { maxEnergyWh: 5000 }, source: 'remote_start' };
  const both = [begun, progressed(1, {}, { startCommandId: 'cmd_1', credit: '20.00' })];
  const operated = [set({ maxCost: '50' }, 0), progressed(1, {}, { credit: '20.00' })];

  test.each([
    ['a payment', paid, 'payment'],
    ['a prepaid token', credited, 'credit'],
    ['a prepaid token and a remote start', both, 'operator'],
    ['a prepaid token after it was limited', operated, 'operator'],
    ['a payment that a version without ceilings wrote down', paid, 'payment', { ceiling: null }],
  ] as const)('of %s: whatever is set and taken back', (_whose, before, source, written: Partial<LimitRow> = {}) => {
    const steps: [TransactionLimit, string][] = [
      [{ maxEnergyWh: 80_000 }, '20.00'],
      [{ maxCost: '5.00' }, '5.00'],
      [{ maxCost: '12' }, '12'],
      [{ maxCost: '25.00', maxTimeS: 60 }, '20.00'],
      [{}, '20.00'],
    ];
    const begunBy = play(before).state;
    let state: LimitState = {
      ...begunBy,
      limits: new Map([...begunBy.limits].map(([id, row]) => [id, { ...row, ...written }])),
    };
    for (const [limit, maxCost] of steps) {
      const { row, answers, state: next } = play([set(limit, 2), progressed(3)], state);
      expect(shownLimit(row.limit)).toEqual({ ...limit, maxCost });
      expect(row.source).toBe(source);
      expect(answers).toMatchObject([{ ...limit, maxCost }]);
      state = next;
    }
    const { row, stops } = play([progressed(4, { cost: '20.00' })], state);
    expect([row.reached, stops.length]).toEqual(['cost', 1]);
  });
});

test('a limit in money is of no use to a station that is not told the cost, unless it computes', () => {
  const totals = (inputs: readonly SessionLimitInput[], protocol: LimitState['protocol'] = 'ocpp2.1') =>
    inputs.reduce<{ state: LimitState; told: unknown[] }>(
      ({ state, told: so }, input) => {
        const done = play([input], state);
        return { state: done.state, told: [...so, ...done.replies.map(({ totalCost }) => totalCost)] };
      },
      { state: nothing(protocol), told: [] },
    ).told;
  const costly = (how: object = {}) => progressed(2, { cost: '4.20' }, how);
  expect(totals([set({ maxCost: '10' }), costly(), costly({ stationComputes: true })])).toEqual([4.2, undefined]);
  expect(totals([set({ maxEnergyWh: 10 }), costly()])).toEqual([undefined]);
  expect(totals([set({ maxCost: '10' }), costly()], 'ocpp2.0.1')).toEqual([undefined]);
});

describe('what no station keeps to', () => {
  test.each([
    [{ maxEnergyWh: 5000 }, { energyWh: 5000 }, { energyWh: 4999 }, 'energy'],
    [{ maxCost: '10.50' }, { cost: '10.5' }, { cost: '10.49' }, 'cost'],
    [{ maxSocPercent: 80 }, { socPercent: 80.4 }, { socPercent: 79.9 }, 'soc'],
  ] as const)('%j is kept from here: the session is stopped, and it is told once', (limit, over, under, kind) => {
    const before = play([set(limit), progressed(2, under)]);
    expect([before.row.reached, before.stops]).toEqual([null, []]);
    const { row, stops, events } = play([set(limit), progressed(2, under), progressed(3, over), progressed(4, over)]);
    expect(row).toMatchObject({ reached: kind, reachedBy: 'csms', stops: 1 });
    expect(stops).toMatchObject([
      { action: 'stop of ocpp2.1', payload: { do: 'stop', transactionId: 7, ocppTransactionId: 'tx-1' }, silent: true },
    ]);
    expect(events).toMatchObject([{ type: 'session.limit_reached', data: { limit: kind, reached_by: 'csms' } }]);
  });

  test('time is looked at when it is over, and a stop that ends nothing is asked for again, ever more seldom', () => {
    const first = play([set({ maxTimeS: 600 }), progressed(2)]);
    expect([first.row.dueAt, first.stops]).toEqual([after(600), []]);
    const { row, stops } = play(
      [600, 660, 700, 780, 1020].map((at) => progressed(at, {}, { reply: undefined })),
      first.state,
    );
    expect(row).toMatchObject({ reached: 'time', stops: 4 });
    expect(stops.map(({ receivedAt }) => (receivedAt.getTime() - START.getTime()) / 1000)).toEqual([
      600, 660, 780, 1020,
    ]);
    const over = play([progressed(1500, { isEnded: true })], { ...first.state, limits: new Map([[row.id, row]]) });
    expect(over).toMatchObject({ row: { dueAt: null, endedAt: after(1500) }, stops: [] });
  });

  // Whatever the charger's clock says: test/sessions/machine.test.ts.
  describe('by our clock', () => {
    const state = nothing('ocpp1.6');
    const at = (seconds: number) => progressed(seconds, {}, { reply: undefined });

    test('time is counted from when its start was told', () => {
      const first = play([set({ maxTimeS: 3600 }), at(2)], state);
      expect([first.row.dueAt, first.stops]).toEqual([after(3600), []]);
      expect(play([at(3599)], first.state).stops).toEqual([]);
      expect(play([at(3600)], first.state).stops).toHaveLength(1);
    });

    test('a station that keeps to its time by itself is left alone', () => {
      const quiet = [3, 400, 599].map((seconds) => at(seconds));
      const { row, stops } = play([set({ maxTimeS: 600 }), told(2, { maxTimeS: 600 }), ...quiet], state);
      expect([row.ignoredSince, stops]).toEqual([null, []]);
    });
  });

  test('of a start that was told afterwards time is counted from when that was', () => {
    const late = { createdAt: after(1800) };
    const { row } = play([set({ maxTimeS: 3600 }), progressed(1801, late, { reply: undefined })]);
    expect(row.dueAt).toEqual(after(5400));
  });

  test('what an offline station replays stops nothing', () => {
    const { stops } = play([set({ maxEnergyWh: 5000 }), progressed(2, { energyWh: 9000 }, { isLive: false })]);
    expect(stops).toEqual([]);
  });
});

describe('a station that has confirmed a limit and charges on beyond it', () => {
  const confirmed = (limit: TransactionLimit) => [set(limit), told(2, limit)];
  const over = { energyWh: 6000 };
  const quiet = { reply: undefined };

  test('is stopped after two minutes, and asked again like every other', () => {
    const { row: waiting, stops: none } = play([...confirmed({ maxEnergyWh: 5000 }), progressed(10, over)]);
    expect([waiting.ignoredSince, waiting.dueAt, none]).toEqual([after(10), after(130), []]);
    const inputs = [progressed(60, over), progressed(130, over, quiet), progressed(190, over, quiet)];
    const { row, stops, events } = play([...confirmed({ maxEnergyWh: 5000 }), progressed(10, over), ...inputs]);
    expect(row).toMatchObject({ reached: 'energy', reachedBy: 'csms', stops: 2 });
    expect(stops).toHaveLength(2);
    expect(events).toMatchObject([{ data: { limit: 'energy', reached_by: 'csms' } }]);
  });

  test('also when its time is over, though it says nothing more', () => {
    const at = (...seconds: number[]) => seconds.map((each) => progressed(each, {}, quiet));
    const { row: waiting } = play([...confirmed({ maxTimeS: 600 }), ...at(3)]);
    expect(waiting.dueAt).toEqual(after(600));
    const { row, stops } = play([...confirmed({ maxTimeS: 600 }), ...at(3, 600, 719, 720)]);
    expect([row.reached, stops.map(({ receivedAt }) => receivedAt)]).toEqual(['time', [after(720)]]);
  });

  test.each([
    ['holds the charging back', progressed(100, { ...over, isCharging: false })],
    ['says that it has reached it', told(100, undefined, { reached: 'energy' })],
    ['may have more', set({ maxEnergyWh: 9000 }, 100)],
  ])('is left alone when it %s', (_what, word) => {
    const { row, stops } = play([
      ...confirmed({ maxEnergyWh: 5000 }),
      progressed(10, over),
      word,
      progressed(140, { ...over, isCharging: false }, quiet),
    ]);
    expect([row.ignoredSince, stops]).toEqual([null, []]);
  });
});

describe('what a station says', () => {
  test('is shown, told once when it is reached, and forgotten when it charges again', () => {
    const { row, events } = play([
      told(1, { maxEnergyWh: 6000 }),
      told(2, undefined, { reached: 'energy' }),
      told(3, undefined, { reached: 'energy' }),
    ]);
    expect(row).toMatchObject({ source: 'station', limit: {}, told: { maxEnergyWh: 6000 }, reachedBy: 'station' });
    expect(events).toMatchObject([{ data: { limit: 'energy', reached_by: 'station', max_energy_wh: 6000 } }]);
    expect(
      play([told(4, undefined, { isCharging: true })], { ...nothing(), limits: new Map([[row.id, row]]) }).row,
    ).toMatchObject({ reached: null, reachedBy: null });
  });
});

const limits = fc.record(
  {
    maxEnergyWh: fc.integer({ min: 1, max: 100_000 }),
    maxTimeS: fc.integer({ min: 1, max: 10_000 }),
    maxCost: fc.integer({ min: 1, max: 10_000 }).map((cents) => (cents / 100).toFixed(2)),
    maxSocPercent: fc.integer({ min: 1, max: 99 }),
  },
  { requiredKeys: [] },
);

test('whatever happens in whatever order: reached is told once at most, and a confirmed limit stops nothing from here that is not charging', () => {
  const step = fc.oneof(
    limits.map((limit) => ({ limit })),
    fc.record({ energyWh: fc.nat(100_000), seconds: fc.nat(10_000) }),
  );
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 12 }), (limit, steps) => {
      const inputs = steps.map(
        (each, i): SessionLimitInput =>
          'limit' in each ? told(i, each.limit) : progressed(each.seconds, { energyWh: each.energyWh }),
      );
      const { events, row, stops } = play([set(limit), ...inputs]);
      expect(events.length).toBeLessThanOrEqual(1);
      expect(events.length).toBe(row.reached === null ? 0 : 1);
      expect(stops.length).toBe(row.stops);
      const kept = play([
        set(limit),
        told(0, limit),
        ...inputs.flatMap((each) =>
          each.type === 'progressed' ? [{ ...each, session: { ...each.session, isCharging: false } }] : [],
        ),
      ]);
      expect([kept.stops, kept.events]).toEqual([[], []]);
    }),
    { numRuns: 200 },
  );
});

test('limits are compared kind by kind, money by its digits', () => {
  expect(keepsTo({ maxCost: '9.999999' }, { maxCost: '10' }, 'cost')).toBe(true);
  expect(keepsTo({ maxCost: '10.000001' }, { maxCost: '10' }, 'cost')).toBe(false);
  expect(keepsTo(null, { maxCost: '10' }, 'cost')).toBe(false);
  expect(kindsOf({ maxTimeS: 1, maxCost: '1' })).toEqual(['cost', 'time']);
  expect(reachedKind({ maxCost: '0.3' }, session({ cost: '0.30' }), 0)).toBe('cost');
});
