import { describe, expect, test } from '@jest/globals';
import { faultsOf } from '../../src/smart-charging/checks.ts';
import { faultsOf2x, type Held, readStationLimits, type StationLimits } from '../../src/smart-charging/checks-2x.ts';
import type { ChargingProfile, SchedulePeriod } from '../../src/smart-charging/types.ts';

const nothing = readStationLimits([]);
type Schedule = ChargingProfile['schedule'];
const profile = (more: Partial<ChargingProfile> = {}, schedule: Partial<Schedule> = {}): ChargingProfile => ({
  profileId: 1,
  connectorId: 1,
  purpose: 'tx_default',
  stackLevel: 0,
  kind: 'relative',
  schedule: { unit: 'A', periods: [{ startS: 0, limit: 16 }], ...schedule },
  ...more,
});
const period = (more: Partial<SchedulePeriod>): Partial<Schedule> => ({ periods: [{ startS: 0, ...more }] });
const startAt = '2026-01-01T00:00:00.000Z';
const fields = (
  wrong: ChargingProfile,
  protocol: 'ocpp2.0.1' | 'ocpp2.1' = 'ocpp2.1',
  limits: StationLimits = nothing,
  held: readonly Held[] = [],
) => faultsOf2x(wrong, protocol, limits, held).map(({ field }) => field);

test.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: a plain profile has no faults', (protocol) => {
  expect(faultsOf2x(profile(), protocol, nothing)).toEqual([]);
});

describe('what both forbid is told by field', () => {
  test.each<[string, ChargingProfile, string]>([
    ['a limit of others (K01.FR.22)', profile({ purpose: 'external_constraints' }), 'purpose'],
    ['a maximum of one EVSE', profile({ purpose: 'charge_point_max', kind: 'absolute' }, { startAt }), 'connector_id'],
    ['a relative maximum (K01.FR.38)', profile({ purpose: 'charge_point_max', connectorId: 0 }), 'kind'],
    ["a session's profile for all EVSEs", profile({ purpose: 'tx', connectorId: 0 }), 'connector_id'],
    ['absolute without a beginning (K01.FR.40)', profile({ kind: 'absolute' }), 'schedule.start_at'],
    ['relative with one (K01.FR.41)', profile({}, { startAt }), 'schedule.start_at'],
    ['recurring without a rhythm', profile({ kind: 'recurring' }, { startAt }), 'recurrency'],
    ['schedules to choose from for all sessions', profile({ alternatives: [profile().schedule] }), 'alternatives'],
    ['a late beginning (K01.FR.31)', profile({}, { periods: [{ startS: 1, limit: 1 }] }), 'schedule.periods.0.start_s'],
    [
      'periods out of order (K01.FR.35)',
      profile({}, { periods: [0, 60, 60].map((startS) => ({ startS, limit: 1 })) }),
      'schedule.periods.2.start_s',
    ],
    [
      'a phase for three (K01.FR.19)',
      profile({}, period({ limit: 1, phases: 3, phaseToUse: 1 })),
      'schedule.periods.0.phase_to_use',
    ],
    [
      'a fault in an alternative',
      profile({ purpose: 'tx', alternatives: [{ unit: 'A', periods: [{ startS: 5, limit: 1 }] }] }),
      'alternatives.0.periods.0.start_s',
    ],
  ])('%s', (_what, wrong, field) => {
    expect(fields(wrong, 'ocpp2.0.1')).toEqual([field]);
    expect(fields(wrong, 'ocpp2.1')).toEqual([field]);
  });
});

test('two of one rank at a time are refused, with the number of the other (K01.FR.06, K01.FR.39)', () => {
  const held = [profile({ profileId: 2 })];
  const [fault] = faultsOf2x(profile(), 'ocpp2.0.1', nothing, held);
  expect(fault).toMatchObject({ field: 'stack_level', message: expect.stringContaining('profile 2') });
  expect(fields(profile({ profileId: 2 }), 'ocpp2.1', nothing, held)).toEqual([]);
  expect(
    fields(profile({ validFrom: startAt }), 'ocpp2.1', nothing, [{ ...profile(), profileId: 2, validTo: startAt }]),
  ).toEqual([]);
  const other = { purpose: 'tx' as const, profileId: 2, ocppTransactionId: 'a' };
  expect(fields(profile({ purpose: 'tx', ocppTransactionId: 'b' }), 'ocpp2.1', nothing, [profile(other)])).toEqual([]);
});

test('the number of a limit that others set is theirs (K01.FR.05, K01.FR.81)', () => {
  const theirs = profile({ purpose: 'external_constraints', stackLevel: 9 });
  expect(fields(profile(), 'ocpp2.0.1', nothing, [theirs])).toEqual(['profile_id']);
  expect(fields(profile(), 'ocpp2.1', { ...nothing, maxExternalId: 1 })).toEqual(['profile_id']);
});

test('what the station said of itself counts', () => {
  const said = (variable: string, value: string, more: { instance?: string; maxLimit?: number } = {}) => ({
    variable,
    value,
    variableInstance: more.instance ?? null,
    maxLimit: more.maxLimit ?? null,
  });
  const limits = readStationLimits([
    said('ProfileStackLevel', '3'),
    said('RateUnit', 'A'),
    said('PeriodsPerSchedule', '1'),
    // Its value is how many there are.
    said('Entries', '0', { instance: 'ChargingProfiles', maxLimit: 1 }),
  ]);
  const wrong = profile({ stackLevel: 4 }, { unit: 'W', periods: [0, 1].map((startS) => ({ startS, limit: 1 })) });
  expect(fields(wrong, 'ocpp2.0.1', limits, [profile({ profileId: 5, connectorId: 3 })])).toEqual([
    'schedule.unit',
    'schedule.periods',
    'stack_level',
    'profile_id',
  ]);
});

describe('what an older version cannot say is refused, not left out', () => {
  test.each<[string, ChargingProfile, string]>([
    ['discharging', profile({}, period({ limit: 1, dischargeLimit: -5 })), 'schedule.periods.0.discharge_limit'],
    ['no limit', profile({}, period({})), 'schedule.periods.0.limit'],
    ['a state of charge', profile({}, { limitAtSoc: { socPercent: 80, limit: 1 } }), 'schedule.limit_at_soc'],
    ['an end after being offline', profile({ maxOfflineS: 60 }), 'max_offline_s'],
    ['priority', profile({ purpose: 'priority_charging' }), 'purpose'],
    ['a kind', profile({ kind: 'dynamic' }), 'kind'],
  ])('%s', (_what, wrong, field) => {
    expect(fields(wrong, 'ocpp2.0.1')).toContain(field);
    const limits = { maxStackLevel: undefined, maxPeriods: undefined, maxProfiles: undefined, units: undefined };
    expect(faultsOf(wrong, limits).map((fault) => fault.field)).toContain(field);
  });
});

describe('what 2.1 forbids of its own is told by field', () => {
  const dynamic = (schedule: Partial<Schedule> = {}) => profile({ kind: 'dynamic' }, schedule);
  test.each<[string, ChargingProfile, string]>([
    [
      'two periods of a dynamic one (K28)',
      dynamic({ periods: [0, 1].map((startS) => ({ startS, limit: 1 })) }),
      'schedule.periods',
    ],
    ['an update interval of another (K01.FR.122)', profile({ updateIntervalS: 5 }), 'update_interval_s'],
    [
      'a length of priority (K01.FR.73)',
      profile({ purpose: 'priority_charging' }, { durationS: 5 }),
      'schedule.duration_s',
    ],
    [
      'setpoints of a maximum (K01.FR.111)',
      profile(
        { purpose: 'charge_point_max', connectorId: 0, kind: 'absolute' },
        { startAt, ...period({ mode: 'central_setpoint', setpoint: 1 }) },
      ),
      'schedule.periods.0.mode',
    ],
    [
      'a random delay of a maximum (K01.FR.95)',
      profile({ purpose: 'charge_point_max', connectorId: 0, kind: 'absolute' }, { startAt, randomizedDelayS: 5 }),
      'schedule.randomized_delay_s',
    ],
    [
      'a phase for all sessions (K01.FR.143)',
      profile({}, period({ limit: 1, limitL2: 1 })),
      'schedule.periods.0.limit_l2',
    ],
    ['a charge without a limit', profile({}, period({})), 'schedule.periods.0.limit'],
    [
      'a charge that discharges (Q02.FR.02)',
      profile({}, period({ limit: 1, setpoint: 1 })),
      'schedule.periods.0.setpoint',
    ],
    [
      'phases without the first (K01.FR.145)',
      profile({ purpose: 'tx' }, period({ mode: 'central_setpoint', setpoint: 1, limitL3: 1 })),
      'schedule.periods.0.limit_l3',
    ],
    [
      'a frequency in amperes (Q08.FR.05)',
      profile(
        {},
        period({
          mode: 'local_frequency',
          v2xBaseline: 1,
          freqWattCurve: [49, 51].map((frequencyHz) => ({ frequencyHz, powerW: 1 })),
        }),
      ),
      'schedule.unit',
    ],
    [
      'a frequency without its curve (Q08.FR.02)',
      profile({}, { unit: 'W', ...period({ mode: 'local_frequency', v2xBaseline: 1 }) }),
      'schedule.periods.0.freq_watt_curve',
    ],
    [
      'a central frequency that is not dynamic (Q07.FR.02)',
      profile({}, period({ mode: 'central_frequency', setpoint: 1 })),
      'kind',
    ],
    [
      'a limit beside it (Q07.FR.03)',
      dynamic(period({ mode: 'central_frequency', setpoint: 1, limit: 1 })),
      'schedule.periods.0.limit',
    ],
    [
      'sleep while charging (K01.FR.126)',
      profile({}, period({ limit: 1, evseSleep: true })),
      'schedule.periods.0.evse_sleep',
    ],
  ])('%s', (_what, wrong, field) => {
    expect(fields(wrong)).toEqual([field]);
  });
});
