import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Profiles, profileUsed, settingSent, settingTaken } from '../../src/charge-points/profile-raise.ts';
import type { ChangedSetting } from '../../src/ingest/inputs.ts';

const on = (current: number, next: number | null = null, slots: Record<number, number> = {}): Profiles => ({
  ...{ current, next },
  slots: new Map(Object.entries(slots).map(([slot, profile]) => [Number(slot), profile])),
});
const took = (key: string, value: string | null, outcome: ChangedSetting['outcome'] = 'accepted') =>
  ({ about: 'settings_changed', changes: [{ key, value, secret: value === null, outcome }] }) as const;
const ORDER = 'OCPPCommCtrlr.NetworkConfigurationPriority';

test.each<[string, Profiles, ReturnType<typeof took>, number | null]>([
  ['a higher one is expected', on(1), took('SecurityProfile', '2'), 2],
  ['also after the next boot', on(1), took('SecurityProfile', '3', 'reboot_required'), 3],
  ['also from none at all', on(0), took('SecurityProfile', '1'), 1],
  ['the last word counts', on(1, 2), took('SecurityProfile', '3'), 3],
  ['names heed no case', on(1), took('securityprofile', ' 2 '), 2],
  ['one that it refuses is not', on(1), took('SecurityProfile', '2', 'rejected'), null],
  ['one that it does not know is not', on(1), took('SecurityProfile', '2', 'not_supported'), null],
  ['a setting back at the present one ends it', on(1, 2), took('SecurityProfile', '1'), null],
  ['a lower one moves nothing', on(2, 3), took('SecurityProfile', '1'), 3],
  ['there is none above 3', on(1), took('SecurityProfile', '4'), null],
  ['nonsense is none', on(1), took('SecurityProfile', '2nd'), null],
  ['a secret says nothing', on(1), took('SecurityProfile', null), null],
  ['another setting says nothing', on(1), took('HeartbeatInterval', '2'), null],
  ['2.x: the slot that comes first', on(1, null, { 1: 1, 2: 2 }), took(ORDER, '2,1'), 2],
  ['2.x: lower ones are what it falls back to', on(1, null, { 1: 1, 2: 2, 3: 3 }), took(ORDER, '1, 3, 2'), 3],
  ['2.x: a slot that nobody knows is passed over', on(1, null, { 2: 2 }), took(ORDER, '7,2'), 2],
  ['2.x: nothing higher, nothing moves', on(2, 3, { 1: 1, 2: 2 }), took(ORDER, '2,1'), 3],
])('%s', (_what, profiles, learned, next) => {
  expect(settingTaken(profiles, learned)).toMatchObject({ current: profiles.current, next });
});

test.each<[string, Profiles, string, string, number | null]>([
  ['a higher one opens', on(1), 'SecurityProfile', '2', 2],
  ['2.x: that of the slot that comes first', on(1, null, { 1: 1, 2: 2 }), ORDER, '2,1', 2],
  ['2.x: of slots that nobody knows none', on(1), ORDER, '2,1', null],
  ['a setting back may not have happened: what was expected still is', on(1, 2), 'SecurityProfile', '1', 2],
  ['a lower one opens nothing', on(2), 'SecurityProfile', '1', null],
  ['what it has taken for certain is not called off by it', on(1, 2), 'SecurityProfile', '3', 2],
])('a setting whose answer was lost: %s', (_what, profiles, key, value, next) => {
  expect(settingSent(profiles, [{ key, value }])).toMatchObject({ current: profiles.current, next });
});

test('the first login with it makes it the present one; no other login does', () => {
  expect(profileUsed(on(1, 2), 2)).toMatchObject({ current: 2, next: null });
  for (const other of [0, 1, 3]) expect(profileUsed(on(1, 2), other)).toEqual(on(1, 2));
});

test('whatever is taken and used, in whatever order, a profile never falls, and what is expected is higher', () => {
  const step = fc.oneof(
    fc.record({
      key: fc.constantFrom('SecurityProfile', ORDER),
      value: fc.constantFrom('0', '1', '2', '3', '2,1', '9', ''),
    }),
    fc.integer({ min: 0, max: 3 }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), fc.array(step, { maxLength: 20 }), (first, steps) => {
      let now = on(first, null, { 1: 1, 2: 2, 3: 3 });
      for (const each of steps) {
        const before = now;
        now = typeof each === 'number' ? profileUsed(now, each) : settingTaken(now, took(each.key, each.value));
        expect(now.current).toBeGreaterThanOrEqual(before.current);
        if (now.next !== null) expect(now.next).toBeGreaterThan(now.current);
      }
    }),
    { numRuns: 200 },
  );
});
