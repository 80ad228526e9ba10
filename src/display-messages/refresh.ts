/** Asks a station which messages it holds, and gives up on one that does not tell. */
import { commandEndsBy, type IssueCommand } from '../commands/index.ts';
import type { Tx } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { nextRequestId } from '../platform/ids.ts';
import { closeOrphans, dueRefreshes, latestRefresh } from './store.ts';
import type { RefreshRow } from './types.ts';

const AT_ONCE = 200;

export type Refresh = (request: {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly requestedBy: string;
  readonly traceId: string | undefined;
  readonly timeoutS: number | undefined;
}) => Promise<RefreshRow>;

type Needs = {
  readonly db: Tx;
  readonly issue: IssueCommand;
  readonly newId: (prefix: 'dmr') => string;
  readonly clock: Clock;
};

/** Throws what a command throws. */
export const createRefresh =
  ({ db, issue, newId, clock }: Needs): Refresh =>
  async ({ organizationId, chargePointId, requestedBy, traceId, timeoutS }) => {
    const requestId = nextRequestId();
    const refreshId = newId('dmr');
    await issue({
      ...{ organizationId, chargePointId, requestedBy, traceId, timeoutS },
      command: { do: 'get_display_messages', requestId },
      alongside: (commandId) => ({
        room: 'display_messages',
        type: 'refresh_requested',
        receivedAt: clock.now(),
        ...{ chargePointId, refreshId, requestId, commandId, requestedBy },
        commandEndsBy: commandEndsBy(clock.now(), timeoutS),
      }),
    });
    const row = await latestRefresh(db, { organizationId, chargePointId });
    if (row === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    return row;
  };

/** A second node that sweeps the same rows finds them ended. */
export async function sweepRefreshes({
  db,
  submit,
  now,
}: {
  readonly db: Tx;
  readonly submit: Ingest['submit'];
  readonly now: Date;
}): Promise<void> {
  await closeOrphans(db, now);
  const due = await dueRefreshes(db, now, AT_ONCE);
  await Promise.allSettled(
    due.map(({ id, chargePointId }) =>
      submit(
        { room: 'display_messages', type: 'overdue', chargePointId, refreshId: id, receivedAt: now },
        { patienceMs: PATIENCE_MS },
      ),
    ),
  );
}
