/** Tells a charger where its file is to go; when it cannot be told, the request ends. */
import type { IssueCommand } from '../commands/index.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import { isRefusal } from '../platform/errors.ts';
import type { UploadKind } from './types.ts';

export type AskedFor = {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly requestedBy: string;
  readonly traceId: string | undefined;
  readonly commandId: string;
  readonly requestId: number;
  readonly kind: UploadKind;
  readonly url: string;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly retries: number | undefined;
  readonly retryIntervalS: number | undefined;
};

/** Throws what {@link IssueCommand} throws. */
export async function askCharger(
  { issue, submit }: { readonly issue: IssueCommand; readonly submit: Ingest['submit'] },
  { organizationId, chargePointId, requestedBy, traceId, commandId, ...file }: AskedFor,
  receivedAt: Date,
): Promise<void> {
  try {
    await issue({ organizationId, chargePointId, commandId, requestedBy, traceId, command: { do: 'upload', ...file } });
  } catch (cause) {
    if (!isRefusal(cause)) throw cause; // it may have been queued; if not, the deadline of the request ends it
    const why = cause.message;
    const ended = { type: 'command_ended', commandId, status: 'failed', why, learned: undefined } as const;
    const how = { patienceMs: PATIENCE_MS, traceId };
    await submit({ room: 'uploads', chargePointId, receivedAt, ...ended }, how).catch(() => undefined); // its deadline ends it
    throw cause;
  }
}
