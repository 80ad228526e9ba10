/** Whatever a charger holds, whatever it should: message by message it gets there. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, nextMessage } from '../../src/local-list/plan.ts';
import type { ListEntry } from '../../src/local-list/types.ts';
import { tokenKey } from '../../src/platform/token-key.ts';

const entries: fc.Arbitrary<ListEntry[]> = fc.uniqueArray(
  fc.record({
    uid: fc.constantFrom('A', 'b', 'C', 'd', 'E', 'f', 'G', 'h'),
    type: fc.constantFrom('rfid', 'emaid', null),
    status: fc.constantFrom('Accepted', 'Blocked'),
    expiresAt: fc.option(fc.constantFrom(new Date(0), new Date(1000))),
    parentIdTag: fc.option(fc.constant('P')),
  }),
  { selector: ({ uid }) => uid },
);
const bytes = fc.option(fc.integer({ min: 1, max: 2000 }), { nil: undefined });
const sorted = (some: readonly ListEntry[]) => [...some].sort((a, b) => (a.uid < b.uid ? -1 : 1));

test('lists become equal in as few messages as their size asks for, and no message is larger than allowed', () => {
  fc.assert(
    fc.property(
      entries,
      entries,
      fc.integer({ min: 1, max: 8 }),
      bytes,
      fc.boolean(),
      (desired, before, most, mostBytes, isFull) => {
        let held = before;
        for (let sent = 0; sent <= 20; sent += 1) {
          const message = nextMessage(desired, held, { isFull: isFull && sent === 0, most, mostBytes });
          if (message === undefined) {
            expect(sorted(held)).toEqual(sorted(desired));
            return;
          }
          const size = message.put.length + message.removed.length;
          expect(size).toBeLessThanOrEqual(most);
          expect(size <= 1 || mostBytes === undefined || bytesOf(message) <= mostBytes).toBe(true); // one always goes
          const touched = new Set([...message.removed, ...message.put].map(({ uid }) => tokenKey(uid)));
          held = [...(message.full ? [] : held.filter(({ uid }) => !touched.has(tokenKey(uid)))), ...message.put];
        }
        throw new Error('it never ends');
      },
    ),
  );
});

test('a token of another type is removed as what it was and put as what it is, by two messages; 1.6 knows no types', () => {
  const entry = (type: string | null, uid = 'A'): ListEntry => ({
    ...{ uid, type, status: 'Accepted', expiresAt: null, parentIdTag: null },
  });
  const how = { isFull: false, most: 20 };
  const [held, desired] = [
    [entry('rfid'), entry('rfid', 'B')],
    [entry('central', 'a'), entry('rfid', 'B')],
  ];
  const first = nextMessage(desired, held, how);
  expect(first).toEqual({ full: false, put: [], removed: [{ uid: 'A', type: 'rfid' }] });
  const then = nextMessage(desired, [entry('rfid', 'B')], how);
  expect(then).toEqual({ full: false, put: [entry('central', 'a')], removed: [] });
  expect(nextMessage(desired, desired, how)).toBeUndefined();
  expect(nextMessage([entry(null)], [entry('rfid')], how)).toEqual({ full: false, put: [entry(null)], removed: [] });
  expect(nextMessage([entry('rfid')], [entry(null)], how)).toEqual({ full: false, put: [entry('rfid')], removed: [] });
});
