import { describe, expect, test } from '@jest/globals';
import type { ChargingProfile, SmartChargingInput } from '../../src/ingest/inputs.ts';
import { decide as decideWith, idOf } from '../../src/smart-charging/machine.ts';
import type { SmartChargingState } from '../../src/smart-charging/types.ts';

const receivedAt = new Date('2026-03-01T10:00:00.000Z');
const context = {
  words: (protocol: string, command: object) => ({ action: protocol, payload: { ...command } }),
  commandIdFrom: () => 'cmd_R',
};
const decide = (state: SmartChargingState, input: SmartChargingInput) => decideWith(state, input, context);
const empty: SmartChargingState = { rows: new Map(), reports: new Map() };
const about = { room: 'smart_charging', chargePointId: 'cp_1', receivedAt } as const;
const profile = (more: Partial<ChargingProfile> = {}): ChargingProfile => ({
  profileId: 1,
  connectorId: 1,
  purpose: 'tx_default',
  stackLevel: 0,
  kind: 'relative',
  schedule: { unit: 'A', periods: [{ startS: 0, limit: 16 }] },
  ...more,
});
const requested = (n: number, said = profile()): SmartChargingInput => ({
  ...about,
  type: 'requested',
  id: idOf(`cmd_${n}`),
  commandId: `cmd_${n}`,
  profile: said,
  requestedBy: 'key_1',
});
type Ended = Extract<SmartChargingInput, { type: 'command_ended' }>;
const ended = (n: number, status: Ended['status'], more: Partial<Ended> = {}): Ended => ({
  ...about,
  type: 'command_ended',
  commandId: `cmd_${n}`,
  status,
  why: undefined,
  learned: undefined,
  ...more,
});
const taken = (n: number, said = profile()): Ended =>
  ended(n, 'accepted', { learned: { about: 'profile_set', profile: said } });

const play = (...inputs: SmartChargingInput[]): SmartChargingState =>
  inputs.reduce((state, input) => decide(state, input).state, empty);
const statuses = (state: SmartChargingState) => [...state.rows.values()].map(({ id, status }) => `${id} ${status}`);

describe('a profile', () => {
  test('is pending until the charger has answered', () => {
    expect(statuses(play(requested(1)))).toEqual(['chp_1 pending']);
    expect(statuses(play(requested(1), taken(1)))).toEqual(['chp_1 active']);
    expect(statuses(play(requested(1), ended(1, 'rejected')))).toEqual(['chp_1 rejected']);
    const failed = play(requested(1), ended(1, 'timed_out', { why: 'no answer' }));
    expect([...failed.rows.values()][0]).toMatchObject({ status: 'failed', why: 'no answer' });
  });

  test('whose answer comes late is active after all', () => {
    expect(statuses(play(requested(1), ended(1, 'timed_out'), taken(1)))).toEqual(['chp_1 active']);
  });

  test('whose answer comes after that of its successor does not take its place', () => {
    const overtaken = [requested(1), ended(1, 'failed'), requested(2), taken(2), taken(1)];
    expect(statuses(play(...overtaken))).toEqual(['chp_1 superseded', 'chp_2 active']);
    // the one before it was replaced, whenever its answer came
    const replacing = [requested(1), taken(1), requested(2), ended(2, 'timed_out'), taken(2)];
    expect(statuses(play(...replacing))).toEqual(['chp_1 superseded', 'chp_2 active']);
  });

  test('replaces the one of the same id, and the one of the same rank', () => {
    const sameId = play(requested(1), taken(1), requested(2), taken(2));
    expect(statuses(sameId)).toEqual(['chp_1 superseded', 'chp_2 active']);
    const moved = profile({ stackLevel: 3, connectorId: 0 });
    expect(statuses(play(requested(1), taken(1), requested(2, moved), taken(2, moved)))).toEqual([
      'chp_1 superseded',
      'chp_2 active',
    ]);
    const sameRank = profile({ profileId: 2 });
    expect(statuses(play(requested(1), taken(1), requested(2, sameRank), taken(2, sameRank)))).toEqual([
      'chp_1 superseded',
      'chp_2 active',
    ]);
    const other = profile({ profileId: 2, stackLevel: 1 });
    expect(statuses(play(requested(1), taken(1), requested(2, other), taken(2, other)))).toEqual([
      'chp_1 active',
      'chp_2 active',
    ]);
  });

  test('that was refused leaves the one before it in force', () => {
    expect(statuses(play(requested(1), taken(1), requested(2), ended(2, 'rejected')))).toEqual([
      'chp_1 active',
      'chp_2 rejected',
    ]);
  });

  test('that came as a raw command is known too', () => {
    expect(statuses(play(taken(3)))).toEqual(['chp_3 active']);
    expect(decide(empty, ended(4, 'rejected'))).toMatchObject({ ignored: 'not_ours' });
  });
});

describe('clearing', () => {
  const held = play(
    taken(1, profile({ profileId: 1 })),
    taken(2, profile({ profileId: 2, stackLevel: 1 })),
    taken(3, profile({ profileId: 3, connectorId: 0, purpose: 'charge_point_max' })),
  );
  const clear = (criteria: object) =>
    decide(held, ended(9, 'accepted', { learned: { about: 'profiles_cleared', ...criteria } }));
  const cleared = (criteria: object) =>
    [...clear(criteria).state.rows.values()].filter(({ status }) => status === 'cleared').map(({ id }) => id);

  test.each([
    [{ profileId: 2 }, ['chp_2']],
    [{ profileId: 2, connectorId: 7 }, ['chp_2']],
    [{ connectorId: 1 }, ['chp_1', 'chp_2']],
    [{ connectorId: 1, stackLevel: 1 }, ['chp_2']],
    [{ purpose: 'charge_point_max' }, ['chp_3']],
    [{}, ['chp_1', 'chp_2', 'chp_3']],
    [{ profileId: 8 }, []],
  ])('%j clears %j', (criteria, ids) => {
    expect(cleared(criteria)).toEqual(ids);
  });

  test.each([
    [{ profileId: 2 }, ['chp_2']],
    [{ profileId: 2, connectorId: 7 }, []],
    [{ connectorId: 1 }, ['chp_1', 'chp_2']],
    [{}, ['chp_1', 'chp_2', 'chp_3']],
  ])('of %j the charger holds none: %j are gone, by whatever took them', (criteria, ids) => {
    const learned = { about: 'profiles_cleared', none: true, ...criteria } as const;
    const { state } = decide(held, ended(9, 'rejected', { learned }));
    const gone = [...state.rows.values()].filter(({ status }) => status === 'cleared');
    expect(gone.map(({ id }) => id)).toEqual(ids);
    for (const { why } of gone) expect(why).toContain('does not hold it');
  });

  test('that was rejected without a word on what is held changes nothing', () => {
    expect(decide(held, ended(9, 'rejected'))).toMatchObject({ state: held, ignored: 'not_ours' });
  });
});

describe('a transaction that goes on after its station was without power (2.1 E17.FR.15)', () => {
  const ofTransaction = profile({ purpose: 'tx', ocppTransactionId: 'tx-1' });
  const resumed = (more: object = {}) =>
    ({
      ...about,
      type: 'transaction_resumed',
      ocppTransactionId: 'tx-1',
      startCommandId: null,
      ...more,
    }) as const satisfies SmartChargingInput;
  const held = play(taken(1, ofTransaction), taken(2, profile({ profileId: 2 })));

  test('gets its profiles again, and those alone', () => {
    const { effects } = decide(held, resumed());
    expect(effects).toMatchObject([
      {
        input: {
          ...{ room: 'commands', commandId: 'cmd_R', action: 'ocpp2.1', requestedBy: 'system' },
          payload: { do: 'set_charging_profile', profile: ofTransaction },
          alongside: { room: 'smart_charging', type: 'requested', id: 'chp_R', profile: ofTransaction },
        },
      },
    ]);
  });

  test('another transaction gets none, nor does one whose station keeps them', () => {
    expect(decide(held, resumed({ ocppTransactionId: 'tx-2' }))).toMatchObject({
      effects: [],
      ignored: 'nothing_held',
    });
    expect(decide({ ...held, keepsTxProfiles: true }, resumed())).toMatchObject({ effects: [], ignored: 'kept' });
  });

  test('what came with its remote start is its own', () => {
    const state = play(taken(3, profile({ purpose: 'tx' })));
    expect(decide(state, resumed({ startCommandId: 'cmd_3' })).effects).toMatchObject([
      { input: { requestedBy: 'system', alongside: { requestedBy: 'command' } } }, // its author's still
    ]);
    expect(decide(state, resumed({ startCommandId: 'cmd_4' })).effects).toHaveLength(0);
    expect(decide(state, resumed()).effects).toHaveLength(0);
  });
});
