import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChargingProfile } from '../../src/ingest/inputs.ts';
import { createCallValidator } from '../../src/ocpp/index.ts';
import { profileFromWire, profileToWire } from '../../src/ocpp/v2/charging-profile.ts';
import { friendly } from '../../src/ocpp/v2/index.ts';
import { recorder, versionOf } from './support.ts';

const plain: ChargingProfile = {
  profileId: 7,
  connectorId: 2,
  purpose: 'tx_default',
  stackLevel: 1,
  kind: 'relative',
  schedule: { unit: 'A', periods: [{ startS: 0, limit: 16, phases: 1, phaseToUse: 2 }] },
};
/** Everything that 2.1 can say. */
const whole: ChargingProfile = {
  profileId: 8,
  connectorId: 1,
  purpose: 'tx',
  stackLevel: 3,
  kind: 'absolute',
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: '2027-01-01T00:00:00.000Z',
  ocppTransactionId: 'tx-1',
  maxOfflineS: 600,
  invalidAfterOffline: true,
  schedule: {
    id: 5,
    durationS: 3600,
    startAt: '2026-01-01T00:00:00.000Z',
    unit: 'W',
    minRate: 6.5,
    useLocalTime: true,
    randomizedDelayS: 30,
    limitAtSoc: { socPercent: 80, limit: 5000 },
    powerTolerance: 100,
    periods: [
      {
        startS: 0,
        mode: 'central_setpoint',
        limit: 11_000,
        limitL2: 3000,
        limitL3: 3000,
        dischargeLimit: -5000,
        dischargeLimitL2: -100,
        dischargeLimitL3: -100,
        setpoint: -2000,
        setpointL2: -500,
        setpointL3: -500,
        setpointReactive: 10,
        setpointReactiveL2: 10,
        setpointReactiveL3: 10,
        precondition: true,
        evseSleep: false,
        phases: 3,
      },
      {
        startS: 60,
        mode: 'local_frequency',
        v2xBaseline: 100,
        freqWattCurve: [
          { frequencyHz: 49.8, powerW: 5000 },
          { frequencyHz: 50.2, powerW: -5000 },
        ],
        signalWattCurve: [
          { signal: 0, powerW: 0 },
          { signal: 100, powerW: 5000 },
        ],
      },
    ],
  },
  alternatives: [{ id: 6, unit: 'W', startAt: '2026-01-01T00:00:00.000Z', periods: [{ startS: 0, limit: 1 }] }],
};
const dynamic: ChargingProfile = {
  ...plain,
  kind: 'dynamic',
  updateIntervalS: 60,
  updatedAt: '2026-01-01T00:00:00.000Z',
  schedule: { unit: 'W', periods: [{ startS: 0, mode: 'central_setpoint', setpoint: 5 }] },
};
const recurring: ChargingProfile = {
  ...plain,
  kind: 'recurring',
  recurrency: 'weekly',
  schedule: { ...plain.schedule, startAt: '2026-01-01T00:00:00.000Z' },
};
const withIds = (profile: ChargingProfile): ChargingProfile => ({
  ...profile,
  schedule: { ...profile.schedule, id: profile.schedule.id ?? 1 },
});

describe('a profile comes back from the wire as it went out, and fits the schema', () => {
  test.each([
    ['plain, 2.0.1', 'ocpp2.0.1', plain],
    ['plain, 2.1', 'ocpp2.1', plain],
    ['recurring', 'ocpp2.0.1', recurring],
    ['whole', 'ocpp2.1', whole],
    ['dynamic', 'ocpp2.1', dynamic],
  ] as const)('%s', (_name, protocol, profile) => {
    const call = friendly({ do: 'set_charging_profile', profile });
    const validate = createCallValidator([versionOf(protocol)]);
    expect(validate(protocol, 'SetChargingProfile', call?.payload ?? {})).toEqual([]);
    expect(profileFromWire(profile.connectorId, profileToWire(profile))).toEqual(withIds(profile));
  });

  test('prices for the EV are handed through', () => {
    const salesTariff = {
      id: 1,
      salesTariffEntry: [{ relativeTimeInterval: { start: 0 }, consumptionCost: [{ startValue: 0, cost: [] }] }],
    };
    const wire = profileToWire({ ...plain, schedule: { ...plain.schedule, salesTariff } });
    expect(wire).toMatchObject({ chargingSchedule: [{ salesTariff }] });
  });

  test('whatever else comes is no profile, or one that can be kept', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (evse, said) => {
        const read = profileFromWire(evse, said);
        expect(read === undefined || typeof JSON.stringify(read) === 'string').toBe(true);
      }),
    );
    const hostile = { ...profileToWire(plain), validFrom: 'x\u0000\ud800'.repeat(50), transactionId: { a: 1 } };
    const read = profileFromWire(-5, hostile);
    expect(read).toMatchObject({ connectorId: 0, profileId: 7 });
    expect(JSON.stringify(read)).not.toContain('\\u0000');
  });
});

describe('what 2.x can be asked of charging profiles', () => {
  test.each([
    [
      { do: 'clear_charging_profiles', criteria: { profileId: 3, connectorId: 1 } },
      'ClearChargingProfile',
      { chargingProfileId: 3 },
    ],
    [
      { do: 'clear_charging_profiles', criteria: { connectorId: 1, purpose: 'tx_default', stackLevel: 0 } },
      'ClearChargingProfile',
      { chargingProfileCriteria: { evseId: 1, chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 } },
    ],
    [{ do: 'clear_charging_profiles', criteria: {} }, 'ClearChargingProfile', { chargingProfileCriteria: {} }],
    [
      { do: 'report_charging_profiles', requestId: 5, criteria: { connectorId: 1, sources: ['CSO', 'EMS'] } },
      'GetChargingProfiles',
      { requestId: 5, evseId: 1, chargingProfile: { chargingLimitSource: ['CSO', 'EMS'] } },
    ],
    [
      { do: 'report_charging_profiles', requestId: 5, criteria: { profileIds: [1, 2], stackLevel: 3 } },
      'GetChargingProfiles',
      { requestId: 5, chargingProfile: { chargingProfileId: [1, 2] } },
    ],
    [
      { do: 'composite_schedule', connectorId: 0, durationS: 60, unit: 'W' },
      'GetCompositeSchedule',
      { evseId: 0, duration: 60, chargingRateUnit: 'W' },
    ],
    [
      { do: 'update_dynamic_profile', profileId: 4, rates: { limit: 5, setpointL2: -1 } },
      'UpdateDynamicSchedule',
      { chargingProfileId: 4, scheduleUpdate: { limit: 5, setpoint_L2: -1 } },
    ],
    [
      { do: 'priority_charging', ocppTransactionId: 'tx', active: false },
      'UsePriorityCharging',
      { transactionId: 'tx', activate: false },
    ],
    [
      { do: 'allow_energy_transfer', ocppTransactionId: 'tx', modes: ['dc', 'dc_bpt'] },
      'NotifyAllowedEnergyTransfer',
      { transactionId: 'tx', allowedEnergyTransfer: ['DC', 'DC_BPT'] },
    ],
    [
      { do: 'afrr_signal', signal: -4, at: new Date('2026-01-01T00:00:00.000Z') },
      'AFRRSignal',
      { signal: -4, timestamp: '2026-01-01T00:00:00.000Z' },
    ],
  ] as const)('%j', (command, action, payload) => {
    expect(friendly(command)).toEqual({ action, payload });
    expect(createCallValidator([versionOf('ocpp2.1')])('ocpp2.1', action, payload)).toEqual([]);
  });
});

describe('what a station tells of profiles and limits', () => {
  const profile = { ...profileToWire(plain), chargingProfileKind: 'relative' };

  test.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: a part of a report', async (protocol) => {
    const { send, inputs } = recorder(protocol);
    const part = { requestId: 3, chargingLimitSource: 'CSO', evseId: 2, tbc: true, chargingProfile: [profile, 5] };
    expect(await send('ReportChargingProfiles', part)).toEqual({});
    expect(inputs).toMatchObject([
      {
        room: 'smart_charging',
        type: 'profiles_reported',
        requestId: 3,
        tbc: true,
        source: 'CSO',
        profiles: [{ profileId: 7, connectorId: 2, kind: 'relative' }],
      },
    ]);
  });

  test('a limit of somebody else, for an EVSE or the whole station, and its end', async () => {
    const { send, inputs } = recorder('ocpp2.1');
    const chargingSchedule = [
      { id: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 5000 }] },
    ];
    await send('NotifyChargingLimit', {
      evseId: 1,
      chargingLimit: { chargingLimitSource: 'EMS', isGridCritical: true },
      chargingSchedule,
    });
    await send('NotifyChargingLimit', { chargingLimit: { chargingLimitSource: 'com.example' } });
    await send('ClearedChargingLimit', { chargingLimitSource: 'EMS' });
    expect(inputs).toMatchObject([
      { type: 'limit_reported', evseId: 1, source: 'EMS', isGridCritical: true, schedules: [{ unit: 'W' }] },
      { type: 'limit_reported', evseId: 0, source: 'com.example', schedules: [] },
      { type: 'limit_cleared', source: 'EMS', evseId: undefined },
    ]);
  });

  test('2.1: the values of a dynamic profile are fetched, if there is one', async () => {
    const known = recorder('ocpp2.1', () => ({ rates: { limit: 9, dischargeLimitL2: -4 } }));
    expect(await known.send('PullDynamicScheduleUpdate', { chargingProfileId: 4 })).toEqual({
      status: 'Accepted',
      scheduleUpdate: { limit: 9, dischargeLimit_L2: -4 },
    });
    const unknown = recorder('ocpp2.1');
    expect(await unknown.send('PullDynamicScheduleUpdate', { chargingProfileId: 5 })).toMatchObject({
      status: 'Rejected',
    });
  });
});

describe('what an answer tells', () => {
  const { toCharger } = versionOf('ocpp2.1');
  const learn = (action: string, payload: object, result: object = { status: 'Accepted' }) =>
    toCharger.get(action)?.learn?.(payload as Record<string, unknown>, result as Record<string, unknown>);

  test('a profile replaces that of its number alone', () => {
    expect(learn('SetChargingProfile', { evseId: 2, chargingProfile: profileToWire(plain) })).toMatchObject({
      about: 'profile_set',
      replacesById: true,
      profile: { profileId: 7, connectorId: 2 },
    });
  });

  test('what is cleared, renewed and will be reported', () => {
    const chargingProfileCriteria = { evseId: 1, chargingProfilePurpose: 'TxProfile' };
    expect(learn('ClearChargingProfile', { chargingProfileCriteria })).toMatchObject({ connectorId: 1, purpose: 'tx' });
    // What cannot be read is not taken for "all".
    expect(learn('ClearChargingProfile', { chargingProfileId: 5_000_000_000 })).toBeUndefined();
    expect(learn('UpdateDynamicSchedule', { chargingProfileId: 4, scheduleUpdate: { limit: 3 } })).toEqual({
      about: 'profile_values_set',
      profileId: 4,
      rates: { limit: 3 },
    });
    expect(learn('GetChargingProfiles', { requestId: 4, chargingProfile: {} }, { status: 'NoProfiles' })).toEqual({
      about: 'profiles_will_come',
      requestId: 4,
      none: true,
    });
  });
});
