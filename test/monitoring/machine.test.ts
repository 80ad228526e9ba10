import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CommandEnded, Learned, MonitoringInput, ReportedEvent, ToldMonitor } from '../../src/ingest/inputs.ts';
import { batchesOf, takenOf } from '../../src/monitoring/batches.ts';
import { decide, MOST_ALERTING, MOST_MONITORS, MOST_STREAM_ROWS } from '../../src/monitoring/machine.ts';
import { conditionKey, type MonitoringState } from '../../src/monitoring/types.ts';

const T0 = new Date('2026-03-01T10:00:00.000Z');
const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);
const about = (at: Date) => ({ room: 'monitoring', chargePointId: 'cp_1', receivedAt: at }) as const;
const empty: MonitoringState = {
  settings: { base: null, baseAt: null, level: null, levelAt: null },
  monitors: new Map(),
  gone: new Set(),
  conditions: new Map(),
  alertingCount: 0,
  known: new Set(),
  events: [],
  streams: new Map(),
  values: [],
};
const run = (inputs: readonly (readonly [number, (at: Date) => MonitoringInput])[], from = empty) => {
  let step: ReturnType<typeof decide> = { state: from, effects: [] };
  for (const [seconds, input] of inputs) {
    step = decide(step.state, input(after(seconds)), { mostStreams: 2, now: after(seconds) });
  }
  return step;
};
const monitor = (monitorId: number, more: Partial<ToldMonitor> = {}): ToldMonitor => ({
  ...{ key: 'X.V', monitorId, type: 'delta', value: 1, severity: 5, transaction: false, origin: null },
  ...more,
});
const told =
  (...monitors: ToldMonitor[]) =>
  (at: Date): MonitoringInput => ({ ...about(at), type: 'monitors_told', monitors });
const learned =
  (what: Learned, status: CommandEnded['status'] = 'accepted') =>
  (at: Date): MonitoringInput => ({
    ...about(at),
    type: 'command_ended',
    commandId: 'cmd_1',
    status,
    why: undefined,
    learned: what,
  });
let last = 0;
const event = (at: Date, more: Partial<ReportedEvent> = {}): ReportedEvent => ({
  id: `vev_${++last}`,
  eventId: last,
  at: { at, raw: undefined, plausible: true, historical: false },
  trigger: 'alerting',
  cause: null,
  key: 'X.V',
  value: '1',
  techCode: null,
  techInfo: null,
  cleared: false,
  transactionId: null,
  monitorId: 7,
  origin: 'custom_monitor',
  severity: null,
  ...more,
});
const reported =
  (...events: ReportedEvent[]) =>
  (at: Date): MonitoringInput => ({ ...about(at), type: 'events_reported', events });
const condition = ({ state }: { state: MonitoringState }, monitorId: number | null = 7) =>
  state.conditions.get(conditionKey('X.V', monitorId));

describe('a message of 2 MiB', () => {
  test('its events, ten thousands of them, cost what each of them costs', () => {
    const events = Array.from({ length: 40_000 }, (_, i) =>
      event(after(i), { key: `X.V${i % 10_000}`, monitorId: i % 10_000 }),
    );
    const before = process.cpuUsage();
    const { state } = run([[50_000, reported(...events)]]);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(5_000_000); // the square of them would be minutes
    expect([state.events.length, state.alertingCount]).toEqual([40_000, MOST_ALERTING]);
  });
});

describe('monitors', () => {
  test('a complete report leaves those that it named, and a later one may bring others back', () => {
    const all = (at: Date): MonitoringInput => ({ ...about(at), type: 'all_monitors_told', since: after(5) });
    const step = run([
      [0, told(monitor(1), monitor(2))],
      [6, told(monitor(2))],
      [7, all],
    ]);
    expect([[...step.state.monitors.keys()], [...step.state.gone]]).toEqual([[2], [1]]);
    const back = run([[8, told(monitor(1))]], step.state);
    expect([[...back.state.monitors.keys()], [...back.state.gone]]).toEqual([[2, 1], []]);
  });

  test('a base that is not all takes away what was set here, and nothing else', () => {
    const mine = monitor(1, { origin: 'custom_monitor' });
    const theirs = monitor(2, { origin: 'hard_wired_monitor' });
    const based = (base: 'all' | 'factory_default') =>
      run([
        [0, told(mine, theirs)],
        [1, learned({ about: 'monitoring_base', base })],
      ]).state;
    expect([...based('factory_default').monitors.keys()]).toEqual([2]);
    expect([...based('all').monitors.keys()]).toEqual([1, 2]);
    expect(based('factory_default').settings).toMatchObject({ base: 'factory_default', baseAt: after(1) });
  });

  test('are bounded', () => {
    const many = Array.from({ length: MOST_MONITORS + 10 }, (_, i) => monitor(i));
    expect(run([[0, told(...many)]]).state.monitors.size).toBe(MOST_MONITORS);
  });
});

describe('conditions', () => {
  test('the severity is the event’s, else that of the monitor that is known', () => {
    const step = run([
      [0, told(monitor(7, { severity: 2 }))],
      [1, reported(event(after(1)))],
    ]);
    expect(condition(step)).toMatchObject({ state: 'alerting', severity: 2 });
    expect(condition(run([[1, reported(event(after(1), { severity: 4 }))]], step.state))).toMatchObject({
      severity: 4,
    });
  });

  test('one that is over without ever having begun is none, and one without a monitor is its own', () => {
    expect(condition(run([[1, reported(event(after(1), { cleared: true }))]]))).toBeUndefined();
    const step = run([
      [1, reported(event(after(1), { monitorId: null }))],
      [2, reported(event(after(2)))],
    ]);
    expect([condition(step, null), condition(step)]).toMatchObject([{ occurrences: 1 }, { occurrences: 1 }]);
  });

  test('begins anew after it was over', () => {
    const step = run([
      [1, reported(event(after(1)))],
      [2, reported(event(after(2), { cleared: true }))],
      [9, reported(event(after(9)))],
    ]);
    expect(condition(step)).toMatchObject({ state: 'alerting', openedAt: after(9), occurrences: 1, clearedAt: null });
  });

  test('end with their monitors, and what those found before opens nothing any more', () => {
    const cleared = learned({ about: 'monitors_cleared', monitorIds: [7] });
    const based = learned({ about: 'monitoring_base', base: 'factory_default' });
    const reportedOff = (at: Date): MonitoringInput => ({ ...about(at), type: 'all_monitors_told', since: after(1) });
    for (const end of [cleared, based, reportedOff]) {
      const alerting = run([
        [0, told(monitor(7, { origin: 'custom_monitor' }))],
        [1, reported(event(after(1)), event(after(1), { monitorId: null }))],
      ]);
      const step = run([[5, end]], alerting.state);
      expect(condition(step)).toMatchObject({ state: 'cleared', openedAt: after(1), clearedAt: after(5) });
      expect(condition(step, null)).toMatchObject({ state: 'alerting' });
      expect(step.state.alertingCount).toBe(1);
      const late = { at: after(3), raw: undefined, plausible: true, historical: true };
      expect(condition(run([[6, reported(event(after(3), { at: late }))]], step.state))?.state).toBe('cleared');
      expect(condition(run([[6, reported(event(after(6)))]], step.state))?.state).toBe('alerting');
    }
  });

  test('of hard-wired monitors stand through a base, also where the station did not say whose they are (2.0.1)', () => {
    const step = run([
      [0, told(monitor(7))],
      [1, reported(event(after(1), { origin: 'hard_wired_monitor' }))],
      [5, learned({ about: 'monitoring_base', base: 'hard_wired_only' })],
    ]);
    expect(condition(step)).toMatchObject({ state: 'alerting' });
    expect(step.state.alertingCount).toBe(1);
  });

  test('are bounded by those that stand: what is over makes room', () => {
    const many = (monitorId: number, cleared: boolean) => event(after(monitorId), { monitorId, cleared });
    const full = { ...run([[0, reported(many(3, false))]]).state, alertingCount: MOST_ALERTING };
    const more = reported(many(MOST_ALERTING, false));
    expect(condition(run([[9_000, more]], full), MOST_ALERTING)).toBeUndefined();
    const step = run(
      [
        [9_000, reported(event(after(9_000), { monitorId: 3, cleared: true }))],
        [9_001, more],
      ],
      full,
    );
    expect(condition(step, MOST_ALERTING)).toMatchObject({ state: 'alerting' });
    expect(step.state.alertingCount).toBe(MOST_ALERTING);
  });

  test('a clock that runs ahead does not make every later event look old', () => {
    const step = run([
      [1, reported(event(after(9999)))],
      [2, reported(event(after(2), { cleared: true }))],
    ]);
    expect(condition(step)).toMatchObject({ state: 'cleared' });
  });

  test('a clock that was set back does not make what is told now look old', () => {
    const instant = (more: object) => ({
      raw: undefined,
      plausible: true,
      historical: false,
      at: after(-7200),
      ...more,
    });
    const over = (more: object, from = run([[1, reported(event(after(1)))]])) =>
      condition(run([[600, reported(event(after(600), { cleared: true, at: instant(more) }))]], from.state));
    expect(over({})).toMatchObject({ state: 'cleared', lastAt: after(1) });
    expect(over({ historical: true })).toMatchObject({ state: 'alerting' });
    // As far as it is measured, history is told from the present too.
    expect(over({ historical: true, ours: after(599) })).toMatchObject({ state: 'cleared', lastAt: after(599) });
  });

  test('whatever the order of a queue, the newest event by its own time decides, and repetition changes nothing', () => {
    const wanted = fc.record({ at: fc.integer({ min: 0, max: 1000 }), cleared: fc.boolean() });
    const some = fc.uniqueArray(wanted, { selector: ({ at }) => at, minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (all, random) => {
        const opening = event(after(-1));
        const kept = (at: Date) => ({ at, raw: undefined, plausible: true, historical: true });
        const events = all.map(({ at, cleared }) => event(after(at), { cleared, at: kept(after(at)) }));
        const shuffled = [...events, ...events]
          .map((each) => [random.next().value ?? 0, each] as const)
          .sort(([one], [other]) => one - other)
          .map(([, each]) => each);
        const step = run([[2000, reported(opening)], ...shuffled.map((each) => [2000, reported(each)] as const)]);
        const newest = [...events].sort((one, other) => other.at.at.getTime() - one.at.at.getTime())[0];
        expect(condition(step)).toMatchObject({
          state: newest?.cleared === true ? 'cleared' : 'alerting',
          eventId: newest?.id,
        });
        expect(step.state.events).toHaveLength(events.length + 1);
      }),
    );
  });
});

describe('streams', () => {
  const open =
    (streamId: number) =>
    (at: Date): MonitoringInput => ({
      ...about(at),
      type: 'stream_opened',
      stream: { streamId, monitorId: 1, intervalS: 5, values: null },
    });
  const values =
    (streamId: number) =>
    (at: Date): MonitoringInput => ({
      ...about(at),
      type: 'stream_values',
      streamId,
      pending: 0,
      values: [{ at, value: '1' }],
    });
  const accepted = (step: ReturnType<typeof decide>) =>
    step.effects.flatMap((effect) => (effect.do === 'reply' ? [(effect.value as { accepted: boolean }).accepted] : []));

  test('are taken up to the bound, and one that is opened again is no second one', () => {
    const two = [[0, open(1)] as const, [0, open(2)] as const];
    expect([accepted(run(two)), accepted(run([...two, [0, open(2)]])), accepted(run([...two, [0, open(3)]]))]).toEqual([
      [true],
      [true],
      [false],
    ]);
  });

  test('that are closed give way to new ones, the one that was closed first before others', () => {
    const closed = (streamId: number) => (at: Date) => ({ ...about(at), type: 'stream_closed', streamId }) as const;
    const all = Array.from({ length: MOST_STREAM_ROWS }, (_, i) => i);
    const full = run(all.flatMap((id) => [[0, open(id)] as const, [id === 5 ? 1 : 2, closed(id)] as const]));
    const next = run([[9, open(MOST_STREAM_ROWS)]], full.state);
    expect(accepted(next)).toEqual([true]);
    expect([...next.state.streams.keys()]).toEqual([...all.filter((id) => id !== 5), MOST_STREAM_ROWS]);
    const stream = { streamId: MOST_STREAM_ROWS, monitorId: 1, intervalS: 5, values: null };
    const listed = run([[9, learned({ about: 'streams_listed', streams: [stream] })]], full.state);
    expect(listed.state.streams.get(MOST_STREAM_ROWS)).toMatchObject({ status: 'open' });
    expect(listed.state.streams.size).toBe(MOST_STREAM_ROWS);
  });

  test('end with a reboot of the station, and may be opened anew', () => {
    const rebooted = (at: Date): MonitoringInput => ({ ...about(at), type: 'rebooted' });
    const statuses = (step: ReturnType<typeof run>) => [...step.state.streams.values()].map(({ status }) => status);
    const before = [[0, open(1)] as const, [0, open(2)] as const, [1, rebooted] as const];
    expect(statuses(run(before))).toEqual(['closed', 'closed']);
    expect(statuses(run([...before, [2, open(1)]]))).toEqual(['open', 'closed']);
    expect(run([[1, rebooted]]).ignored).toBe('none_open');
  });

  test('values of one that is not open are dropped', () => {
    const closed = (at: Date): MonitoringInput => ({ ...about(at), type: 'stream_closed', streamId: 1 });
    expect(
      run([
        [0, open(1)],
        [1, values(1)],
      ]).state.values,
    ).toHaveLength(1);
    expect(
      run([
        [0, open(1)],
        [1, closed],
        [2, values(1)],
      ]).ignored,
    ).toBe('not_open');
    expect(run([[2, values(9)]]).ignored).toBe('not_open');
  });
});

describe('batches', () => {
  test('keep to both limits, lose nothing, and keep the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 120 }),
        (sizes, items, bytes) => {
          const sizeOf = (some: readonly number[]) => some.reduce((sum, size) => sum + size, 0);
          const batches = batchesOf(sizes, { items, bytes }, sizeOf);
          expect(batches.flat()).toEqual(sizes);
          for (const batch of batches) {
            expect(batch.length).toBeLessThanOrEqual(items);
            expect(batch.length === 1 || sizeOf(batch) <= bytes).toBe(true);
          }
        },
      ),
    );
  });

  test.each([
    [{}, { items: 10, bytes: Number.POSITIVE_INFINITY }],
    [
      { I: '4', B: '900' },
      { items: 4, bytes: 900 },
    ],
    [
      { I: 'many', B: '0' },
      { items: 10, bytes: Number.POSITIVE_INFINITY },
    ],
    [
      { I: '100000', B: null },
      { items: 100, bytes: Number.POSITIVE_INFINITY },
    ],
  ])('what a station says of itself as %j', (said, taken) => {
    expect(takenOf(new Map(Object.entries(said)), { items: 'I', bytes: 'B' })).toEqual(taken);
  });
});
