/** Asks a swapping station to begin a swap for somebody who may charge there (2.1 S02). */
import type { IssueCommand } from '../commands/index.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { nextRequestId } from '../platform/ids.ts';
import { createDescribeToken, mayChargeAt } from '../tokens/index.ts';
import { type SwapView, swapById } from './store.ts';

export type RequestSwap = (request: {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly requestedBy: string;
  readonly traceId: string | undefined;
  readonly tokenUid: string;
  readonly timeoutS: number | undefined;
  readonly wait: boolean | undefined;
}) => Promise<SwapView>;

type Needs = {
  readonly db: Parameters<typeof swapById>[0];
  readonly issue: IssueCommand;
  readonly newId: (prefix: 'bsw') => string;
  readonly clock: Clock;
};

/** The caller has made sure whose the charge point is. Throws conflict, and what a command throws. */
export const createRequestSwap =
  ({ db, issue, newId, clock }: Needs): RequestSwap =>
  async ({ organizationId, chargePointId, requestedBy, traceId, timeoutS, wait, ...request }) => {
    const tokenUid = request.tokenUid.trim();
    const now = clock.now();
    const standing = await mayChargeAt(db, chargePointId, tokenUid, now);
    if (standing !== 'accepted')
      throw new AppError('conflict', `Token ${tokenUid} may not take batteries there: ${standing}`);
    const { tokenType } = await createDescribeToken(db)(organizationId, tokenUid);
    const requestId = nextRequestId();
    const swapId = newId('bsw');
    await issue({
      ...{ organizationId, chargePointId, requestedBy, traceId, timeoutS, wait },
      command: { do: 'request_battery_swap', requestId, tokenUid, tokenType },
      alongside: (commandId) => ({
        room: 'battery_swaps',
        type: 'requested',
        receivedAt: now,
        ...{ chargePointId, swapId, requestId, commandId, tokenUid, requestedBy },
      }),
    });
    const row = await swapById(db, organizationId, swapId);
    if (row === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    return row;
  };
