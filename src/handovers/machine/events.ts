/** What subscribers are told of a cutover: that the charge point changed hands. Pure; what ended with it is in ends.ts. */
import type { EventData } from '../../events/index.ts';
import type { Effect } from '../../ingest/contract.ts';
import type { HandoverRow } from '../types.ts';

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
