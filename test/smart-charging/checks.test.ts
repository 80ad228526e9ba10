import { describe, expect, test } from '@jest/globals';
import type { ChargingProfile } from '../../src/ingest/inputs.ts';
import { profileFromWire, profileToWire } from '../../src/ocpp/v16/charging-profile.ts';
import { faultsOf, readLimits } from '../../src/smart-charging/checks.ts';

const nothing = readLimits(new Map());
const profile = (more: Partial<ChargingProfile> = {}, schedule: Partial<ChargingProfile['schedule']> = {}) =>
  ({
    profileId: 1,
    connectorId: 1,
    purpose: 'tx_default',
    stackLevel: 0,
    kind: 'absolute',
    schedule: { unit: 'A', periods: [{ startS: 0, limit: 16 }], ...schedule },
    ...more,
  }) satisfies ChargingProfile as ChargingProfile;
const fieldsOf = (...args: Parameters<typeof faultsOf>) => faultsOf(...args).map(({ field }) => field);

test('a plain profile has no faults', () => {
  expect(faultsOf(profile(), nothing)).toEqual([]);
});

describe('what OCPP forbids is told by field', () => {
  test.each<[string, ChargingProfile, string]>([
    ['a maximum of one connector', profile({ purpose: 'charge_point_max' }), 'connector_id'],
    ["a transaction's profile for the whole charge point", profile({ purpose: 'tx', connectorId: 0 }), 'connector_id'],
    ['a recurring one that does not say how often', profile({ kind: 'recurring' }, { startAt: 'x' }), 'recurrency'],
    ['how often, of one that does not recur', profile({ recurrency: 'daily' }), 'recurrency'],
    ['a recurring one without a beginning', profile({ kind: 'recurring', recurrency: 'daily' }), 'schedule.start_at'],
    ['a relative one with a beginning', profile({ kind: 'relative' }, { startAt: 'x' }), 'schedule.start_at'],
    ['an end before the beginning', profile({ validFrom: '2026-02-01', validTo: '2026-01-01' }), 'valid_to'],
    [
      'a day of more than a day',
      profile({ kind: 'recurring', recurrency: 'daily' }, { startAt: 'x', durationS: 86_401 }),
      'schedule.duration_s',
    ],
    ['a late first period', profile({}, { periods: [{ startS: 1, limit: 1 }] }), 'schedule.periods.0.start_s'],
    [
      'periods out of order',
      profile({}, { periods: [0, 60, 60].map((startS) => ({ startS, limit: 1 })) }),
      'schedule.periods.2.start_s',
    ],
    [
      'a period after the end',
      profile({}, { durationS: 60, periods: [0, 60].map((startS) => ({ startS, limit: 1 })) }),
      'schedule.periods.1.start_s',
    ],
    ['hundredths', profile({}, { periods: [{ startS: 0, limit: 0.25 }] }), 'schedule.periods.0.limit'],
  ])('%s', (_what, wrong, field) => {
    expect(fieldsOf(wrong, nothing)).toEqual([field]);
  });
});

test('what the charger said that it cannot do is told by field too', () => {
  const limits = readLimits(
    new Map([
      ['ChargeProfileMaxStackLevel', '3'],
      ['ChargingScheduleAllowedChargingRateUnit', 'Current'],
      ['ChargingScheduleMaxPeriods', '2'],
      ['MaxChargingProfilesInstalled', '5'],
    ]),
  );
  const wrong = profile({ stackLevel: 4 }, { unit: 'W', periods: [0, 1, 2].map((startS) => ({ startS, limit: 1 })) });
  expect(fieldsOf(wrong, limits, 5)).toEqual(['stack_level', 'schedule.periods', 'schedule.unit', 'profile_id']);
  expect(faultsOf(profile({ stackLevel: 3 }), limits, 4)).toEqual([]);
  expect(readLimits(new Map([['ChargeProfileMaxStackLevel', 'many']])).maxStackLevel).toBeUndefined();
});

test('a profile comes back from the wire as it went out', () => {
  const whole: ChargingProfile = {
    profileId: 7,
    connectorId: 2,
    purpose: 'tx',
    stackLevel: 3,
    kind: 'recurring',
    recurrency: 'weekly',
    validFrom: '2026-01-01T00:00:00.000Z',
    validTo: '2027-01-01T00:00:00.000Z',
    transactionId: 4711,
    schedule: {
      durationS: 3600,
      startAt: '2026-01-01T00:00:00.000Z',
      unit: 'W',
      minRate: 6.5,
      periods: [{ startS: 0, limit: 11_000, phases: 3 }],
    },
  };
  expect(profileFromWire(2, profileToWire(whole))).toEqual(whole);
  for (const odd of [undefined, null, {}, { chargingSchedule: 1 }]) expect(profileFromWire(1, odd)).toBeUndefined();
});
