/** Asks a station for a report: the command and the row that waits for its parts are written in one transaction. */

import type { CommandWaiter, DeviceCommand, IssueCommand } from '../commands/index.ts';
import type { ReportRequest } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { nextRequestId } from '../platform/ids.ts';
import type { DeviceReads, StoredReport } from './read-store.ts';

export type ReportWish = Pick<ReportRequest, 'kind' | 'base' | 'criteria'> & {
  readonly ask: (requestId: number) => DeviceCommand;
};
export type RequestReport = (request: {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly requestedBy: string;
  readonly traceId: string | undefined;
  readonly timeoutS: number | undefined;
  readonly queueForS: number | undefined;
  readonly wait: boolean;
  readonly signal: AbortSignal;
  readonly wish: ReportWish;
}) => Promise<StoredReport>;

type Needs = {
  readonly reads: Pick<DeviceReads, 'report'>;
  readonly issue: IssueCommand;
  readonly waiter: Pick<CommandWaiter, 'settled'>;
  readonly newId: (prefix: 'rpt') => string;
  readonly nodeId: string;
  readonly clock: Clock;
};

const WAIT_MS = 60_000;
/** A command to a station that is connected has this long to be sent and answered. */
const EXPIRES_S = 900;

/** Throws what issuing a command throws. */
export const createRequestReport =
  ({ reads, issue, waiter, newId, nodeId, clock }: Needs): RequestReport =>
  async ({ organizationId, chargePointId, wish, wait, signal, queueForS, ...asked }) => {
    const reportId = newId('rpt');
    const requestId = nextRequestId();
    const { kind, base, criteria, ask } = wish;
    const { requestedBy, timeoutS, traceId } = asked;
    const expiresAt = new Date(clock.now().getTime() + (queueForS ?? EXPIRES_S) * 1000);
    const request = { reportId, requestId, kind, base, criteria, requestedBy, expiresAt };
    await issue({
      organizationId,
      chargePointId,
      requestedBy,
      traceId,
      timeoutS,
      queueForS,
      command: { do: 'device', ask: ask(requestId) },
      alongside: (commandId) => ({
        room: 'device_model',
        type: 'requested',
        chargePointId,
        receivedAt: clock.now(),
        ...request,
        commandId,
        waitingNode: wait ? nodeId : null,
      }),
    });
    if (wait) await waiter.settled({ id: reportId, chargePointId }, { withinMs: WAIT_MS, signal });
    const stored = await reads.report(organizationId, reportId);
    if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    return stored;
  };
