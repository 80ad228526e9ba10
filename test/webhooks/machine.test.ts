import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DeliveryInput, decide } from '../../src/webhooks/machine.ts';
import { retryRule } from '../../src/webhooks/retry.ts';
import type { DeliveryState, Outcome } from '../../src/webhooks/types.ts';

const T0 = new Date('2026-11-23T12:00:00.000Z');
const T1 = new Date('2026-11-23T12:00:01.000Z');
const rule = retryRule();

const pending: DeliveryState = {
  status: 'pending',
  attempts: 0,
  firstAttemptAt: null,
  nextAttemptAt: T0,
  notBefore: null,
  responseStatus: null,
  lastError: null,
};
const states: Record<string, DeliveryState> = {
  'never attempted': pending,
  'attempted once': { ...pending, attempts: 1, firstAttemptAt: T0 },
  'attempted five times': { ...pending, attempts: 5, firstAttemptAt: T0 },
  succeeded: { status: 'succeeded', attempts: 1, firstAttemptAt: T0, completedAt: T0, responseStatus: 200 },
  failed: {
    status: 'failed',
    attempts: 6,
    firstAttemptAt: T0,
    completedAt: T0,
    responseStatus: 500,
    lastError: 'HTTP 500',
  },
};
const attempted = (outcome: Outcome): DeliveryInput => ({
  type: 'attempted',
  outcome,
  startedAt: T0,
  finishedAt: T1,
  random: 0.5,
});
const answered = (status: number) => attempted({ kind: 'answered', status });
const inputs: Record<string, DeliveryInput> = {
  due: { type: 'due', now: T1, isPastHorizon: false },
  'due past 24 h': { type: 'due', now: T1, isPastHorizon: true },
  'HTTP 200': answered(200),
  'HTTP 299': answered(299),
  'HTTP 302': answered(302),
  'HTTP 410': answered(410),
  'HTTP 500': answered(500),
  'time-out': attempted({ kind: 'unanswered', why: 'timeout' }),
};

/** state × input → status, attempts, effects */
const matrix: Record<string, Record<string, string>> = {
  'never attempted': {
    due: 'pending 0 send',
    'due past 24 h': 'failed 0',
    'HTTP 200': 'succeeded 1',
    'HTTP 299': 'succeeded 1',
    'HTTP 302': 'pending 1',
    'HTTP 410': 'failed 1 disable_endpoint',
    'HTTP 500': 'pending 1',
    'time-out': 'pending 1',
  },
  'attempted once': {
    due: 'pending 1 send',
    'due past 24 h': 'failed 1',
    'HTTP 200': 'succeeded 2',
    'HTTP 299': 'succeeded 2',
    'HTTP 302': 'pending 2',
    'HTTP 410': 'failed 2 disable_endpoint',
    'HTTP 500': 'pending 2',
    'time-out': 'pending 2',
  },
  'attempted five times': {
    due: 'pending 5 send',
    'due past 24 h': 'failed 5',
    'HTTP 200': 'succeeded 6',
    'HTTP 299': 'succeeded 6',
    'HTTP 302': 'failed 6',
    'HTTP 410': 'failed 6 disable_endpoint',
    'HTTP 500': 'failed 6',
    'time-out': 'failed 6',
  },
  succeeded: Object.fromEntries(Object.keys(inputs).map((name) => [name, 'succeeded 1 ignored: completed'])),
  failed: Object.fromEntries(Object.keys(inputs).map((name) => [name, 'failed 6 ignored: completed'])),
};

const cells = Object.entries(matrix).flatMap(([state, row]) =>
  Object.entries(row).map(([input, expected]) => [state, input, expected] as const),
);

test('the matrix has every state and every input', () => {
  expect(cells).toHaveLength(Object.keys(states).length * Object.keys(inputs).length);
});

test.each(cells)('%s + %s → %s', (state, input, expected) => {
  const before = states[state];
  const given = inputs[input];
  if (before === undefined || given === undefined) throw new Error('the matrix names something unknown');
  const step = decide(before, given, rule);
  const told = [
    step.state.status,
    step.state.attempts,
    ...step.effects.map((effect) => effect.do),
    ...(step.ignored === undefined ? [] : [`ignored: ${step.ignored}`]),
  ];
  expect(told.join(' ')).toBe(expected);
});

test('a failed attempt cannot be without its next time or its end, and says what happened', () => {
  expect(decide(pending, answered(503), rule).state).toEqual({
    status: 'pending',
    attempts: 1,
    firstAttemptAt: T0,
    nextAttemptAt: new Date(T0.getTime() + 57_000),
    notBefore: null,
    responseStatus: 503,
    lastError: 'HTTP 503',
  });
  expect(decide(pending, attempted({ kind: 'unanswered', status: 200, why: 'timeout' }), rule).state).toMatchObject({
    status: 'pending',
    responseStatus: 200,
    lastError: 'timeout',
  });
});

const outcomes = fc.oneof(
  fc.record({
    kind: fc.constant('answered' as const),
    status: fc.integer({ min: 100, max: 599 }),
    retryAfterS: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('unanswered' as const), why: fc.constantFrom('timeout', 'dns_failed: ENOTFOUND') }),
);

test('whatever receivers do: it ends within six attempts, an end stays, only a 2xx is a success', () => {
  fc.assert(
    fc.property(fc.array(outcomes, { minLength: 8, maxLength: 12 }), (life) => {
      let state: DeliveryState = { ...pending };
      let sent = 0;
      for (const outcome of life) {
        const at = state.status === 'pending' ? state.nextAttemptAt : T1;
        const due = decide(state, { type: 'due', now: at, isPastHorizon: false }, rule);
        if (due.effects.length === 0) {
          expect(due.state).toBe(state);
          continue;
        }
        sent += 1;
        const finishedAt = new Date(at.getTime() + 500);
        const step = decide(state, { type: 'attempted', outcome, startedAt: at, finishedAt, random: 0.3 }, rule);
        const isSuccess = outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
        expect(step.state.status === 'succeeded').toBe(isSuccess);
        expect(step.state.attempts).toBe(sent);
        state = step.state;
      }
      expect(sent).toBeLessThanOrEqual(6);
      expect(state.status).not.toBe('pending');
    }),
    { numRuns: 1000 },
  );
});
