import { expect, test } from '@jest/globals';
import { createCompletions } from '../../src/webhooks/completions.ts';
import type { Completion } from '../../src/webhooks/types.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from './support/receiver.ts';

const completion = (id: string, leasedUntilMs = Number.POSITIVE_INFINITY): Completion => ({
  id,
  endpointId: 'whe_1',
  leaseToken: 'lease',
  leasedUntilMs,
  state: {
    status: 'succeeded',
    attempts: 1,
    firstAttemptAt: new Date(),
    completedAt: new Date(),
    responseStatus: 200,
  },
  attempt: undefined,
  disable: undefined,
});
const allOf = async (batch: readonly Completion[]) => new Set(batch.map(({ id }) => id));
const defaults = { log: quiet, gapMs: 20, enough: 8, maxItems: 16 };

test('the first is saved at once; what comes while that is new goes together', async () => {
  const batches: number[] = [];
  const { add } = createCompletions({
    ...defaults,
    save: (batch) => {
      batches.push(batch.length);
      return allOf(batch);
    },
  });
  expect(await Promise.all(['a', 'b', 'c', 'd'].map((id) => add(completion(id))))).toEqual([true, true, true, true]);
  expect(batches).toEqual([1, 3]);
});

test('when many wait they do not wait for the time to pass, and a batch is bounded', async () => {
  const batches: number[] = [];
  const { add } = createCompletions({
    ...defaults,
    gapMs: 1_000_000,
    save: (batch) => {
      batches.push(batch.length);
      return allOf(batch);
    },
  });
  await Promise.all(Array.from({ length: 41 }, (_, i) => add(completion(`whd_${i}`))));
  expect(batches).toEqual([1, 16, 16, 8]);
});

test('what was not ours any more is told apart', async () => {
  const { add } = createCompletions({ ...defaults, save: async () => new Set(['mine']) });
  expect(await add(completion('mine'))).toBe(true);
  expect(await add(completion('lost'))).toBe(false);
});

test('while the database is away it tries again, and gives up what has lost its lease', async () => {
  let away = true;
  const tries: string[][] = [];
  let now = 0;
  const { add } = createCompletions({
    ...defaults,
    now: () => now,
    save: async (batch) => {
      tries.push(batch.map(({ id }) => id));
      if (away) throw new Error('the database is away');
      return allOf(batch);
    },
  });
  const results = Promise.all([add(completion('short', 500)), add(completion('long', 50_000))]);
  await until('one try is made', () => tries.length >= 1);
  now = 1000;
  await until('the short one is given up', () => tries.at(-1)?.includes('short') === false);
  away = false;
  expect(await results).toEqual([false, true]);
});
