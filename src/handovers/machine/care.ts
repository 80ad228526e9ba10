/**
 * After the cutover, step by step while the charger is connected: a new key, then away with what it still holds of the
 * organization before. Pure; every step is found again in its row. It must never leave a charger without a key that opens.
 */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { HandoverInput } from '../../ingest/inputs.ts';
import type { CareItem, Facts, HandoverRow, HandoverState, KeyChange } from '../types.ts';

type CareDue = Extract<HandoverInput, { type: 'care_due' }>;

/** While something is to be done; while only a login is waited for, soon after the cutover and later. */
const LOOK_MS = 2_000;
const WAITING_LOOK_MS = 5_000;
const LATER_LOOK_MS = 60_000;
const SOON_MS = 3_600_000;
/** A charger that said it took the key and goes on with the old one for so long is left to its owner. */
const PATIENCE_MS = 30 * 86_400_000;
export const MOST_KEY_TRIES = 3;
/** Of each kind; what is beyond is cleared by the new owner. */
const MOST_ITEMS = 20;
const TIMEOUT_S = 30;
const ENDED = new Set(['accepted', 'rejected', 'failed', 'timed_out', 'cancelled']);

/** What the charger holds of its old organization, as far as is known. */
export function careOf(facts: Facts): CareItem[] {
  const item = (what: CareItem['what'], number: number | null): CareItem => ({
    ...{ name: number === null ? what : `${what}_${number}`, what, number },
    ...{ state: 'pending', commandId: null },
  });
  return [
    ...facts.openReservations.slice(0, MOST_ITEMS).map(({ ocppId }) => item('reservation', ocppId)),
    ...(facts.hasProfiles ? [item('charging_profiles', null)] : []),
    ...facts.displayMessageIds.slice(0, MOST_ITEMS).map((id) => item('display_message', id)),
    ...(facts.hasLocalList ? [item('local_list', null)] : []),
  ];
}

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms);
const isSettled = (key: KeyChange | null): boolean => key === 'none' || key === 'changed' || key === 'not_changed';
const isFinal = ({ state }: CareItem): boolean => state !== 'pending' && state !== 'asked';

/** Whether anything is left to be done. */
export const needsCare = ({ keyChange, care }: Pick<HandoverRow, 'keyChange' | 'care'>): boolean =>
  !isSettled(keyChange) || !care.every(isFinal);

/** The hash is another one than at the cutover: whoever changed it, the old key opens no more. */
const isChanged = (row: HandoverRow, { keyHash }: Facts): boolean =>
  keyHash !== null && (row.oldKeyHash === null || !Buffer.from(keyHash).equals(row.oldKeyHash));

/** How far the key is, by what its charge point says. */
function keyNow(row: HandoverRow, facts: Facts, state: HandoverState): Pick<HandoverRow, 'keyChange' | 'keyTries'> {
  const { keyChange, keyTries, keyCommandId } = row;
  const as = (next: KeyChange, tries = keyTries) => ({ keyChange: next, keyTries: tries });
  if (isSettled(keyChange)) return as(keyChange ?? 'none');
  if (!facts.hasKey) return as('none');
  if (isChanged(row, facts)) return as('changed');
  if (keyChange === 'pending') return as('pending');
  if (facts.offer !== null && facts.offer.commandId === keyCommandId) {
    const hasIt = facts.offer.state === 'until_used' || facts.offer.state === 'after_reboot';
    return as(hasIt ? 'awaiting_reconnect' : 'offered');
  }
  // The offer is gone, and the key is the old one: refused, never sent, or the next login was with the old key.
  const wasRefused = keyCommandId !== null && state.commands.get(keyCommandId) === 'rejected';
  return wasRefused || keyTries >= MOST_KEY_TRIES ? as('not_changed') : as('pending');
}

export function careDue(state: HandoverState, row: HandoverRow, input: CareDue, now: Date): Step<HandoverState> {
  const { facts } = state;
  if (row.careDueAt === null) return { state, effects: [], ignored: 'done' };
  if (facts === undefined) return { state, effects: [], ignored: 'unknown' };
  if (facts.organizationId !== row.toOrganizationId) return put(state, row, { careDueAt: null }, now); // handed on since
  const told = row.care.map((item) => outcomeOf(item, state));
  const key = keyNow(row, facts, state);
  const effects: Effect[] = [];
  let next: Partial<HandoverRow> = { ...key, care: told };
  if (key.keyChange === 'pending' && facts.connected && facts.offer === null) {
    if (input.key === undefined) next = { ...next, keyChange: 'not_changed' };
    else {
      next = { ...next, keyChange: 'offered', keyTries: key.keyTries + 1, keyCommandId: input.key.commandId };
      effects.push({ do: 'feed', input: offerOf(input, input.key) });
    }
  } else if (facts.connected && key.keyChange !== 'offered' && key.keyChange !== 'pending') {
    const asked = told.map((item) => ask(item, input));
    next = { ...next, care: asked.map(({ item }) => item) };
    for (const { feed } of asked) if (feed !== undefined) effects.push(feed);
  }
  const after = { ...row, ...next };
  const waits = !facts.connected || (after.keyChange === 'awaiting_reconnect' && after.care.every(isFinal));
  const sinceMs = now.getTime() - (row.endedAt ?? now).getTime();
  const lookMs = !waits ? LOOK_MS : sinceMs < SOON_MS ? WAITING_LOOK_MS : LATER_LOOK_MS;
  const isOver = waits && sinceMs > PATIENCE_MS;
  const careDueAt = needsCare(after) && !isOver ? later(now, lookMs) : null;
  return { ...put(state, row, { ...next, careDueAt }, now), effects };
}

/** Asked is asked: whatever the answer, and also without one, the new owner can clear what is left by himself. */
function outcomeOf(item: CareItem, { commands }: HandoverState): CareItem {
  if (item.state !== 'asked' || item.commandId === null) return item;
  const status = commands.get(item.commandId);
  if (status === undefined || !ENDED.has(status)) return status === undefined ? { ...item, state: 'refused' } : item;
  return { ...item, state: status === 'accepted' ? 'done' : 'refused' };
}

function ask(item: CareItem, input: CareDue): { item: CareItem; feed?: Effect } {
  const { chargePointId, receivedAt } = input;
  if (item.state !== 'pending') return { item };
  if (item.what === 'local_list') {
    const wish = { room: 'local_lists', type: 'requested', mode: 'full', requestedBy: 'system' } as const;
    return { item: { ...item, state: 'done' }, feed: { do: 'feed', input: { ...wish, chargePointId, receivedAt } } };
  }
  const call = input.calls[item.name];
  if (call === undefined) return { item: { ...item, state: 'not_supported' } };
  const command = { ...call, timeoutS: TIMEOUT_S, requestedBy: 'system', silent: true } as const;
  return {
    item: { ...item, state: 'asked', commandId: call.commandId },
    feed: { do: 'feed', input: { room: 'commands', type: 'requested', chargePointId, receivedAt, ...command } },
  };
}

function offerOf(input: CareDue, key: NonNullable<CareDue['key']>): Extract<Effect, { do: 'feed' }>['input'] {
  const { chargePointId, receivedAt } = input;
  const { commandId, action, payload, sealed, hash, salt, kid } = key;
  return {
    ...{ room: 'charger_keys', type: 'offered', chargePointId, receivedAt, commandId, action, payload, sealed },
    ...{ key: { hash, salt, kid }, keepsOld: true, timeoutS: TIMEOUT_S, requestedBy: 'system' },
  };
}

function put(state: HandoverState, row: HandoverRow, change: Partial<HandoverRow>, now: Date): Step<HandoverState> {
  const handovers = new Map(state.handovers).set(row.id, { ...row, ...change, updatedAt: now });
  return { state: { ...state, handovers }, effects: [] };
}
