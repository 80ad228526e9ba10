import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { place, type Slot } from '../../src/webhooks/throttle.ts';
import { after, T0 } from './support/world.ts';

const slot = (isWaiting: boolean, at: Date): Slot => ({ id: 'whd_1', isWaiting, at });

test('the first of a subject goes at once, what follows waits for the interval, the newest takes the place of what waits', () => {
  expect(place(undefined, 60, false, T0)).toEqual({ place: 'new', at: T0 });
  expect(place(slot(false, T0), 60, false, after(10))).toEqual({ place: 'new', at: after(60) });
  expect(place(slot(true, after(60)), 60, false, after(20))).toEqual({ place: 'instead', at: after(60) });
  expect(place(slot(false, T0), 60, false, after(90))).toEqual({ place: 'new', at: after(90) });
});

test('the final one does not wait', () => {
  expect(place(slot(true, after(60)), 60, true, after(20))).toEqual({ place: 'instead', at: after(20) });
  expect(place(slot(false, T0), 60, true, after(1))).toEqual({ place: 'new', at: after(1) });
});

test('what is overdue keeps its place in the line when it is replaced, by the final one too', () => {
  for (const isFinal of [false, true])
    expect(place(slot(true, after(60)), 60, isFinal, after(90))).toEqual({ place: 'instead', at: after(60) });
});

test('whatever comes when: no two deliveries closer than the interval but for a final one, and the last state is always told', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      (intervalS, gaps, endsFinal) => {
        const sent: { at: number; state: number; isFinal: boolean }[] = [];
        let waiting: { at: Date; state: number; isFinal: boolean } | undefined;
        let last: Slot | undefined;
        let nowS = 0;
        const send = (until: number): void => {
          if (waiting === undefined || waiting.at.getTime() > after(until).getTime()) return;
          sent.push({ ...waiting, at: waiting.at.getTime() });
          last = slot(false, waiting.at);
          waiting = undefined;
        };
        gaps.forEach((gap, state) => {
          nowS += gap;
          send(nowS);
          const isFinal = endsFinal && state === gaps.length - 1;
          const before = waiting === undefined ? last : slot(true, waiting.at);
          const { place: where, at } = place(before, intervalS, isFinal, after(nowS));
          expect(where === 'instead').toBe(waiting !== undefined);
          waiting = { at, state, isFinal };
          send(nowS);
        });
        send(nowS + intervalS);
        expect(sent.at(-1)?.state).toBe(gaps.length - 1);
        sent.slice(1).forEach((each, i) => {
          if (!each.isFinal) expect(each.at - (sent[i]?.at ?? 0)).toBeGreaterThanOrEqual(intervalS * 1000);
        });
      },
    ),
  );
});
