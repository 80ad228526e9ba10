/** What people do about an alert: take it on, end it. Pure. */
import type { Effect } from '../../ingest/contract.ts';
import type { AlertInput, AlertReply } from '../../ingest/inputs.ts';
import type { AlertRow, AlertState } from '../types.ts';
import { type Context, type Next, put, resolved, stay } from './shared.ts';

type Input<T extends AlertInput['type']> = Extract<AlertInput, { type: T }>;

const reply = (value: AlertReply): Effect => ({ do: 'reply', value });

/** The alert that a person means, if something may still be done about it. */
function meant(state: AlertState, alertId: string, { root }: Context): AlertRow | NonNullable<AlertReply['why']> {
  const row = state.alerts.get(alertId);
  if (row === undefined || row.organizationId !== root.organizationId) return 'unknown';
  if (row.status === 'resolved' || row.status === 'pending') return row.status;
  return row;
}

export function acknowledged(state: AlertState, input: Input<'acknowledged'>, context: Context): Next {
  const row = meant(state, input.alertId, context);
  const why = typeof row === 'string' ? row : row.status === 'acknowledged' ? 'acknowledged' : undefined;
  if (typeof row === 'string' || why !== undefined)
    return stay(state, why ?? 'unknown', [reply({ done: false, why: why ?? 'unknown' })]);
  const { now } = context;
  const { note } = input;
  const after: AlertRow = {
    ...row,
    status: 'acknowledged',
    acknowledgedAt: now,
    acknowledgedBy: note.author,
    updatedAt: now,
  };
  return { state: noted(put(state, after), input, now), effects: [reply({ done: true })] };
}

export function resolvedByHand(state: AlertState, input: Input<'resolved'>, context: Context): Next {
  const row = meant(state, input.alertId, context);
  if (typeof row === 'string') return stay(state, row, [reply({ done: false, why: row })]);
  const next = resolved(state, row, 'manual', input.note.author, context);
  return { state: noted(next.state, input, context.now), effects: [...next.effects, reply({ done: true })] };
}

const noted = (state: AlertState, { alertId, type: kind, note }: Input<'acknowledged' | 'resolved'>, at: Date) => ({
  ...state,
  notes: [...state.notes, { ...note, alertId, kind, at }],
});
