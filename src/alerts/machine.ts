/**
 * The alert machine: pending → triggered → acknowledged → resolved. Pure.
 * It must tell each opening once and each end once, and never have two live alerts of one key.
 */
import type { AlertInput } from '../ingest/inputs.ts';
import { acknowledged, resolvedByHand } from './machine/people.ts';
import { type Context, ended, type Next, put, resolved, stay, triggered } from './machine/shared.ts';
import { type AlertRow, type AlertState, isLive, isWorse, keyOf, type Status } from './types.ts';

export type { Context };

type Input<T extends AlertInput['type']> = Extract<AlertInput, { type: T }>;

/** An opening this soon after the end of the one before belongs to the same row of openings … */
export const STREAK_MS = 3_600_000;
/** … and from so many in a row on it flaps: it stays open until it has been quiet for so long. */
export const FLAPPING = 3;
export const QUIET_MS = 15 * 60_000;

/** `none`: there is no such alert, or no more. What is not named here does not happen. */
export const edges = {
  none: { observed: 'pending', observed_long_enough: 'triggered' },
  pending: { observed_long_enough: 'triggered', recovered: 'none', superseded: 'none' },
  triggered: {
    acknowledged: 'acknowledged',
    recovered: 'resolved',
    superseded: 'resolved',
    resolved_by_hand: 'resolved',
  },
  acknowledged: { recovered: 'resolved', superseded: 'resolved', resolved_by_hand: 'resolved' },
  /** Resolved by hand while it goes on: it is quiet until it has gone, or has happened again. */
  resolved: { observed_again: 'triggered' },
} as const satisfies Record<Status | 'none', Partial<Record<string, Status | 'none'>>>;

export function decide(state: AlertState, input: AlertInput, context: Context): Next {
  switch (input.type) {
    case 'observed':
      return observed(state, input, context);
    case 'recovered':
      return recovered(state, input, context);
    case 'acknowledged':
      return acknowledged(state, input, context);
    case 'resolved':
      return resolvedByHand(state, input, context);
  }
}

// ------------------------------------------------------------------------------------------------------------ observations

function observed(state: AlertState, input: Input<'observed'>, context: Context): Next {
  const { now, root } = context;
  const same = [...state.alerts.values()].filter(
    (row) => row.organizationId === root.organizationId && keyOf(row) === keyOf(input),
  );
  const live = same.find(isLive);
  if (live === undefined) return opened(state, input, streakAfter(same, now), context);
  const isRepeat = input.lastAt !== null && input.lastAt > live.lastAt;
  if (live.status === 'resolved') {
    if (!isRepeat) return stay(state, 'resolved_by_hand');
    const before = put(state, { ...live, holds: false, updatedAt: now });
    return opened(before, input, streakAfter(same, now), context);
  }
  const joins = (input.members ?? []).length > 0;
  if (live.status === 'pending' && (live.dueAt === null || live.dueAt <= now)) {
    return triggered(state, told({ ...live, severity: input.severity, dueAt: null }, input, now), context);
  }
  if (live.status !== 'pending' && input.mayRise === true && isWorse(input.severity, live.severity)) {
    return raised(state, live, input, context);
  }
  if (!isRepeat && !joins && (live.status === 'pending' || live.dueAt === null)) return stay(state, 'known');
  const occurrences = isRepeat ? live.occurrences + 1 : live.occurrences;
  // What had gone, and was only waited for to stay so, is back.
  const dueAt = live.status === 'pending' ? live.dueAt : null;
  return joined(put(state, { ...told(live, input, now), occurrences, dueAt }), live.id, input, now);
}

/** What is known of it now; the words of an open one follow. */
const told = (row: AlertRow, input: Input<'observed'>, now: Date): AlertRow => ({
  ...row,
  reason: input.reason,
  evidence: input.evidence,
  lastAt: input.lastAt !== null && input.lastAt > row.lastAt ? input.lastAt : row.lastAt,
  updatedAt: now,
});

/** It got worse: one that says so takes its place at once, however long a first one has to wait. It falls no more while it is open. */
function raised(state: AlertState, live: AlertRow, input: Input<'observed'>, context: Context): Next {
  const before = resolved(state, live, 'superseded', null, context);
  const next = opened(before.state, { ...input, since: live.since, forS: 0 }, live.streak, context);
  return { ...next, effects: [...before.effects, ...next.effects] };
}

/** The how many-th opening in a row the next one is. */
function streakAfter(same: readonly AlertRow[], now: Date): number {
  const recent = same.filter(
    ({ resolvedAt }) => resolvedAt !== null && now.getTime() - resolvedAt.getTime() < STREAK_MS,
  );
  return Math.max(0, ...recent.map(({ streak }) => streak)) + 1;
}

function opened(state: AlertState, input: Input<'observed'>, streak: number, context: Context): Next {
  const { now, root } = context;
  const since = input.since ?? now;
  const dueAt = new Date(since.getTime() + input.forS * 1000);
  const row: AlertRow = {
    id: input.alertId,
    organizationId: root.organizationId,
    rule: input.rule,
    siteId: input.siteId === undefined ? root.siteId : input.siteId,
    evseId: input.evseId,
    connectorId: input.connectorId,
    subject: input.subject,
    status: 'pending',
    severity: input.severity,
    title: input.title,
    reason: input.reason,
    evidence: input.evidence,
    holds: true,
    since,
    lastAt: input.lastAt ?? since,
    occurrences: 1,
    streak,
    dueAt: dueAt > now ? dueAt : null,
    members: 0,
    createdAt: now,
    triggeredAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    resolution: null,
    resolvedBy: null,
    updatedAt: now,
  };
  const next = row.dueAt === null ? triggered(state, row, context) : { state: put(state, row), effects: [] };
  return { ...next, state: joined(next.state, row.id, input, now).state };
}

/** Of a group: more charge points are folded into it. */
function joined(state: AlertState, alertId: string, { members = [] }: Input<'observed'>, at: Date): Next {
  const row = state.alerts.get(alertId);
  if (members.length === 0 || row === undefined) return { state, effects: [] };
  return {
    state: {
      ...put(state, { ...row, members: row.members + members.length }),
      joined: [...state.joined, ...members.map((chargePointId) => ({ alertId, chargePointId, at }))],
    },
    effects: [],
  };
}

// ------------------------------------------------------------------------------------------------------------------- ends

function recovered(state: AlertState, input: Input<'recovered'>, context: Context): Next {
  const { now, root } = context;
  const row = state.alerts.get(input.alertId);
  if (row === undefined || !isLive(row)) return stay(state, 'not_live');
  if (row.status === 'resolved') return { state: put(state, { ...row, holds: false, updatedAt: now }), effects: [] };
  if (row.status === 'pending') {
    const alerts = new Map(state.alerts);
    alerts.delete(row.id);
    return { state: { ...state, alerts, gone: new Set(state.gone).add(row.id) }, effects: [] };
  }
  // Handed over: nobody tells the new owner what the old one was warned of.
  if (row.organizationId !== root.organizationId) {
    return { state: put(state, ended(row, 'superseded', null, context)), effects: [] };
  }
  if (input.superseded === true) return resolved(state, row, 'superseded', null, context);
  if (row.streak >= FLAPPING) {
    if (row.dueAt === null) {
      const dueAt = new Date(now.getTime() + QUIET_MS);
      return { state: put(state, { ...row, dueAt, updatedAt: now }), effects: [] };
    }
    if (row.dueAt > now) return stay(state, 'flapping');
  }
  return resolved(state, row, 'auto', null, context);
}
