/** One leased delivery, from its row to what has to be written about it: is it still due, sign, send, decide. */

import { deliveryHeaders } from './delivery-headers.ts';
import type { Verdict } from './lanes.ts';
import { decide } from './machine.ts';
import { isPastHorizon, parseRetryAfter } from './retry.ts';
import type { Answer, Sender } from './sender.ts';
import { signaturesOf } from './sign.ts';
import type {
  Attempt,
  Completion,
  DeliveryState,
  LeasedDelivery,
  Log,
  Outcome,
  RetryRule,
  Signatures,
  WebhookMetrics,
} from './types.ts';

export type AttemptNeeds = {
  readonly sender: Pick<Sender, 'send'>;
  /** Throws if it cannot be read any more (secrets.ts). */
  readonly openSecret: (endpointId: string, sealed: Buffer) => string;
  readonly retryAt: RetryRule;
  readonly now: () => Date;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly metrics: WebhookMetrics;
  readonly log: Log;
};

export type Attempted = {
  readonly verdict: Verdict;
  /** undefined: broken off by us; nothing is to be written. */
  readonly completion: Completion | undefined;
};

export async function attempt(needs: AttemptNeeds, delivery: LeasedDelivery): Promise<Attempted> {
  const { now, retryAt, metrics } = needs;
  const startedAt = now();
  const { attempts, firstAttemptAt, nextAttemptAt, waitsSince } = delivery;
  const isLate = attempts > 0 && isPastHorizon(waitsSince ?? firstAttemptAt, startedAt);
  const before: DeliveryState = {
    status: 'pending',
    attempts,
    firstAttemptAt,
    nextAttemptAt,
    notBefore: null,
    responseStatus: null,
    lastError: null,
  };
  const due = decide(before, { type: 'due', now: startedAt, isPastHorizon: isLate }, retryAt);
  if (!due.effects.some((effect) => effect.do === 'send')) {
    metrics.completed('failed');
    return { verdict: 'fault', completion: completionOf(delivery, due.state) };
  }
  if (attempts === 0) metrics.waited(Math.max(0, (startedAt.getTime() - nextAttemptAt.getTime()) / 1000));

  const startedMs = performance.now();
  const { answer, signatures } = await send(needs, delivery, startedAt);
  if (answer.kind === 'unanswered' && answer.why === 'aborted') return { verdict: 'fault', completion: undefined };
  const durationMs = performance.now() - startedMs;
  const finishedAt = now();
  const outcome = outcomeOf(answer, finishedAt);
  const { state, effects } = decide(
    before,
    { type: 'attempted', outcome, startedAt, finishedAt, waitsSince, random: needs.random() },
    retryAt,
  );
  metrics.attempted(kindOf(outcome), durationMs / 1000);
  needs.log.debug(
    {
      ...{ trace_id: delivery.traceId, event_id: delivery.eventId, delivery_id: delivery.id, attempt: attempts + 1 },
      ...{ endpoint_id: delivery.endpointId, outcome: kindOf(outcome), ms: Math.round(durationMs) },
    },
    'webhook attempt',
  );
  if (state.status !== 'pending') metrics.completed(state.status);
  const made: Attempt = {
    number: state.attempts,
    startedAt,
    finishedAt,
    durationMs: Math.round(durationMs),
    url: delivery.url,
    responseStatus: state.responseStatus,
    error: state.status === 'succeeded' ? null : state.lastError,
    reply: answer.reply,
    signatures,
  };
  const isGone = effects.some((effect) => effect.do === 'disable_endpoint');
  if (isGone) metrics.disabled('gone');
  return { verdict: verdictOf(outcome), completion: completionOf(delivery, state, made, isGone) };
}

async function send(
  needs: AttemptNeeds,
  delivery: LeasedDelivery,
  at: Date,
): Promise<{ answer: Answer; signatures: Signatures | undefined }> {
  const { id, endpointId, eventId, event, body, traceId, url, attempts } = delivery;
  let secrets: ReturnType<typeof secretsOf>;
  try {
    secrets = secretsOf(needs, delivery, at);
  } catch (cause) {
    needs.log.error(
      { err: cause, endpointId },
      'the secret of a webhook endpoint cannot be read: is its key still in SECRET_KEYS?',
    );
    return { answer: { kind: 'unanswered', why: 'secret_unreadable' }, signatures: undefined };
  }
  const headers = deliveryHeaders({
    ...{ deliveryId: id, eventId, event, body, traceId, attempt: attempts + 1, at },
    ...secrets,
  });
  return { answer: await needs.sender.send({ url, headers, body }), signatures: signaturesOf(headers) };
}

/** The one before the last rotation signs too, until its time is over. */
function secretsOf({ openSecret }: AttemptNeeds, delivery: LeasedDelivery, at: Date) {
  const { endpointId, secret, previousSecret, previousSecretUntil } = delivery;
  const isInOverlap = previousSecretUntil !== null && previousSecretUntil > at;
  return {
    secret: secret === null ? undefined : openSecret(endpointId, secret),
    previousSecret: previousSecret === null || !isInOverlap ? undefined : openSecret(endpointId, previousSecret),
  };
}

function outcomeOf(answer: Answer, now: Date): Outcome {
  if (answer.kind === 'unanswered') return answer;
  const { status, retryAfter } = answer;
  const mayAsk = status === 429 || status === 503;
  return { kind: 'answered', status, retryAfterS: mayAsk ? parseRetryAfter(retryAfter, now) : undefined };
}

const isTimeout = (outcome: Outcome): boolean => outcome.kind === 'unanswered' && outcome.why.startsWith('timeout');

const verdictOf = (outcome: Outcome): Verdict =>
  outcome.kind === 'answered' ? 'answered' : isTimeout(outcome) ? 'silent' : 'fault';

function kindOf(outcome: Outcome): Parameters<WebhookMetrics['attempted']>[0] {
  if (outcome.kind === 'answered') return outcome.status >= 200 && outcome.status < 300 ? 'success' : 'failure';
  if (outcome.why.startsWith('target_refused')) return 'refused_target';
  return isTimeout(outcome) ? 'timeout' : 'failure';
}

const completionOf = (
  { id, leaseToken, leasedUntilMs, endpointId, url }: LeasedDelivery,
  state: DeliveryState,
  made?: Attempt,
  isGone = false,
): Completion => ({
  id,
  endpointId,
  leaseToken,
  leasedUntilMs,
  state,
  attempt: made,
  disable: isGone ? { url } : undefined,
});
