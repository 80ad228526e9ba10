/**
 * What was under way when a charge point leaves its owner, handed over or deleted, and what subscribers are told of its end. Pure.
 * What becomes of the rows stands in fates.ts.
 */
import type { EventData } from '../../events/index.ts';
import type { Effect } from '../../ingest/contract.ts';
import type { Common } from '../../ingest/inputs.ts';
import type { Facts } from '../types.ts';

/** How it leaves: the code that everything ends with, and the words beside it. */
export const leavings = {
  handed_over: { told: 'The charge point was handed over to another organization', commandStatus: 'cancelled' },
  charge_point_deleted: { told: 'The charge point was deleted', commandStatus: 'failed' },
} as const;
export type Leaving = keyof typeof leavings;
/** To the words beside it, of a command that was still queued. */
export const UNSENT = ' before it could be sent';

/** Of the organization that it leaves: it still holds the charge point when these happen. */
export function endsOfWork(facts: Facts, { chargePointId, receivedAt }: Common, now: Date, leaving: Leaving): Effect[] {
  const { told, commandStatus } = leavings[leaving];
  const effects: Effect[] = [];
  for (const { id, action, status, requestedBy, sessionId, waitingNode } of facts.openCommands) {
    effects.push({ do: 'wake', wake: { wake: 'commands', chargePointId, nodeId: waitingNode } });
    if (requestedBy === 'system') continue; // as commands/announce.ts has it
    const data: EventData<'command.completed'> = {
      ...{ command_id: id, action, requested_by: requestedBy, session_id: sessionId },
      status: commandStatus,
      error: { code: leaving, message: status === 'queued' ? `${told}${UNSENT}` : told },
    };
    effects.push({ do: 'emit', event: { type: 'command.completed', occurredAt: now, receivedAt, data } });
  }
  for (const { id, ocppId, connectorId, tokenUid, status, expiresAt } of facts.openReservations) {
    const data: EventData<'reservation.updated'> = {
      ...{ reservation_id: id, ocpp_reservation_id: ocppId, connector_id: connectorId, token: tokenUid },
      ...{ previous_status: status, reason: leaving, session_id: null, expires_at: expiresAt.toISOString() },
      status: 'cancelled',
    };
    effects.push({ do: 'emit', event: { type: 'reservation.updated', occurredAt: now, receivedAt, data } });
  }
  // docs/alerts.md: who deletes a charge point is told of no alert that ends with it.
  for (const alert of leaving === 'handed_over' ? facts.openAlerts : []) {
    const { id, rule, severity, title, siteId, evseId, connectorId, triggeredAt } = alert;
    const data: EventData<'alert.resolved'> = {
      ...{ alert_id: id, rule, severity, title, resolution: 'superseded', evse_id: evseId, connector_id: connectorId },
      duration_s: Math.max(0, Math.round((now.getTime() - triggeredAt.getTime()) / 1000)),
    };
    effects.push({ do: 'emit', siteId, event: { type: 'alert.resolved', occurredAt: now, receivedAt, data } });
  }
  // One that was never told to have begun is not told to have ended either.
  for (const { id, rolloutId, fromVersion, targetVersion, attempts } of facts.begunUpdates) {
    const data: EventData<'firmware.update_failed'> = {
      ...{ update_id: id, rollout_id: rolloutId, from_version: fromVersion, target_version: targetVersion, attempts },
      ...{ status: 'cancelled', code: leaving, message: told },
    };
    effects.push({ do: 'emit', event: { type: 'firmware.update_failed', occurredAt: now, receivedAt, data } });
  }
  return effects;
}
