/** What the parts of the alert machine have in common: an opening and an end, each told once. Pure. */
import type { Effect, Root, Step } from '../../ingest/contract.ts';
import type { AlertRow, AlertState, Resolution } from '../types.ts';

export type Next = Step<AlertState>;
export type Context = { readonly root: Root; readonly now: Date };

export const stay = (state: AlertState, ignored: string, effects: readonly Effect[] = []): Next => ({
  state,
  effects,
  ignored,
});
export const put = (state: AlertState, row: AlertRow): AlertState => ({
  ...state,
  alerts: new Map(state.alerts).set(row.id, row),
});

export function triggered(state: AlertState, row: AlertRow, { now }: Context): Next {
  const after: AlertRow = { ...row, status: 'triggered', triggeredAt: now };
  const { id, rule, severity, title, reason, evidence, evseId, connectorId } = after;
  return {
    state: put(state, after),
    effects: [
      {
        do: 'emit',
        siteId: after.siteId,
        event: {
          type: 'alert.triggered',
          occurredAt: now,
          receivedAt: now,
          data: {
            alert_id: id,
            rule,
            severity,
            title,
            reason,
            evidence: { ...evidence },
            evse_id: evseId,
            connector_id: connectorId,
          },
        },
      },
    ],
  };
}

export const ended = (row: AlertRow, resolution: Resolution, by: string | null, { now }: Context): AlertRow => ({
  ...row,
  status: 'resolved',
  resolution,
  resolvedAt: now,
  resolvedBy: by,
  holds: resolution === 'manual',
  dueAt: null,
  updatedAt: now,
});

export function resolved(
  state: AlertState,
  row: AlertRow,
  resolution: Resolution,
  by: string | null,
  context: Context,
): Next {
  const { now } = context;
  const { id, rule, severity, title, evseId, connectorId } = row;
  const openMs = now.getTime() - (row.triggeredAt ?? now).getTime();
  return {
    state: put(state, ended(row, resolution, by, context)),
    effects: [
      {
        do: 'emit',
        siteId: row.siteId,
        event: {
          type: 'alert.resolved',
          occurredAt: now,
          receivedAt: now,
          data: {
            alert_id: id,
            rule,
            severity,
            title,
            resolution,
            duration_s: Math.max(0, Math.round(openMs / 1000)),
            evse_id: evseId,
            connector_id: connectorId,
          },
        },
      },
    ],
  };
}
