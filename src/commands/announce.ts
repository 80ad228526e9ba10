/**
 * Who is told that a command has ended: subscribers, by `command.completed`, once; and the process in which somebody waits.
 * Pure. What the server asks on its own account (`system`) is told to nobody outside: it would flood them.
 */
import type { Effect } from '../ingest/contract.ts';
import type { CommandInput } from '../ingest/inputs.ts';
import type { CommandRow, CommandState, CommandStatus } from './types.ts';

type Ended = Exclude<CommandStatus, 'queued' | 'sent'>;

/** A remote start that was accepted has not ended before its session began, or failed to. */
function endOf({ status, dueAt }: CommandRow): Ended | undefined {
  if (status === 'queued' || status === 'sent') return undefined;
  return status === 'accepted' && dueAt !== null ? undefined : status;
}

const isOurs = ({ requestedBy }: CommandRow): boolean => requestedBy === 'system';

/** What a late answer makes of a command that had ended (R4) is not told again. */
export function announceEnds(before: CommandState, after: CommandState, input: CommandInput, now: Date): Effect[] {
  if (before.commands === after.commands) return [];
  const effects: Effect[] = [];
  for (const [id, command] of after.commands) {
    const was = before.commands.get(id);
    if (was === command) continue;
    const { waitingNode, status } = command;
    if (waitingNode !== null && was?.status !== status && status !== 'queued' && status !== 'sent') {
      const wake = { wake: 'commands', chargePointId: input.chargePointId, nodeId: waitingNode } as const;
      effects.push({ do: 'wake', wake });
    }
    const end = endOf(command);
    if (end === undefined || isOurs(command) || (was !== undefined && endOf(was) !== undefined)) continue;
    effects.push({ do: 'emit', event: completed(command, end, input.receivedAt, now) });
  }
  return effects;
}

const completed = (command: CommandRow, status: Ended, receivedAt: Date, now: Date) =>
  ({
    type: 'command.completed',
    occurredAt: command.completedAt ?? now,
    receivedAt,
    data: {
      command_id: command.id,
      action: command.action,
      status,
      requested_by: command.requestedBy,
      error: command.error === null ? null : { code: command.error.code, message: command.error.message },
      session_id: command.sessionId,
    },
  }) as const;
