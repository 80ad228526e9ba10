/**
 * The life of a delivery: pending → succeeded | failed, and nothing leaves an end. Pure.
 * Two ends are reached for many rows at once and stand as SQL in delivery-store.ts: endpoint_deleted, expired_while_paused.
 */
import type { DeliveryState, Outcome, RetryRule } from './types.ts';

export type DeliveryInput =
  /** It is about to be sent. */
  | { readonly type: 'due'; readonly now: Date; readonly isPastHorizon: boolean }
  | {
      readonly type: 'attempted';
      readonly outcome: Outcome;
      readonly startedAt: Date;
      readonly finishedAt: Date;
      /** Retries count from then; else from the first attempt. */
      readonly waitsSince?: Date | null;
      readonly random: number;
    };

export type DeliveryEffect = { readonly do: 'send' } | { readonly do: 'disable_endpoint'; readonly reason: 'gone' };

export type DeliveryStep = {
  readonly state: DeliveryState;
  readonly effects: readonly DeliveryEffect[];
  readonly ignored?: 'completed';
};

export function decide(state: DeliveryState, input: DeliveryInput, retryAt: RetryRule): DeliveryStep {
  if (state.status !== 'pending') return { state, effects: [], ignored: 'completed' };
  if (input.type === 'due') {
    if (!input.isPastHorizon) return { state, effects: [{ do: 'send' }] };
    const { attempts, firstAttemptAt, responseStatus } = state;
    return {
      state: {
        status: 'failed',
        attempts,
        firstAttemptAt,
        responseStatus,
        completedAt: input.now,
        lastError: 'expired',
      },
      effects: [],
    };
  }

  const { outcome, startedAt, finishedAt, waitsSince, random } = input;
  const attempts = state.attempts + 1;
  const firstAttemptAt = state.firstAttemptAt ?? startedAt;
  const made = { attempts, firstAttemptAt };
  if (outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300)
    return {
      state: { status: 'succeeded', ...made, completedAt: finishedAt, responseStatus: outcome.status },
      effects: [],
    };

  const responseStatus = outcome.status ?? null;
  const lastError = outcome.kind === 'answered' ? `HTTP ${outcome.status}` : outcome.why;
  const failed: DeliveryState = { status: 'failed', ...made, completedAt: finishedAt, responseStatus, lastError };
  if (outcome.kind === 'answered' && outcome.status === 410)
    return { state: failed, effects: [{ do: 'disable_endpoint', reason: 'gone' }] };

  const retryAfterS = outcome.kind === 'answered' ? outcome.retryAfterS : undefined;
  const nextAttemptAt = retryAt({ since: waitsSince ?? firstAttemptAt, attempts, finishedAt, retryAfterS, random });
  if (nextAttemptAt === null) return { state: failed, effects: [] };
  // a demand beyond the horizon has been cut to the retry's own time
  const notBefore =
    retryAfterS === undefined
      ? null
      : new Date(Math.min(nextAttemptAt.getTime(), finishedAt.getTime() + retryAfterS * 1000));
  return { state: { status: 'pending', ...made, nextAttemptAt, notBefore, responseStatus, lastError }, effects: [] };
}
