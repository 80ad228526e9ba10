/** How a change of status is told. Pure. */
import type { Effect } from '../../ingest/contract.ts';
import type { ReservationRow } from '../types.ts';

export const told = (
  row: ReservationRow,
  previous: ReservationRow['status'] | null,
  { receivedAt }: { readonly receivedAt: Date },
  occurredAt: Date,
): Effect => ({
  do: 'emit',
  event: {
    type: 'reservation.updated',
    occurredAt,
    receivedAt,
    data: {
      reservation_id: row.id,
      ocpp_reservation_id: row.ocppId,
      connector_id: row.connectorId,
      token: row.tokenUid,
      previous_status: previous,
      status: row.status,
      reason: row.reason,
      expires_at: row.expiresAt.toISOString(),
      session_id: row.sessionId,
    },
  },
});
