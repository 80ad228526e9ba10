/** Asks a charger for a file: keeps the request, then sends the command that names where to. */
import type { IssueCommand } from '../commands/index.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { UploadReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { nextRequestId } from '../platform/ids.ts';
import { tokenHashOf } from '../platform/link-token.ts';
import { secretInRequest } from '../platform/request-ids.ts';
import { redactUrls, transferUrlFault } from '../platform/transfer-url.ts';
import { askCharger } from './ask-charger.ts';
import { MOST_OPEN } from './machine.ts';
import type { StoredUpload, UploadStore } from './read-store.ts';
import type { UploadKind } from './types.ts';

export type UploadRequest = {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly requestedBy: string;
  readonly traceId: string | undefined;
  readonly kind: UploadKind;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Where the charger is to send it; undefined: here. */
  readonly url?: string | undefined;
  readonly retries?: number | undefined;
  readonly retryIntervalS?: number | undefined;
  readonly expiresInS: number;
};
export type RequestUpload = (request: UploadRequest) => Promise<StoredUpload>;

type Needs = {
  readonly store: Pick<UploadStore, 'find'>;
  readonly issue: IssueCommand;
  readonly submit: Ingest['submit'];
  readonly newId: (prefix: 'upl' | 'cmd') => string;
  readonly clock: Clock;
  /** Without a slash at its end. */
  readonly publicUrl: () => string;
  readonly schemes: readonly string[];
};

/** Throws validation_failed, not_found, charge_point_offline, too_many_requests, unavailable. */
export const createRequestUpload =
  ({ store, issue, submit, newId, clock, publicUrl, schemes }: Needs): RequestUpload =>
  async (request) => {
    const { organizationId, chargePointId, requestedBy, traceId, kind, from, to, retries, retryIntervalS } = request;
    const fault = request.url === undefined ? undefined : transferUrlFault(request.url, schemes);
    if (fault !== undefined) throw invalid('upload_url', fault);
    if (from !== undefined && to !== undefined && from >= to) throw invalid('to', 'must be later than from');
    const token = request.url === undefined ? secretInRequest().toString('base64url') : undefined;
    const url = request.url ?? `${publicUrl()}/uploads/${token}`;
    const receivedAt = clock.now();
    const upload = {
      id: newId('upl'),
      kind,
      requestId: nextRequestId(),
      commandId: newId('cmd'),
      externalUrl: request.url === undefined ? null : redactUrls(url),
      tokenHash: token === undefined ? null : tokenHashOf(token),
      expiresAt: new Date(receivedAt.getTime() + request.expiresInS * 1000),
      logFrom: from ?? null,
      logTo: to ?? null,
      requestedBy,
      retries: retries ?? null,
      retryIntervalS: retryIntervalS ?? null,
    };
    const about = { room: 'uploads', chargePointId, receivedAt, onlyFor: organizationId } as const;
    const how = { patienceMs: PATIENCE_MS, traceId };
    const reply = (await submit({ ...about, type: 'requested', upload }, how)) as UploadReply; // what the room promises
    if (!reply.created) {
      const message = `${MOST_OPEN} uploads of this charge point are open; let some of them end first`;
      throw new AppError('too_many_requests', message, { retryAfterS: 60 });
    }
    // Of a repeat: what the first request wrote down.
    const kept = await store.find(organizationId, upload.id);
    if (kept === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    const { requestId } = kept;
    const { commandId } = upload;
    await askCharger(
      { issue, submit },
      {
        ...{ organizationId, chargePointId, requestedBy, traceId, commandId, requestId },
        ...{ kind, url, from, to, retries, retryIntervalS },
      },
      receivedAt,
    );
    const stored = await store.find(organizationId, upload.id);
    if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    return stored;
  };

const invalid = (field: string, message: string): AppError =>
  new AppError('validation_failed', `The request is not valid: ${field} ${message}`, { details: [{ field, message }] });
