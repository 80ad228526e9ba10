/**
 * OCPP 2.x ChargingProfileType and the domain's, side by side. What 2.0.1 cannot say is in the fields of 2.1 only: whoever builds a
 * profile asks the smart-charging room first, and the schema has the last word. No rules.
 */
import type {
  ChargingProfile,
  ChargingSchedule,
  OperationMode,
  ProfilePurpose,
  SchedulePeriod,
  ScheduleRates,
} from '../../ingest/inputs.ts';
import { isRecord, MOST_INT32, readInteger, readList, readNumber, readText } from '../reading.ts';
import { fromWord, given } from './pairs.ts';

type Wire = Record<string, unknown>;

const PURPOSE = {
  charge_point_max: 'ChargingStationMaxProfile',
  tx_default: 'TxDefaultProfile',
  tx: 'TxProfile',
  external_constraints: 'ChargingStationExternalConstraints',
  priority_charging: 'PriorityCharging',
  local_generation: 'LocalGeneration',
} as const satisfies Record<ProfilePurpose, string>;
const KIND = { absolute: 'Absolute', recurring: 'Recurring', relative: 'Relative', dynamic: 'Dynamic' } as const;
const RECURRENCY = { daily: 'Daily', weekly: 'Weekly' } as const;
const MODE = {
  idle: 'Idle',
  charging_only: 'ChargingOnly',
  central_setpoint: 'CentralSetpoint',
  external_setpoint: 'ExternalSetpoint',
  external_limits: 'ExternalLimits',
  central_frequency: 'CentralFrequency',
  local_frequency: 'LocalFrequency',
  local_load_balancing: 'LocalLoadBalancing',
} as const satisfies Record<OperationMode, string>;

/** Ours and the wire's names of what is a plain number in both. */
const RATES = {
  limit: 'limit',
  limitL2: 'limit_L2',
  limitL3: 'limit_L3',
  dischargeLimit: 'dischargeLimit',
  dischargeLimitL2: 'dischargeLimit_L2',
  dischargeLimitL3: 'dischargeLimit_L3',
  setpoint: 'setpoint',
  setpointL2: 'setpoint_L2',
  setpointL3: 'setpoint_L3',
  setpointReactive: 'setpointReactive',
  setpointReactiveL2: 'setpointReactive_L2',
  setpointReactiveL3: 'setpointReactive_L3',
} as const satisfies Record<keyof ScheduleRates, string>;
const RATE_NAMES = Object.keys(RATES) as (keyof ScheduleRates)[];

export const purposeToWire = (purpose: ProfilePurpose): string => PURPOSE[purpose];
export const purposeFromWire = fromWord(PURPOSE);
const kindFromWire = fromWord(KIND);
const recurrencyFromWire = fromWord(RECURRENCY);
const modeFromWire = fromWord(MODE);

export const ratesToWire = (rates: ScheduleRates): Wire =>
  given(Object.fromEntries(RATE_NAMES.map((name) => [RATES[name], rates[name]])));

const periodToWire = (period: SchedulePeriod): Wire =>
  given({
    startPeriod: period.startS,
    ...ratesToWire(period),
    numberPhases: period.phases,
    phaseToUse: period.phaseToUse,
    operationMode: period.mode === undefined ? undefined : MODE[period.mode],
    v2xBaseline: period.v2xBaseline,
    preconditioningRequest: period.precondition,
    evseSleep: period.evseSleep,
    v2xFreqWattCurve: period.freqWattCurve?.map(({ frequencyHz, powerW }) => ({
      frequency: frequencyHz,
      power: powerW,
    })),
    v2xSignalWattCurve: period.signalWattCurve?.map(({ signal, powerW }) => ({ signal, power: powerW })),
  });

const scheduleToWire = (schedule: ChargingSchedule, place: number): Wire =>
  given({
    id: schedule.id ?? place,
    startSchedule: schedule.startAt,
    duration: schedule.durationS,
    chargingRateUnit: schedule.unit,
    minChargingRate: schedule.minRate,
    useLocalTime: schedule.useLocalTime,
    randomizedDelay: schedule.randomizedDelayS,
    limitAtSoC:
      schedule.limitAtSoc === undefined
        ? undefined
        : { soc: schedule.limitAtSoc.socPercent, limit: schedule.limitAtSoc.limit },
    powerTolerance: schedule.powerTolerance,
    salesTariff: schedule.salesTariff,
    absolutePriceSchedule: schedule.absolutePrices,
    priceLevelSchedule: schedule.priceLevels,
    chargingSchedulePeriod: schedule.periods.map(periodToWire),
  });

/** In a RequestStartTransaction it names no transaction: the one that begins is meant (F01.FR.11, K05). */
export const profileToWire = (profile: ChargingProfile): Wire =>
  given({
    id: profile.profileId,
    stackLevel: profile.stackLevel,
    chargingProfilePurpose: PURPOSE[profile.purpose],
    chargingProfileKind: KIND[profile.kind],
    recurrencyKind: profile.recurrency === undefined ? undefined : RECURRENCY[profile.recurrency],
    validFrom: profile.validFrom,
    validTo: profile.validTo,
    transactionId: profile.ocppTransactionId,
    maxOfflineDuration: profile.maxOfflineS,
    invalidAfterOfflineDuration: profile.invalidAfterOffline,
    dynUpdateInterval: profile.updateIntervalS,
    dynUpdateTime: profile.updatedAt,
    chargingSchedule: [profile.schedule, ...(profile.alternatives ?? [])].map((each, i) => scheduleToWire(each, i + 1)),
  });

const MOST_PERIODS = 1024;
const record = (value: unknown): Readonly<Record<string, unknown>> | undefined => (isRecord(value) ? value : undefined);
const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

export const ratesFromWire = (wire: Readonly<Record<string, unknown>>): ScheduleRates =>
  given(Object.fromEntries(RATE_NAMES.map((name) => [name, readNumber(wire[RATES[name]])])));

function periodFromWire(wire: unknown): SchedulePeriod[] {
  if (!isRecord(wire)) return [];
  const startS = readInteger(wire['startPeriod'], 0, MOST_INT32);
  if (startS === undefined) return [];
  const points = (field: string): readonly unknown[] => readList(wire[field]).slice(0, 20);
  const freqWattCurve = points('v2xFreqWattCurve').flatMap((point) => {
    const [frequencyHz, powerW] = [readNumber(record(point)?.['frequency']), readNumber(record(point)?.['power'])];
    return frequencyHz === undefined || powerW === undefined ? [] : [{ frequencyHz, powerW }];
  });
  const signalWattCurve = points('v2xSignalWattCurve').flatMap((point) => {
    const [signal, powerW] = [readNumber(record(point)?.['signal']), readNumber(record(point)?.['power'])];
    return signal === undefined || powerW === undefined ? [] : [{ signal, powerW }];
  });
  return [
    {
      startS,
      ...ratesFromWire(wire),
      ...given({
        phases: readInteger(wire['numberPhases'], 0, 3),
        phaseToUse: readInteger(wire['phaseToUse'], 0, 3),
        mode: modeFromWire(wire['operationMode']),
        v2xBaseline: readNumber(wire['v2xBaseline']),
        precondition: flag(wire['preconditioningRequest']),
        evseSleep: flag(wire['evseSleep']),
        freqWattCurve: freqWattCurve.length === 0 ? undefined : freqWattCurve,
        signalWattCurve: signalWattCurve.length === 0 ? undefined : signalWattCurve,
      }),
    },
  ];
}

/** A schedule as a station or an EV tells it; prices are left out: they are ours to begin with. */
export function scheduleFromWire(wire: unknown): ChargingSchedule | undefined {
  if (!isRecord(wire)) return undefined;
  const soc = record(wire['limitAtSoC']);
  const [socPercent, limit] = [readInteger(soc?.['soc'], 0, 100), readNumber(soc?.['limit'])];
  return {
    unit: wire['chargingRateUnit'] === 'W' ? 'W' : 'A',
    periods: readList(wire['chargingSchedulePeriod']).slice(0, MOST_PERIODS).flatMap(periodFromWire),
    ...given({
      id: readInteger(wire['id'], -MOST_INT32 - 1, MOST_INT32),
      durationS: readInteger(wire['duration'], 0, MOST_INT32),
      startAt: readText(wire['startSchedule'], 64),
      minRate: readNumber(wire['minChargingRate']),
      useLocalTime: flag(wire['useLocalTime']),
      randomizedDelayS: readInteger(wire['randomizedDelay'], 0, MOST_INT32),
      limitAtSoc: socPercent === undefined || limit === undefined ? undefined : { socPercent, limit },
      powerTolerance: readNumber(wire['powerTolerance']),
    }),
  };
}

/** Of a call that was sent, perhaps unchecked, or of a report; undefined: it is no profile. */
export function profileFromWire(evseId: unknown, wire: unknown): ChargingProfile | undefined {
  if (!isRecord(wire)) return undefined;
  const profileId = readInteger(wire['id'], -MOST_INT32 - 1, MOST_INT32);
  const purpose = purposeFromWire(wire['chargingProfilePurpose']);
  const kind = kindFromWire(wire['chargingProfileKind']);
  const [schedule, ...alternatives] = readList(wire['chargingSchedule'])
    .slice(0, 3)
    .flatMap((each) => scheduleFromWire(each) ?? []);
  if (profileId === undefined || purpose === undefined || kind === undefined || schedule === undefined)
    return undefined;
  return {
    profileId,
    connectorId: readInteger(evseId, 0, 1000) ?? 0,
    purpose,
    stackLevel: readInteger(wire['stackLevel'], 0, MOST_INT32) ?? 0,
    kind,
    schedule,
    ...given({
      recurrency: recurrencyFromWire(wire['recurrencyKind']),
      validFrom: readText(wire['validFrom'], 64),
      validTo: readText(wire['validTo'], 64),
      ocppTransactionId: readText(wire['transactionId'], 36),
      alternatives: alternatives.length === 0 ? undefined : alternatives,
      maxOfflineS: readInteger(wire['maxOfflineDuration'], 0, MOST_INT32),
      invalidAfterOffline: flag(wire['invalidAfterOfflineDuration']),
      updateIntervalS: readInteger(wire['dynUpdateInterval'], 0, MOST_INT32),
      updatedAt: readText(wire['dynUpdateTime'], 64),
    }),
  };
}
