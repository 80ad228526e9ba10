import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pulledUntil } from '../../src/webhooks/flush.ts';
import { type HealthChange, healthChanges } from '../../src/webhooks/health.ts';
import { defaultOffsetsS } from '../../src/webhooks/retry.ts';
import { after, T0 } from './support/world.ts';

test('a batch of attempts says what one after the other would have said', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.boolean()), { maxLength: 30 }), (made) => {
      const attempts = made.map(([endpointId, isSuccess], i) => ({
        endpointId,
        isSuccess,
        startedAt: after(i),
        finishedAt: after(i + 1),
      }));
      const single = new Map<string, Omit<HealthChange, 'endpointId'>>();
      for (const { endpointId, isSuccess, startedAt, finishedAt } of attempts) {
        const was = single.get(endpointId) ?? { succeededAt: null, failures: 0, failedAt: null, lastFailedAt: null };
        single.set(
          endpointId,
          isSuccess
            ? { ...was, succeededAt: finishedAt, failures: 0, failedAt: null }
            : {
                ...was,
                failures: was.failures + 1,
                failedAt: was.failedAt ?? startedAt,
                lastFailedAt: finishedAt,
              },
        );
      }
      expect(new Map(healthChanges(attempts).map(({ endpointId, ...rest }) => [endpointId, rest]))).toEqual(single);
    }),
  );
});

test('whoever failed throughout an outage may be pulled forward, whatever its length', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4 }),
      fc.array(fc.double({ min: 0.9, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
      (attempts, factors) => {
        const at = (i: number) => (defaultOffsetsS[i] ?? 0) * (factors[i] ?? 1);
        const lastTry = attempts === 0 ? 0 : at(attempts - 1);
        expect(pulledUntil(T0, after(lastTry)).getTime()).toBeGreaterThanOrEqual(after(at(attempts)).getTime());
      },
    ),
  );
});

test('one that always fails among many that succeed keeps its schedule', () => {
  // it failed for the third time a minute after the last success: its next retry, half an hour away, stays where it is
  expect(pulledUntil(after(0), after(60)) < after(60 + 2000)).toBe(true);
});
