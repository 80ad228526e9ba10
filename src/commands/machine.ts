/**
 * The command machine: one OCPP request to a charger, from the wish to its outcome. Pure.
 * At most one command of a charge point is `sent` at a time (OCPP-J 1.6 §4.1.1). What has ended stays ended, with two exceptions
 * by rule: an answer that comes after the time-out or the loss of the connection completes the command late (R4), and a
 * session that begins after its remote start was given up (no_session_started) makes it accepted late. What was cancelled
 * after it had been sent keeps the line until its answer, its time-out or the end of the connection: the charger still works
 * on it, and OCPP-J allows one call at a time. Its answer is recorded, and leaves it cancelled.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type { CancelReply, CommandInput, CommandReply, DispatchReply } from '../ingest/inputs.ts';
import { matchRemoteStart, remoteStartActions, remoteStartsOf } from './match.ts';
import type { CommandError, CommandRow, CommandState } from './types.ts';

type Input<T extends CommandInput['type']> = Extract<CommandInput, { type: T }>;
type Next = Step<CommandState>;

export const MOST_OPEN = 100;
/** How long a command may wait for its turn, besides its own time-out: others go first, and a charger settles after its boot (B2). */
export const QUEUE_MS = 120_000;
/** The connection counts timeout_s itself; the deadline of the row only catches what a dead process left behind. */
export const ANSWER_GRACE_MS = 10_000;
/** X11. */
export const SESSION_MS = 60_000;

export function decide(state: CommandState, input: CommandInput, now: Date): Next {
  switch (input.type) {
    case 'requested':
      return requested(state, input, now);
    case 'cancel_requested':
      return cancelRequested(state, input, now);
    case 'next':
      return next(state, input, now);
    case 'answered':
      return answered(state, input, now);
    case 'overdue':
      return overdue(state, input, now);
    case 'session_started':
      return sessionStarted(state, input, now);
    case 'line_lost':
      return lineLost(state, input, now);
  }
}

// ------------------------------------------------------------------------------------------------------------- requested

function requested(state: CommandState, input: Input<'requested'>, now: Date): Next {
  const { commandId, action, payload, timeoutS, requestedBy, unchecked = false, expiresAt } = input;
  const reply = (said: Omit<CommandReply, 'commandId'>): Effect[] =>
    input.silent === true ? [] : [{ do: 'reply', value: { commandId, ...said } }];
  if (state.commands.has(commandId)) return stay(state, 'duplicate', reply({ queued: true }));
  if (!state.connected && expiresAt === undefined) {
    return stay(state, 'offline', reply({ queued: false, why: 'offline' }));
  }
  let open = 0;
  for (const { status } of state.commands.values()) if (status === 'queued' || status === 'sent') open += 1;
  if (open >= MOST_OPEN) return stay(state, 'too_many', reply({ queued: false, why: 'too_many' }));
  const command: CommandRow = {
    id: commandId,
    action,
    payload,
    status: 'queued',
    timeoutS,
    unchecked,
    requestedBy,
    createdAt: now,
    sentAt: null,
    sentGeneration: null,
    dueAt: expiresAt ?? later(now, QUEUE_MS + timeoutS * 1000),
    completedAt: null,
    result: null,
    error: null,
    late: false,
    sessionId: null,
    expiresAt: expiresAt ?? null,
    waitingNode: input.waitingNode ?? null,
    sealed: input.sealed ?? null,
  };
  return { state: put(state, command), effects: [wake(input.chargePointId, state.nodeId), ...reply({ queued: true })] };
}

// ---------------------------------------------------------------------------------------------------------------- cancel

function cancelRequested(state: CommandState, input: Input<'cancel_requested'>, now: Date): Next {
  const reply = (value: CancelReply): Effect => ({ do: 'reply', value });
  const command = state.commands.get(input.commandId);
  if (command === undefined) return stay(state, 'unknown', [reply({ cancelled: false, why: 'unknown' })]);
  const ended: CommandRow = { ...command, status: 'cancelled', completedAt: now, sealed: null };
  const effects = [wake(input.chargePointId), reply({ cancelled: true })];
  if (command.status === 'queued') return { state: put(state, { ...ended, dueAt: null }), effects };
  if (command.status !== 'sent') return stay(state, 'ended', [reply({ cancelled: false, why: 'ended' })]);
  return { state: put(state, { ...ended, error: ABANDONED }), effects }; // dueAt stays: it still has the line
}

const ABANDONED: CommandError = {
  code: 'abandoned',
  message: 'It was cancelled after it had been sent: the charger may carry it out all the same',
};

/** Sent, and neither answered nor given up on the wire. */
const hasLine = ({ status, dueAt }: CommandRow): boolean =>
  status === 'sent' || (status === 'cancelled' && dueAt !== null);
const freed = (command: CommandRow): CommandRow => ({ ...command, dueAt: null });

// ------------------------------------------------------------------------------------------------------------------ next

/** Only the current connection is given work, oldest first, and only while nothing is on its way. */
function next(state: CommandState, input: Input<'next'>, now: Date): Next {
  const nothing: Effect = { do: 'reply', value: null satisfies DispatchReply };
  if (!state.connected || state.generation !== input.generation) return stay(state, 'replaced', [nothing]);
  let after = state;
  let oldest: CommandRow | undefined;
  for (const command of state.commands.values()) {
    if (hasLine(command)) {
      // Sent on an earlier connection by a process that died with it, so that nobody told of the loss.
      const isLost = command.sentGeneration !== input.generation;
      if (!isLost && !isDue(command, now)) return stay(state, 'busy', [nothing]);
      if (command.status === 'cancelled') after = put(after, freed(command));
      else
        after = put(after, isLost ? lostOne(command, now) : unanswered(command, 'timed_out', noAnswer(command), now));
    }
    if (command.status !== 'queued' || isDue(command, now)) continue;
    if (oldest === undefined || command.id < oldest.id) oldest = command;
  }
  if (oldest === undefined)
    return after === state ? stay(state, 'nothing', [nothing]) : { state: after, effects: [nothing] };
  const { id: commandId, action, payload, timeoutS, unchecked, sealed } = oldest;
  const dueAt = later(now, timeoutS * 1000 + ANSWER_GRACE_MS);
  const reply: DispatchReply = { commandId, action, payload: { ...payload }, timeoutS, unchecked, sealed };
  return {
    state: put(after, { ...oldest, status: 'sent', sentAt: now, sentGeneration: input.generation, dueAt }),
    effects: [{ do: 'reply', value: reply }],
  };
}

// -------------------------------------------------------------------------------------------------------------- answered

function answered(state: CommandState, input: Input<'answered'>, now: Date): Next {
  const command = state.commands.get(input.commandId);
  if (command === undefined) return stay(state, 'unknown');
  const { answer } = input;
  const isAnswer = answer.outcome === 'result' || answer.outcome === 'error';
  if (command.status === 'cancelled') return answeredAfterCancel(state, input, command);
  const late = mayCompleteLate(command);
  if (command.status !== 'sent' && !(late && isAnswer)) {
    return stay(state, command.status === 'queued' ? 'not_sent' : 'duplicate');
  }
  const effects: Effect[] = [wake(input.chargePointId), ...health(input, command)];
  const base: CommandRow = { ...command, late, completedAt: now, dueAt: null, error: null, sealed: null };
  switch (answer.outcome) {
    case 'result': {
      const result = { ...base, result: answer.payload };
      if (!answer.accepted) return { state: put(state, { ...result, status: 'rejected' }), effects };
      const waits = remoteStartActions.includes(command.action) && command.sessionId === null;
      const dueAt = waits ? later(now, SESSION_MS) : null;
      return { state: put(state, { ...result, status: 'accepted', dueAt }), effects };
    }
    case 'error': {
      const error: CommandError = {
        code: 'charger_error',
        message: `The charger answered ${answer.code}${answer.description === '' ? '' : `: ${answer.description}`}`,
        ocpp_code: answer.code,
        ocpp_details: answer.details,
      };
      return { state: put(state, { ...base, status: 'failed', error }), effects };
    }
    case 'timeout':
      return { state: put(state, unanswered(command, 'timed_out', noAnswer(command), now)), effects };
    case 'lost':
      return { state: put(state, lostOne(command, now)), effects };
  }
}

/** Its answer is kept for whoever wonders what the charger made of it; the line is free again. */
function answeredAfterCancel(state: CommandState, input: Input<'answered'>, command: CommandRow): Next {
  const { answer } = input;
  if (command.error?.code !== 'abandoned' || command.late) return stay(state, 'duplicate');
  const effects: Effect[] = [wake(input.chargePointId), ...health(input, command)];
  const freely = freed(command);
  switch (answer.outcome) {
    case 'result':
      return { state: put(state, { ...freely, late: true, result: answer.payload }), effects };
    case 'error': {
      const error: CommandError = { ...command.error, ocpp_code: answer.code, ocpp_details: answer.details };
      return { state: put(state, { ...freely, late: true, error }), effects };
    }
    case 'timeout':
    case 'lost':
      return command.dueAt === null ? stay(state, 'duplicate') : { state: put(state, freely), effects };
  }
}

/** What an answer, or its absence, says of the charger itself: it is responsive (T5), or wants a reboot (B10). */
function health({ chargePointId, receivedAt, answer }: Input<'answered'>, command: CommandRow): Effect[] {
  if (answer.outcome === 'lost') return [];
  const about = { room: 'stations', chargePointId, receivedAt } as const;
  const type = answer.outcome === 'timeout' ? 'call_timed_out' : 'call_answered';
  const effects: Effect[] = [{ do: 'feed', input: { ...about, type } }];
  if (
    command.action === 'ChangeConfiguration' &&
    answer.outcome === 'result' &&
    answer.payload['status'] === 'RebootRequired'
  ) {
    effects.push({ do: 'feed', input: { ...about, type: 'reboot_required' } });
  }
  return effects;
}

/** Ended without an answer, so an answer is still news. */
const mayCompleteLate = ({ status, error }: CommandRow): boolean =>
  (status === 'timed_out' && error?.code === 'no_answer') || (status === 'failed' && error?.code === 'connection_lost');

const noAnswer = ({ timeoutS }: CommandRow): CommandError => ({
  code: 'no_answer',
  message: `The charger did not answer within ${timeoutS} s`,
});
const CONNECTION_LOST: CommandError = {
  code: 'connection_lost',
  message: 'The connection was lost before the charger answered',
};

/** No answer came; but a session that this remote start led to is answer enough (R6). */
function unanswered(command: CommandRow, status: 'timed_out' | 'failed', error: CommandError, now: Date): CommandRow {
  const ended = { ...command, completedAt: now, dueAt: null, sealed: null };
  return command.sessionId === null ? { ...ended, status, error } : { ...ended, status: 'accepted' };
}

const lostOne = (command: CommandRow, now: Date): CommandRow => unanswered(command, 'failed', CONNECTION_LOST, now);

// --------------------------------------------------------------------------------------------------------------- overdue

function overdue(state: CommandState, input: Input<'overdue'>, now: Date): Next {
  const command = state.commands.get(input.commandId);
  if (command === undefined) return stay(state, 'unknown');
  if (!isDue(command, now)) return stay(state, 'early');
  const effects = [wake(input.chargePointId)];
  switch (command.status) {
    case 'queued': {
      if (command.expiresAt !== null) {
        return { state: put(state, unanswered(command, 'failed', EXPIRED, now)), effects };
      }
      const error: CommandError = {
        code: 'not_sent',
        message: 'The charger was busy with other commands until it was too late; it was never sent this one',
      };
      return { state: put(state, unanswered(command, 'timed_out', error, now)), effects };
    }
    case 'sent':
      return { state: put(state, unanswered(command, 'timed_out', noAnswer(command), now)), effects };
    case 'accepted': {
      const error: CommandError = {
        code: 'no_session_started',
        message: `The charger accepted, but no session began within ${SESSION_MS / 1000} s`,
      };
      return { state: put(state, { ...command, status: 'failed', error, dueAt: null, completedAt: now }), effects };
    }
    case 'rejected':
    case 'failed':
    case 'timed_out':
    case 'cancelled':
      return stay(put(state, { ...command, dueAt: null }), 'ended'); // so that the sweep does not find it again
  }
}

const EXPIRED: CommandError = {
  code: 'expired',
  message: 'It waited for the charger until it expired; it was never sent',
};

// ------------------------------------------------------------------------------------------------- session, loss of line

/** The session may begin before the charger answers the remote start (R6): then the answer still decides the status. */
function sessionStarted(state: CommandState, input: Input<'session_started'>, now: Date): Next {
  const { connectorId, tokenUid, sessionId, receivedAt } = input;
  const match = matchRemoteStart(remoteStartsOf(state.commands.values()), { connectorId, tokenUid, at: receivedAt });
  const command = match === undefined ? undefined : state.commands.get(match.commandId);
  if (command === undefined) return stay(state, 'no_remote_start');
  if (command.status === 'sent' || command.status === 'cancelled') {
    return { state: put(state, { ...command, sessionId }), effects: [] };
  }
  if (command.status === 'accepted') return { state: put(state, { ...command, sessionId, dueAt: null }), effects: [] };
  // It was given up: no answer, or no session in time. Here is the proof that it worked.
  const proven: CommandRow = { ...command, sessionId, status: 'accepted', late: true, error: null, completedAt: now };
  return { state: put(state, { ...proven, dueAt: null }), effects: [wake(input.chargePointId)] };
}

/**
 * What was sent on that connection may have been carried out or not. What is queued fails with it, unless it may wait for the
 * next connection (expiresAt), or a newer one took over. A remote start that was accepted may still begin.
 */
function lineLost(state: CommandState, input: Input<'line_lost'>, now: Date): Next {
  const isCurrent = state.generation === input.generation;
  let after: CommandState = isCurrent ? { ...state, connected: false } : state;
  for (const command of state.commands.values()) {
    if (hasLine(command) && (command.sentGeneration ?? 0) <= input.generation) {
      after = put(after, command.status === 'sent' ? lostOne(command, now) : freed(command));
    }
    if (command.status === 'queued' && isCurrent && command.expiresAt === null) {
      const error: CommandError = { code: 'not_sent', message: 'The connection was lost before it could be sent' };
      after = put(after, unanswered(command, 'failed', error, now));
    }
  }
  return after.commands === state.commands
    ? { state: after, effects: [], ignored: isCurrent ? 'nothing' : 'replaced' }
    : { state: after, effects: [wake(input.chargePointId)] };
}

// ---------------------------------------------------------------------------------------------------------------- helpers

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms);
const isDue = ({ dueAt }: CommandRow, now: Date): boolean => dueAt !== null && dueAt.getTime() <= now.getTime();
const wake = (chargePointId: string, nodeId: string | null = null): Effect => ({
  do: 'wake',
  wake: { wake: 'commands', chargePointId, nodeId },
});
const put = (state: CommandState, command: CommandRow): CommandState => ({
  ...state,
  commands: new Map(state.commands).set(command.id, command),
});
const stay = (state: CommandState, ignored: string, effects: readonly Effect[] = []): Next => ({
  state,
  effects,
  ignored,
});
