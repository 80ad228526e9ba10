/** What subscribers are told of a cutover: what ended for the organization before, and that the charge point changed hands. Pure. */
import type { EventData } from '../../events/index.ts';
import type { Effect } from '../../ingest/contract.ts';
import type { Common } from '../../ingest/inputs.ts';
import type { Facts, HandoverRow } from '../types.ts';

/** Why commands and reservations ended. */
export const HANDED_OVER = 'handed_over';
export const HANDED_OVER_MESSAGE = 'The charge point was handed over to another organization before it could be sent';

/** Of the organization before: it still holds the charge point when these happen. */
export function endsOfWork(facts: Facts, { chargePointId, receivedAt }: Common, now: Date): Effect[] {
  const effects: Effect[] = [];
  for (const { id, action, requestedBy, waitingNode } of facts.queuedCommands) {
    effects.push({ do: 'wake', wake: { wake: 'commands', chargePointId, nodeId: waitingNode } });
    if (requestedBy === 'system') continue; // as commands/announce.ts has it
    const data: EventData<'command.completed'> = {
      ...{ command_id: id, action, requested_by: requestedBy, session_id: null },
      status: 'cancelled',
      error: { code: HANDED_OVER, message: HANDED_OVER_MESSAGE },
    };
    effects.push({ do: 'emit', event: { type: 'command.completed', occurredAt: now, receivedAt, data } });
  }
  for (const { id, ocppId, connectorId, tokenUid, status, expiresAt } of facts.openReservations) {
    const data: EventData<'reservation.updated'> = {
      ...{ reservation_id: id, ocpp_reservation_id: ocppId, connector_id: connectorId, token: tokenUid },
      ...{ previous_status: status, reason: HANDED_OVER, session_id: null, expires_at: expiresAt.toISOString() },
      status: 'cancelled',
    };
    effects.push({ do: 'emit', event: { type: 'reservation.updated', occurredAt: now, receivedAt, data } });
  }
  for (const { id, rule, severity, title, siteId, evseId, connectorId, triggeredAt } of facts.openAlerts) {
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
      ...{ status: 'cancelled', code: HANDED_OVER, message: 'The charge point was handed over' },
    };
    effects.push({ do: 'emit', event: { type: 'firmware.update_failed', occurredAt: now, receivedAt, data } });
  }
  return effects;
}

/**
 * Once to each side. The one before is not told what is private to the new owner: who it is (unless it was named beforehand),
 * where the charge point stands now, and how far its new key is. The new owner is not told who initiated it.
 */
export function told(row: HandoverRow, to: string, receivedAt: Date, now: Date): Effect[] {
  const common = {
    ...{ handover_id: row.id, mode: row.mode, from_organization_id: row.organizationId, note: row.note },
    ...{ initiated_at: row.createdAt.toISOString(), accepted_at: (row.acceptedAt ?? now).toISOString() },
  };
  const about = { type: 'handover.completed', occurredAt: now, receivedAt } as const;
  const toFormer: EventData<'handover.completed'> = {
    ...common,
    side: 'from',
    to_organization_id: row.named ? to : null,
    initiated_by: row.initiatedBy,
    accepted_by: null,
    site_id: null,
    key_change: null,
  };
  const toNew: EventData<'handover.completed'> = {
    ...common,
    side: 'to',
    to_organization_id: to,
    initiated_by: null,
    accepted_by: row.acceptedBy,
    site_id: row.siteId,
    key_change: row.keyChange,
  };
  return [
    { do: 'emit', event: { ...about, data: toFormer } },
    { do: 'emit', event: { ...about, owner: { organizationId: to, siteId: row.siteId }, data: toNew } },
  ];
}
