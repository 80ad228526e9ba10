/**
 * The command machine: one OCPP request to a charger, from the wish to its outcome. Pure.
 * At most one command of a charge point is `sent` at a time (OCPP-J 1.6 §4.1.1). What has ended stays ended, with two exceptions
 * by rule: an answer that comes after the time-out or the loss of the connection completes the command late (R4), and a
 * session that begins after its remote start was given up (no_session_started) makes it accepted late. What was cancelled
 * after it had been sent keeps the line until its answer, its time-out or the end of the connection: the charger still works
 * on it, and OCPP-J allows one call at a time. Its answer is recorded, and leaves it cancelled.
 */
import type { Effect } from '../ingest/contract.ts';
import type { CancelReply, CommandInput, CommandReply, DispatchReply } from '../ingest/inputs.ts';
import { answered } from './machine/answered.ts';
import {
  ANSWER_GRACE_MS,
  freed,
  hasLine,
  type Input,
  isDue,
  later,
  lostOne,
  MOST_OPEN,
  type Next,
  noAnswer,
  put,
  QUEUE_MS,
  SESSION_MS,
  stay,
  unanswered,
  wake,
} from './machine/shared.ts';
import { matchRemoteStart, remoteStartsOf } from './match.ts';
import type { CommandError, CommandRow, CommandState } from './types.ts';

export { MOST_OPEN } from './machine/shared.ts';

/** `traceId`: of what the input came of; a command keeps it. */
export function decide(state: CommandState, input: CommandInput, now: Date, traceId: string | null = null): Next {
  switch (input.type) {
    case 'requested':
      return requested(state, input, now, traceId);
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

function requested(state: CommandState, input: Input<'requested'>, now: Date, traceId: string | null): Next {
  const { commandId, action, payload, timeoutS, requestedBy, unchecked = false, expiresAt, notAfter } = input;
  const reply = (said: Omit<CommandReply, 'commandId'>): Effect[] =>
    input.silent === true ? [] : [{ do: 'reply', value: { commandId, ...said } }];
  if (state.commands.has(commandId)) return stay(state, 'duplicate', reply({ queued: true }));
  if (notAfter !== undefined && now > notAfter)
    return stay(state, 'too_late', reply({ queued: false, why: 'too_late' }));
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
    dispatchId: null,
    dueAt: expiresAt ?? later(now, QUEUE_MS + timeoutS * 1000),
    completedAt: null,
    result: null,
    error: null,
    late: false,
    sessionId: null,
    expiresAt: expiresAt ?? null,
    waitingNode: input.waitingNode ?? null,
    sealed: input.sealed ?? null,
    traceId,
  };
  return { state: put(state, command), effects: [wake(input.chargePointId, state.nodeId), ...reply({ queued: true })] };
}

// ---------------------------------------------------------------------------------------------------------------- cancel

function cancelRequested(state: CommandState, input: Input<'cancel_requested'>, now: Date): Next {
  const reply = (value: CancelReply): Effect[] => (input.silent === true ? [] : [{ do: 'reply', value }]);
  const command = state.commands.get(input.commandId);
  if (command === undefined) return stay(state, 'unknown', reply({ cancelled: false, why: 'unknown' }));
  const ended: CommandRow = { ...command, status: 'cancelled', completedAt: now, sealed: null };
  const effects = [wake(input.chargePointId), ...reply({ cancelled: true })];
  if (command.status === 'queued') return { state: put(state, { ...ended, dueAt: null }), effects };
  if (command.status !== 'sent') return stay(state, 'ended', reply({ cancelled: false, why: 'ended' }));
  return { state: put(state, { ...ended, error: ABANDONED }), effects }; // dueAt stays: it still has the line
}

const ABANDONED: CommandError = {
  code: 'abandoned',
  message: 'It was cancelled after it had been sent: the charger may carry it out all the same',
};

// ------------------------------------------------------------------------------------------------------------------ next

/**
 * Only the current connection is given work, oldest first, and only while nothing is on its way. The same asking is decided again when
 * the answer to its COMMIT was lost: what it took out before never reached the line, and is given once more instead of holding it.
 */
function next(state: CommandState, input: Input<'next'>, now: Date): Next {
  const nothing: Effect = { do: 'reply', value: null satisfies DispatchReply };
  const isCurrent = state.generation === input.generation && state.nodeId === input.nodeId;
  if (!state.connected || !isCurrent) return stay(state, 'replaced', [nothing]);
  let after = state;
  let oldest: CommandRow | undefined;
  for (const command of state.commands.values()) {
    if (hasLine(command)) {
      // Sent on an earlier connection by a process that died with it, so that nobody told of the loss.
      const isLost = command.sentGeneration !== input.generation;
      const isRepeated = command.dispatchId === input.dispatchId;
      if (isRepeated && command.status === 'sent' && !isDue(command, now)) return handOut(after, command, input, now);
      if (!isRepeated && !isLost && !isDue(command, now)) return stay(state, 'busy', [nothing]);
      if (command.status === 'cancelled') after = put(after, freed(command));
      else
        after = put(after, isLost ? lostOne(command, now) : unanswered(command, 'timed_out', noAnswer(command), now));
    }
    if (command.status !== 'queued' || isDue(command, now)) continue;
    if (oldest === undefined || command.id < oldest.id) oldest = command;
  }
  if (oldest === undefined)
    return after === state ? stay(state, 'nothing', [nothing]) : { state: after, effects: [nothing] };
  return handOut(after, oldest, input, now);
}

function handOut(state: CommandState, command: CommandRow, input: Input<'next'>, now: Date): Next {
  const { id: commandId, action, payload, timeoutS, unchecked, sealed, traceId } = command;
  const dueAt = later(now, timeoutS * 1000 + ANSWER_GRACE_MS);
  const reply: DispatchReply = { commandId, action, payload: { ...payload }, timeoutS, unchecked, sealed, traceId };
  const { generation: sentGeneration, dispatchId } = input;
  return {
    state: put(state, { ...command, status: 'sent', sentAt: now, sentGeneration, dispatchId, dueAt }),
    effects: [{ do: 'reply', value: reply }],
  };
}

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
  const { connectorId, tokenUid, remoteStartId, sessionId, begunAt, isReplayed } = input;
  const begun = { connectorId, tokenUid, remoteStartId, at: begunAt, isReplayed };
  const match = matchRemoteStart(remoteStartsOf(state.commands.values()), begun);
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
  // Where a failover lost commits, another process may have been given the same generation, or a lower one, since.
  const isAnothers = state.connected && input.nodeId !== undefined && input.nodeId !== state.nodeId;
  const lastLost = isAnothers ? Math.min(input.generation, state.generation - 1) : input.generation;
  const isCurrent = state.generation === input.generation && !isAnothers;
  let after: CommandState = isCurrent ? { ...state, connected: false } : state;
  for (const command of state.commands.values()) {
    if (hasLine(command) && (command.sentGeneration ?? 0) <= lastLost) {
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
