/** What the parts of the command machine share: limits, deadlines, and how a command ends without an answer. Pure. */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { CommandInput } from '../../ingest/inputs.ts';
import type { CommandError, CommandRow, CommandState } from '../types.ts';

export type Input<T extends CommandInput['type']> = Extract<CommandInput, { type: T }>;
export type Next = Step<CommandState>;

export const MOST_OPEN = 100;
/** How long a command may wait for its turn, besides its own time-out: others go first, and a charger settles after its boot (B2). */
export const QUEUE_MS = 120_000;
/** The connection counts timeout_s itself; the deadline of the row only catches what a dead process left behind. */
export const ANSWER_GRACE_MS = 10_000;
/** X11. */
export const SESSION_MS = 60_000;

/** Sent, and neither answered nor given up on the wire. */
export const hasLine = ({ status, dueAt }: CommandRow): boolean =>
  status === 'sent' || (status === 'cancelled' && dueAt !== null);
export const freed = (command: CommandRow): CommandRow => ({ ...command, dueAt: null });

export const noAnswer = ({ timeoutS }: CommandRow): CommandError => ({
  code: 'no_answer',
  message: `The charger did not answer within ${timeoutS} s`,
});
export const CONNECTION_LOST: CommandError = {
  code: 'connection_lost',
  message: 'The connection was lost before the charger answered',
};

/** No answer came; but a session that this remote start led to is answer enough (R6). */
export function unanswered(
  command: CommandRow,
  status: 'timed_out' | 'failed',
  error: CommandError,
  now: Date,
): CommandRow {
  const ended = { ...command, completedAt: now, dueAt: null, sealed: null };
  return command.sessionId === null ? { ...ended, status, error } : { ...ended, status: 'accepted' };
}

export const lostOne = (command: CommandRow, now: Date): CommandRow =>
  unanswered(command, 'failed', CONNECTION_LOST, now);

export const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms);
export const isDue = ({ dueAt }: CommandRow, now: Date): boolean => dueAt !== null && dueAt.getTime() <= now.getTime();
export const wake = (chargePointId: string, nodeId: string | null = null): Effect => ({
  do: 'wake',
  wake: { wake: 'commands', chargePointId, nodeId },
});
export const put = (state: CommandState, command: CommandRow): CommandState => ({
  ...state,
  commands: new Map(state.commands).set(command.id, command),
});
export const stay = (state: CommandState, ignored: string, effects: readonly Effect[] = []): Next => ({
  state,
  effects,
  ignored,
});
