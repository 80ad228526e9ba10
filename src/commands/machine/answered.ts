/** The charger answered a command, or it is certain that it will not in time. Pure. */
import type { Effect } from '../../ingest/contract.ts';
import { remoteStartActions } from '../match.ts';
import type { CommandError, CommandRow, CommandState } from '../types.ts';
import {
  freed,
  type Input,
  later,
  lostOne,
  type Next,
  noAnswer,
  put,
  SESSION_MS,
  stay,
  unanswered,
  wake,
} from './shared.ts';

export function answered(state: CommandState, input: Input<'answered'>, now: Date): Next {
  const command = state.commands.get(input.commandId);
  if (command === undefined) return stay(state, 'unknown');
  const { answer } = input;
  const isAnswer = answer.outcome === 'result' || answer.outcome === 'error';
  if (command.status === 'cancelled') return answeredAfterCancel(state, input, command);
  const late = mayCompleteLate(command);
  if (command.status !== 'sent' && !(late && isAnswer)) {
    return stay(state, command.status === 'queued' ? 'not_sent' : 'duplicate');
  }
  const effects: Effect[] = [wake(input.chargePointId), ...health(input)];
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
    case 'unsent': {
      const error: CommandError = { code: answer.why, message: answer.message };
      const unsent = { ...base, sentAt: null, sentGeneration: null, dispatchId: null };
      return { state: put(state, { ...unsent, status: 'failed', error }), effects };
    }
    case 'lost':
      return { state: put(state, lostOne(command, now)), effects };
  }
}

/** Its answer is kept for whoever wonders what the charger made of it; the line is free again. */
function answeredAfterCancel(state: CommandState, input: Input<'answered'>, command: CommandRow): Next {
  const { answer } = input;
  if (command.error?.code !== 'abandoned' || command.late) return stay(state, 'duplicate');
  const effects: Effect[] = [wake(input.chargePointId), ...health(input)];
  const freely = freed(command);
  switch (answer.outcome) {
    case 'result':
      return { state: put(state, { ...freely, late: true, result: answer.payload }), effects };
    case 'error': {
      const error: CommandError = { ...command.error, ocpp_code: answer.code, ocpp_details: answer.details };
      return { state: put(state, { ...freely, late: true, error }), effects };
    }
    case 'timeout':
    case 'unsent':
    case 'lost':
      return command.dueAt === null ? stay(state, 'duplicate') : { state: put(state, freely), effects };
  }
}

/** What an answer, or its absence, says of the charger itself: it is responsive (T5), or wants a reboot (B10). */
function health({ chargePointId, receivedAt, answer }: Input<'answered'>): Effect[] {
  if (answer.outcome === 'lost' || answer.outcome === 'unsent') return [];
  const about = { room: 'stations', chargePointId, receivedAt } as const;
  const type = answer.outcome === 'timeout' ? 'call_timed_out' : 'call_answered';
  const effects: Effect[] = [{ do: 'feed', input: { ...about, type } }];
  if (wantsReboot(answer)) effects.push({ do: 'feed', input: { ...about, type: 'reboot_required' } });
  return effects;
}

/** Of 1.6 the one verdict, of 2.x one of several. It is learned, whatever its spelling; the payload is as it came. */
function wantsReboot(answer: Input<'answered'>['answer']): boolean {
  if (answer.outcome !== 'result' || answer.learned?.about !== 'settings_changed') return false;
  return answer.learned.changes.some(({ outcome }) => outcome === 'reboot_required');
}

/** Ended without an answer, so an answer is still news. */
const mayCompleteLate = ({ status, error }: CommandRow): boolean =>
  (status === 'timed_out' && error?.code === 'no_answer') || (status === 'failed' && error?.code === 'connection_lost');
