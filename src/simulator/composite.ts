/** Charging profiles (OCPP 1.6 §3.13, 2.x K01): which limit holds at an instant, and the schedule that results. Pure. */
import type { Payload } from './types.ts';

export type Period = { readonly startPeriod: number; readonly limit: number; readonly numberPhases?: number };
export type Unit = 'A' | 'W';
/** 1.6's words; the last three are 2.x's only. */
export type Purpose =
  | 'ChargePointMaxProfile'
  | 'TxDefaultProfile'
  | 'TxProfile'
  | 'ExternalConstraints'
  | 'LocalGeneration'
  | 'PriorityCharging';

export type Profile = {
  readonly id: number;
  readonly connectorId: number;
  readonly purpose: Purpose;
  readonly stackLevel: number;
  readonly kind: 'Absolute' | 'Recurring' | 'Relative';
  readonly recurrency: 'Daily' | 'Weekly' | undefined;
  readonly validFrom: number;
  readonly validTo: number;
  readonly duration: number | undefined;
  readonly startAt: number | undefined;
  readonly unit: Unit;
  readonly periods: readonly Period[];
  readonly setAt: number;
  /** Of a TxProfile: the session it was made for; undefined: the next one on its connector. */
  readonly session: string | undefined;
};

/** What runs on the connector that is asked about. */
export type Running = { readonly localId: string; readonly startedAt: number } | undefined;

const VOLTAGE = 230;
const DAY_MS = 86_400_000;
const PHASES = 3;

export const toWatt = (limit: number, unit: Unit, phases = PHASES): number =>
  unit === 'W' ? limit : limit * VOLTAGE * phases;
const toAmpere = (watt: number, phases = PHASES): number => watt / (VOLTAGE * phases);

/** When the schedule that holds at `at` began; undefined: none does. */
function beganAt(profile: Profile, at: number, running: Running): number | undefined {
  switch (profile.kind) {
    case 'Absolute':
      return profile.startAt ?? running?.startedAt ?? profile.setAt;
    case 'Relative':
      return running?.startedAt ?? profile.setAt;
    case 'Recurring': {
      const every = profile.recurrency === 'Weekly' ? 7 * DAY_MS : DAY_MS;
      const start = profile.startAt ?? profile.setAt;
      return start + Math.floor((at - start) / every) * every;
    }
  }
}

function periodAt(profile: Profile, at: number, running: Running): Period | undefined {
  if (at < profile.validFrom || at >= profile.validTo) return undefined;
  const start = beganAt(profile, at, running);
  if (start === undefined || at < start) return undefined;
  const offset = (at - start) / 1000;
  if (profile.duration !== undefined && offset >= profile.duration) return undefined;
  return profile.periods.findLast((period) => period.startPeriod <= offset);
}

/** §3.13.2: of one purpose the highest stack level that has something to say holds. */
function limitOf(profiles: readonly Profile[], at: number, running: Running): number | undefined {
  const byLevel = [...profiles].sort((a, b) => b.stackLevel - a.stackLevel);
  for (const profile of byLevel) {
    const period = periodAt(profile, at, running);
    if (period !== undefined) return toWatt(period.limit, profile.unit, period.numberPhases);
  }
  return undefined;
}

/** §3.13.3, §3.13.4: a transaction's own profile goes before the default; the charge point's maximum caps both. In watts. */
export function limitAt(
  profiles: readonly Profile[],
  connectorId: number,
  at: number,
  running: Running,
): number | undefined {
  const of = (purpose: Purpose, where: number): Profile[] =>
    profiles.filter((each) => each.purpose === purpose && each.connectorId === where);
  const caps = [
    limitOf(of('ChargePointMaxProfile', 0), at, running),
    limitOf(of('ExternalConstraints', 0), at, running),
    ...(connectorId === 0 ? [] : [limitOf(of('ExternalConstraints', connectorId), at, running)]),
  ].filter((watt) => watt !== undefined);
  const station = caps.length === 0 ? undefined : Math.min(...caps);
  if (connectorId === 0) return station;
  const own = of('TxProfile', connectorId).filter(
    ({ session }) => running !== undefined && (session === undefined || session === running.localId),
  );
  // 2.1 K21: while it is in force, a priority profile goes before the transaction's own.
  const transaction =
    limitOf(of('PriorityCharging', connectorId), at, running) ??
    limitOf(own, at, running) ??
    limitOf(of('TxDefaultProfile', connectorId), at, running) ??
    limitOf(of('TxDefaultProfile', 0), at, running);
  // 2.1 K24: what is generated on the spot comes on top of what the grid may give.
  const local = limitOf(of('LocalGeneration', 0), at, running) ?? 0;
  const most = station === undefined ? undefined : station + local;
  if (most === undefined || transaction === undefined) return most ?? transaction;
  return Math.min(most, transaction);
}

/** The instants in [from, to) at which a limit may change, sorted, `from` included. */
export function boundaries(profiles: readonly Profile[], from: number, to: number, running: Running): number[] {
  const found = new Set<number>([from]);
  const add = (at: number): void => {
    if (at > from && at < to) found.add(at);
  };
  for (const profile of profiles) {
    add(profile.validFrom);
    add(profile.validTo);
    const every = profile.recurrency === 'Weekly' ? 7 * DAY_MS : DAY_MS;
    const first = beganAt(profile, from, running);
    if (first === undefined) continue;
    for (let start = first; start < to; start += every) {
      for (const { startPeriod } of profile.periods) add(start + startPeriod * 1000);
      if (profile.duration !== undefined) add(start + profile.duration * 1000);
      if (profile.kind !== 'Recurring') break;
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** GetCompositeSchedule's chargingSchedule: what may flow from now on. Without any profile: what the hardware allows. */
export function compositeSchedule(
  profiles: readonly Profile[],
  asked: { connectorId: number; from: number; durationS: number; unit: Unit; running: Running; maxPowerW: number },
): Payload {
  const { connectorId, from, durationS, unit, running, maxPowerW } = asked;
  const periods: Period[] = [];
  for (const at of boundaries(profiles, from, from + durationS * 1000, running)) {
    const watt = Math.min(maxPowerW, limitAt(profiles, connectorId, at, running) ?? maxPowerW);
    const limit = Math.round((unit === 'W' ? watt : toAmpere(watt)) * 10) / 10;
    if (periods.at(-1)?.limit !== limit) periods.push({ startPeriod: Math.round((at - from) / 1000), limit });
  }
  return {
    duration: durationS,
    startSchedule: new Date(from).toISOString(),
    chargingRateUnit: unit,
    chargingSchedulePeriod: periods,
  };
}
