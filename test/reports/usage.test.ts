/** How the time of an EVSE is counted, worked out by hand, and what holds whatever was told. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type MaintenanceWindow, maintenanceSpans } from '../../src/reports/maintenance.ts';
import { type Condition, type Course, uptimeOf, usageOf } from '../../src/reports/usage.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1) + minute * 60_000);
const range = { from: at(0), to: at(1440) };
const minutes = (course: Partial<Course>) =>
  Object.fromEntries(
    Object.entries(
      usageOf(
        {
          connections: [{ at: at(-60), connected: true }],
          station: [],
          connectors: [],
          sessions: [],
          maintenance: [],
          ...course,
        },
        range,
      ),
    ).map(([name, ms]) => [name.replace('Ms', ''), ms / 60_000]),
  );
const told = (...all: [number, Condition][]) => all.map(([minute, condition]) => ({ at: at(minute), condition }));

test('a day without incidents is up, and nobody came', () => {
  expect(minutes({ connectors: [told([-10, 'other'])] })).toEqual({
    observed: 1440,
    offline: 0,
    faulted: 0,
    unavailable: 0,
    excluded: 0,
    occupied: 0,
    charging: 0,
  });
});

test('offline, faulted and unavailable time is told apart and never counted twice', () => {
  const course = {
    connections: [
      { at: at(-60), connected: true },
      { at: at(100), connected: false },
      { at: at(160), connected: true },
    ],
    connectors: [told([-10, 'other'], [150, 'faulted'], [200, 'unavailable'], [230, 'other'])],
  };
  expect(minutes(course)).toMatchObject({ observed: 1440, offline: 60, faulted: 40, unavailable: 30 });
});

test('an EVSE is down when its station is, or when all its connectors are', () => {
  const connectors = [told([10, 'faulted'], [60, 'other']), told([30, 'unavailable'], [90, 'other'])];
  expect(minutes({ connectors })).toMatchObject({ faulted: 30, unavailable: 0 });
  expect(minutes({ connectors, station: told([0, 'unavailable'], [20, 'other']) })).toMatchObject({
    faulted: 30,
    unavailable: 20,
  });
});

test('planned maintenance is told apart of what was down, once, and is no loss of uptime (23 CFR 680.116(b)(3))', () => {
  const course = {
    connections: [
      { at: at(-60), connected: true },
      { at: at(100), connected: false },
      { at: at(160), connected: true },
    ],
    connectors: [told([-10, 'other'], [150, 'faulted'], [200, 'unavailable'], [230, 'other'])],
    maintenance: [
      { from: at(120), to: at(180) },
      { from: at(130), to: at(190) },
      { from: at(220), to: at(1000) },
      { from: at(50), to: at(50) },
    ],
  };
  // down from 100 to 230, of that planned from 120 to 190 and from 220 to 230
  expect(minutes(course)).toMatchObject({ offline: 60, faulted: 40, unavailable: 30, excluded: 80 });
  const usage = usageOf({ sessions: [], station: [], ...course }, range);
  expect(uptimeOf(usage)).toBe((1440 - (130 - 80)) / 1440);
});

test('a window that repeats excluded the days before too, as long as it has been there, by the clock of its zone', () => {
  const window: MaintenanceWindow = {
    ...{
      scopeId: '',
      repeats: 'daily' as const,
      timezone: 'Europe/Berlin',
      createdAt: new Date('2026-03-28T00:30:00Z'),
    },
    startsAt: new Date('2026-03-31T00:00:00Z'), // 02:00 in Berlin, in summer
    endsAt: new Date('2026-03-31T01:00:00Z'),
    anchorAt: new Date('2026-03-28T01:00:00Z'),
  };
  const week = { from: new Date('2026-03-25T00:00:00Z'), to: new Date('2026-04-05T00:00:00Z') };
  const starts = maintenanceSpans(window, week).map(({ from }) => from.toISOString().slice(5, 16));
  // On the 29th two o'clock does not exist: it began when three was shown.
  expect(starts).toEqual(['03-31T00:00', '03-30T00:00', '03-29T01:00', '03-28T01:00']);
  expect(maintenanceSpans({ ...window, repeats: 'never' }, week)).toHaveLength(1);
  expect(maintenanceSpans({ ...window, repeats: 'weekly' }, week)).toHaveLength(1);
  expect(
    maintenanceSpans(window, { from: new Date('2026-03-30T00:30:00Z'), to: new Date('2026-03-30T00:40:00Z') }),
  ).toEqual([{ from: new Date('2026-03-30T00:00:00Z'), to: new Date('2026-03-30T01:00:00Z') }]);
});

test('what nobody knows is not counted: before the first connection that is on record', () => {
  const connections = [{ at: at(1000), connected: false }];
  expect(minutes({ connections })).toMatchObject({ observed: 440, offline: 440 });
  expect(minutes({ connections: [] })).toMatchObject({ observed: 0, offline: 0 });
});

test('a session occupies, also where two overlap; it charges while the connector says so; its station may be offline meanwhile', () => {
  const course = {
    connections: [
      { at: at(-60), connected: true },
      { at: at(60), connected: false },
    ],
    connectors: [told([0, 'charging'], [90, 'other'])],
    sessions: [
      { from: at(-30), to: at(100) },
      { from: at(80), to: at(120) },
    ],
  };
  // 120 minutes occupied, and offline without anybody from then on
  expect(minutes(course)).toMatchObject({ occupied: 120, charging: 90, observed: 1440, offline: 1320 });
});

test('parts of the time never exceed the whole, and cutting the range anywhere changes no sum', () => {
  const condition = fc.constantFrom<Condition>('charging', 'faulted', 'unavailable', 'other');
  const minute = fc.integer({ min: -100, max: 1600 });
  const span = fc.tuple(minute, minute).map(([a, b]) => ({ from: at(a), to: at(b) }));
  const list = fc
    .array(fc.record({ at: minute.map(at), condition }), { maxLength: 8 })
    .map((all) => all.toSorted((a, b) => a.at.getTime() - b.at.getTime()));
  const course: fc.Arbitrary<Course> = fc.record({
    connections: fc
      .array(fc.record({ at: minute.map(at), connected: fc.boolean() }), { maxLength: 6 })
      .map((all) => all.toSorted((a, b) => a.at.getTime() - b.at.getTime())),
    station: list,
    connectors: fc.array(list, { maxLength: 3 }),
    sessions: fc.array(span, { maxLength: 4 }),
    maintenance: fc.array(span, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(course, fc.integer({ min: 1, max: 1439 }), (told, cut) => {
      const whole = usageOf(told, range);
      const length = range.to.getTime() - range.from.getTime();
      const { observedMs, offlineMs, faultedMs, unavailableMs, excludedMs, occupiedMs, chargingMs } = whole;
      expect(observedMs).toBeLessThanOrEqual(length);
      expect(offlineMs + faultedMs + unavailableMs).toBeLessThanOrEqual(observedMs);
      expect(excludedMs).toBeLessThanOrEqual(offlineMs + faultedMs + unavailableMs);
      expect(chargingMs).toBeLessThanOrEqual(occupiedMs);
      expect(occupiedMs).toBeLessThanOrEqual(length);
      const [left, right] = [usageOf(told, { ...range, to: at(cut) }), usageOf(told, { ...range, from: at(cut) })];
      for (const name of Object.keys(whole) as (keyof typeof whole)[])
        expect(left[name] + right[name]).toBe(whole[name]);
    }),
    { numRuns: 150 },
  );
});
