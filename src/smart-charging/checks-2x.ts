/**
 * What OCPP 2.x (K01) forbids in a charging profile, and what this station has said that it cannot do. Pure: what the station would
 * only refuse is refused here, by the name of the field.
 */
import type { FieldFault } from '../platform/errors.ts';
import { DAY_S, type Fault } from './checks.ts';
import { faultsOf21 } from './checks-v2x.ts';
import { beyondVersion, schedulesOf } from './checks-versions.ts';
import type { ChargingProfile, ChargingSchedule, Protocol } from './types.ts';

/** As its device model says (SmartChargingCtrlr); undefined: not known, so not checked. */
export type StationLimits = {
  readonly maxStackLevel: number | undefined;
  readonly maxPeriods: number | undefined;
  readonly maxProfiles: number | undefined;
  readonly units: ReadonlySet<'A' | 'W'> | undefined;
  /** Up to here ids are the station's own, for limits of others (2.1 K01.FR.81). */
  readonly maxExternalId: number | undefined;
};

/** What the station holds already and this one does not replace. */
export type Held = Pick<
  ChargingProfile,
  'profileId' | 'purpose' | 'stackLevel' | 'connectorId' | 'ocppTransactionId' | 'validFrom' | 'validTo'
>;

export function faultsOf2x(
  profile: ChargingProfile,
  protocol: Exclude<Protocol, 'ocpp1.6'>,
  limits: StationLimits,
  held: readonly Held[] = [],
): FieldFault[] {
  const faults: FieldFault[] = beyondVersion(profile, protocol);
  const fault: Fault = (field, message) => void faults.push({ field, message });
  const { purpose, connectorId, kind, recurrency, stackLevel, validFrom, validTo, profileId } = profile;

  // K01.FR.22
  if (purpose === 'external_constraints') fault('purpose', 'is for others than a CSMS to set');
  if (purpose === 'charge_point_max' && connectorId !== 0)
    fault('connector_id', 'must be 0 for the purpose charge_point_max, which is for the whole charge point');
  if (purpose === 'charge_point_max' && kind === 'relative')
    fault('kind', 'must not be relative for the purpose charge_point_max, which begins with no session'); // K01.FR.38
  if (purpose === 'tx' && connectorId === 0)
    fault('connector_id', 'must name the connector of the session for the purpose tx');
  if (kind === 'recurring' && recurrency === undefined)
    fault('recurrency', 'is required for the kind recurring: daily or weekly');
  if (kind !== 'recurring' && recurrency !== undefined) fault('recurrency', 'is only for the kind recurring');
  if (validFrom !== undefined && validTo !== undefined && validFrom >= validTo)
    fault('valid_to', 'must be later than valid_from');
  // Several schedules are for an EV to choose from (K15), so for its session alone.
  if (profile.alternatives !== undefined && purpose !== 'tx')
    fault('alternatives', 'are only for the purpose tx: an EV chooses among them');
  for (const [at, schedule] of schedulesOf(profile)) checkSchedule(profile, schedule, at, fault, limits, protocol);

  if (limits.maxStackLevel !== undefined && stackLevel > limits.maxStackLevel)
    fault('stack_level', `must be at most ${limits.maxStackLevel} (SmartChargingCtrlr.ProfileStackLevel)`);
  if (limits.maxExternalId !== undefined && profileId <= limits.maxExternalId)
    fault('profile_id', `must be above ${limits.maxExternalId} (SmartChargingCtrlr.MaxExternalConstraintsId)`);
  const others = held.filter((each) => each.profileId !== profileId);
  if (limits.maxProfiles !== undefined && others.length >= limits.maxProfiles)
    fault('profile_id', `the charger holds ${others.length} profiles already and takes no more; clear one first`);
  // K01.FR.05
  if (held.some((each) => each.profileId === profileId && each.purpose === 'external_constraints'))
    fault('profile_id', 'is the number of a limit that somebody else has set at this charge point');
  // K01.FR.06, K01.FR.39
  const rival = others.find((each) => isRival(each, profile));
  if (rival !== undefined)
    fault(
      'stack_level',
      `profile ${rival.profileId} has this purpose, level and place at the same time; replace it by its profile_id`,
    );
  if (protocol === 'ocpp2.1') faults.push(...faultsOf21(profile));
  return faults;
}

/** Both would hold at once with equal rank, which a station must refuse. */
export const isRival = (one: Held, other: Held): boolean =>
  one.purpose === other.purpose &&
  one.stackLevel === other.stackLevel &&
  one.connectorId === other.connectorId &&
  (one.purpose !== 'tx' || one.ocppTransactionId === other.ocppTransactionId) &&
  (one.validTo === undefined || other.validFrom === undefined || one.validTo > other.validFrom) &&
  (other.validTo === undefined || one.validFrom === undefined || other.validTo > one.validFrom);

function checkSchedule(
  { kind, recurrency }: ChargingProfile,
  { startAt, durationS, periods, unit }: ChargingSchedule,
  at: string,
  fault: Fault,
  limits: StationLimits,
  protocol: Protocol,
): void {
  // K01.FR.40, K01.FR.41
  if ((kind === 'absolute' || kind === 'recurring') && startAt === undefined)
    fault(`${at}.start_at`, `is required for the kind ${kind}`);
  if (kind === 'relative' && startAt !== undefined)
    fault(`${at}.start_at`, 'is not for the kind relative, which begins with the session');
  const span = recurrency === 'weekly' ? 7 * DAY_S : DAY_S;
  if (kind === 'recurring' && (durationS ?? 0) > span)
    fault(`${at}.duration_s`, `must be at most ${span}, or it would overlap with its next turn`);
  if (limits.units !== undefined && !limits.units.has(unit))
    fault(`${at}.unit`, `must be ${[...limits.units].join(' or ')} (SmartChargingCtrlr.RateUnit)`);
  if (limits.maxPeriods !== undefined && periods.length > limits.maxPeriods)
    fault(`${at}.periods`, `must be at most ${limits.maxPeriods} (SmartChargingCtrlr.PeriodsPerSchedule)`);
  periods.forEach(({ startS, limit, phases, phaseToUse }, i) => {
    const place = `${at}.periods.${i}`;
    const before = periods[i - 1];
    if (i === 0 && startS !== 0) fault(`${place}.start_s`, 'must be 0 for the first period'); // K01.FR.31
    if (before !== undefined && startS <= before.startS)
      fault(`${place}.start_s`, 'must be later than that of the period before'); // K01.FR.35
    if (durationS !== undefined && startS >= durationS) fault(`${place}.start_s`, 'must be earlier than duration_s');
    // K01.FR.19
    if (phaseToUse !== undefined && phases !== 1) fault(`${place}.phase_to_use`, 'is only for phases 1');
    const tenths = (limit ?? 0) * 10;
    if (protocol === 'ocpp2.0.1' && Math.abs(Math.round(tenths) - tenths) > 1e-8)
      fault(`${place}.limit`, 'must have at most one decimal');
  });
}

/** Variables of SmartChargingCtrlr, as the device model has them. */
export type ControllerVariable = {
  readonly variable: string;
  readonly variableInstance: string | null;
  readonly value: string | null;
  readonly maxLimit: number | null;
};

export function readStationLimits(variables: readonly ControllerVariable[]): StationLimits {
  const said = new Map(variables.map((each) => [`${each.variable}${each.variableInstance ?? ''}`.toLowerCase(), each]));
  const count = (name: string): number | undefined => {
    const value = said.get(name)?.value?.trim();
    return value !== undefined && /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  const units = new Set<'A' | 'W'>();
  for (const word of said.get('rateunit')?.value?.split(',') ?? []) {
    const folded = word.trim().toUpperCase();
    if (folded === 'A' || folded === 'W') units.add(folded);
  }
  return {
    maxStackLevel: count('profilestacklevel'),
    maxPeriods: count('periodsperschedule'),
    // Its value is how many there are now.
    maxProfiles: said.get('entrieschargingprofiles')?.maxLimit ?? undefined,
    maxExternalId: count('maxexternalconstraintsid'),
    units: units.size === 0 ? undefined : units,
  };
}
