/**
 * What OCPP 1.6 §3.13 and §5.16 forbid in a charging profile, and what this charger has said that it cannot do. Pure: what the
 * charger would only refuse is refused here, by the name of the field.
 */
import type { FieldFault } from '../platform/errors.ts';
import { beyondVersion } from './checks-versions.ts';
import type { ChargingProfile } from './types.ts';

/** As its configuration says (§9.4); undefined: not known, so not checked. */
export type ChargerLimits = {
  readonly maxStackLevel: number | undefined;
  readonly maxPeriods: number | undefined;
  readonly maxProfiles: number | undefined;
  readonly units: ReadonlySet<'A' | 'W'> | undefined;
};

const LIMIT_KEYS = {
  maxStackLevel: 'ChargeProfileMaxStackLevel',
  units: 'ChargingScheduleAllowedChargingRateUnit',
  maxPeriods: 'ChargingScheduleMaxPeriods',
  maxProfiles: 'MaxChargingProfilesInstalled',
} as const;

export function readLimits(configuration: ReadonlyMap<string, string>): ChargerLimits {
  const count = (key: string): number | undefined => {
    const value = configuration.get(key);
    return value !== undefined && /^\d{1,9}$/.test(value.trim()) ? Number(value) : undefined;
  };
  const said = configuration.get(LIMIT_KEYS.units)?.toLowerCase();
  const units = new Set<'A' | 'W'>();
  if (said?.includes('current') === true) units.add('A');
  if (said?.includes('power') === true) units.add('W');
  return {
    maxStackLevel: count(LIMIT_KEYS.maxStackLevel),
    maxPeriods: count(LIMIT_KEYS.maxPeriods),
    maxProfiles: count(LIMIT_KEYS.maxProfiles),
    units: units.size === 0 ? undefined : units,
  };
}

export type Fault = (field: string, message: string) => void;
export const DAY_S = 86_400;

export function faultsOf(
  profile: ChargingProfile,
  limits: ChargerLimits,
  /** Profiles that the charger holds and that this one does not replace. */
  installed = 0,
): FieldFault[] {
  const faults = beyondVersion(profile, 'ocpp1.6');
  const fault: Fault = (field, message) => void faults.push({ field, message });
  const { purpose, connectorId, kind, recurrency, stackLevel, schedule, validFrom, validTo } = profile;

  // §3.13.1, §5.16
  if (purpose === 'charge_point_max' && connectorId !== 0)
    fault('connector_id', 'must be 0 for the purpose charge_point_max, which is for the whole charge point');
  if (purpose === 'tx' && connectorId === 0)
    fault('connector_id', 'must name the connector of the session for the purpose tx');
  if (kind === 'recurring' && recurrency === undefined)
    fault('recurrency', 'is required for the kind recurring: daily or weekly');
  if (kind !== 'recurring' && recurrency !== undefined) fault('recurrency', 'is only for the kind recurring');
  if (kind === 'recurring' && schedule.startAt === undefined)
    fault('schedule.start_at', 'is required for the kind recurring: the first time that it begins');
  if (kind === 'relative' && schedule.startAt !== undefined)
    fault('schedule.start_at', 'is not for the kind relative, which begins with the session');
  if (validFrom !== undefined && validTo !== undefined && validFrom >= validTo)
    fault('valid_to', 'must be later than valid_from');
  const span = recurrency === 'weekly' ? 7 * DAY_S : DAY_S;
  if (kind === 'recurring' && (schedule.durationS ?? 0) > span)
    fault('schedule.duration_s', `must be at most ${span}, or it would overlap with its next turn`);

  checkPeriods(profile, fault);

  if (limits.maxStackLevel !== undefined && stackLevel > limits.maxStackLevel)
    fault('stack_level', `must be at most ${limits.maxStackLevel} (the charger's ChargeProfileMaxStackLevel)`);
  if (limits.maxPeriods !== undefined && schedule.periods.length > limits.maxPeriods)
    fault('schedule.periods', `must be at most ${limits.maxPeriods} (the charger's ChargingScheduleMaxPeriods)`);
  if (limits.units !== undefined && !limits.units.has(schedule.unit))
    fault('schedule.unit', `must be ${[...limits.units].join(' or ')} (ChargingScheduleAllowedChargingRateUnit)`);
  if (limits.maxProfiles !== undefined && installed >= limits.maxProfiles)
    fault('profile_id', `the charger holds ${installed} profiles already and takes no more; clear one first`);
  return faults;
}

/** §7.13, §7.14: from 0 on, ascending, within the duration. */
function checkPeriods({ schedule }: ChargingProfile, fault: Fault): void {
  const { periods, durationS } = schedule;
  periods.forEach(({ startS, limit }, index) => {
    const at = `schedule.periods.${index}`;
    const before = periods[index - 1];
    if (index === 0 && startS !== 0) fault(`${at}.start_s`, 'must be 0 for the first period');
    if (before !== undefined && startS <= before.startS)
      fault(`${at}.start_s`, 'must be later than that of the period before');
    if (durationS !== undefined && startS >= durationS) fault(`${at}.start_s`, 'must be earlier than duration_s');
    if (limit !== undefined && Math.abs(Math.round(limit * 10) / 10 - limit) > 1e-9)
      fault(`${at}.limit`, 'must have at most one decimal');
  });
}
