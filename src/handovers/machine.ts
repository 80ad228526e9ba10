/**
 * The handover machine: a charge point goes from one organization to another, and both want it. Pure; the statuses move by the
 * table in machine/rules.ts. Everything is decided under the lock of the charge point: of two who want it one wins.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type { HandoverInput, HandoverRefusal, HandoverReply } from '../ingest/inputs.ts';
import { careDue, careOf, needsCare } from './machine/care.ts';
import { checklist, isShort, namesOf } from './machine/checks.ts';
import { endsOfWork } from './machine/ends.ts';
import { told } from './machine/events.ts';
import { isOpen, rules } from './machine/rules.ts';
import type { Facts, HandoverRow, HandoverState, HandoverStep, Happening } from './types.ts';

type Input<T extends HandoverInput['type']> = Extract<HandoverInput, { type: T }>;
type Next = Step<HandoverState>;
type Context = { readonly chargePointId: string; readonly identity: string };

/** How often an accepted one looks whether its charge point is idle, and for how long. */
const LOOK_MS = 5_000;
export const IDLE_WITHIN_MS = 7 * 86_400_000;

export function decide(state: HandoverState, input: HandoverInput, root: Context, now: Date): Next {
  if (input.type === 'initiated') return initiated(state, input, root, now);
  const row = state.handovers.get(input.handoverId);
  if (row === undefined) return refused(state, 'unknown');
  switch (input.type) {
    case 'accepted':
      return accepted(state, row, input, now);
    case 'declined':
    case 'cancelled':
      return givenUp(state, row, input, now);
    case 'due':
      return due(state, row, input, now);
    case 'care_due':
      return careDue(state, row, input, now);
  }
}

const reply = (value: HandoverReply): Effect => ({ do: 'reply', value });
const DONE = reply({ at: 'done' });
/** The same was asked before and done, as after an answer that was lost: docs/decisions/014. */
const repeated = (state: HandoverState): Next => ({ state, effects: [DONE], ignored: 'duplicate' });
const refused = (
  state: HandoverState,
  why: HandoverRefusal,
  more: { readonly status?: string; readonly checks?: readonly string[] } = {},
): Next => ({ state, effects: [reply({ at: 'refused', why, ...more })], ignored: why });

type Doer = { readonly by: string; readonly organizationId: string | null };
const SYSTEM: Doer = { by: 'system', organizationId: null };

/** Along the edge of the table, with its line in the history. */
function move(
  state: HandoverState,
  row: HandoverRow,
  happening: Happening,
  { by, organizationId }: Doer,
  now: Date,
  change: Partial<HandoverRow> = {},
): { state: HandoverState; row: HandoverRow } {
  const to = rules[row.status][happening];
  if (to === undefined) throw new Error(`a handover that is ${row.status} cannot be ${happening}`);
  const ends = isOpen(to) ? {} : { dueAt: null, endedAt: now, waitingFor: [] };
  const after: HandoverRow = { ...row, ...change, ...ends, status: to, updatedAt: now };
  const step: HandoverStep = {
    ...{ handoverId: row.id, at: now, happening, fromStatus: row.status, toStatus: to },
    ...{ by, byOrganizationId: organizationId, detail: after.reason ?? null },
  };
  const handovers = new Map(state.handovers).set(row.id, after);
  return { state: { ...state, handovers, steps: [...state.steps, step] }, row: after };
}

// -------------------------------------------------------------------------------------------------------------- beginning

function initiated(state: HandoverState, input: Input<'initiated'>, root: Context, now: Date): Next {
  if (state.handovers.has(input.handoverId)) return repeated(state);
  if (state.facts?.organizationId !== input.organizationId) return refused(state, 'unknown');
  const open = [...state.handovers.values()].find(({ status }) => isOpen(status));
  if (open !== undefined) return refused(state, 'already_open', { status: open.status });
  if (state.facts.lifecycle === 'decommissioned') return refused(state, 'blocked', { checks: ['commissioned'] });
  const { organizationId, toOrganizationId, mode, note, tokenHash, expiresAt, by } = input;
  const row: HandoverRow = {
    ...{
      id: input.handoverId,
      organizationId,
      toOrganizationId,
      named: toOrganizationId !== null,
      mode,
      note,
      tokenHash,
    },
    ...{ chargePointId: root.chargePointId, chargePointIdentity: root.identity, status: 'initiated', initiatedBy: by },
    ...{ expiresAt, acceptedBy: null, acceptedAt: null, siteId: null, name: null, waitingFor: [], reason: null },
    ...{ dueAt: expiresAt, endedAt: null, previousNumber: null, keyChange: null, keyCommandId: null, keyTries: 0 },
    ...{ oldKeyHash: null, care: [], careDueAt: null, createdAt: now, updatedAt: now },
  };
  const moved = move(state, row, 'offered', { by, organizationId }, now);
  return { state: moved.state, effects: [DONE] };
}

// -------------------------------------------------------------------------------------------------------------- accepting

function accepted(state: HandoverState, row: HandoverRow, input: Input<'accepted'>, now: Date): Next {
  const { organizationId, by, when, siteId, name } = input;
  if (organizationId === row.organizationId) return refused(state, 'own');
  if (row.named && organizationId !== row.toOrganizationId) return refused(state, 'unknown');
  if (wasAccepted(row, input)) return repeated(state);
  if (row.status !== 'awaiting_acceptance') return refused(state, 'not_open', { status: row.status });
  if (row.expiresAt <= now) return refused(state, 'not_open', { status: 'expired' });
  if (state.facts === undefined) return refused(state, 'unknown');
  const checks = checklist(state.facts, row.mode);
  const blocked = namesOf(checks, 'blocked');
  const waiting = namesOf(checks, 'waiting');
  const inTheWay = [...blocked, ...(when === 'idle' ? [] : waiting.filter((check) => !isShort(check)))];
  if (inTheWay.length > 0) return refused(state, 'blocked', { checks: inTheWay });
  const change = {
    ...{ toOrganizationId: organizationId, acceptedBy: by, acceptedAt: now, siteId, name, waitingFor: waiting },
    ...{ expiresAt: new Date(now.getTime() + IDLE_WITHIN_MS), dueAt: new Date(now.getTime() + LOOK_MS) },
  };
  const moved = move(state, row, 'accepted', { by, organizationId }, now, change);
  if (waiting.length > 0) return { state: moved.state, effects: [DONE] };
  const over = cutOver(moved.state, moved.row, state.facts, input, now);
  return { state: over.state, effects: [...over.effects, DONE] };
}

const wasAccepted = (row: HandoverRow, { organizationId, by, siteId, name }: Input<'accepted'>): boolean =>
  (row.status === 'accepted' || row.status === 'completed') &&
  row.toOrganizationId === organizationId &&
  row.acceptedBy === by &&
  row.siteId === siteId &&
  row.name === name;

function givenUp(state: HandoverState, row: HandoverRow, input: Input<'declined' | 'cancelled'>, now: Date): Next {
  const { organizationId, by, type } = input;
  if (type === 'cancelled' && organizationId !== row.organizationId) return refused(state, 'unknown');
  if (type === 'declined' && organizationId === row.organizationId) return refused(state, 'own');
  const isOther = row.toOrganizationId !== null && row.toOrganizationId !== organizationId;
  // Somebody else has accepted it, or it is meant for somebody else.
  if (type === 'declined' && isOther) return refused(state, row.named ? 'unknown' : 'not_open', { status: row.status });
  // By its only side: who declined it is the receiver, and the giver alone gets here to cancel.
  if (row.status === type && row.reason === input.reason) return repeated(state);
  if (rules[row.status][type] === undefined) return refused(state, 'not_open', { status: row.status });
  const whom = type === 'declined' ? { toOrganizationId: organizationId } : {};
  const moved = move(state, row, type, { by, organizationId }, now, { reason: input.reason, ...whom });
  return { state: moved.state, effects: [DONE] };
}

// -------------------------------------------------------------------------------------------------------------------- due

function due(state: HandoverState, row: HandoverRow, input: Input<'due'>, now: Date): Next {
  const stay = (ignored: string): Next => ({ state, effects: [], ignored });
  if (row.dueAt === null) return stay('ended');
  if (row.dueAt > now) return stay('early');
  if (row.status === 'awaiting_acceptance')
    return { state: move(state, row, 'expired', SYSTEM, now).state, effects: [] };
  if (row.status !== 'accepted' || state.facts === undefined) return stay('not_open');
  const checks = checklist(state.facts, row.mode);
  const [blocked] = namesOf(checks, 'blocked');
  if (blocked !== undefined)
    return { state: move(state, row, 'failed', SYSTEM, now, { reason: blocked }).state, effects: [] };
  const waiting = namesOf(checks, 'waiting');
  if (waiting.length === 0) return cutOver(state, row, state.facts, input, now);
  if (row.expiresAt <= now)
    return { state: move(state, row, 'failed', SYSTEM, now, { reason: 'never_idle' }).state, effects: [] };
  const looked = { ...row, waitingFor: waiting, dueAt: new Date(now.getTime() + LOOK_MS), updatedAt: now };
  return { state: { ...state, handovers: new Map(state.handovers).set(row.id, looked) }, effects: [] };
}

// ---------------------------------------------------------------------------------------------------------------- cutover

/**
 * All of it in this one step: whoever held the charge point holds it no more, whoever accepted does, and what was going on for
 * the one before has ended. Events before the last one are of the organization that held it.
 */
function cutOver(state: HandoverState, row: HandoverRow, facts: Facts, input: HandoverInput, now: Date): Next {
  const to = row.toOrganizationId;
  if (to === null) throw new Error(`handover ${row.id} was accepted by nobody`);
  const ready = move(state, row, 'ready', SYSTEM, now);
  const { hasKey, keyHash, number } = facts;
  const keyChange = hasKey && keyHash !== null ? 'pending' : 'none';
  const care = careOf(facts);
  const careDueAt = needsCare({ keyChange, care }) ? now : null;
  const change = { keyChange, oldKeyHash: keyHash, previousNumber: number, care, careDueAt } as const;
  const done = move(ready.state, ready.row, 'handed_over', SYSTEM, now, change);
  const { siteId, name, organizationId: from } = row;
  return {
    state: { ...done.state, cutover: { from, to, siteId, name, hasKey, at: now } },
    effects: [
      ...endsOfWork(facts, input, now, 'handed_over'),
      ...told(done.row, to, input.receivedAt, now),
      { do: 'wake', wake: { wake: 'connection', chargePointId: input.chargePointId } },
    ],
  };
}
