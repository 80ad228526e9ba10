import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allowedAt } from '../../src/charging-needs/machine/limits.ts';
import { capsOf, planFor } from '../../src/charging-needs/machine/plan.ts';
import { decide } from '../../src/charging-needs/machine.ts';
import {
  type ChargingNeeds,
  type ChargingNeedsState,
  type ChargingProfile,
  defaultSettings,
  type HeldProfile,
  type NeedsPolicy,
} from '../../src/charging-needs/types.ts';
import type { ChargingNeedsInput, ChargingSchedule } from '../../src/ingest/inputs.ts';
import { after, instant, T0 } from '../support/inputs.ts';

const session = {
  ...{ id: 'ses_1', evseId: 1, transactionId: 7, ocppTransactionId: 'tx-1', startedAt: T0 },
  commandId: 'cmd_start',
};
const needs = (more: Partial<ChargingNeeds> = {}): ChargingNeeds => ({
  transferMode: 'ac_three_phase',
  availableModes: [],
  departureAt: undefined,
  energyWh: 20_000,
  minCurrentA: 6,
  maxCurrentA: 32,
  maxVoltageV: 230,
  maxPowerW: undefined,
  maxDischargePowerW: undefined,
  socPercent: undefined,
  capacityWh: undefined,
  controlMode: undefined,
  maxSchedules: undefined,
  said: {},
  ...more,
});
const held = (
  profile: Partial<ChargingProfile>,
  schedule: Partial<ChargingSchedule> = {},
  requestedBy = 'key_1',
): HeldProfile => ({
  requestedBy,
  commandId: 'cmd_start',
  profile: {
    profileId: 5,
    connectorId: 0,
    purpose: 'tx_default',
    stackLevel: 0,
    kind: 'absolute',
    ...profile,
    schedule: { unit: 'A', startAt: T0.toISOString(), periods: [{ startS: 0, limit: 16 }], ...schedule },
  },
});
const state = (more: Partial<ChargingNeedsState> = {}): ChargingNeedsState => ({
  protocol: 'ocpp2.1',
  settings: defaultSettings,
  takes: { units: undefined, maxPeriods: undefined },
  sessions: [session],
  profiles: [],
  externalLimits: [],
  needs: new Map(),
  power: new Map(),
  ...more,
});
const answering = (needsAnswer: NeedsPolicy) => ({ settings: { ...defaultSettings, needsAnswer } });
const context = {
  now: T0,
  words: (_protocol: string, command: { do: string }) => ({ action: 'SetChargingProfile', payload: { ...command } }),
};
const about = { room: 'charging_needs', chargePointId: 'cp_1', receivedAt: T0 } as const;
const ULID = '01KAT3Z6Y8Q0000000000000AA';
const asked = (said = needs(), more: { evseId?: number; knowsNoProfile?: boolean } = {}): ChargingNeedsInput => ({
  ...about,
  type: 'needs_reported',
  needsId: `nds_${ULID}`,
  evseId: 1,
  needs: said,
  knowsNoProfile: true,
  at: instant(T0),
  ...more,
});
const meant = (limit: number, more: Partial<ChargingSchedule> = {}): ChargingNeedsInput => ({
  ...about,
  type: 'schedule_reported',
  needsId: 'nds_other',
  evseId: 1,
  schedule: { unit: 'A', periods: [{ startS: 0, limit }], ...more },
  selectedScheduleId: undefined,
  timeBase: instant(T0),
});
const run = (from: ChargingNeedsState, input: ChargingNeedsInput) => {
  const step = decide(from, input, context);
  const sent = step.effects.flatMap((each) =>
    each.do === 'feed' && each.input.room === 'commands' ? [each.input] : [],
  );
  const reply = step.effects.find((each) => each.do === 'reply');
  return { ...step, sent, reply: reply?.do === 'reply' ? reply.value : undefined };
};
const rowOf = (from: ChargingNeedsState) => [...from.needs.values()][0];

describe('what an EV is answered', () => {
  test.each([
    ['schedule', true, 'accepted', 1],
    ['later', true, 'processing', 0],
    ['none', true, 'no_profile', 0],
    ['none', false, 'rejected', 0],
    ['reject', true, 'rejected', 0],
  ] as const)('by the setting %s (no_profile is known: %s): %s', (policy, knowsNoProfile, answer, sent) => {
    const step = run(state(answering(policy)), asked(needs(), { knowsNoProfile }));
    expect(step.reply).toBe(answer);
    expect(step.sent).toHaveLength(sent);
    expect(rowOf(step.state)).toMatchObject({ answer, sessionId: 'ses_1' });
  });

  test('without a session on its EVSE there is no profile to give', () => {
    expect(run(state({ sessions: [] }), asked()).reply).toBe('no_profile');
    expect(run(state(), asked(needs(), { evseId: 2 })).sent).toEqual([]);
    expect(run(state({ sessions: [{ ...session, ocppTransactionId: null }] }), asked()).reply).toBe('no_profile');
  });

  test('the profile that follows is listed, and the same when it is decided again', () => {
    const [once, twice] = [run(state(), asked()), run(state(), asked())];
    expect(once.sent).toEqual(twice.sent);
    expect(once.sent[0]).toMatchObject({
      commandId: `cmd_${ULID}`,
      requestedBy: 'system',
      silent: true,
      alongside: { room: 'smart_charging', type: 'requested', id: `chp_${ULID}`, profile: { purpose: 'tx' } },
    });
  });

  test('what a person has set for the session is what the EV gets', () => {
    const theirs = held({ purpose: 'tx', connectorId: 1, ocppTransactionId: 'tx-1', profileId: 77 });
    const step = run(state({ profiles: [theirs] }), asked());
    expect(rowOf(step.state)?.profile).toEqual({ ...theirs.profile, transactionId: 7 });
    expect(step.sent).toMatchObject([{ requestedBy: 'system', alongside: { requestedBy: 'key_1' } }]);
    const ours = held({ purpose: 'tx', connectorId: 1, ocppTransactionId: 'tx-1', profileId: 78 }, {}, 'system');
    expect(rowOf(run(state({ profiles: [ours] }), asked()).state)?.profile).toMatchObject({
      profileId: 78,
      schedule: { periods: [{ limit: 32 }] },
    });
  });
});

describe('a profile that came with a remote start, which names no transaction', () => {
  const brought = held({ purpose: 'tx', connectorId: 1, profileId: 7 }, { periods: [{ startS: 0, limit: 10 }] });

  test('is of the session that this start began: its EV gets it, with the transaction', () => {
    expect(rowOf(run(state({ profiles: [brought] }), asked()).state)?.profile).toMatchObject({
      profileId: 7,
      ocppTransactionId: 'tx-1',
      schedule: { periods: [{ limit: 10 }] },
    });
    expect(run(state({ profiles: [brought] }), meant(32)).reply).toBe(false);
  });

  test.each([
    ['another start', { ...brought, commandId: 'cmd_other' }, session],
    ['a session that began by itself', brought, { ...session, commandId: null }],
  ])('is not of %s', (_, profile, begun) => {
    const from = state({ profiles: [profile], sessions: [begun] });
    expect(rowOf(run(from, asked()).state)?.profile?.profileId).not.toBe(7);
    expect(run(from, meant(32)).reply).toBe(true);
  });
});

describe('the profile', () => {
  const plan = (said: Partial<ChargingNeeds>, more: Partial<ChargingNeedsState> = {}) =>
    planFor(needs(said), session, state(more), 1, T0).schedule;

  test('is what the EV can take, until it leaves', () => {
    expect(plan({ departureAt: after(3600).toISOString() })).toEqual({
      startAt: T0.toISOString(),
      durationS: 3600,
      unit: 'A',
      periods: [{ startS: 0, limit: 32 }],
    });
    expect(plan({ departureAt: after(-5).toISOString() })).not.toHaveProperty('durationS');
  });

  test('of DC is by power, and of an EV that says nothing by the setting', () => {
    expect(plan({ transferMode: 'dc', maxCurrentA: 100, maxVoltageV: 400 })).toMatchObject({
      unit: 'W',
      periods: [{ limit: 40_000 }],
    });
    const silent = { maxCurrentA: undefined, maxVoltageV: undefined };
    expect(plan({ transferMode: 'dc_bpt', ...silent })).toMatchObject({ unit: 'W', periods: [{ limit: 150_000 }] });
    expect(plan(silent)).toMatchObject({ unit: 'A', periods: [{ limit: 32 }] });
  });

  test('keeps to defaults, maxima and limits of others, each at its time, in any unit', () => {
    const profiles = [
      held(
        {},
        {
          periods: [
            { startS: 0, limit: 20 },
            { startS: 600, limit: 10 },
          ],
        },
      ),
      held(
        { purpose: 'charge_point_max', profileId: 6 },
        { startAt: after(300).toISOString(), durationS: 100, periods: [{ startS: 0, limit: 5 }] },
      ),
      held({ connectorId: 2, profileId: 7 }, { periods: [{ startS: 0, limit: 1 }] }),
    ];
    const externalLimits = [
      {
        evseId: 0,
        reportedAt: after(900),
        schedules: [{ unit: 'W' as const, periods: [{ startS: 0, limit: 690 * 8 }] }],
      },
    ];
    expect(plan({}, { profiles, externalLimits }).periods).toEqual([
      { startS: 0, limit: 20 },
      { startS: 300, limit: 5 },
      { startS: 400, limit: 20 },
      { startS: 600, limit: 10 },
      { startS: 900, limit: 8 },
    ]);
  });

  test('of defaults only the highest that says something counts', () => {
    const profiles = [
      held({ stackLevel: 1, profileId: 6 }, { durationS: 60, periods: [{ startS: 0, limit: 30 }] }),
      held({ stackLevel: 0 }, { periods: [{ startS: 0, limit: 10 }] }),
    ];
    expect(plan({}, { profiles }).periods).toEqual([
      { startS: 0, limit: 30 },
      { startS: 60, limit: 10 },
    ]);
  });

  test('what recurs every day counts on the day that it is', () => {
    const daily = held(
      { kind: 'recurring', recurrency: 'daily' },
      {
        startAt: after(-3 * 86_400 + 120).toISOString(),
        durationS: 60,
        periods: [{ startS: 0, limit: 6 }],
      },
    );
    expect(plan({}, { profiles: [daily] }).periods).toEqual([
      { startS: 0, limit: 32 },
      { startS: 120, limit: 6 },
      { startS: 180, limit: 32 },
    ]);
  });

  test('changes no more often than a station takes: what comes later is held by the least of it', () => {
    const periods = Array.from({ length: 40 }, (_, i) => ({ startS: i * 60, limit: 30 - (i % 20) }));
    const given = plan({}, { profiles: [held({}, { periods })] }).periods;
    expect(given).toHaveLength(20);
    expect(given.at(-2)).toEqual({ startS: 18 * 60, limit: 12 });
    expect(given.at(-1)).toEqual({ startS: 19 * 60, limit: 11 });
    const again = plan(
      {},
      {
        profiles: [
          held({}, { periods: periods.map((each) => ({ ...each, limit: each.limit === 30 ? 5 : each.limit })) }),
        ],
      },
    );
    expect(again.periods.at(-1)).toEqual({ startS: 19 * 60, limit: 5 });
  });

  describe('is one that the station takes (K01.FR.26)', () => {
    const takes = (units: readonly ('A' | 'W')[] | undefined, maxPeriods?: number) => ({
      takes: { units: units && new Set(units), maxPeriods },
    });

    test.each([
      ['ac_three_phase', ['W'], { unit: 'W', periods: [{ startS: 0, limit: 32 * 690 }] }],
      ['ac_single_phase', ['W'], { unit: 'W', periods: [{ startS: 0, limit: 32 * 230 }] }],
      ['ac_single_phase', ['A', 'W'], { unit: 'A', periods: [{ startS: 0, limit: 32 }] }],
      ['dc', ['A'], { unit: 'A', periods: [{ startS: 0, limit: 150_000 / 690 }] }],
      ['dc', ['A', 'W'], { unit: 'W', periods: [{ startS: 0, limit: 150_000 }] }],
    ] as const)('%s in %j', (transferMode, units, { unit, periods: [{ limit }] }) => {
      const given = plan({ transferMode, maxVoltageV: undefined }, takes(units));
      expect(given.unit).toBe(unit);
      expect(given.periods[0]?.limit).toBeCloseTo(limit, 0);
    });

    test('a limit in amperes is one of the phases that the EV uses, in watts too', () => {
      const profiles = [held({}, { periods: [{ startS: 0, limit: 10 }] })];
      expect(plan({ transferMode: 'ac_single_phase' }, { profiles, ...takes(['W']) }).periods).toEqual([
        { startS: 0, limit: 2300 },
      ]);
    });

    test.each([
      [1, 3, [[0, 6]]],
      [
        undefined,
        2,
        [
          [0, 30],
          [60, 6],
        ],
      ],
      [
        3,
        undefined,
        [
          [0, 30],
          [60, 20],
          [120, 6],
        ],
      ],
      [3, 0, [[0, 6]]],
      [
        50,
        50,
        [
          [0, 30],
          [60, 20],
          [120, 10],
          [180, 6],
          [240, 32],
        ],
      ],
    ])(
      'of a station for %s periods and an EV for %s, cut to the least of the rest',
      (maxPeriods, maxSchedules, given) => {
        const periods = [30, 20, 10, 6].map((limit, i) => ({ startS: i * 60, limit }));
        const profiles = [held({}, { periods, durationS: 240 })];
        expect(plan({ maxSchedules }, { profiles, ...takes(undefined, maxPeriods) }).periods).toEqual(
          given.map(([startS, limit]) => ({ startS, limit })),
        );
      },
    );
  });

  test('never allows more than any limit at any time, however they are mixed', () => {
    const periods = fc
      .uniqueArray(fc.record({ startS: fc.integer({ min: 0, max: 5000 }), limit: fc.integer({ min: 0, max: 60 }) }), {
        minLength: 1,
        maxLength: 12,
        selector: ({ startS }) => startS,
      })
      .map((all) =>
        all.sort((a, b) => a.startS - b.startS).map((each, i) => (i === 0 ? { ...each, startS: 0 } : each)),
      );
    const profile = fc
      .tuple(
        fc.constantFrom('tx_default' as const, 'charge_point_max' as const),
        fc.integer({ min: 0, max: 2 }),
        fc.constantFrom('absolute' as const, 'relative' as const, 'recurring' as const),
        fc.integer({ min: -4000, max: 4000 }),
        fc.option(fc.integer({ min: 1, max: 6000 }), { nil: undefined }),
        periods,
      )
      .map(([purpose, stackLevel, kind, from, durationS, all]) =>
        held(
          { purpose, stackLevel, kind, ...(kind === 'recurring' && { recurrency: 'daily' as const }) },
          { startAt: after(from).toISOString(), periods: all, ...(durationS !== undefined && { durationS }) },
        ),
      );
    fc.assert(
      fc.property(fc.array(profile, { maxLength: 4 }), fc.integer({ min: 0, max: 86_000 }), (profiles, second) => {
        const from = state({ profiles });
        const { schedule } = planFor(needs(), session, from, 1, T0);
        expect(schedule.periods[0]?.startS).toBe(0);
        expect(schedule.periods.length).toBeLessThanOrEqual(20);
        const given = schedule.periods.findLast(({ startS }) => startS <= second)?.limit ?? 0;
        const most = allowedAt(capsOf(from, session), T0.getTime() + second * 1000, (limit) => limit);
        expect(given).toBeLessThanOrEqual(Math.min(32, most ?? Infinity));
      }),
    );
  });
});

describe('how the EV means to charge', () => {
  const given = run(state(), asked()).state;

  test('is kept, and accepted when it is within what it was given', () => {
    const step = run(given, meant(32));
    expect(step.reply).toBe(true);
    expect(rowOf(step.state)).toMatchObject({ within: true, evSchedule: { unit: 'A' } });
    expect(run(given, meant(22_000, { unit: 'W', periods: [{ startS: 0, limit: 22_000 }] })).reply).toBe(true);
  });

  test('is refused beyond it, and it is given its profile once more, three times at most (K15.FR.12, K15.FR.13)', () => {
    let now = given;
    const commands = new Set<string>();
    for (let turn = 0; turn < 5; turn += 1) {
      const step = run(now, meant(40));
      expect(step.reply).toBe(false);
      for (const each of step.sent) if (each.type === 'requested') commands.add(each.commandId);
      now = step.state;
    }
    expect(commands.size).toBe(3);
    expect(commands.has(`cmd_${ULID}`)).toBe(false);
  });

  test('is accepted when it was given nothing', () => {
    const step = run(state({ sessions: [] }), meant(99));
    expect(step.reply).toBe(true);
    expect(rowOf(step.state)).toMatchObject({ id: 'nds_other', within: true });
  });

  test('in another unit counts by the phases that it uses', () => {
    const takes = { units: new Set(['W' as const]), maxPeriods: undefined };
    const single = run(state({ takes }), asked(needs({ transferMode: 'ac_single_phase' }))).state;
    expect(rowOf(single)?.profile).toMatchObject({ schedule: { unit: 'W', periods: [{ limit: 7360 }] } });
    expect(run(single, meant(32)).reply).toBe(true);
    expect(run(single, meant(40)).reply).toBe(false);
    expect(run(single, meant(12, { periods: [{ startS: 0, limit: 12, phases: 3 }] })).reply).toBe(false);
  });

  test('counts against what a person has set since, and that is what it is given once more', () => {
    const theirs = held(
      { purpose: 'tx', connectorId: 1, ocppTransactionId: 'tx-1', profileId: 77 },
      { periods: [{ startS: 0, limit: 10 }] },
    );
    const from = { ...given, profiles: [theirs] };
    expect(run(from, meant(10)).reply).toBe(true);
    const step = run(from, meant(32));
    expect(step.reply).toBe(false);
    expect(step.sent).toMatchObject([{ alongside: { profile: { profileId: 77 }, requestedBy: 'key_1' } }]);
    expect(rowOf(step.state)?.profile?.profileId).toBe(77);
  });

  test('counts against the schedule that it chose', () => {
    const theirs = held({
      purpose: 'tx',
      connectorId: 1,
      ocppTransactionId: 'tx-1',
      alternatives: [{ unit: 'A', periods: [{ startS: 0, limit: 6 }] }],
    });
    const from = state({ profiles: [theirs] });
    expect(run(from, meant(10)).reply).toBe(true);
    expect(run(from, { ...meant(10), selectedScheduleId: 2 } as ChargingNeedsInput).reply).toBe(false);
  });
});

test('priority charging and energy transfers are kept of transactions that run', () => {
  const said: ChargingNeedsInput = { ...about, type: 'priority_reported', ocppTransactionId: 'tx-1', active: true };
  expect(run(state(), said).state.power.get('tx-1')).toMatchObject({ priorityActive: true, allowedTransfer: [] });
  const ended: ChargingNeedsInput = {
    ...about,
    type: 'command_ended',
    commandId: 'cmd_1',
    status: 'accepted',
    why: undefined,
    learned: { about: 'energy_transfer_allowed', ocppTransactionId: 'tx-1', modes: ['dc_bpt'] },
  };
  const both = run(run(state(), said).state, ended).state;
  expect(both.power.get('tx-1')).toMatchObject({ priorityActive: true, allowedTransfer: ['dc_bpt'] });
  expect(run(state(), { ...said, ocppTransactionId: 'tx-9' } as ChargingNeedsInput).ignored).toBe('unknown');
});
