import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultOffsetsS, HORIZON_S, isPastHorizon, parseRetryAfter, retryRule } from '../../src/webhooks/retry.ts';

const T0 = new Date('2026-11-23T12:00:00.000Z');
const after = (seconds: number) => new Date(T0.getTime() + seconds * 1000);
const secondsOf = (at: Date | null) => (at === null ? null : (at.getTime() - T0.getTime()) / 1000);
const rule = retryRule();
const retry = (more: Partial<Parameters<typeof rule>[0]> = {}) =>
  secondsOf(rule({ since: T0, attempts: 1, finishedAt: after(1), retryAfterS: undefined, random: 0.5, ...more }));

test('five retries at 0.9 to 1 of their offsets from the first attempt, the last at most 50 minutes early, then no more', () => {
  for (const [i, offset] of defaultOffsetsS.entries()) {
    const finishedAt = after(defaultOffsetsS[i - 1] ?? 0);
    expect(retry({ attempts: i + 1, finishedAt, random: 0 })).toBeCloseTo(Math.max(offset * 0.9, offset - 3000));
    expect(retry({ attempts: i + 1, finishedAt, random: 0.999 })).toBeCloseTo(
      Math.min(offset - Math.min(offset / 10, 3000) * 0.001, 86_340),
    );
  }
  expect(retry({ attempts: 6 })).toBeNull();
});

test('Retry-After moves an attempt later, never earlier, and never past the 24 hours', () => {
  expect(retry({ retryAfterS: 600 })).toBe(601);
  expect(retry({ retryAfterS: 1 })).toBeCloseTo(57);
  expect(retry({ retryAfterS: 1_000_000 })).toBe(86_340);
  expect(retry({ attempts: 2, finishedAt: after(86_340), retryAfterS: 5 })).toBeNull();
});

test('after an outage of our own the retries left do not follow each other at once', () => {
  expect(retry({ attempts: 2, finishedAt: after(18_000) })).toBe(18_030);
});

/** One life of a delivery whose every attempt fails: delays before attempts, their length, Retry-After, chance. */
const lives = fc.array(
  fc.record({
    lagS: fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0, max: 90_000, noNaN: true })),
    tookS: fc.double({ min: 0, max: 30, noNaN: true }),
    retryAfterS: fc.option(fc.integer({ min: 0, max: 200_000 }), { nil: undefined }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  }),
  { minLength: 10, maxLength: 10 },
);

test('whatever happens: at most six attempts, in order, apart, and none planned past 24 hours', () => {
  fc.assert(
    fc.property(lives, (life) => {
      const planned = [0];
      let at = T0;
      for (const [i, { lagS, tookS, retryAfterS, random }] of life.entries()) {
        const finishedAt = new Date(at.getTime() + (lagS + tookS) * 1000);
        const next = rule({ since: T0, attempts: i + 1, finishedAt, retryAfterS, random });
        if (next === null) break;
        expect(next.getTime()).toBeGreaterThanOrEqual(finishedAt.getTime() + 29_999);
        planned.push(secondsOf(next) ?? Number.NaN);
        at = next;
      }
      expect(planned.length).toBeLessThanOrEqual(6);
      expect(planned).toEqual(planned.toSorted((a, b) => a - b));
      expect(Math.max(...planned)).toBeLessThan(HORIZON_S);
    }),
    { numRuns: 2000 },
  );
});

test('when attempts are punctual and fail at once there are always five retries', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 5, maxLength: 5 }),
      (chances) => {
        let at = T0;
        for (const [i, random] of chances.entries()) {
          const finishedAt = new Date(at.getTime() + 31_000);
          const next = rule({ since: T0, attempts: i + 1, finishedAt, retryAfterS: undefined, random });
          expect(next).not.toBeNull();
          at = next ?? at;
        }
      },
    ),
  );
});

test('offsets that could change places or pass the horizon are refused at the start', () => {
  expect(() => retryRule([60, 65])).toThrow('retry offset 65 s');
  expect(() => retryRule([60, 90_000])).toThrow('at most 86400');
  expect(() => retryRule([0])).toThrow();
  expect(retryRule([1, 2, 3])).toBeInstanceOf(Function);
});

test('the horizon counts from the first attempt; what was never attempted has none', () => {
  expect(isPastHorizon(T0, after(86_400))).toBe(false);
  expect(isPastHorizon(T0, after(86_401))).toBe(true);
  expect(isPastHorizon(null, after(1_000_000))).toBe(false);
});

test.each([
  ['120', 120],
  [' 5 ', 5],
  ['99999999999', undefined],
  ['9999999', HORIZON_S],
  ['Mon, 23 Nov 2026 12:01:00 GMT', 60],
  ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j means %s seconds', (value, expected) => {
  expect(parseRetryAfter(value, T0)).toBe(expected);
});
