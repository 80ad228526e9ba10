/**
 * One update of one charger: scheduled → sent → downloading → downloaded → verifying → installing → installed, or what goes wrong.
 * Pure. machine/edges.ts says which moves there are; here stands what makes them, and what they cost.
 * A charger has one open update. What it says of another request is not heard; what came too late is counted and changes nothing.
 */
import type { Step } from '../ingest/contract.ts';
import type {
  CancelUpdateReply,
  FirmwareUpdateInput,
  SendUpdateReply,
  UpdateReply,
  WantedUpdate,
} from '../ingest/inputs.ts';
import { edge, isOpen, moveOfStatus } from './machine/edges.ts';
import { failedMove, go, isNewVersion, later, type Next, put, stay } from './machine/moves.ts';
import type { UpdateErrorCode, UpdateRow, UpdateState } from './types.ts';

type Input<T extends FirmwareUpdateInput['type']> = Extract<FirmwareUpdateInput, { type: T }>;

/** A charger that is gone again just when it is asked. */
const AGAIN_MS = 60_000;
/** After a boot in the middle: it says how it goes on, or it has forgotten. */
const REBOOT_GRACE_MS = 10 * 60_000;
/** After a boot with the new version: for its Installed. */
const INSTALLED_GRACE_MS = 2 * 60_000;

export function decide(state: UpdateState, input: FirmwareUpdateInput, now: Date): Step<UpdateState> {
  switch (input.type) {
    case 'requested':
      return requested(state, input.update, now);
    case 'cancel_requested':
      return cancelRequested(state, input, now);
    case 'send':
      return send(state, input, now);
    case 'refused': {
      const row = state.updates.get(input.updateId);
      const { code: errorCode, message: errorMessage } = input;
      return row === undefined ? stay(state, 'unknown') : go(state, row, 'refuse', now, { errorCode, errorMessage });
    }
    case 'command_ended':
      return commandEnded(state, input, now);
    case 'status_reported':
      return statusReported(state, input, now);
    case 'booted':
      return booted(state, input, now);
    case 'overdue':
      return overdue(state, input, now);
  }
}

const openOf = (state: UpdateState): UpdateRow | undefined =>
  [...state.updates.values()].find(({ status }) => isOpen(status));

function requested(state: UpdateState, update: WantedUpdate, now: Date): Next {
  const reply = (value: UpdateReply) => [{ do: 'reply', value } as const];
  if (state.updates.has(update.id)) return stay(state, 'duplicate', reply({ created: true, updateId: update.id }));
  const open = openOf(state);
  if (open !== undefined) return stay(state, 'another_is_open', reply({ created: false, updateId: open.id }));
  // Whichever version it boots with next: it proves nothing of the one before any more.
  const settled = [...state.updates.values()].reduce(
    (so, row) => (row.dueAt === null ? so : put(so, { ...row, dueAt: null, verified: false, updatedAt: now })),
    state,
  );
  const row: UpdateRow = {
    ...update,
    status: 'scheduled',
    attempts: 0,
    requestId: null,
    commandId: null,
    tokenHash: null,
    linkExpiresAt: null,
    sentAt: null,
    startedAt: null,
    dueAt: now,
    endedAt: null,
    failedAt: null,
    chargerStatus: null,
    bootedVersion: null,
    verified: null,
    errorCode: null,
    errorMessage: null,
    history: [{ status: 'scheduled', at: now.toISOString() }],
    createdAt: now,
    updatedAt: now,
  };
  return { state: put(settled, row), effects: reply({ created: true, updateId: row.id }) };
}

/** OCPP has no word to call an update off: what the charger knows of goes on. */
function cancelRequested(state: UpdateState, { updateId }: Input<'cancel_requested'>, now: Date): Next {
  const row = state.updates.get(updateId);
  const reply = (value: CancelUpdateReply) => [{ do: 'reply', value } as const];
  if (row === undefined) return stay(state, 'unknown', reply({ cancelled: false, why: 'unknown' }));
  if (!isOpen(row.status)) return stay(state, 'ended', reply({ cancelled: false, why: 'ended' }));
  if (edge(row.status, 'cancel') === undefined)
    return stay(state, 'under_way', reply({ cancelled: false, why: 'under_way' }));
  const called = { errorCode: 'cancelled', errorMessage: 'Somebody called it off between two tries' } as const;
  const next = go(state, row, 'cancel', now, row.startedAt === null ? {} : called);
  return { ...next, effects: [...next.effects, ...reply({ cancelled: true })] };
}

function send(state: UpdateState, input: Input<'send'>, now: Date): Next {
  const { updateId, commandId, requestId, tokenHash, linkExpiresAt, fromVersion, chargePointId, receivedAt } = input;
  const row = state.updates.get(updateId);
  const reply = (value: SendUpdateReply) => [{ do: 'reply', value } as const];
  if (row?.status !== 'scheduled') return stay(state, 'not_scheduled', reply({ sent: false }));
  // Of before the first try: that one may have brought the version that the charger has now.
  const before = row.attempts > 0 ? (row.fromVersion ?? fromVersion) : (fromVersion ?? row.fromVersion);
  const next = go(state, row, 'send', now, {
    ...{ attempts: row.attempts + 1, commandId, requestId, tokenHash, linkExpiresAt, sentAt: now },
    ...{ fromVersion: before, chargerStatus: null, bootedVersion: null },
    ...{ errorCode: null, errorMessage: null },
  });
  const { action, payload } = input;
  const asked = { silent: true, askedBy: 'firmware_updates', timeoutS: 30, requestedBy: row.requestedBy } as const;
  const command = { room: 'commands', type: 'requested', chargePointId, receivedAt, commandId } as const;
  const feed = { do: 'feed', input: { ...command, ...asked, action, payload: { ...payload } } } as const;
  return { state: next.state, effects: [...next.effects, feed, ...reply({ sent: true })] };
}

function commandEnded(state: UpdateState, input: Input<'command_ended'>, now: Date): Next {
  const { commandId, status, learned, why = 'The charger declined' } = input;
  const said = learned?.about === 'firmware_answer' ? learned.said : undefined;
  const row = [...state.updates.values()].find((each) => each.commandId === commandId);
  if (row === undefined) {
    // 2.0.1 L01.FR.24: a newer request, sent by hand, took the place of ours.
    const open = said === 'AcceptedCanceled' ? openOf(state) : undefined;
    if (open === undefined || open.attempts === 0) return stay(state, 'unknown');
    const errorMessage = 'The charger gave it up for a newer request';
    return go(state, open, 'supersede', now, { errorCode: 'superseded', errorMessage });
  }
  if (input.neverSent === true) {
    if (status === 'cancelled') return go(state, row, 'refuse', now, { errorCode: 'rejected', errorMessage: why });
    return go(state, row, 'put_back', now, { attempts: row.attempts - 1, dueAt: later(now, AGAIN_MS) });
  }
  // Of a plain one of 1.6 nothing is known yet: its answer is empty.
  if (status === 'accepted') return said === undefined ? stay(state, 'unchanged') : go(state, row, 'started', now);
  const isRefused = status === 'rejected' || input.chargerError === true;
  if (!isRefused) return stay(state, 'not_answered'); // it may be at it all the same
  const isOfCertificate = said === 'InvalidCertificate' || said === 'RevokedCertificate';
  const isUnknown = input.unknownAction !== undefined;
  const errorCode = isOfCertificate ? 'invalid_certificate' : isUnknown ? 'not_supported' : 'rejected';
  return go(state, row, 'refuse', now, { errorCode, errorMessage: why });
}

function statusReported(state: UpdateState, input: Input<'status_reported'>, now: Date): Next {
  const { requestId, status, info } = input;
  if (status === 'Idle') return stay(state, 'idle'); // L01.FR.25: only ever the answer to a trigger
  const row = openOf(state);
  if (row === undefined || row.attempts === 0) return stay(state, 'none_open');
  if (requestId !== undefined && requestId !== row.requestId) return stay(state, 'other_request');
  const move = moveOfStatus[status];
  const chargerStatus = status.slice(0, 50);
  const said = info === undefined ? {} : { errorMessage: info.slice(0, 500) };
  if (move === undefined) {
    if (row.status === 'scheduled') return stay(state, 'not_running');
    return go(state, row, 'alive', now, { chargerStatus });
  }
  if (move === 'download_failed') return failedMove(state, row, 'download_failed', now, { chargerStatus, ...said });
  if (move === 'install_failed' || move === 'invalid_signature')
    return go(state, row, move, now, { chargerStatus, errorCode: move, ...said });
  return go(state, row, move, now, { chargerStatus });
}

function booted(state: UpdateState, { firmwareVersion }: Input<'booted'>, now: Date): Next {
  const version = firmwareVersion?.slice(0, 100);
  const row = openOf(state);
  if (row === undefined) {
    const told = [...state.updates.values()].find(({ status, dueAt }) => status === 'installed' && dueAt !== null);
    if (told === undefined || version === undefined) return stay(state, 'none_open');
    return go(state, told, isNewVersion(told, version) ? 'proven' : 'disproven', now, { bootedVersion: version });
  }
  if (row.attempts === 0) return stay(state, 'not_running');
  const isNew = version !== undefined && isNewVersion(row, version);
  // Between two tries: it was given up as lost, or as failed, and did it all the same.
  if (row.status === 'scheduled')
    return isNew && version !== row.fromVersion
      ? go(state, row, 'installed', now, { bootedVersion: version })
      : stay(state, 'not_running');
  const grace = later(now, isNew ? INSTALLED_GRACE_MS : REBOOT_GRACE_MS);
  const dueAt = row.dueAt === null || row.dueAt > grace ? grace : row.dueAt;
  return { state: put(state, { ...row, bootedVersion: version ?? '', dueAt, updatedAt: now }), effects: [] };
}

function overdue(state: UpdateState, { updateId }: Input<'overdue'>, now: Date): Next {
  const row = state.updates.get(updateId);
  if (row === undefined) return stay(state, 'unknown');
  const dueAt = row.status === 'scheduled' ? row.expiresAt : row.dueAt;
  if (dueAt === null || dueAt > now) return stay(state, 'not_due');
  const failed = (errorCode: UpdateErrorCode, errorMessage: string) => ({ errorCode, errorMessage });
  // The last boot that is known, of before Installed, was with the old version; '' named none.
  if (row.status === 'installed') return go(state, row, row.bootedVersion ? 'disproven' : 'unproven', now);
  if (row.status === 'scheduled')
    return go(state, row, 'expire', now, failed('never_sent', 'It could not be sent to the charger until its expiry'));
  const { bootedVersion } = row;
  if (bootedVersion !== null && isNewVersion(row, bootedVersion)) return go(state, row, 'installed', now);
  if (row.status === 'installing' && bootedVersion !== null) {
    const message = `The charger booted with ${bootedVersion || 'no version'} and never said that it had installed anything`;
    return go(state, row, 'install_failed', now, failed('version_unchanged', message));
  }
  return failedMove(state, row, 'expire', now, failed('no_progress', 'Nothing was heard of it for too long'));
}
