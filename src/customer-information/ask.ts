/** Asks a station what it holds of a person, or to forget it; hands the data to whoever asked, once. */
import { commandEndsBy, type FriendlyCommand, type IssueCommand } from '../commands/index.ts';
import { type Ingest, PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import type { CollectReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { nextRequestId } from '../platform/ids.ts';
import { closeOrphans, dueReports, forgetContent, type ReportView, reportById } from './store.ts';
import { KEPT_MS } from './types.ts';

export type CustomerSubject = Extract<FriendlyCommand, { do: 'customer_information' }>['subject'];

export type AskCustomer = (request: {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly requestedBy: string;
  readonly traceId: string | undefined;
  readonly report: boolean;
  readonly clear: boolean;
  readonly subject: CustomerSubject;
  readonly timeoutS: number | undefined;
}) => Promise<ReportView>;

type Db = Parameters<typeof reportById>[0];
type Needs = {
  readonly db: Db;
  readonly issue: IssueCommand;
  readonly submit: Ingest['submit'];
  readonly newId: (prefix: 'cin') => string;
  readonly clock: Clock;
};

const AT_ONCE = 200;

/** Throws what a command throws. */
export const createAskCustomer =
  ({ db, issue, newId, clock }: Omit<Needs, 'submit'>): AskCustomer =>
  async ({ organizationId, chargePointId, requestedBy, traceId, report, clear, subject, timeoutS }) => {
    const requestId = nextRequestId();
    const reportId = newId('cin');
    await issue({
      ...{ organizationId, chargePointId, requestedBy, traceId, timeoutS },
      command: { do: 'customer_information', requestId, report, clear, subject },
      alongside: (commandId) => ({
        room: 'customer_information',
        type: 'requested',
        receivedAt: clock.now(),
        ...{ chargePointId, reportId, requestId, commandId, report, clear, requestedBy },
        subject: subject.by,
        commandEndsBy: commandEndsBy(clock.now(), timeoutS),
      }),
    });
    const row = await reportById(db, organizationId, reportId);
    if (row === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    return row;
  };

const WHY_NOT = {
  unknown: 'There is no such request',
  not_ready: 'The station has not told all of it yet',
  collected: 'The data was taken already; it is given out once',
  expired: 'The data was not taken within a day, and is gone; ask the station again',
  none: 'The station told nothing',
} as const;

export type CollectCustomer = (
  organizationId: string,
  row: Pick<ReportView, 'id' | 'chargePointId'>,
) => Promise<{ data: string; whole: boolean }>;

/** Throws not_found, conflict, unavailable. */
export const createCollect =
  ({ submit, clock }: Pick<Needs, 'clock'> & { readonly submit: SubmitFor }): CollectCustomer =>
  async (organizationId, { id: reportId, chargePointId }) => {
    const reply = (await submit(
      {
        ...{ room: 'customer_information', type: 'collected', chargePointId, reportId },
        ...{ onlyFor: organizationId, receivedAt: clock.now() },
      },
      { patienceMs: PATIENCE_MS },
    )) as CollectReply; // what the room promises, see ingest/inputs/customer-information.ts
    if (reply.data !== undefined) return reply;
    throw new AppError(reply.why === 'unknown' ? 'not_found' : 'conflict', WHY_NOT[reply.why]);
  };

/** Every few seconds. What a second node sweeps too is found ended. */
export async function sweepCustomerReports({
  db,
  submit,
  now,
}: Pick<Needs, 'db' | 'submit'> & { readonly now: Date }): Promise<void> {
  await closeOrphans(db, now);
  await forgetContent(db, new Date(now.getTime() - KEPT_MS));
  const due = await dueReports(db, now, AT_ONCE);
  await Promise.allSettled(
    due.map(({ id, chargePointId }) =>
      submit(
        { room: 'customer_information', type: 'overdue', chargePointId, reportId: id, receivedAt: now },
        { patienceMs: PATIENCE_MS },
      ),
    ),
  );
}
