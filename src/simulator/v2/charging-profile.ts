/** One charging profile as the CSMS says it (2.0.1 K01), read into one that counts; or why it cannot be taken. Pure. */
import type { Period, Profile, Purpose } from '../composite.ts';
import { instantOf, listOf, numberOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import type { V2Version } from './words.ts';

/** A profile as it counts, with what was said of it. `evseId` is `connectorId` there. */
export type Held = Profile & { readonly said: Payload; readonly source: string };

const PURPOSES: Readonly<Record<string, Purpose>> = {
  ChargingStationMaxProfile: 'ChargePointMaxProfile',
  TxDefaultProfile: 'TxDefaultProfile',
  TxProfile: 'TxProfile',
};
const PURPOSES_21: Readonly<Record<string, Purpose>> = {
  ...PURPOSES,
  PriorityCharging: 'PriorityCharging',
  LocalGeneration: 'LocalGeneration',
};

/** A word instead of a profile: the reason why not. */
export function readProfile(
  evseId: number,
  said: Payload,
  now: number,
  { version, most }: { readonly version: V2Version; readonly most: (name: string) => number },
): Held | string {
  const [schedule] = listOf(said['chargingSchedule']);
  if (schedule === undefined) return 'NoSchedule';
  const purpose = (version === '2.1' ? PURPOSES_21 : PURPOSES)[String(said['chargingProfilePurpose'])];
  const kind = said['chargingProfileKind'];
  const isDynamic = version === '2.1' && kind === 'Dynamic';
  const [id, stackLevel] = [numberOf(said['id']), numberOf(said['stackLevel'])];
  const unit = schedule['chargingRateUnit'];
  const periods = listOf(schedule['chargingSchedulePeriod']).map(readPeriod);
  const startAt = instantOf(schedule['startSchedule']);
  if (id === undefined || stackLevel === undefined || stackLevel < 0) return 'InvalidProfile';
  if (stackLevel > most('ProfileStackLevel')) return 'InvalidStackLevel';
  if (purpose === undefined) return 'UnsupportedPurpose';
  if (kind !== 'Absolute' && kind !== 'Recurring' && kind !== 'Relative' && !isDynamic) return 'UnsupportedKind';
  if (unit !== 'A' && unit !== 'W') return 'UnsupportedRateUnit';
  if (periods.length === 0 || periods.length > most('PeriodsPerSchedule')) return 'InvalidSchedule';
  if (periods[0]?.startPeriod !== 0) return 'InvalidSchedule';
  // K01.FR.40, FR.41: an absolute schedule says when it begins, a relative one does not.
  if ((kind === 'Absolute' || kind === 'Recurring') && startAt === undefined) return 'InvalidSchedule';
  if (kind === 'Relative' && startAt !== undefined) return 'InvalidSchedule';
  const recurrency = said['recurrencyKind'];
  return {
    id,
    connectorId: evseId,
    purpose,
    stackLevel,
    kind: isDynamic ? 'Relative' : (kind as Profile['kind']), // as: one of the three, as looked at above
    recurrency: recurrency === 'Daily' || recurrency === 'Weekly' ? recurrency : undefined,
    validFrom: instantOf(said['validFrom']) ?? Number.NEGATIVE_INFINITY,
    validTo: instantOf(said['validTo']) ?? Number.POSITIVE_INFINITY,
    duration: numberOf(schedule['duration']),
    startAt,
    unit,
    periods,
    setAt: now,
    session: undefined,
    said,
    source: 'CSO',
  };
}

function readPeriod(said: Payload): Period {
  const phases = numberOf(said['numberPhases']);
  const limit = numberOf(said['limit']) ?? numberOf(said['setpoint']) ?? Number.POSITIVE_INFINITY;
  return {
    startPeriod: Number(said['startPeriod']),
    limit,
    ...(phases === undefined ? {} : { numberPhases: phases }),
  };
}

export const purposeSaid = ({ said }: Held): string => textOf(said['chargingProfilePurpose']) ?? '';
