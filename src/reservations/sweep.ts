/**
 * The job of the room: reservations whose time is over expire, and a charger is asked again for those of which nobody knows
 * whether it keeps them: it has rebooted and may have forgotten them, or its answer was lost. OCPP 1.6 §5.13: a reservation with a
 * known number replaces that one, so asking twice does no harm. It is asked to let go of those that nobody wants any more, never for them.
 */
import type { IssueCommand } from '../commands/index.ts';
import type { Tx } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import { AppError } from '../platform/errors.ts';
import { closeOrphans, type Doubtful, doubtfulReservations, dueReservations } from './store.ts';
import { isUnwanted } from './types.ts';

type Needs = {
  readonly db: Tx;
  readonly submit: Ingest['submit'];
  readonly issue: IssueCommand;
  readonly now: () => Date;
};

const AT_ONCE = 200;

/** A second node that sweeps the same rows finds them ended, or asked for. */
export async function sweepReservations({ db, submit, issue, now }: Needs): Promise<void> {
  const at = now();
  await closeOrphans(db, at);
  const due = await dueReservations(db, at, AT_ONCE);
  await Promise.all(
    due.map(({ id, chargePointId }) =>
      submit(
        { room: 'reservations', type: 'overdue', chargePointId, receivedAt: at, reservationId: id },
        { patienceMs: PATIENCE_MS },
      ),
    ),
  );
  const doubtful = await doubtfulReservations(db, at, AT_ONCE);
  await Promise.all(doubtful.map((row) => askAgain(issue, row, at)));
}

async function askAgain(issue: IssueCommand, row: Doubtful, receivedAt: Date): Promise<void> {
  const { id: reservationId, organizationId, chargePointId, ocppId, connectorId, tokenUid, expiresAt } = row;
  const to = { organizationId, chargePointId, requestedBy: 'system' } as const;
  const about = { room: 'reservations', chargePointId, receivedAt, reservationId } as const;
  try {
    if (isUnwanted(row)) {
      await issue({
        ...to,
        command: { do: 'cancel_reservation', ocppId },
        alongside: () => ({ ...about, type: 'cancel_requested' }),
      });
      return;
    }
    await issue({
      ...to,
      command: {
        ...{ do: 'reserve', ocppId, connectorId, tokenUid, expiresAt },
        connectorType: row.connectorType ?? undefined,
        tokenKind: row.tokenKind ?? undefined,
        parentIdTag: row.parentIdTag ?? undefined,
      },
      alongside: (commandId) => ({ ...about, type: 'renewal_requested', commandId }),
    });
  } catch (cause) {
    // Gone again, or busy: the next run finds the reservation as it is.
    if (!(cause instanceof AppError) || cause.code === 'internal') throw cause;
  }
}
