/** A rollout in the machine alone: every state by every move, stages, failures, and random orders. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { edges } from '../../src/firmware-rollouts/machine/edges.ts';
import { decide, stagesOf } from '../../src/firmware-rollouts/machine.ts';
import {
  type Counts,
  type LateFailures,
  type Plan,
  type Rollout,
  type RolloutInput,
  rolloutStatuses,
} from '../../src/firmware-rollouts/types.ts';

const NOW = new Date('2026-03-01T10:00:00.000Z');
const draft: Rollout = {
  ...{
    status: 'draft',
    stage: 0,
    awaitingPromotion: false,
    pausedBy: null,
    tolerated: 0,
    startedAt: null,
    endedAt: null,
  },
};
const plan = (strategy: Plan['strategy'], stages = 3, maxFailedPercent = 10): Plan => ({
  strategy,
  stages,
  maxFailedPercent,
});
const counts = (more: Partial<Counts> = {}): Counts => ({
  ...{ size: 10, pending: 0, open: 0, installed: 10, failed: 0, skipped: 0 },
  ...more,
});
const looked = (more: Partial<Counts> = {}, ...late: LateFailures[]): RolloutInput => ({
  ...{ type: 'looked', counts: counts(more), late },
});
const after = (inputs: readonly RolloutInput[], of: Plan, from = draft): Rollout =>
  inputs.reduce((rollout, input) => decide(rollout, input, of, NOW).rollout, from);

test.each(
  rolloutStatuses.flatMap((status) =>
    (['start', 'pause', 'promote', 'abort'] as const).map((type) => [status, type] as const),
  ),
)('%s × %s is as the table has it', (status, type) => {
  const from: Rollout = { ...draft, status, awaitingPromotion: true };
  const { rollout, ignored } = decide(from, { type }, plan('canary'), NOW);
  const to = (edges[status] as Partial<Record<string, string>>)[type];
  expect(rollout.status).toBe(to ?? status);
  expect(ignored === undefined).toBe(to !== undefined);
  if (to === undefined) expect(rollout).toBe(from);
});

test('a rolling one goes on by itself and ends with its last stage; nothing moves while somebody updates', () => {
  const running = after([{ type: 'start' }], plan('rolling'));
  expect(decide(running, looked({ open: 1 }), plan('rolling'), NOW).ignored).toBe('under_way');
  expect(decide(running, looked({ pending: 1 }), plan('rolling'), NOW).ignored).toBe('under_way');
  expect(after([looked()], plan('rolling'), running).stage).toBe(1);
  expect(after([looked(), looked(), looked()], plan('rolling'), running)).toMatchObject({
    status: 'completed',
    endedAt: NOW,
  });
  expect(after([{ type: 'start' }, looked()], plan('all_at_once', 1)).status).toBe('completed');
});

test('a canary waits for somebody after each stage but the last', () => {
  const waiting = after([{ type: 'start' }, looked(), looked()], plan('canary'));
  expect(waiting).toMatchObject({ status: 'running', stage: 0, awaitingPromotion: true });
  const second = after([{ type: 'promote' }], plan('canary'), waiting);
  expect(second).toMatchObject({ stage: 1, awaitingPromotion: false });
  expect(decide(second, { type: 'promote' }, plan('canary'), NOW).ignored).toBe('not_awaiting');
  expect(after([looked(), { type: 'promote' }, looked()], plan('canary'), second).status).toBe('completed');
});

describe('failures', () => {
  test.each([
    [0, 0, 'running'],
    [0, 1, 'paused'],
    [10, 1, 'running'],
    [10, 2, 'paused'],
    [100, 10, 'running'],
  ])('%d percent allowed, %d of 10 failed: %s', (allowed, failed, status) => {
    const rollout = after([{ type: 'start' }, looked({ failed, open: 1 })], plan('rolling', 3, allowed));
    expect([rollout.status, rollout.pausedBy]).toEqual([status, status === 'paused' ? 'failures' : null]);
  });

  test('whoever goes on has seen them; one more pauses it again, and the next stage begins anew', () => {
    const of = plan('rolling');
    const seen = after(
      [{ type: 'start' }, looked({ failed: 2 }), { type: 'resume', counts: counts({ failed: 2 }), late: [] }],
      of,
    );
    expect(after([looked({ failed: 2, open: 1 })], of, seen).status).toBe('running');
    expect(after([looked({ failed: 3, open: 1 })], of, seen).status).toBe('paused');
    expect(after([looked({ failed: 2 })], of, seen)).toMatchObject({ stage: 1, tolerated: 0 });
  });

  test('a stage that proves to have failed once it is over pauses it; whoever goes on has seen that, too', () => {
    const of = plan('rolling');
    const second = after([{ type: 'start' }, looked()], of);
    const [few, many] = [1, 4].map((late) => ({ size: 10, failed: late, late })) as [LateFailures, LateFailures];
    expect(after([looked({ open: 1 }, few)], of, second).status).toBe('running');
    // Of a canary's few, not of the many of the stage that runs.
    expect(after([looked({ open: 1, size: 1000 }, many)], of, second)).toMatchObject({
      ...{ status: 'paused', pausedBy: 'failures' },
    });
    const seen = after([{ type: 'pause' }, { type: 'resume', counts: counts(), late: [many] }], of, second);
    expect(after([looked({ open: 1 }, many)], of, seen).status).toBe('running');
    expect(after([looked({ open: 1 }, { ...many, failed: 5, late: 5 })], of, seen).status).toBe('paused');
  });

  test('they are seen while a canary waits, too', () => {
    const waiting = after([{ type: 'start' }, looked()], plan('canary'));
    expect(after([looked({ failed: 5 })], plan('canary'), waiting).status).toBe('paused');
  });
});

test('stages are as wide as was asked for, and hold everybody once', () => {
  expect(stagesOf('canary', 12, { sizes: [1, 3], batch: 10 })).toEqual([1, 3, 8]);
  expect(stagesOf('canary', 3, { sizes: [1, 5], batch: 10 })).toEqual([1, 2]);
  expect(stagesOf('rolling', 25, { sizes: [1], batch: 10 })).toEqual([10, 10, 5]);
  expect(stagesOf('all_at_once', 25, { sizes: [1], batch: 10 })).toEqual([25]);
  fc.assert(
    fc.property(
      fc.constantFrom('canary' as const, 'rolling' as const, 'all_at_once' as const),
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 50 }),
      (strategy, matched, sizes, batch) => {
        const stages = stagesOf(strategy, matched, { sizes, batch });
        expect(stages.every((size) => size > 0)).toBe(true);
        expect(stages.reduce((sum, size) => sum + size, 0)).toBe(matched);
      },
    ),
    { numRuns: 100 },
  );
});

test('in whatever order: stages never go back, an end stays one, a pause always has its reason', () => {
  const some = fc.record({ failed: fc.integer({ min: 0, max: 10 }), open: fc.integer({ min: 0, max: 1 }) });
  const input: fc.Arbitrary<RolloutInput> = fc.oneof(
    fc.constantFrom<RolloutInput>({ type: 'start' }, { type: 'pause' }, { type: 'promote' }, { type: 'abort' }),
    some.map((more): RolloutInput => ({ type: 'resume', counts: counts(more), late: [] })),
    some.map((more) => looked(more)),
  );
  fc.assert(
    fc.property(
      fc.constantFrom('canary' as const, 'rolling' as const),
      fc.array(input, { maxLength: 30 }),
      (strategy, inputs) => {
        let rollout = draft;
        for (const each of inputs) {
          const step = decide(rollout, each, plan(strategy), NOW);
          const { rollout: next } = step;
          if (step.ignored !== undefined) expect(next).toBe(rollout);
          if (next.status !== rollout.status) expect(Object.values(edges[rollout.status])).toContain(next.status);
          expect(next.stage).toBeGreaterThanOrEqual(rollout.stage);
          expect(next.stage).toBeLessThan(3);
          expect(next.endedAt === null).toBe(next.status !== 'completed' && next.status !== 'aborted');
          if (next.status === 'paused') expect(next.pausedBy).not.toBeNull();
          rollout = next;
        }
      },
    ),
    { numRuns: 200 },
  );
});
