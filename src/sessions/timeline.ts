/** A session that was recorded, as pricing takes it: its readings as energy of the session, its statuses as phases. Pure. */
import type { Sample, Timeline } from '../pricing/index.ts';
import { countEnergy, type EnergyCount, isRegister } from './energy.ts';
import { type Course, type Told, UNPLUGGED, wholeCourse } from './machine/course.ts';
import { reservedTime } from './machine/reserved.ts';

export type Recorded = {
  readonly startedAt: Date;
  /** Its end, or until when it shall be looked at. */
  readonly until: Date;
  /** It runs: nothing is known beyond what was told last. */
  readonly isOpen?: boolean;
  readonly meterStartWh: number;
  readonly energyWh: number;
  /** Since when a connector was kept free for it; undefined: it uses no reservation. */
  readonly reservedFrom?: Date | undefined;
} & Leaving;

export type Leaving = {
  /** 1.6: its vehicle was gone then. */
  readonly unpluggedAt?: Date | null;
  /** After its end it goes on to cost to stand there, until then. */
  readonly isIdleAfterStop?: boolean;
};
export type Reading = { readonly at: Date; readonly energyWh: number | null };

/** The energy priced is that of the session, to the Wh: a reading that shows more (a dip, X9) counts as that. */
export function timelineOf(
  {
    startedAt,
    until,
    isOpen = false,
    meterStartWh,
    energyWh,
    reservedFrom,
    unpluggedAt = null,
    isIdleAfterStop = false,
  }: Recorded,
  readings: readonly Reading[],
  told: readonly Told[],
  timezone: string,
): { timeline: Timeline; course: Course } {
  const isWithin = ({ at }: { readonly at: Date }) => at >= startedAt && at <= until;
  const samples: Sample[] = [];
  let count: EnergyCount = {
    startedAt,
    lastRegisterWh: meterStartWh,
    lastSampleAt: null,
    energyWh: 0,
    resetFromWh: null,
    energyBeforeResetWh: null,
    flags: [],
  };
  for (const { at, energyWh: register } of inOrder(readings.filter(isWithin))) {
    if (register === null || !isRegister(register)) continue;
    count = countEnergy(count, { energyWh: register, at });
    samples.push({ at, energyWh: Math.min(count.energyWh, energyWh) });
  }
  const leaves = unpluggedAt === null ? undefined : unpluggedAt;
  const heard = told.filter(isWithin);
  // What its connector says after its vehicle has left is not of this session; what it says after its end either.
  const words: readonly Told[] =
    leaves === undefined
      ? heard
      : leaves <= until
        ? [...heard.filter(({ at }) => at < leaves), { at: leaves, state: UNPLUGGED }]
        : isIdleAfterStop && !isOpen
          ? [...heard.filter(({ at }) => at < until), { at: until, state: 'finishing' }]
          : heard;
  const { course, samples: turns } = wholeCourse(startedAt, words);
  samples.push(...turns);
  if (!isOpen) samples.push({ at: until, energyWh });
  if (!isOpen && isIdleAfterStop && leaves !== undefined && leaves > until) samples.push({ at: leaves, energyWh });
  const reservation = reservedFrom && reservedTime(reservedFrom, startedAt);
  return { timeline: { timezone, startedAt, samples, ...(reservation && { reservation }) }, course };
}

const inOrder = <T extends { readonly at: Date }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => a.at.getTime() - b.at.getTime());
