/** How a run moves: from phase to phase, to its end, and what it asks of others on the way. Pure. */
import type { Effect } from '../../ingest/contract.ts';
import type { CommissioningInput } from '../../ingest/inputs.ts';
import type { CommissioningState, Detail, Failure, Run, StepRow, Words } from '../types.ts';
import { failures } from './failures.ts';
import { isOpen, nextOf, type OpenPhase, type Sign, STEP_OF, type StepName } from './rules.ts';
import type { Refusal, Wish } from './seen.ts';

export type Context = {
  readonly words: Words;
  /** Drawn from the run and its count of wishes: a decision that is taken again asks for the same. */
  readonly idOf: (prefix: 'cmd' | 'cfg', runId: string, asks: number, now: Date) => string;
  readonly now: Date;
};
export type About = Pick<CommissioningInput, 'chargePointId' | 'receivedAt'>;
export type Moved = { readonly state: CommissioningState; readonly effects: readonly Effect[] };

const TIMEOUT_S = 30;
/** A session that must not be left running is asked to stop for so long. */
const STOP_WITHIN_MS = 10 * 60_000;

export const put = (state: CommissioningState, run: Run): CommissioningState => ({ ...state, run });
export const stepOf = ({ phase }: Run): StepName => STEP_OF[phase as OpenPhase] ?? 'connectivity'; // asked of open runs only

const withStep = (run: Run, name: StepName, change: Partial<StepRow>): Run => ({
  ...run,
  steps: run.steps.map((step) => (step.name === name ? { ...step, ...change } : step)),
});
const detailOf = (run: Run, name: StepName): Detail => run.steps.find((step) => step.name === name)?.detail ?? {};

/** In the next phase nothing was asked yet. What a reboot is counted from stays until it is over. */
export function follow(state: CommissioningState, about: About, run: Run, sign: Sign, found: Found, now: Date): Moved {
  const to = nextOf(run.phase, sign);
  if (to === undefined) return { state, effects: [] };
  const step = stepOf(run);
  const detail = { ...detailOf(run, step), ...found.detail };
  const phased: Run = {
    ...run,
    phase: to,
    phaseAt: now,
    commandId: null,
    changeId: null,
    askedAt: null,
    tries: 0,
    bootsBefore: to === 'rebooting' ? run.bootsBefore : null,
    sessionId: found.sessionId ?? run.sessionId,
  };
  if (isOpen(to) && STEP_OF[to] === step) return { state: put(state, withStep(phased, step, { detail })), effects: [] };
  const status = sign === 'nothing_to_set' ? 'skipped' : 'passed';
  const passed = withStep(phased, step, { status, endedAt: now, detail });
  if (!isOpen(to)) return complete(state, about, passed, now);
  return { state: put(state, withStep(passed, STEP_OF[to], { status: 'running', startedAt: now })), effects: [] };
}
export type Found = { readonly detail?: Detail | undefined; readonly sessionId?: string | undefined };

function complete(state: CommissioningState, { receivedAt }: About, run: Run, now: Date): Moved {
  const ended: Run = { ...closed(run, now), status: 'commissioned', phase: 'commissioned' };
  const event: Effect = {
    do: 'emit',
    event: {
      type: 'commissioning.completed',
      occurredAt: now,
      receivedAt,
      data: {
        commissioning_id: run.id,
        duration_s: Math.round((now.getTime() - run.createdAt.getTime()) / 1000),
        steps: ended.steps.map(({ name, status, startedAt, endedAt }) => ({
          name,
          status,
          started_at: startedAt?.toISOString() ?? null,
          ended_at: endedAt?.toISOString() ?? null,
        })),
      },
    },
  };
  return { state: { ...put(state, ended), lifecycle: 'commissioned' }, effects: [event] };
}

/** What was not reached is skipped; what the charge point was before, it is again. */
const closed = (run: Run, now: Date): Run => ({
  ...run,
  commandId: null,
  changeId: null,
  dueAt: null,
  completedAt: now,
  steps: run.steps.map((step) =>
    step.status === 'pending'
      ? { ...step, status: 'skipped', detail: { ...step.detail, reason: 'not reached' } }
      : step,
  ),
});

/** Ends the run, once: as failed, or as cancelled by somebody. Every run that was told to have started is told to have ended. */
export function end(state: CommissioningState, about: About, run: Run, why: Refusal, context: Context): Moved {
  const { now, words } = context;
  const step = stepOf(run);
  const failure: Failure = {
    step,
    code: why.code,
    message: why.message,
    remedy: failures[why.code].remedy,
    retryable: failures[why.code].retryable,
    ocpp_response: why.response ?? null,
  };
  const isCancelled = why.code === 'cancelled' || why.code === 'charge_point_deleted';
  const detail = { ...detailOf(run, step), ...why.detail };
  const stopped = closed(
    withStep(run, step, { status: isCancelled ? 'skipped' : 'failed', endedAt: now, detail }),
    now,
  );
  const status = isCancelled ? 'cancelled' : 'failed';
  const event: Effect = {
    do: 'emit',
    event: {
      type: 'commissioning.failed',
      occurredAt: now,
      receivedAt: about.receivedAt,
      data: { commissioning_id: run.id, ...failure, ocpp_response: failure.ocpp_response ?? null },
    },
  };
  const ended: Run = { ...stopped, status, phase: status, failure };
  const effects = [event, ...stopLeftOver(state, about, run, words, context)];
  return { state: { ...put(state, ended), lifecycle: run.lifecycleBefore }, effects };
}

/** A test session that still runs is not left to itself. */
function stopLeftOver(state: CommissioningState, about: About, run: Run, words: Words, context: Context): Effect[] {
  const { session, protocol } = state.facts;
  if (session === undefined || session.endedAt !== null || protocol === null) return [];
  if (run.phase === 'stopping' && run.commandId !== null) return [];
  const call = words.stop(protocol, session);
  if (call === undefined) return [];
  const expiresAt = new Date(context.now.getTime() + STOP_WITHIN_MS);
  return [command(about, call, context.idOf('cmd', run.id, run.asks + 1, context.now), expiresAt)];
}

const command = (
  { chargePointId, receivedAt }: About,
  call: Extract<Wish, { kind: 'command' }>['call'],
  commandId: string,
  expiresAt: Date,
): Effect => ({
  do: 'feed',
  input: {
    ...({ room: 'commands', type: 'requested', chargePointId, receivedAt, commandId } as const),
    action: call.action,
    payload: { ...call.payload },
    timeoutS: TIMEOUT_S,
    requestedBy: 'system',
    expiresAt,
    silent: true,
  },
});

/** Asks for it; what becomes of it stands in the tables at the next look. */
export function ask(
  state: CommissioningState,
  about: About,
  run: Run,
  wish: Wish,
  until: Date,
  context: Context,
): Moved {
  const { now } = context;
  const asks = run.asks + 1;
  const asked: Run = { ...run, asks, tries: run.tries + 1, askedAt: now };
  if (wish.kind === 'command') {
    const commandId = context.idOf('cmd', run.id, asks, now);
    const { bootCount } = state.facts;
    const bootsBefore = run.phase === 'resetting' ? (run.bootsBefore ?? bootCount) : run.bootsBefore;
    return {
      state: put(state, { ...asked, commandId, bootsBefore }),
      effects: [command(about, wish.call, commandId, until)],
    };
  }
  const changeId = context.idOf('cfg', run.id, asks, now);
  const { chargePointId, receivedAt } = about;
  const input = {
    ...({ room: 'configuration', type: 'requested', chargePointId, receivedAt, changeId } as const),
    kind: 'apply',
    wanted: wish.wanted.map(({ key, value }) => ({ key, value, sealed: null })),
    reboot: 'never',
    expiresAt: until,
    mayWait: true,
    requestedBy: 'system',
  } as const;
  return { state: put(state, { ...asked, changeId }), effects: [{ do: 'feed', input }] };
}
