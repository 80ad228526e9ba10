/** After the cutover: how far the new key is, and what is taken away from the charger. */
import { describe, expect, test } from '@jest/globals';
import { decide } from '../../src/handovers/machine.ts';
import type { CareItem, Facts, HandoverRow, HandoverState, KeyChange } from '../../src/handovers/types.ts';
import type { Effect } from '../../src/ingest/contract.ts';
import type { HandoverInput } from '../../src/ingest/inputs.ts';

const T0 = new Date('2026-03-01T10:00:00.000Z');
const DAY = 86_400_000;
const old = Buffer.from('old');
const facts: Facts = {
  ...{ organizationId: 'org_b', number: 8, lifecycle: 'commissioned', wantsCommissioning: false, openSessions: 0 },
  ...{ heldEvents: 0, firmwareRunning: false, commandsInFlight: 0, criticalAlerts: [], hasKey: true, keyHash: old },
  ...{
    offer: null,
    connected: true,
    generation: 3,
    openSessionId: null,
    openCommands: [],
    openReservations: [],
    openAlerts: [],
    begunUpdates: [],
    hasProfiles: false,
  },
  ...{ hasLocalList: false, displayMessageIds: [] },
};
const row: HandoverRow = {
  ...{ id: 'hnd_1', organizationId: 'org_a', toOrganizationId: 'org_b', named: false, chargePointId: 'cp_1' },
  ...{ chargePointIdentity: 'CP-1', mode: 'ownership_transfer', status: 'completed', tokenHash: old, note: null },
  ...{ initiatedBy: 'key_a', expiresAt: T0, acceptedBy: 'key_b', acceptedAt: T0, siteId: null, name: null },
  ...{ waitingFor: [], reason: null, dueAt: null, endedAt: T0, previousNumber: 7, keyChange: 'pending' },
  ...{ keyCommandId: null, keyTries: 0, oldKeyHash: old, care: [], careDueAt: T0, createdAt: T0, updatedAt: T0 },
};
const call = (commandId: string) => ({ commandId, action: 'X', payload: {} });
const due: HandoverInput = {
  ...{ room: 'handovers', type: 'care_due', chargePointId: 'cp_1', receivedAt: T0, handoverId: 'hnd_1' },
  key: { ...call('cmd_key'), sealed: 's', hash: Buffer.from('new'), salt: old, kid: 'k' },
  calls: { reservation_5: call('cmd_5'), charging_profiles: call('cmd_p') },
};
const look = (
  change: Partial<HandoverRow>,
  known: Partial<Facts> = {},
  commands: readonly (readonly [string, string])[] = [],
  input: HandoverInput = due,
  now = T0,
): { row: HandoverRow; effects: readonly Effect[] } => {
  const before = { ...row, ...change };
  const state: HandoverState = {
    ...{ handovers: new Map([[before.id, before]]), facts: { ...facts, ...known }, commands: new Map(commands) },
    ...{ steps: [], cutover: undefined },
  };
  const next = decide(state, input, { chargePointId: 'cp_1', identity: 'CP-1' }, now);
  return { row: next.state.handovers.get('hnd_1') as HandoverRow, effects: next.effects };
};
const fed = (effects: readonly Effect[]) => effects.flatMap((each) => (each.do === 'feed' ? [each.input] : []));

describe('the key', () => {
  const asked = { keyChange: 'offered', keyCommandId: 'cmd_key', keyTries: 1 } as const;
  const offer = (state: string) => ({ commandId: 'cmd_key', state });
  test.each<[string, Partial<HandoverRow>, Partial<Facts>, [string, string][], KeyChange]>([
    ['connected: it is offered', {}, {}, [], 'offered'],
    ['offline: it waits', {}, { connected: false }, [], 'pending'],
    ['another key is on its way: it waits', {}, { offer: { commandId: 'cmd_x', state: 'undecided' } }, [], 'pending'],
    ['on its way', asked, { offer: offer('handing_over') }, [], 'offered'],
    ['no answer', asked, { offer: offer('undecided') }, [], 'offered'],
    ['taken', asked, { offer: offer('until_used') }, [], 'awaiting_reconnect'],
    ['taken, after a reboot', asked, { offer: offer('after_reboot') }, [], 'awaiting_reconnect'],
    ['used', asked, { keyHash: Buffer.from('new') }, [], 'changed'],
    ['set by hand meanwhile', {}, { keyHash: Buffer.from('hand') }, [], 'changed'],
    ['refused', asked, {}, [['cmd_key', 'rejected']], 'not_changed'],
    ['never sent: once more', asked, {}, [['cmd_key', 'failed']], 'offered'],
    ['never sent, three times', { ...asked, keyTries: 3 }, {}, [['cmd_key', 'failed']], 'not_changed'],
    ['it needs none any more', asked, { hasKey: false }, [], 'none'],
  ])('%s', (_what, change, known, commands, expected) => {
    const { row: after } = look(change, known, commands);
    expect(after.keyChange).toBe(expected);
    expect(after.careDueAt === null).toBe(['changed', 'not_changed', 'none'].includes(expected));
  });

  test('the old one is to open until the new one was used', () => {
    expect(fed(look({}).effects)).toMatchObject([{ room: 'charger_keys', type: 'offered', keepsOld: true }]);
  });
  test('a version that takes none is left with the old one', () => {
    expect(look({}, {}, [], { ...due, key: undefined } as HandoverInput).row.keyChange).toBe('not_changed');
  });
  test('handed on since: the next handover sees to it', () => {
    const { row: after, effects } = look({}, { organizationId: 'org_c' });
    expect([after.careDueAt, effects]).toEqual([null, []]);
  });
  test('a charger that never logs in with what it took is left to its owner after a month', () => {
    const taken = { ...asked, keyChange: 'awaiting_reconnect' } as const;
    const later = (days: number) =>
      look(taken, { offer: offer('until_used') }, [], due, new Date(T0.getTime() + days * DAY)).row;
    expect(later(1).careDueAt).not.toBeNull();
    expect(later(31)).toMatchObject({ careDueAt: null, keyChange: 'awaiting_reconnect' });
  });
});

describe('what the charger holds', () => {
  const item = (name: string, more: Partial<CareItem> = {}): CareItem => ({
    ...{ name, what: 'reservation', number: 5, state: 'pending', commandId: null },
    ...more,
  });
  const care = [
    item('reservation_5'),
    item('charging_profiles', { what: 'charging_profiles', number: null }),
    item('display_message_3', { what: 'display_message', number: 3 }),
    item('local_list', { what: 'local_list', number: null }),
  ];
  test('is asked for once the key is settled, and not before', () => {
    expect(look({ care, keyChange: 'pending' }).row.care).toEqual(care);
    const { row: after, effects } = look({ care, keyChange: 'changed' });
    expect(after.care.map(({ state }) => state)).toEqual(['asked', 'asked', 'not_supported', 'done']);
    expect(fed(effects)).toMatchObject([
      { room: 'commands', commandId: 'cmd_5', requestedBy: 'system' },
      { room: 'commands', commandId: 'cmd_p' },
      { room: 'local_lists', type: 'requested', mode: 'full' },
    ]);
  });
  test('waits for the charger', () => {
    expect(look({ care, keyChange: 'none' }, { connected: false }).row.care).toEqual(care);
  });
  test.each([
    ['accepted', 'done'],
    ['rejected', 'refused'],
    ['timed_out', 'refused'],
    ['sent', 'asked'],
  ])('its command is %s: %s', (status, expected) => {
    const one = [item('reservation_5', { state: 'asked', commandId: 'cmd_5' })];
    const { row: after } = look({ care: one, keyChange: 'none' }, {}, [['cmd_5', status]]);
    expect(after.care[0]?.state).toBe(expected);
    expect(after.careDueAt === null).toBe(expected !== 'asked');
  });
  test('a command that could not be queued is not waited for', () => {
    const one = [item('reservation_5', { state: 'asked', commandId: 'cmd_5' })];
    expect(look({ care: one, keyChange: 'none' }).row).toMatchObject({ care: [{ state: 'refused' }], careDueAt: null });
  });
});
