/** How the time of an EVSE is counted, worked out by hand, and what holds whatever was told. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Condition, type Course, usageOf } from '../../src/reports/usage.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1) + minute * 60_000);
const range = { from: at(0), to: at(1440) };
const minutes = (course: Partial<Course>) =>
  Object.fromEntries(
    Object.entries(
      usageOf(
        { connections: [{ at: at(-60), connected: true }], station: [], connectors: [], sessions: [], ...course },
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
  const list = fc
    .array(fc.record({ at: minute.map(at), condition }), { maxLength: 8 })
    .map((all) => all.toSorted((a, b) => a.at.getTime() - b.at.getTime()));
  const course: fc.Arbitrary<Course> = fc.record({
    connections: fc
      .array(fc.record({ at: minute.map(at), connected: fc.boolean() }), { maxLength: 6 })
      .map((all) => all.toSorted((a, b) => a.at.getTime() - b.at.getTime())),
    station: list,
    connectors: fc.array(list, { maxLength: 3 }),
    sessions: fc.array(
      fc.tuple(minute, minute).map(([a, b]) => ({ from: at(a), to: at(b) })),
      { maxLength: 4 },
    ),
  });
  fc.assert(
    fc.property(course, fc.integer({ min: 1, max: 1439 }), (told, cut) => {
      const whole = usageOf(told, range);
      const length = range.to.getTime() - range.from.getTime();
      const { observedMs, offlineMs, faultedMs, unavailableMs, occupiedMs, chargingMs } = whole;
      expect(observedMs).toBeLessThanOrEqual(length);
      expect(offlineMs + faultedMs + unavailableMs).toBeLessThanOrEqual(observedMs);
      expect(chargingMs).toBeLessThanOrEqual(occupiedMs);
      expect(occupiedMs).toBeLessThanOrEqual(length);
      const [left, right] = [usageOf(told, { ...range, to: at(cut) }), usageOf(told, { ...range, from: at(cut) })];
      for (const name of Object.keys(whole) as (keyof typeof whole)[])
        expect(left[name] + right[name]).toBe(whole[name]);
    }),
    { numRuns: 150 },
  );
});
