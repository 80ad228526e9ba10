/**
 * Which fields of a charging profile a version of OCPP cannot say. What is left out silently would not limit anything: it is refused
 * by the name of the field. Pure.
 */
import type { FieldFault } from '../platform/errors.ts';
import { RATES } from './schedule-schemas.ts';
import type { ChargingProfile, ChargingSchedule, Protocol, SchedulePeriod } from './types.ts';

const { limit: _limit, ...RATES_SINCE_21 } = RATES;
const PERIOD_SINCE_21 = {
  ...RATES_SINCE_21,
  mode: 'mode',
  v2x_baseline: 'v2xBaseline',
  precondition: 'precondition',
  evse_sleep: 'evseSleep',
  freq_watt_curve: 'freqWattCurve',
  signal_watt_curve: 'signalWattCurve',
} as const satisfies Record<string, keyof SchedulePeriod>;
const SCHEDULE_SINCE_21 = {
  use_local_time: 'useLocalTime',
  randomized_delay_s: 'randomizedDelayS',
  limit_at_soc: 'limitAtSoc',
  power_tolerance: 'powerTolerance',
  absolute_prices: 'absolutePrices',
  price_levels: 'priceLevels',
} as const satisfies Record<string, keyof ChargingSchedule>;
const PROFILE_SINCE_21 = {
  max_offline_s: 'maxOfflineS',
  invalid_after_offline: 'invalidAfterOffline',
  update_interval_s: 'updateIntervalS',
} as const satisfies Record<string, keyof ChargingProfile>;
const SCHEDULE_SINCE_2 = { id: 'id', sales_tariff: 'salesTariff' } as const satisfies Record<
  string,
  keyof ChargingSchedule
>;
const PERIOD_SINCE_2 = { phase_to_use: 'phaseToUse' } as const satisfies Record<string, keyof SchedulePeriod>;

/** The schedules of a profile, and where each stands in a request. */
export const schedulesOf = (profile: ChargingProfile): (readonly [at: string, schedule: ChargingSchedule])[] => [
  ['schedule', profile.schedule],
  ...(profile.alternatives ?? []).map((each, i) => [`alternatives.${i}`, each] as const),
];

export function beyondVersion(profile: ChargingProfile, protocol: Protocol): FieldFault[] {
  if (protocol === 'ocpp2.1') return [];
  const faults: FieldFault[] = [];
  const only = (version: string) => (field: string) => faults.push({ field, message: `needs OCPP ${version}` });
  const used = <Whole extends object>(names: Readonly<Record<string, keyof Whole>>, whole: Whole, at = ''): string[] =>
    Object.entries(names).flatMap(([name, ours]) => (whole[ours] === undefined ? [] : [`${at}${name}`]));

  const since21 = only('2.1');
  if (profile.purpose === 'priority_charging' || profile.purpose === 'local_generation') since21('purpose');
  if (profile.kind === 'dynamic') since21('kind');
  used(PROFILE_SINCE_21, profile).forEach(since21);
  for (const [at, schedule] of schedulesOf(profile)) {
    used(SCHEDULE_SINCE_21, schedule, `${at}.`).forEach(since21);
    schedule.periods.forEach((period, i) => {
      used(PERIOD_SINCE_21, period, `${at}.periods.${i}.`).forEach(since21);
      if (period.limit === undefined)
        faults.push({ field: `${at}.periods.${i}.limit`, message: 'is required before OCPP 2.1' });
    });
  }
  if (protocol !== 'ocpp1.6') return faults;
  const since2 = only('2.0.1');
  if (profile.alternatives !== undefined) since2('alternatives');
  used(SCHEDULE_SINCE_2, profile.schedule, 'schedule.').forEach(since2);
  profile.schedule.periods.forEach((period, i) => {
    used(PERIOD_SINCE_2, period, `schedule.periods.${i}.`).forEach(since2);
  });
  return faults;
}
