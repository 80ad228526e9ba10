/** A session that was recorded, as pricing takes it: its readings as energy of the session, its statuses as phases. Pure. */
import type { Phase, Sample, Timeline } from '../pricing/index.ts';
import { countEnergy, type EnergyCount } from './energy.ts';

export type Recorded = {
  readonly startedAt: Date;
  /** Its end, or until when it shall be looked at. */
  readonly until: Date;
  readonly meterStartWh: number;
  readonly energyWh: number;
};
export type Reading = { readonly at: Date; readonly energyWh: number | null };
/** Status of a connector (1.6) or state of a transaction (2.x), as it was told. */
export type Told = { readonly at: Date; readonly state: string };

/** By whose doing nothing flows. What is not named here says nothing. */
const PHASES: Readonly<Record<string, Phase>> = {
  charging: 'charging',
  suspended_ev: 'idle',
  finishing: 'idle',
  idle: 'idle',
  suspended_evse: 'paused',
  faulted: 'paused',
  unavailable: 'paused',
};
/** Plugged in: before it charges it is waited for, afterwards it only stands there. */
const PLUGGED: ReadonlySet<string> = new Set(['ev_connected', 'preparing']);

/** The energy priced is that of the session, to the Wh: a reading that shows more (a dip, X9) counts as that. */
export function timelineOf(
  { startedAt, until, meterStartWh, energyWh }: Recorded,
  readings: readonly Reading[],
  told: readonly Told[],
  timezone: string,
): Timeline {
  const isWithin = ({ at }: { readonly at: Date }) => at >= startedAt && at <= until;
  const samples: Sample[] = [];
  let count: EnergyCount = {
    lastRegisterWh: meterStartWh,
    lastSampleAt: null,
    energyWh: 0,
    resetFromWh: null,
    energyBeforeResetWh: null,
    flags: [],
  };
  for (const { at, energyWh: register } of inOrder(readings.filter(isWithin))) {
    if (register === null) continue;
    count = countEnergy(count, { energyWh: register, at });
    samples.push({ at, energyWh: Math.min(count.energyWh, energyWh) });
  }
  let hasCharged = false;
  for (const { at, state } of inOrder(told.filter(isWithin))) {
    if (state === 'charging') hasCharged = true;
    const phase = PLUGGED.has(state) ? (hasCharged ? 'idle' : 'paused') : PHASES[state];
    if (phase !== undefined) samples.push({ at, phase });
  }
  return { timezone, startedAt, samples: [...samples, { at: until, energyWh }] };
}

const inOrder = <T extends { readonly at: Date }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => a.at.getTime() - b.at.getTime());
