import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checklist } from '../../src/handovers/machine/checks.ts';
import { handoverStatuses, isOpen, rules } from '../../src/handovers/machine/rules.ts';
import { decide, IDLE_WITHIN_MS } from '../../src/handovers/machine.ts';
import type { Facts, HandoverRow, HandoverState, HandoverStatus } from '../../src/handovers/types.ts';
import type { Effect } from '../../src/ingest/contract.ts';
import type { HandoverInput } from '../../src/ingest/inputs.ts';

const T0 = new Date('2026-03-01T10:00:00.000Z');
const at = (ms: number): Date => new Date(T0.getTime() + ms);
const DAY = 86_400_000;
const root = { chargePointId: 'cp_1', identity: 'CP-1' };
const idle: Facts = {
  ...{ organizationId: 'org_a', number: 7, lifecycle: 'commissioned', wantsCommissioning: false, openSessions: 0 },
  ...{ heldEvents: 0, firmwareRunning: false, commandsInFlight: 0, criticalAlerts: [], hasKey: true },
  ...{ keyHash: Buffer.from('old'), offer: null, connected: true, generation: 3, openCommands: [] },
  ...{ openSessionId: null, openReservations: [], openAlerts: [], begunUpdates: [] },
  ...{ hasProfiles: false, hasLocalList: false, displayMessageIds: [] },
};
const empty = (facts: Facts = idle): HandoverState => ({
  ...{ handovers: new Map(), facts, commands: new Map(), steps: [], cutover: undefined },
});
const common = { room: 'handovers', chargePointId: 'cp_1', receivedAt: T0, handoverId: 'hnd_1' } as const;
const inputs = {
  initiated: {
    ...{ ...common, type: 'initiated', organizationId: 'org_a', by: 'key_a', toOrganizationId: null, note: null },
    ...{ mode: 'ownership_transfer', tokenHash: Buffer.from('t'), expiresAt: at(14 * DAY) },
  },
  accepted: {
    ...{ ...common, type: 'accepted', organizationId: 'org_b', by: 'key_b', when: 'idle', siteId: null, name: null },
  },
  declined: { ...common, type: 'declined', organizationId: 'org_b', by: 'key_b', reason: 'no' },
  cancelled: { ...common, type: 'cancelled', organizationId: 'org_a', by: 'key_a', reason: 'no' },
  due: { ...common, type: 'due' },
  care_due: { ...common, type: 'care_due', key: undefined, calls: {} },
} as const satisfies Record<HandoverInput['type'], HandoverInput>;

const step = (state: HandoverState, input: HandoverInput, now = T0) =>
  decide({ ...state, steps: [], cutover: undefined }, input, root, now);
const run = (list: readonly HandoverInput[], state = empty()): HandoverState =>
  list.reduce((before, input) => step(before, input).state, state);
const rowOf = ({ handovers }: HandoverState): HandoverRow | undefined => handovers.get('hnd_1');
const replyOf = (effects: readonly Effect[]): unknown =>
  effects.flatMap((effect) => (effect.do === 'reply' ? [effect.value] : [])).at(-1);
const emitted = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.do === 'emit' ? [effect.event] : []));
/** The row as it is in that status, whatever led there. */
function inStatus(status: HandoverStatus, facts = idle): HandoverState {
  const state = run([inputs.initiated], empty(facts));
  const row = rowOf(state) as HandoverRow;
  const isOver = !isOpen(status);
  const change = {
    status,
    toOrganizationId: status === 'awaiting_acceptance' ? null : 'org_b',
    ...(isOver && { dueAt: null }),
  };
  return { ...state, handovers: new Map([[row.id, { ...row, ...change }]]) };
}

describe('each status and each input', () => {
  const expected: Readonly<Record<HandoverStatus, Readonly<Partial<Record<HandoverInput['type'], HandoverStatus>>>>> = {
    initiated: {},
    awaiting_acceptance: { accepted: 'completed', declined: 'declined', cancelled: 'cancelled', due: 'expired' },
    accepted: { declined: 'declined', cancelled: 'cancelled', due: 'completed' },
    cutover: {},
    completed: {},
    declined: {},
    cancelled: {},
    expired: {},
    failed: {},
  };
  const cases = handoverStatuses.flatMap((status) =>
    (['accepted', 'declined', 'cancelled', 'due', 'care_due'] as const).map((type) => [status, type] as const),
  );
  test.each(cases)('%s, %s', (status, type) => {
    const before = inStatus(status);
    const { state, effects } = step(before, inputs[type], at(14 * DAY - (type === 'due' ? 0 : 1)));
    const after = expected[status][type];
    expect(rowOf(state)?.status).toBe(after ?? status);
    if (after === undefined && type !== 'due' && type !== 'care_due') {
      expect(replyOf(effects)).toMatchObject({ at: 'refused', why: 'not_open' });
    }
  });
});

describe('beginning', () => {
  test('somebody else’s charge point is unknown; one handover at a time; what is out of service stays', () => {
    const begin = (state: HandoverState, more = {}) =>
      replyOf(step(state, { ...inputs.initiated, handoverId: 'hnd_2', ...more }).effects);
    expect(begin(empty(), { organizationId: 'org_b' })).toMatchObject({ why: 'unknown' });
    expect(begin(run([inputs.initiated]))).toMatchObject({ why: 'already_open' });
    expect(begin(run([inputs.initiated, inputs.cancelled]))).toEqual({ at: 'done' });
    expect(begin(empty({ ...idle, lifecycle: 'decommissioned' }))).toMatchObject({ why: 'blocked' });
    expect(replyOf(step(run([inputs.initiated]), inputs.initiated).effects)).toEqual({ at: 'done' }); // a lost commit
  });
});

describe('accepting', () => {
  test('all at once where nothing is in the way: every step is in the history, both sides are told', () => {
    const { state, effects } = step(run([inputs.initiated]), inputs.accepted);
    expect(rowOf(state)).toMatchObject({
      status: 'completed',
      toOrganizationId: 'org_b',
      keyChange: 'pending',
      previousNumber: 7,
    });
    expect(state.steps.map(({ happening }) => happening)).toEqual(['accepted', 'ready', 'handed_over']);
    expect(state.cutover).toMatchObject({ from: 'org_a', to: 'org_b' });
    const events = emitted(effects).filter(({ type }) => type === 'handover.completed');
    expect(events.map(({ owner }) => owner?.organizationId)).toEqual([undefined, 'org_b']);
    expect(events.map(({ data }) => data)).toMatchObject([
      { side: 'from', to_organization_id: null, accepted_by: null, initiated_by: 'key_a' },
      { side: 'to', to_organization_id: 'org_b', accepted_by: 'key_b', initiated_by: null },
    ]);
    expect(effects).toContainEqual({ do: 'wake', wake: { wake: 'connection', chargePointId: 'cp_1' } });
  });

  test('of two who want it one wins; the other is told', () => {
    const first = step(run([inputs.initiated]), inputs.accepted);
    const second = step(first.state, { ...inputs.accepted, organizationId: 'org_c', by: 'key_c' });
    expect(replyOf(second.effects)).toMatchObject({ why: 'not_open', status: 'completed' });
    expect(second.state.cutover).toBeUndefined();
    expect(rowOf(second.state)?.toOrganizationId).toBe('org_b');
  });

  const given = (...list: HandoverInput[]) => [inputs.initiated, ...list];
  test.each<[string, HandoverInput, Partial<Facts>]>([
    ['accepted', inputs.accepted, {}],
    ['accepted, and waiting', inputs.accepted, { openSessions: 1 }],
    ['declined', inputs.declined, {}],
    ['cancelled', inputs.cancelled, {}],
  ])('what was %s is done for who asks for the very same again, and nothing moves', (_what, input, facts) => {
    const before = run(given(input), empty({ ...idle, ...facts }));
    const { state, effects } = step(before, input, at(20 * DAY));
    expect(replyOf(effects)).toEqual({ at: 'done' });
    expect(effects).toHaveLength(1);
    expect([rowOf(state), state.steps, state.cutover]).toEqual([rowOf(before), [], undefined]);
  });

  test.each<[string, HandoverInput, HandoverInput]>([
    ['accepts as somebody else', inputs.accepted, { ...inputs.accepted, by: 'key_d' }],
    ['accepts for another site', inputs.accepted, { ...inputs.accepted, siteId: 'site_1' }],
    ['accepts by another name', inputs.accepted, { ...inputs.accepted, name: 'Bay 9' }],
    ['accepts what was declined', inputs.declined, inputs.accepted],
    ['accepts what was cancelled', inputs.cancelled, inputs.accepted],
    ['declines what was cancelled', inputs.cancelled, inputs.declined],
    ['declines what another has declined', inputs.declined, { ...inputs.declined, organizationId: 'org_c' }],
    ['declines for another reason', inputs.declined, { ...inputs.declined, reason: null }],
    ['cancels what was declined', inputs.declined, inputs.cancelled],
    ['cancels what was accepted', inputs.accepted, inputs.cancelled],
  ])('who %s hears that it is over', (_what, first, second) => {
    expect(replyOf(step(run(given(first)), second).effects)).toMatchObject({ at: 'refused', why: 'not_open' });
  });

  test.each<[string, HandoverInput, HandoverInput, string]>([
    ['its own', inputs.initiated, { ...inputs.accepted, organizationId: 'org_a' }, 'own'],
    ['meant for another', { ...inputs.initiated, toOrganizationId: 'org_z' }, inputs.accepted, 'unknown'],
    ['another one', inputs.initiated, { ...inputs.accepted, handoverId: 'hnd_9' }, 'unknown'],
  ])('%s: %#', (_what, begun, input, why) => {
    expect(replyOf(step(run([begun]), input).effects)).toMatchObject({ at: 'refused', why });
  });

  test('its time is over although the sweep has not come yet', () => {
    const { effects } = step(run([inputs.initiated]), inputs.accepted, at(14 * DAY));
    expect(replyOf(effects)).toMatchObject({ why: 'not_open', status: 'expired' });
  });

  const busy: [string, Partial<Facts>][] = [
    ['no_session', { openSessions: 1 }],
    ['no_session', { heldEvents: 2 }],
    ['no_firmware_update', { firmwareRunning: true }],
    ['commissioned', { lifecycle: 'commissioning' }],
  ];
  test.each(busy)('%s: refused now, waited for when idle, done when it is over', (check, facts) => {
    const before = run([inputs.initiated], empty({ ...idle, ...facts }));
    const now = step(before, { ...inputs.accepted, when: 'now' });
    expect(replyOf(now.effects)).toMatchObject({ why: 'blocked', checks: [check] });
    expect(rowOf(now.state)?.status).toBe('awaiting_acceptance');
    const waits = step(before, inputs.accepted).state;
    expect(rowOf(waits)).toMatchObject({ status: 'accepted', waitingFor: [check] });
    const still = step(waits, inputs.due, at(5_000)).state;
    expect(rowOf(still)?.status).toBe('accepted');
    expect(rowOf(step({ ...still, facts: idle }, inputs.due, at(10_000)).state)?.status).toBe('completed');
    expect(rowOf(step(still, inputs.due, at(IDLE_WITHIN_MS)).state)).toMatchObject({
      status: 'failed',
      reason: 'never_idle',
    });
  });

  test('a command on its way is worth a moment even now', () => {
    const before = run([inputs.initiated], empty({ ...idle, commandsInFlight: 1 }));
    expect(rowOf(step(before, { ...inputs.accepted, when: 'now' }).state)?.status).toBe('accepted');
  });

  test('taken out of service while it waits: it fails', () => {
    const waits = run([inputs.initiated, inputs.accepted], empty({ ...idle, openSessions: 1 }));
    const { state } = step({ ...waits, facts: { ...idle, lifecycle: 'decommissioned' } }, inputs.due, at(5_000));
    expect(rowOf(state)).toMatchObject({ status: 'failed', reason: 'commissioned' });
  });
});

describe('the checklist', () => {
  test.each([
    ['installer_to_owner', 'registered', true, 'blocked'],
    ['installer_to_owner', 'registered', false, 'warning'],
    ['installer_to_owner', 'commissioned', true, 'passed'],
    ['ownership_transfer', 'registered', true, 'passed'],
    ['ownership_transfer', 'commissioning', true, 'waiting'],
    ['ownership_transfer', 'decommissioned', false, 'blocked'],
  ] as const)('%s of one that is %s, policy %s: %s', (mode, lifecycle, wantsCommissioning, status) => {
    const [first] = checklist({ ...idle, lifecycle, wantsCommissioning }, mode);
    expect(first).toMatchObject({ check: 'commissioned', status });
  });
  test('critical alerts are worth knowing, and stand in nobody’s way', () => {
    expect(checklist({ ...idle, criticalAlerts: ['alr_1'] }, 'ownership_transfer').at(-1)).toMatchObject({
      check: 'no_critical_alert',
      status: 'warning',
    });
  });
});

const queued = { status: 'queued', sessionId: null } as const;
test('what was open for the one before ends, and it is told of each', () => {
  const facts: Facts = {
    ...idle,
    openCommands: [
      { ...queued, id: 'cmd_1', action: 'Reset', requestedBy: 'key_a', waitingNode: null },
      { ...queued, id: 'cmd_2', action: 'GetConfiguration', requestedBy: 'system', waitingNode: 'node_2' },
    ],
    openReservations: [
      { id: 'rsv_1', ocppId: 5, connectorId: 1, tokenUid: 'TAG', status: 'active', expiresAt: at(DAY) },
    ],
    openAlerts: [
      {
        ...{
          id: 'alr_1',
          rule: 'connector_faulted',
          severity: 'critical',
          title: 'Connector faulted',
          siteId: 'site_1',
        },
        ...{ evseId: 1, connectorId: 1, triggeredAt: at(-90_000) },
      },
    ],
    begunUpdates: [{ id: 'fwu_1', rolloutId: null, fromVersion: '1', targetVersion: '2', attempts: 1 }],
    hasProfiles: true,
    hasLocalList: true,
    displayMessageIds: [3],
  };
  const { state, effects } = step(run([inputs.initiated], empty(facts)), inputs.accepted);
  expect(emitted(effects).map(({ type }) => type)).toEqual([
    ...['command.completed', 'reservation.updated', 'alert.resolved', 'firmware.update_failed'],
    ...['handover.completed', 'handover.completed'],
  ]);
  expect(emitted(effects)[2]?.data).toMatchObject({ alert_id: 'alr_1', resolution: 'superseded', duration_s: 90 });
  expect(emitted(effects)[3]?.data).toMatchObject({ update_id: 'fwu_1', status: 'cancelled', code: 'handed_over' });
  expect(rowOf(state)?.care.map(({ name, state: how }) => [name, how])).toEqual([
    ['reservation_5', 'pending'],
    ['charging_profiles', 'pending'],
    ['display_message_3', 'pending'],
    ['local_list', 'pending'],
  ]);
});

test('in whatever order things come: it is cut over at most once, told once to each, and what has ended stays ended', () => {
  const one = fc.oneof(
    fc.constantFrom<HandoverInput>(
      ...[inputs.initiated, inputs.accepted, inputs.declined, inputs.cancelled, inputs.due],
      { ...inputs.accepted, organizationId: 'org_c', by: 'key_c' },
      { ...inputs.accepted, when: 'now' },
    ),
  );
  const facts = fc.record({ openSessions: fc.nat(1), firmwareRunning: fc.boolean(), commandsInFlight: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(fc.tuple(one, facts, fc.nat(20 * DAY)), { maxLength: 25 }), (list) => {
      let state = empty();
      let now = 0;
      let cutovers = 0;
      let told = 0;
      let owner = 'org_a';
      for (const [input, more, ms] of list) {
        now += ms;
        const before = rowOf(state);
        const next = step({ ...state, facts: { ...idle, ...more, organizationId: owner } }, input, at(now));
        state = next.state;
        const after = rowOf(state);
        if (before !== undefined && !isOpen(before.status)) expect(after?.status).toBe(before.status);
        for (const { fromStatus, toStatus, happening } of state.steps)
          expect(rules[fromStatus ?? 'initiated'][happening]).toBe(toStatus);
        if (state.cutover !== undefined) {
          cutovers += 1;
          owner = state.cutover.to;
          expect(more).toEqual({ openSessions: 0, firmwareRunning: false, commandsInFlight: 0 });
        }
        told += emitted(next.effects).filter(({ type }) => type === 'handover.completed').length;
        expect(after?.status).not.toBe('cutover');
        if (after !== undefined) expect(after.dueAt !== null).toBe(isOpen(after.status));
      }
      expect(cutovers).toBeLessThanOrEqual(1);
      expect(told).toBe(2 * cutovers);
    }),
    { numRuns: 200 },
  );
});
