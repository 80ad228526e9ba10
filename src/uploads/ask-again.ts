/**
 * The charger did not know the call that such a file is asked by: asks by the other one (machine.ts says when). The URL of the
 * first one is not kept in the clear, so a file that comes here gets a new one; the old one ends with that.
 */
import { randomBytes } from 'node:crypto';
import type { IssueCommand } from '../commands/index.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { AskedAgainReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { tokenHashOf } from '../platform/link-token.ts';
import { askCharger } from './ask-charger.ts';
import type { DueUpload, UploadStore } from './read-store.ts';
import { askedAs } from './types.ts';

export type AskAgain = (upload: DueUpload) => Promise<void>;

type Needs = {
  readonly store: Pick<UploadStore, 'find'>;
  readonly issue: IssueCommand;
  readonly submit: Ingest['submit'];
  readonly newId: (prefix: 'cmd') => string;
  readonly clock: Clock;
  readonly publicUrl: () => string;
};

export const createAskAgain =
  ({ store, issue, submit, newId, clock, publicUrl }: Needs): AskAgain =>
  async ({ organizationId, chargePointId, id: uploadId }) => {
    const row = await store.find(organizationId, uploadId);
    if (row?.fallback !== 'wanted') return;
    const { externalUrl, requestId, requestedBy } = row;
    const token = externalUrl === null ? randomBytes(32).toString('base64url') : undefined;
    const commandId = newId('cmd');
    const receivedAt = clock.now();
    const reply = (await submit(
      {
        ...{ room: 'uploads', type: 'asking_again', chargePointId, receivedAt, uploadId, commandId },
        tokenHash: token === undefined ? null : tokenHashOf(token),
      },
      { patienceMs: PATIENCE_MS },
    )) as AskedAgainReply; // what the room promises
    if (!reply.yours) return;
    await askCharger(
      { issue, submit },
      {
        ...{ organizationId, chargePointId, requestedBy, traceId: undefined, commandId, requestId },
        kind: askedAs(row),
        url: externalUrl ?? `${publicUrl()}/uploads/${token}`,
        from: row.logFrom ?? undefined,
        to: row.logTo ?? undefined,
        retries: row.retries ?? undefined,
        retryIntervalS: row.retryIntervalS ?? undefined,
      },
      receivedAt,
    ).catch((cause: unknown) => {
      if (!(cause instanceof AppError)) throw cause; // the request has ended with the reason: it went offline, was deleted
    });
  };
