/** Builders of commands and of what happens to them. */
import { randomUUID } from 'node:crypto';
import type { CommandRow, CommandState } from '../../src/commands/types.ts';
import type { CommandInput, CommandOutcome } from '../../src/ingest/inputs.ts';

export const T0 = new Date('2026-03-01T10:00:00.000Z');
export const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);

export const aCommand = (more: Partial<CommandRow> = {}): CommandRow => ({
  id: 'cmd_1',
  action: 'Reset',
  payload: { type: 'Soft' },
  status: 'queued',
  timeoutS: 30,
  unchecked: false,
  requestedBy: 'key_1',
  createdAt: T0,
  sentAt: null,
  sentGeneration: null,
  dispatchId: null,
  dueAt: after(150),
  completedAt: null,
  result: null,
  error: null,
  late: false,
  sessionId: null,
  expiresAt: null,
  waitingNode: null,
  sealed: null,
  traceId: null,
  ...more,
});

export const aState = (commands: readonly CommandRow[] = [], more: Partial<CommandState> = {}): CommandState => ({
  connected: true,
  generation: 3,
  nodeId: 'node_1',
  commands: new Map(commands.map((command) => [command.id, command])),
  ...more,
});

const common = { room: 'commands', chargePointId: 'cp_1' } as const;

export const requested = (
  commandId = 'cmd_1',
  more: Partial<Extract<CommandInput, { type: 'requested' }>> = {},
  at = T0,
) =>
  ({
    ...common,
    receivedAt: at,
    type: 'requested',
    commandId,
    action: 'Reset',
    payload: { type: 'Soft' },
    timeoutS: 30,
    requestedBy: 'key_1',
    ...more,
  }) satisfies CommandInput;
export const remoteStart = (
  commandId = 'cmd_1',
  payload: Record<string, unknown> = { idTag: 'TAG', connectorId: 1 },
  at = T0,
) => requested(commandId, { action: 'RemoteStartTransaction', payload }, at);
/** `dispatchId`: the same asking again. */
export const next = (at = T0, generation = 3, dispatchId: string = randomUUID()) =>
  ({ ...common, receivedAt: at, type: 'next', generation, nodeId: 'node_1', dispatchId }) satisfies CommandInput;
export const cancelled = (at = after(1), commandId = 'cmd_1') =>
  ({ ...common, receivedAt: at, type: 'cancel_requested', commandId }) satisfies CommandInput;
export const answered = (answer: CommandOutcome, commandId = 'cmd_1', at = after(2)) =>
  ({ ...common, receivedAt: at, type: 'answered', commandId, answer }) satisfies CommandInput;
export const overdue = (at: Date, commandId = 'cmd_1') =>
  ({ ...common, receivedAt: at, type: 'overdue', commandId }) satisfies CommandInput;
export const sessionStarted = (
  at = after(5),
  more: { connectorId?: number; tokenUid?: string; sessionId?: string } = {},
) =>
  ({
    ...common,
    receivedAt: at,
    type: 'session_started',
    sessionId: 'ses_1',
    connectorId: 1,
    tokenUid: 'TAG',
    begunAt: at,
    isReplayed: false,
    ...more,
  }) satisfies CommandInput;
export const lineLost = (at = after(3), generation = 3, nodeId: string | undefined = undefined) =>
  ({ ...common, receivedAt: at, type: 'line_lost', generation, nodeId }) satisfies CommandInput;

export const yes: CommandOutcome = { outcome: 'result', payload: { status: 'Accepted' }, accepted: true };
export const no: CommandOutcome = { outcome: 'result', payload: { status: 'Rejected' }, accepted: false };
export const callError: CommandOutcome = {
  outcome: 'error',
  code: 'InternalError',
  description: 'no',
  details: { a: 1 },
};
export const timeout: CommandOutcome = { outcome: 'timeout' };
export const lost: CommandOutcome = { outcome: 'lost' };
