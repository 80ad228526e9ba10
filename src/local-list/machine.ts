/**
 * The synchronization of one local list: limits → version at the charger → messages until it holds what it should. Pure.
 * Each step looks at what the charger is known to hold, so that it goes on after a restart where it was; and a list that
 * somebody sent by hand is known as well.
 */
import type { Step } from '../ingest/contract.ts';
import type { EndedCommand, LocalListInput, LocalListReply } from '../ingest/inputs.ts';
import { type Applied, type ListRow, type ListState, type SyncError, syncedAs } from './types.ts';

type Input<T extends LocalListInput['type']> = Extract<LocalListInput, { type: T }>;
type Next = Step<ListState>;

/** A step that nobody ended (its process died): taken again then. */
const STEP_MS = 120_000;
const RETRY_MS = 15 * 60_000;

export function decide(state: ListState, input: LocalListInput, now: Date): Next {
  const next = step(state, input, now);
  const { row } = next.state;
  const isDue =
    row !== state.row && row.step !== 'idle' && row.commandId === null && row.dueAt?.getTime() === now.getTime();
  if (!isDue) return next;
  // Taken at once; the job that looks for steps is for those of which nobody was woken.
  const wake = { do: 'wake', wake: { wake: 'local_list', chargePointId: input.chargePointId } } as const;
  return { ...next, effects: [...next.effects, wake] };
}

function step(state: ListState, input: LocalListInput, now: Date): Next {
  const { row } = state;
  switch (input.type) {
    case 'requested': {
      const isRunning = row.step !== 'idle';
      const reply: LocalListReply = { started: !isRunning };
      if (isRunning) return { state, effects: [{ do: 'reply', value: reply }], ignored: 'running' };
      const started: Partial<ListRow> = {
        ...{ step: 'configuration', mode: input.mode, requestedBy: input.requestedBy, commandId: null, sent: 0 },
        ...{ needsFull: false, dueAt: now, startedAt: now, error: null, retryAt: null },
      };
      return { ...moved(state, started, now), effects: [{ do: 'reply', value: reply }] };
    }
    case 'asked':
      if (row.step === 'idle') return stay(state, 'idle');
      return moved(state, { commandId: input.commandId, dueAt: new Date(now.getTime() + STEP_MS) }, now);
    case 'finished': {
      if (row.step === 'idle') return stay(state, 'idle');
      const { revision, siteId: syncedSiteId, hash, refreshAt } = input;
      const syncedHash = syncedAs({ ...row, syncedRevision: revision }, hash);
      const done = { step: 'idle', commandId: null, dueAt: null, syncedAt: now, error: null, failedAt: null } as const;
      return moved(
        state,
        { ...done, syncedRevision: revision, syncedSiteId, syncedHash, refreshAt, retryAt: null },
        now,
      );
    }
    case 'given_up':
      return row.step === 'idle' ? stay(state, 'idle') : failed(state, input.error, now);
    case 'command_ended':
      return ended(state, input, now);
  }
}

function ended(state: ListState, { command }: Input<'command_ended'>, now: Date): Next {
  const isOurs = command.id === state.row.commandId;
  const after = learned(state, command, now);
  if (!isOurs || state.row.step === 'idle')
    return after === state ? stay(state, 'not_ours') : { state: after, effects: [] };
  const fault = faultOf(command);
  const isOfLimits = command.action === 'GetConfiguration' || command.action === 'GetVariables';
  if (fault !== undefined && !isOfLimits) {
    if (fault.code === 'version_mismatch' || fault.code === 'failed') return refused(after, command, fault, now);
    const unknown = fault.code === 'no_answer' && mayHaveChanged(command) ? { contentVersion: null } : {};
    return failed({ ...after, row: { ...after.row, ...unknown } }, fault, now);
  }
  const { row } = after;
  const on = { commandId: null, dueAt: now };
  switch (command.action) {
    case 'GetConfiguration':
    case 'GetVariables': // without an answer its limits stay unknown, and small messages are sent
      return moved(after, { ...on, step: 'version' }, now);
    case 'GetLocalListVersion': {
      if (row.supported === false) return failed(after, NOT_SUPPORTED, now);
      const isKnown = row.version === row.contentVersion;
      if (!isKnown && row.mode === 'differential') return failed(after, MISMATCH, now);
      return moved(after, { ...on, step: 'sending', needsFull: row.mode === 'full' || !isKnown }, now);
    }
    default:
      return moved(after, { ...on, needsFull: false, sent: row.sent + 1 }, now);
  }
}

/** The charger may have taken the message, or a part of it; one that was never sent has changed nothing. */
const mayHaveChanged = ({ action, isUnanswered, error }: EndedCommand): boolean =>
  action === 'SendLocalList' && (isUnanswered === true || error?.code === 'charger_error');

/** OCPP 1.6 §5.15, 2.0.1 D01: after Failed or VersionMismatch a full list is to be sent. Once. */
function refused(state: ListState, command: EndedCommand, fault: SyncError, now: Date): Next {
  const wasFull = command.payload['updateType'] === 'Full';
  if (command.action !== 'SendLocalList' || wasFull || state.row.mode === 'differential')
    return failed(state, fault, now);
  return moved(state, { commandId: null, dueAt: now, needsFull: true }, now);
}

const failed = (state: ListState, error: SyncError, now: Date): Next =>
  moved(
    state,
    {
      ...{ step: 'idle', commandId: null, dueAt: null, error, failedAt: now },
      ...(error.code === 'not_supported' && { supported: false }),
      retryAt: new Date(now.getTime() + RETRY_MS),
    },
    now,
  );

const NOT_SUPPORTED: SyncError = { code: 'not_supported', message: 'The charger has no local authorization list' };
const MISMATCH: SyncError = {
  code: 'version_mismatch',
  message: 'The charger holds another version than the one known here; synchronize with mode full or auto',
};

function faultOf({ status, result, error }: EndedCommand): SyncError | undefined {
  if (status === 'accepted') return undefined;
  const said = result?.['status'];
  const isUnknown = error?.ocpp_code === 'NotSupported' || error?.ocpp_code === 'NotImplemented';
  if (said === 'NotSupported' || isUnknown) return NOT_SUPPORTED;
  if (said === 'VersionMismatch') return MISMATCH;
  if (status === 'rejected') return { code: 'failed', message: 'The charger could not take the list' };
  return { code: 'no_answer', message: error?.message ?? 'The charger did not answer' };
}

// -------------------------------------------------------------------------------------------- what an answer tells of the list

function learned(state: ListState, { status, learned: what }: EndedCommand, now: Date): ListState {
  if (status !== 'accepted') return state;
  const { row } = state;
  if (what?.about === 'local_list_version') {
    const { version } = what;
    // An empty list is known without having been sent.
    const contentVersion = version === 0 ? 0 : row.contentVersion;
    const applied = version === 0 ? [...state.applied, EMPTIED] : state.applied;
    return {
      row: { ...row, version, contentVersion, supported: version >= 0, checkedAt: now, updatedAt: now },
      applied,
    };
  }
  if (what?.about !== 'local_list_sent') return state;
  const { version, full, put, removed } = what;
  const isKnown = full || (row.contentVersion !== null && row.contentVersion === row.version);
  return {
    row: {
      ...row,
      version,
      contentVersion: isKnown ? version : null,
      syncedRevision: null,
      supported: true,
      updatedAt: now,
    },
    applied: isKnown ? [...state.applied, { full, put, removed }] : state.applied,
  };
}

const EMPTIED: Applied = { full: true, put: [], removed: [] };

const moved = (state: ListState, change: Partial<ListRow>, now: Date): Next => ({
  state: { ...state, row: { ...state.row, ...change, updatedAt: now } },
  effects: [],
});
const stay = (state: ListState, ignored: string): Next => ({ state, effects: [], ignored });
