/**
 * What charging costs from now on, for whoever shows prices to a driver or reckons along with us: the prices that hold now, when time
 * alone will change them and to what, and where else they change (energy, power, the end of the grace). Pure: read from the same plan
 * and tally that are priced, so that what is foretold is what will be counted.
 */
import { type Limits, type Plan, UWH } from './plan.ts';
import { settled } from './tally.ts';
import type { Tally } from './tally-types.ts';
import type { Phase } from './types.ts';
import { componentAt } from './walk.ts';

/** What the driver pays, with tax; undefined: nothing of the kind is charged. */
export type Prices = {
  readonly kWh: number | undefined;
  readonly hour: number | undefined;
  readonly flat: number | undefined;
  readonly idleHour: number | undefined;
  /** Of idle time that still costs nothing, counted from the beginning of the pause, or of the next one. */
  readonly idleGraceMs: number;
};
export type Outlook = {
  /** Until when it was counted; energy of the session until then. */
  readonly at: Date;
  readonly energyWh: number;
  readonly phase: Phase;
  readonly prices: Prices;
  /** By the clock alone, at this energy and power. */
  readonly next: { readonly at: Date; readonly prices: Prices } | undefined;
  /** The idle time that costs nothing is over then, unless the vehicle charges again. */
  readonly graceEndsAt: Date | undefined;
  /** At this energy of the session other prices begin. */
  readonly atEnergyWh: number | undefined;
  /** At this mean power other prices begin. */
  readonly atPowerW: number | undefined;
};

/** Who looks further ahead learns nothing that he would not be told again in time. */
const HORIZON_MS = 8 * 86_400_000;
const MOST_STRETCHES = 400;
const HOUR_MS = 3_600_000;

/** `powerW`: undefined, it is not known, and prices that depend on it are passed over. */
export function outlookOf(plan: Plan, counted: Tally, until: Date, powerW: number | undefined): Outlook {
  const tally = settled(plan, counted, until);
  const { at, energyUwh, phase, idleMs } = tally;
  const here = { plan, tally, powerW };
  const prices = pricesAt(here, at, energyUwh);
  const graceMs = phase === 'idle' ? (idleAt(here, at, energyUwh)?.graceMs ?? 0) : 0;
  const atEnergyUwh = plan.energiesUwh.find(
    (threshold) => threshold > energyUwh && !isSame(prices, pricesAt(here, at, threshold)),
  );
  return {
    at: new Date(at),
    energyWh: energyUwh / UWH,
    phase,
    prices,
    next: nextChange(here, prices),
    graceEndsAt: graceMs > idleMs ? new Date(at + graceMs - idleMs) : undefined,
    atEnergyWh: atEnergyUwh === undefined ? undefined : atEnergyUwh / UWH,
    atPowerW: nearestPower(here),
  };
}

/** `tally`: settled. */
type Here = { readonly plan: Plan; readonly tally: Tally; readonly powerW: number | undefined };

function pricesAt(here: Here, at: number, energyUwh: number): Prices {
  const { plan, tally } = here;
  const idle = idleAt(here, at, energyUwh);
  return {
    kWh: grossOf(plan, of(here, 'energy', at, energyUwh)?.index),
    hour: grossOf(plan, of(here, 'time', at, energyUwh)?.index),
    // Once in a session: the one that was taken stays.
    flat: grossOf(plan, tally.flat >= 0 ? tally.flat : of(here, 'flat', at, energyUwh)?.index),
    idleHour: grossOf(plan, idle?.index, 60),
    idleGraceMs: Math.max(0, (idle?.graceMs ?? 0) - tally.idleMs + pausedMs(tally)),
  };
}

const idleAt = (here: Here, at: number, energyUwh: number): Limits | undefined => of(here, 'idle', at, energyUwh);

function of({ plan, tally, powerW }: Here, type: 'energy' | 'time' | 'idle' | 'flat', at: number, energyUwh: number) {
  const { holds } = plan.calendar(at);
  const whole = powerW === undefined ? undefined : { ms: HOUR_MS, uwh: Math.round(powerW * UWH) };
  return componentAt(plan.byType[type], { ...tally, at, energyUwh }, holds, whole);
}

/** How long the pause has lasted that is not over: its grace is told as it was when it began. */
const pausedMs = ({ at, phase, phaseAt }: Tally): number => (phase === 'idle' ? at - phaseAt : 0);

function grossOf({ terms, rates }: Plan, index: number | undefined, times = 1): number | undefined {
  const rate = index === undefined ? undefined : rates[index];
  if (rate === undefined) return undefined;
  const tax = terms.pricesIncludeTax ? 0 : Number(rate.taxPercent) / 100;
  return Number((Number(rate.price) * times * (1 + tax)).toFixed(6));
}

/** Grace is no price. */
export const isSame = (a: Prices, b: Prices): boolean =>
  a.kWh === b.kWh && a.hour === b.hour && a.flat === b.flat && a.idleHour === b.idleHour;

function nextChange(here: Here, prices: Prices): Outlook['next'] {
  const { plan, tally } = here;
  const { at: from, startedAt, energyUwh } = tally;
  for (let at = from, looked = 0; looked < MOST_STRETCHES; looked += 1) {
    const elapsed = at - startedAt;
    const duration = plan.durationsMs.find((each) => each > elapsed) ?? Infinity;
    at = Math.min(plan.calendar(at).until, startedAt + duration);
    if (at > from + HORIZON_MS) return undefined;
    const then = pricesAt(here, at, energyUwh);
    if (!isSame(prices, then)) return { at: new Date(at), prices: then };
  }
  return undefined;
}

/** Of the powers at which prices change, the one that is nearest to the power now; not known: the lowest. */
function nearestPower(here: Here): number | undefined {
  const { plan, tally, powerW } = here;
  const limits = [...plan.byType.energy, ...plan.byType.time].filter(({ hasPower }) => hasPower);
  const bounds = limits.flatMap(({ minPowerW, maxPowerW }) => [minPowerW, maxPowerW]);
  const changing = [...new Set(bounds)].filter((bound) => {
    if (bound <= 0 || bound === Infinity) return false;
    const at = (power: number) => pricesAt({ ...here, powerW: power }, tally.at, tally.energyUwh);
    return !isSame(at(bound), at(bound - 1));
  });
  const from = powerW ?? 0;
  return changing.sort((a, b) => Math.abs(a - from) - Math.abs(b - from) || a - b)[0];
}
