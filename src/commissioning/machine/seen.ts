/** What a look at the charger can lead to, and what all steps share in looking. Pure. */
import type { Call, Detail, Facts, FailureCode, Run, SeenCommand } from '../types.ts';
import type { Sign } from './rules.ts';

export type Wish =
  | { readonly kind: 'command'; readonly call: Call }
  | { readonly kind: 'change'; readonly wanted: NonNullable<Facts['wanted']> };
export type Refusal = {
  readonly code: FailureCode;
  readonly message: string;
  readonly response?: Detail | null;
  readonly detail?: Detail;
};
export type Seen =
  /** Nothing yet: what it means when nothing comes in time. */
  | { readonly see: 'wait'; readonly late: Refusal }
  | { readonly see: 'ask'; readonly wish: Wish }
  | { readonly see: 'sign'; readonly sign: Sign; readonly detail?: Detail; readonly sessionId?: string }
  | { readonly see: 'fail'; readonly refusal: Refusal };

export const wait = (code: FailureCode, message: string, response: Detail | null = null): Seen => ({
  see: 'wait',
  late: { code, message, response },
});
export const fail = (code: FailureCode, message: string, more: Pick<Refusal, 'response' | 'detail'> = {}): Seen => ({
  see: 'fail',
  refusal: { code, message, ...more },
});
export const sign = (of: Sign, detail?: Detail): Seen => ({ see: 'sign', sign: of, ...(detail && { detail }) });

export const AWAY = (): Seen =>
  wait('connection_lost', 'The charger lost its connection and did not come back in time');

/** Tries of one and the same request, when connections break under it. */
export const MOST_TRIES = 3;
/** A command that was queued stands in its table at the next look. */
const QUEUED_WITHIN_MS = 5_000;
/** Between two tries of what a broken connection has swallowed. */
export const RETRY_MS = 2_000;

export const since = (at: Date | null, now: Date): number =>
  at === null ? Number.POSITIVE_INFINITY : now.getTime() - at.getTime();

export type Outcome =
  /** Nothing was asked in this phase. */
  | { readonly is: 'none' }
  | { readonly is: 'pending' }
  /** It may be asked again: nobody knows whether the charger has heard it. */
  | { readonly is: 'lost' }
  | { readonly is: 'accepted'; readonly command: SeenCommand }
  /** `response`: what the charger said to it. */
  | { readonly is: 'rejected'; readonly message: string; readonly response: Detail | null }
  | { readonly is: 'failed'; readonly code: FailureCode; readonly message: string; readonly response: Detail | null };

/** What became of the command that the run waits for. */
export function outcomeOf(run: Run, { command }: Facts, now: Date): Outcome {
  if (run.commandId === null) return { is: 'none' };
  if (command === undefined || command.id !== run.commandId) {
    if (since(run.askedAt, now) < QUEUED_WITHIN_MS) return { is: 'pending' };
    return run.tries < MOST_TRIES
      ? { is: 'lost' }
      : { is: 'failed', code: 'charger_busy', message: 'Too many commands wait for the charger', response: null };
  }
  const response = responseOf(command);
  switch (command.status) {
    case 'queued':
    case 'sent':
      return { is: 'pending' };
    case 'accepted':
      return { is: 'accepted', command };
    case 'rejected':
      return { is: 'rejected', message: `The charger answered ${wordOf(command.result)}`, response };
    case 'cancelled':
      return { is: 'failed', code: 'charger_busy', message: `Its ${command.action} was cancelled`, response };
    case 'failed':
    case 'timed_out':
      return failedOf(command, run, response);
  }
}

function failedOf(command: SeenCommand, run: Run, response: Detail | null): Outcome {
  const { code = '', message = 'The charger did not answer' } = command.error ?? {};
  const isLost = code === 'connection_lost' || code === 'not_sent' || code === 'expired';
  if (isLost && run.tries < MOST_TRIES) return { is: 'lost' };
  if (isLost) return { is: 'failed', code: 'connection_lost', message, response };
  if (code === 'charger_error') return { is: 'failed', code: 'charger_error', message, response };
  if (code === 'no_session_started') return { is: 'failed', code: 'no_session_started', message, response };
  return { is: 'failed', code: 'no_answer', message, response };
}

/** A longer one stands in the frames; here its status alone. */
const LONGEST_RESPONSE = 4_000;

/** The charger's own words on a command; null: it has said none. */
export function responseOf({ result, error }: SeenCommand): Detail | null {
  if (result !== null) return JSON.stringify(result).length <= LONGEST_RESPONSE ? result : { status: wordOf(result) };
  return error?.ocpp_code === undefined ? null : { error_code: error.ocpp_code, error_description: error.message };
}

function wordOf(result: Detail | null): string {
  const status: unknown = result?.['status'];
  return typeof status === 'string' ? status.slice(0, 50) : 'that it declines';
}

/** Asks, if the version has words for it. */
export const asking = (call: Call | undefined): Seen | undefined =>
  call === undefined ? undefined : { see: 'ask', wish: { kind: 'command', call } };
