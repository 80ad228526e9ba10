/**
 * One file that a charger is asked for: requested → uploading → uploaded | failed | timed_out. Pure.
 * The arrival of the file itself is the truth for what comes here; what the charger says of it decides only about files that an
 * operator has it send elsewhere. At most one transfer at a time, and at most one file per request.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type { ArrivalReply, AskedAgainReply, UploadFault, UploadInput, UploadReply } from '../ingest/inputs.ts';
import { askedAs, OTHER_KIND, type UploadErrorCode, type UploadRow, type UploadState } from './types.ts';

type Input<T extends UploadInput['type']> = Extract<UploadInput, { type: T }>;
type Next = Step<UploadState>;

/** Of one charge point. */
export const MOST_OPEN = 10;

const FAULTS: Readonly<Record<UploadFault, string>> = {
  aborted: 'The charger broke off before its file was complete',
  too_slow: 'The charger sent too slowly',
  too_large: 'The file is larger than UPLOAD_MAX_MIB allows',
  empty: 'The charger sent an empty file',
  unreadable: 'The charger sent no readable multipart form with a file',
  no_space: 'There is no room for the file: the disk is full, or UPLOADS_QUOTA_MIB is reached',
  internal: 'The file could not be stored; the log of the server says why',
};

export function decide(state: UploadState, input: UploadInput, now: Date): Next {
  switch (input.type) {
    case 'requested':
      return requested(state, input, now);
    case 'command_ended':
      return commandEnded(state, input, now);
    case 'asking_again':
      return askingAgain(state, input);
    case 'status_reported':
      return statusReported(state, input, now);
    case 'arriving':
      return arriving(state, input, now);
    case 'arrived':
      return arrived(state, input, now);
    case 'broken':
      return broken(state, input, now);
    case 'overdue':
      return overdue(state, input, now);
  }
}

function requested(state: UploadState, { upload }: Input<'requested'>, now: Date): Next {
  const reply = (value: UploadReply): Effect => ({ do: 'reply', value });
  if (state.uploads.has(upload.id)) return stay(state, 'duplicate', [reply({ created: true })]);
  const open = [...state.uploads.values()].filter(({ dueAt }) => dueAt !== null);
  // What has failed, and may only be repeated, gives way to what nobody has tried yet.
  const idle = open.filter((row) => isLeftToRetry(row) && row.status === 'requested').sort(byId);
  const spare = open.length < MOST_OPEN ? [] : idle.slice(0, 1);
  if (open.length - spare.length >= MOST_OPEN)
    return stay(state, 'too_many', [reply({ created: false, why: 'too_many' })]);
  const row: UploadRow = {
    ...upload,
    status: 'requested',
    dueAt: upload.expiresAt,
    claim: null,
    claimedUntil: null,
    chargerStatus: null,
    errorCode: null,
    errorMessage: null,
    createdAt: now,
    completedAt: null,
    fileName: null,
    sizeBytes: null,
    sha256: null,
    storedAs: null,
    storedAt: null,
    fallback: null,
  };
  return { state: put(withGivenUp(state, spare, now), row), effects: [reply({ created: true })] };
}

/** A charger that declined sends nothing; one that did not answer may have begun all the same. */
function commandEnded(state: UploadState, input: Input<'command_ended'>, now: Date): Next {
  const row = [...state.uploads.values()].find(({ commandId }) => commandId === input.commandId);
  if (row === undefined) return stay(state, 'unknown');
  const { learned, status, why } = input;
  if (status === 'accepted') {
    const said = learned?.about === 'upload' ? learned : undefined;
    const after = said?.replaces === true ? withoutOlder(state, row, now) : state;
    const name = said?.fileName;
    if (name === undefined || row.fileName !== null)
      return after === state ? stay(state, 'unchanged') : { state: after, effects: [] };
    return moved(after, { ...row, fileName: name });
  }
  if (row.status === 'uploaded' || (input.isUnanswered === true && status !== 'cancelled'))
    return stay(state, 'unchanged');
  if (row.status === 'uploading') return stay(state, 'already_uploading');
  if (input.unknownAction !== undefined) return unknownCall(state, row, input.unknownAction, now);
  // Nothing is taken any more for what was declined.
  return moved(state, { ...failed(row, 'refused', why ?? 'The charger declined', now), expiresAt: now });
}

/**
 * OCPP 1.6 core has GetDiagnostics, its security extension GetLog; chargers know the one, the other, or both. A file of
 * diagnostics can be asked for by either, security events only by GetLog.
 */
function unknownCall(state: UploadState, row: UploadRow, action: string, now: Date): Next {
  const isOther = OTHER_KIND[row.kind] !== undefined && row.fallback === null;
  // The URL is kept without its credentials, and cannot be told again.
  const isTold = row.externalUrl?.includes('***') !== true;
  if (isOther && isTold) return moved(state, { ...row, fallback: 'wanted', dueAt: now });
  const hint = isOther ? `; ask for ${OTHER_KIND[row.kind]} instead` : '';
  const message = `The charger does not know ${action}${row.fallback === null ? '' : ', nor the other call for such a file'}${hint}`;
  return moved(state, { ...failed(row, 'not_supported', message, now), expiresAt: now });
}

/** The job that asks takes it before: one process asks, once. */
function askingAgain(state: UploadState, { uploadId, commandId, tokenHash }: Input<'asking_again'>): Next {
  const reply = (yours: boolean): Effect => ({ do: 'reply', value: { yours } satisfies AskedAgainReply });
  const row = state.uploads.get(uploadId);
  if (row?.commandId === commandId) return stay(state, 'duplicate', [reply(true)]);
  if (row?.fallback !== 'wanted' || row.dueAt === null) return stay(state, 'unwanted', [reply(false)]);
  const asked: UploadRow = { ...row, fallback: 'asked', commandId, tokenHash, dueAt: row.expiresAt };
  return { state: put(state, asked), effects: [reply(true)] };
}

const SUPERSEDED = 'The charger gave it up for a newer request';

/** AcceptedCanceled (2.0.1 N01.FR.12): a charger sends one log at a time, and began the newer one. */
function withoutOlder(state: UploadState, newer: UploadRow, now: Date): UploadState {
  let after = state;
  for (const row of state.uploads.values())
    if (row.dueAt !== null && row.id < newer.id && row.claim === null)
      after = put(after, failed(row, 'superseded', SUPERSEDED, now));
  return after;
}

/** The security extension and 2.x name the request. OCPP 1.6 core does not: there it is the newest open one of diagnostics. */
function statusReported(state: UploadState, input: Input<'status_reported'>, now: Date): Next {
  const meant = [...state.uploads.values()].filter(
    (row) =>
      row.dueAt !== null &&
      (input.requestId === undefined ? askedAs(row) === 'diagnostics' : row.requestId === input.requestId),
  );
  const row = meant.reduce<UploadRow | undefined>(
    (newest, each) => (newest === undefined || each.id > newest.id ? each : newest),
    undefined,
  );
  if (row === undefined) return stay(state, 'unknown');
  const said: UploadRow = { ...row, chargerStatus: input.status };
  // It has gone on to the newer one: what it says again of that must not become the word on an older one.
  const left = input.requestId === undefined ? meant.filter((each) => each.id < row.id && isLeftToRetry(each)) : [];
  const after = withGivenUp(state, left, now);
  switch (input.status.toLowerCase()) {
    case 'idle':
      return stay(state, 'idle'); // only ever the answer to a trigger
    case 'uploading':
      return moved(after, { ...said, status: 'uploading' });
    case 'uploaded':
      // Here the file itself must come; the deadline finds out whether it did.
      if (row.externalUrl === null) return moved(after, said);
      return moved(after, {
        ...said,
        status: 'uploaded',
        completedAt: now,
        dueAt: null,
        errorCode: null,
        errorMessage: null,
      });
    case 'acceptedcanceled':
      return moved(after, failed(said, 'superseded', SUPERSEDED, now));
    default:
      return moved(after, chargerFailed(said, `The charger reports ${input.status}`, now));
  }
}

/**
 * OCPP 1.6 §6.25, 2.x LogParameters: it may repeat as often as it was asked to, and as it likes if it was not. Of a file that goes
 * elsewhere it alone can tell how that went, so its request stays open for it; one that comes here is taken after a failure too.
 */
function chargerFailed(row: UploadRow, errorMessage: string, now: Date): UploadRow {
  if (row.externalUrl === null || row.retries === 0) return failed(row, 'charger_failed', errorMessage, now);
  return { ...row, status: 'requested', errorCode: 'charger_failed', errorMessage };
}

const isLeftToRetry = ({ dueAt, externalUrl, errorCode }: UploadRow): boolean =>
  dueAt !== null && externalUrl !== null && errorCode === 'charger_failed';
const givenUp = (row: UploadRow, now: Date): UploadRow =>
  failed(row, 'charger_failed', row.errorMessage ?? 'The charger reports a failure', now);
const withGivenUp = (state: UploadState, left: readonly UploadRow[], now: Date): UploadState =>
  left.reduce((after, row) => put(after, givenUp(row, now)), state);
const byId = (a: UploadRow, b: UploadRow): number => (a.id < b.id ? -1 : 1);

function arriving(state: UploadState, { uploadId, claim, until }: Input<'arriving'>, now: Date): Next {
  const row = state.uploads.get(uploadId);
  const refuse = (why: NonNullable<ArrivalReply['why']>): Next =>
    stay(state, why, [{ do: 'reply', value: { taken: false, why } satisfies ArrivalReply }]);
  if (row === undefined || row.externalUrl !== null) return refuse('unknown');
  if (row.claim === claim) return stay(state, 'duplicate', [TAKEN]);
  if (row.status === 'uploaded') return refuse('used');
  if (row.expiresAt.getTime() <= now.getTime()) return refuse('expired');
  if (isClaimed(row, now)) return refuse('busy');
  // A charger that reported a failure may try again, and its file is as good as any.
  const begun: UploadRow = { ...row, status: 'uploading', claim, claimedUntil: until, completedAt: null };
  return { state: put(state, { ...begun, dueAt: row.dueAt ?? row.expiresAt }), effects: [TAKEN] };
}

const TAKEN: Effect = { do: 'reply', value: { taken: true } satisfies ArrivalReply };

function arrived(state: UploadState, input: Input<'arrived'>, now: Date): Next {
  const row = state.uploads.get(input.uploadId);
  if (row?.storedAs === input.storedAs) return stay(state, 'duplicate', [TAKEN]);
  if (row === undefined || row.claim !== input.claim) {
    return stay(state, 'replaced', [{ do: 'reply', value: { taken: false, why: 'busy' } satisfies ArrivalReply }]);
  }
  const { storedAs, sizeBytes, sha256, fileName } = input;
  const stored: UploadRow = {
    ...row,
    status: 'uploaded',
    claim: null,
    claimedUntil: null,
    dueAt: null,
    completedAt: now,
    errorCode: null,
    errorMessage: null,
    fileName: fileName ?? row.fileName,
    storedAs,
    sizeBytes,
    sha256,
    storedAt: now,
  };
  return { state: put(state, stored), effects: [TAKEN] };
}

/** The charger may try again until the deadline, as its retries say. Only a file that is too large will not get smaller. */
function broken(state: UploadState, { uploadId, claim, why }: Input<'broken'>, now: Date): Next {
  const row = state.uploads.get(uploadId);
  if (row === undefined || row.claim !== claim) return stay(state, 'replaced');
  const free: UploadRow = { ...row, claim: null, claimedUntil: null };
  if (why === 'too_large') return moved(state, failed(free, why, FAULTS[why], now));
  return moved(state, { ...free, status: 'requested', errorCode: why, errorMessage: FAULTS[why] });
}

function overdue(state: UploadState, { uploadId }: Input<'overdue'>, now: Date): Next {
  const row = state.uploads.get(uploadId);
  if (row === undefined) return stay(state, 'unknown');
  if (row.dueAt === null || row.dueAt.getTime() > now.getTime()) return stay(state, 'early');
  if (isClaimed(row, now)) return moved(state, { ...row, dueAt: row.claimedUntil });
  if (row.fallback === 'wanted' && row.expiresAt.getTime() > now.getTime()) return stay(state, 'to_be_asked');
  if (row.chargerStatus?.toLowerCase() === 'uploaded') {
    const message = 'The charger reports that it has uploaded, but nothing arrived here: can it reach PUBLIC_URL?';
    return moved(state, failed(row, 'nothing_arrived', message, now));
  }
  if (isLeftToRetry(row)) return moved(state, givenUp(row, now));
  return moved(state, { ...row, status: 'timed_out', claim: null, claimedUntil: null, dueAt: null, completedAt: now });
}

const isClaimed = ({ claim, claimedUntil }: UploadRow, now: Date): boolean =>
  claim !== null && claimedUntil !== null && claimedUntil.getTime() > now.getTime();

const failed = (row: UploadRow, errorCode: UploadErrorCode, errorMessage: string, now: Date): UploadRow => ({
  ...row,
  status: 'failed',
  errorCode,
  errorMessage,
  dueAt: null,
  completedAt: now,
});
const put = (state: UploadState, row: UploadRow): UploadState => ({
  uploads: new Map(state.uploads).set(row.id, row),
});
const moved = (state: UploadState, row: UploadRow): Next => ({ state: put(state, row), effects: [] });
const stay = (state: UploadState, ignored: string, effects: readonly Effect[] = []): Next => ({
  state,
  effects,
  ignored,
});
