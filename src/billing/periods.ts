/**
 * The course of a session as charging periods of OCPI 2.2.1 (mod_cdrs, ChargingPeriod): one begins whenever charging begins or pauses,
 * and wherever another component of the tariff begins to count. Between two readings energy flows as it was priced. Pure; whole Wh, so
 * that the periods add up to the session.
 */
import { beginTally, type Plan, type Timeline, type Traced, traced, UWH } from '../pricing/index.ts';

export type Period = {
  readonly from: Date;
  readonly isCharging: boolean;
  readonly ms: number;
  readonly energyWh: number;
  /** Some component of the tariff counts in it. */
  readonly isPriced: boolean;
};

/** `plan`: what it was priced by, or that of a tariff without components. */
export function periodsOf({ startedAt, samples }: Timeline, plan: Plan, endedAt: Date, totalWh: number): Period[] {
  const end = new Date(Math.max(startedAt.getTime(), endedAt.getTime()));
  const inside = samples
    .filter(({ at }) => at >= startedAt && at <= end)
    .map((sample) =>
      sample.energyWh === undefined ? sample : { ...sample, energyWh: Math.min(totalWh, sample.energyWh) },
    )
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || (b.energyWh ?? -1) - (a.energyWh ?? -1));
  const pieces = traced(plan, beginTally(plan, startedAt), [...inside, { at: end, energyWh: totalWh }], end);
  const periods: Open[] = [];
  let [countedUwh, countedWh] = [0, 0];
  for (const piece of pieces) {
    countedUwh += piece.uwh;
    const energyWh = Math.round(countedUwh / UWH) - countedWh;
    countedWh += energyWh;
    const open = periods.at(-1);
    if (open === undefined || isOther(open, piece)) periods.push(begun(piece, energyWh));
    else {
      open.ms += piece.ms;
      open.energyWh += energyWh;
      // Where no energy flows no price of it is told.
      if (piece.uwh > 0) open.energy = piece.energy ?? NONE;
    }
  }
  const kept = periods.filter(({ ms, energyWh }) => ms > 0 || energyWh > 0);
  if (kept.length === 0) return [{ from: startedAt, isCharging: true, ms: 0, energyWh: 0, isPriced: false }];
  return kept.map(({ at, isCharging, ms, energyWh, energy, time, idle }) => {
    const isPriced = (energy ?? NONE) !== NONE || time !== undefined || idle !== undefined;
    return { from: new Date(at), isCharging, ms, energyWh, isPriced };
  });
}

/** `energy`: undefined as long as none has flowed. */
type Open = {
  readonly at: number;
  readonly isCharging: boolean;
  readonly time: number | undefined;
  readonly idle: number | undefined;
  energy: number | undefined;
  ms: number;
  energyWh: number;
};
/** Energy that no component counts. */
const NONE = -1;

const begun = ({ at, ms, uwh, phase, energy, time, idle }: Traced, energyWh: number): Open => ({
  ...{ at, ms, energyWh, time, idle, isCharging: phase === 'charging' },
  energy: uwh > 0 ? (energy ?? NONE) : undefined,
});

/** What has no length cannot be a period of its own. */
const isOther = (open: Open, piece: Traced): boolean =>
  piece.ms > 0 &&
  open.ms > 0 &&
  (open.isCharging !== (piece.phase === 'charging') ||
    open.time !== piece.time ||
    open.idle !== piece.idle ||
    (piece.uwh > 0 && open.energy !== undefined && open.energy !== (piece.energy ?? NONE)));
