/** OCPP 1.6 §7.8 ChargingProfile and the domain's, side by side. */
import type { ChargingProfile } from '../../ingest/inputs.ts';
import { isRecord, MOST_INT32, readInteger, readList, readNumber, readText } from '../reading.ts';

type Said<Word extends string> = Readonly<Partial<Record<Word, string>>>;
const PURPOSE: Said<ChargingProfile['purpose']> = {
  charge_point_max: 'ChargePointMaxProfile',
  tx_default: 'TxDefaultProfile',
  tx: 'TxProfile',
};
const KIND: Said<ChargingProfile['kind']> = { absolute: 'Absolute', recurring: 'Recurring', relative: 'Relative' };
const RECURRENCY = { daily: 'Daily', weekly: 'Weekly' } as const;

/** undefined: 1.6 has no word for it. */
export const purposeToWire = (purpose: ChargingProfile['purpose']): string | undefined => PURPOSE[purpose];
export const isSayable = ({ purpose, kind }: Pick<ChargingProfile, 'purpose' | 'kind'>): boolean =>
  PURPOSE[purpose] !== undefined && KIND[kind] !== undefined;

const fromWord =
  <Ours extends string>(words: Said<Ours>) =>
  (said: unknown): Ours | undefined =>
    (Object.keys(words) as Ours[]).find((ours) => words[ours] === said);
export const purposeFromWire = fromWord(PURPOSE);
const kindFromWire = fromWord(KIND);
const recurrencyFromWire = fromWord(RECURRENCY);

export function profileToWire(profile: ChargingProfile): Record<string, unknown> {
  const { schedule, recurrency, validFrom, validTo, transactionId } = profile;
  return {
    chargingProfileId: profile.profileId,
    ...(transactionId !== undefined && { transactionId }),
    stackLevel: profile.stackLevel,
    chargingProfilePurpose: PURPOSE[profile.purpose],
    chargingProfileKind: KIND[profile.kind],
    ...(recurrency !== undefined && { recurrencyKind: RECURRENCY[recurrency] }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validTo !== undefined && { validTo }),
    chargingSchedule: {
      ...(schedule.durationS !== undefined && { duration: schedule.durationS }),
      ...(schedule.startAt !== undefined && { startSchedule: schedule.startAt }),
      chargingRateUnit: schedule.unit,
      chargingSchedulePeriod: schedule.periods.map(({ startS, limit, phases }) => ({
        startPeriod: startS,
        limit,
        ...(phases !== undefined && { numberPhases: phases }),
      })),
      ...(schedule.minRate !== undefined && { minChargingRate: schedule.minRate }),
    },
  };
}

/** Of a call that was sent, perhaps unchecked; undefined: it is no profile. */
export function profileFromWire(connectorId: unknown, said: unknown): ChargingProfile | undefined {
  if (!isRecord(said)) return undefined;
  const schedule = said['chargingSchedule'];
  const profileId = readInteger(said['chargingProfileId'], -MOST_INT32 - 1, MOST_INT32);
  const purpose = purposeFromWire(said['chargingProfilePurpose']);
  const kind = kindFromWire(said['chargingProfileKind']);
  if (profileId === undefined || purpose === undefined || kind === undefined || !isRecord(schedule)) return undefined;
  return {
    profileId,
    connectorId: readInteger(connectorId, 0, 1000) ?? 0,
    purpose,
    stackLevel: readInteger(said['stackLevel'], 0, MOST_INT32) ?? 0,
    kind,
    recurrency: recurrencyFromWire(said['recurrencyKind']),
    validFrom: readText(said['validFrom'], 64),
    validTo: readText(said['validTo'], 64),
    transactionId: readInteger(said['transactionId'], 1, MOST_INT32),
    schedule: {
      durationS: readInteger(schedule['duration'], 0, MOST_INT32),
      startAt: readText(schedule['startSchedule'], 64),
      unit: schedule['chargingRateUnit'] === 'W' ? 'W' : 'A',
      minRate: readNumber(schedule['minChargingRate']),
      periods: readList(schedule['chargingSchedulePeriod']).flatMap((period) => {
        if (!isRecord(period)) return [];
        const startS = readInteger(period['startPeriod'], 0, MOST_INT32);
        const limit = readNumber(period['limit']);
        if (startS === undefined || limit === undefined) return [];
        return [{ startS, limit, phases: readInteger(period['numberPhases'], 1, 3) }];
      }),
    },
  };
}
