/**
 * The commissioning machine: five steps from a registered charge point to one in operation, each proven by what the charger does.
 * It only looks: all that it waits for stands in rows, so that a restart of the server loses nothing. Pure.
 * An ended run never opens again; its start is told once, and its end is told once.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type { CommissioningInput, CommissioningReply, DecommissionReply } from '../ingest/inputs.ts';
import { applying, rebooting, resetting, verifying } from './machine/configure.ts';
import { inspecting } from './machine/inspect.ts';
import { connecting, heartbeatWindowMs, listening } from './machine/reach.ts';
import { isOpen, type OpenPhase, rules, stepNames } from './machine/rules.ts';
import { type About, ask, type Context, end, follow, put, stepOf } from './machine/run.ts';
import type { Seen } from './machine/seen.ts';
import { metering, starting, stopping } from './machine/try-out.ts';
import type { CommissioningState, Facts, Run, StepRow, Words } from './types.ts';

export { failureCodes, failures } from './machine/failures.ts';
export { rules, stepNames } from './machine/rules.ts';
export type { Context } from './machine/run.ts';

type Next = Step<CommissioningState>;
type Input<T extends CommissioningInput['type']> = Extract<CommissioningInput, { type: T }>;

const LOOK_MS = 1_000;

const WATCH: Readonly<Record<OpenPhase, (run: Run, facts: Facts, words: Words, now: Date) => Seen>> = {
  connecting,
  listening,
  applying,
  resetting,
  rebooting,
  verifying,
  inspecting,
  starting,
  metering,
  stopping,
};

export function decide(state: CommissioningState, input: CommissioningInput, context: Context): Next {
  switch (input.type) {
    case 'requested':
      return requested(state, input, context);
    case 'look':
      return look(state, input, context);
    case 'cancel_requested':
      return cancelRequested(state, input, context);
    case 'charge_point_deleted':
      return chargePointDeleted(state, input, context);
    case 'decommission_requested':
      return decommissionRequested(state, input);
  }
}

const replying = (value: CommissioningReply): Effect => ({ do: 'reply', value });
const stay = (state: CommissioningState, ignored: string, effects: readonly Effect[] = []): Next => ({
  state,
  effects,
  ignored,
});

function requested(state: CommissioningState, input: Input<'requested'>, context: Context): Next {
  const { runId, templateId, skipTest, expected, stepTimeoutS, deadlineS, testToken, requestedBy } = input;
  const open = openRun(state);
  if (open?.id === runId) return stay(state, 'duplicate', [replying({ done: true, runId })]);
  if (open !== undefined) return stay(state, 'open', [replying({ done: false, why: 'open', runId: open.id })]);
  const { now } = context;
  const run: Run = {
    id: runId,
    status: 'running',
    phase: 'connecting',
    templateId,
    skipTest,
    expected,
    stepTimeoutS,
    testToken,
    commandId: null,
    changeId: null,
    sessionId: null,
    tries: 0,
    askedAt: null,
    bootsBefore: null,
    phaseAt: now,
    asks: 0,
    steps: stepNames.map((name): StepRow => firstStep(name, skipTest, now)),
    failure: null,
    lifecycleBefore: state.lifecycle === 'commissioned' ? 'commissioned' : 'registered',
    requestedBy,
    createdAt: now,
    deadlineAt: new Date(now.getTime() + deadlineS * 1000),
    dueAt: now,
    completedAt: null,
  };
  const started: Effect = {
    do: 'emit',
    event: {
      type: 'commissioning.started',
      occurredAt: now,
      receivedAt: input.receivedAt,
      data: {
        commissioning_id: runId,
        template_id: templateId,
        skip_test_transaction: skipTest,
        steps: [...stepNames],
        requested_by: requestedBy,
      },
    },
  };
  // Whoever was decommissioned is let in again.
  const effects: Effect[] = [started, replying({ done: true, runId }), reconsidered(input)];
  return { state: { ...put(state, run), lifecycle: 'commissioning' }, effects };
}

const firstStep = (name: StepRow['name'], skipTest: boolean, now: Date): StepRow => {
  const blank = { name, startedAt: null, endedAt: null, detail: {} };
  if (name === 'connectivity') return { ...blank, status: 'running', startedAt: now };
  return name === 'test_transaction' && skipTest
    ? { ...blank, status: 'skipped', detail: { reason: 'skip_test_transaction' } }
    : { ...blank, status: 'pending' };
};

const openRun = ({ run }: CommissioningState): Run | undefined => (run?.dueAt == null ? undefined : run);
const reconsidered = ({ chargePointId }: About): Effect => ({
  do: 'wake',
  wake: { wake: 'connection', chargePointId },
});

/** Goes as far as what is known leads; each phase is entered at most once in one look. */
function look(state: CommissioningState, input: Input<'look'>, context: Context): Next {
  const open = openRun(state);
  if (open?.id !== input.runId) return stay(state, 'ended');
  const effects: Effect[] = [];
  let now = state;
  for (let guard = Object.keys(rules).length; guard > 0; guard -= 1) {
    const run = openRun(now);
    if (run === undefined || !isOpen(run.phase)) break;
    const moved = lookOnce(now, input, run, context);
    effects.push(...moved.effects);
    now = moved.state;
    if (!moved.again) break;
  }
  return { state: now, effects };
}

function lookOnce(state: CommissioningState, about: About, run: Run, context: Context) {
  const { now, words } = context;
  const deadline = { code: 'deadline_exceeded', message: 'The run did not end before its deadline' } as const;
  if (run.deadlineAt <= now) return { ...end(state, about, run, deadline, context), again: false };
  const seen = WATCH[run.phase as OpenPhase](run, state.facts, words, now); // open: see look()
  const until = stepEnd(run, state.facts);
  switch (seen.see) {
    case 'sign': {
      const moved = follow(state, about, run, seen.sign, seen, now);
      return { ...moved, again: moved.state !== state };
    }
    case 'fail':
      return { ...end(state, about, run, seen.refusal, context), again: false };
    case 'ask': {
      if (until <= now) return { ...end(state, about, run, lateOf(seen), context), again: false };
      const moved = ask(state, about, run, seen.wish, until, context);
      return { ...moved, state: lookLater(moved.state, until, now), again: false };
    }
    case 'wait':
      if (until <= now) return { ...end(state, about, run, seen.late, context), again: false };
      return { state: lookLater(state, until, now), effects: [], again: false };
  }
}

const lateOf = (seen: Extract<Seen, { see: 'ask' }>) => ({
  code: 'no_answer' as const,
  message: `No time was left to ask the charger for its ${seen.wish.kind === 'change' ? 'settings' : seen.wish.call.action}`,
});

/** A heartbeat may take longer than other steps: 1.5 of its intervals. */
function stepEnd(run: Run, facts: Facts): Date {
  const name = stepOf(run);
  const begun = run.steps.find((step) => step.name === name)?.startedAt ?? run.phaseAt;
  const own = run.stepTimeoutS * 1000;
  const allowed = name === 'heartbeat' ? Math.max(own, heartbeatWindowMs(facts)) : own;
  return new Date(Math.min(begun.getTime() + allowed, run.deadlineAt.getTime()));
}

function lookLater(state: CommissioningState, until: Date, now: Date): CommissioningState {
  const run = openRun(state);
  if (run === undefined) return state;
  return put(state, { ...run, dueAt: new Date(Math.min(now.getTime() + LOOK_MS, until.getTime())) });
}

function cancelRequested(state: CommissioningState, input: Input<'cancel_requested'>, context: Context): Next {
  const run = openRun(state);
  if (run === undefined) return stay(state, 'none', [replying({ done: false, why: 'none' })]);
  const why = {
    code: 'cancelled',
    message: 'The run was cancelled',
    detail: { cancelled_by: input.requestedBy },
  } as const;
  const moved = end(state, input, run, why, context);
  return { ...moved, effects: [...moved.effects, replying({ done: true, runId: run.id })] };
}

function chargePointDeleted(state: CommissioningState, input: Input<'charge_point_deleted'>, context: Context): Next {
  const run = openRun(state);
  if (run === undefined) return stay(state, 'none');
  return end(state, input, run, { code: 'charge_point_deleted', message: 'The charge point was deleted' }, context);
}

function decommissionRequested(state: CommissioningState, input: Input<'decommission_requested'>): Next {
  const reply = (value: DecommissionReply): Effect => ({ do: 'reply', value });
  if (openRun(state) !== undefined) return stay(state, 'open', [reply({ done: false, why: 'commissioning' })]);
  if (state.facts.busyEvses.length > 0) return stay(state, 'charging', [reply({ done: false, why: 'charging' })]);
  if (state.lifecycle === 'decommissioned') return stay(state, 'duplicate', [reply({ done: true })]);
  return { state: { ...state, lifecycle: 'decommissioned' }, effects: [reply({ done: true }), reconsidered(input)] };
}
