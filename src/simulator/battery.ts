/**
 * The physics of charging, pure: power ramps up, holds, and tapers above 80 % of charge; the register is its integral.
 * All energies in Wh, powers in W. No clock and no randomness of its own.
 */
import type { Car, ConnectorSpec, Reading } from './types.ts';

export type ChargeState = {
  readonly spec: ConnectorSpec;
  readonly car: Car;
  readonly registerWh: number;
  readonly socPercent: number;
  /** Since current began to flow. */
  readonly flowingS: number;
};

const STEP_S = 1;
const TAPER_FROM_PERCENT = 80;
const LEAST_TAPER = 0.04;

const rampS = (spec: ConnectorSpec): number => (spec.current === 'DC' ? 20 : 8);
/** What of the metered energy ends in the battery. */
const efficiency = (spec: ConnectorSpec): number => (spec.current === 'DC' ? 0.95 : 0.9);

export function powerW(state: ChargeState): number {
  if (state.socPercent >= 100) return 0;
  const ceiling = Math.min(state.spec.maxPowerW, state.car.maxPowerW);
  const ramp = Math.min(1, (state.flowingS + STEP_S / 2) / rampS(state.spec));
  const full = (state.socPercent - TAPER_FROM_PERCENT) / (100 - TAPER_FROM_PERCENT);
  const taper = full <= 0 ? 1 : Math.max(LEAST_TAPER, 1 - full * (1 - LEAST_TAPER));
  return ceiling * ramp * taper;
}

/** Lets current flow for so many seconds. */
export function flow(state: ChargeState, seconds: number): ChargeState {
  let { registerWh, socPercent, flowingS } = state;
  for (let left = seconds; left > 1e-9; ) {
    const step = Math.min(STEP_S, left);
    const wh = (powerW({ ...state, socPercent, flowingS }) * step) / 3600;
    registerWh += wh;
    socPercent = Math.min(100, socPercent + (100 * wh * efficiency(state.spec)) / state.car.batteryWh);
    flowingS += step;
    left -= step;
  }
  return { ...state, registerWh, socPercent, flowingS };
}

/** How long until the register has grown by that much; undefined: not within `limitS`. */
export function secondsUntil(state: ChargeState, energyWh: number, limitS: number): number | undefined {
  const goal = state.registerWh + energyWh;
  let now = state;
  for (let elapsed = 0; elapsed < limitS; elapsed += STEP_S) {
    const next = flow(now, STEP_S);
    if (next.registerWh >= goal) {
      return elapsed + (STEP_S * (goal - now.registerWh)) / (next.registerWh - now.registerWh);
    }
    if (next.socPercent >= 100) return undefined;
    now = next;
  }
  return undefined;
}

/** What the meter shows. Voltages wander by up to 1 %; the currents follow, so that P = U × I holds. */
export function read(
  state: ChargeState,
  flowing: boolean,
  at: Date,
  context: Reading['context'],
  random: () => number,
): Reading {
  const power = flowing ? powerW(state) : 0;
  const lines = state.spec.current === 'DC' ? 1 : state.spec.phases;
  const nominal = state.spec.current === 'DC' ? 330 + state.socPercent * 0.9 : 230;
  const voltageV: number[] = [];
  const currentA: number[] = [];
  for (let line = 0; line < lines; line += 1) {
    const volts = Math.round(nominal * (0.99 + 0.02 * random()) * 10) / 10;
    voltageV.push(volts);
    currentA.push(Math.round((power / lines / volts) * 100) / 100);
  }
  return {
    at,
    context,
    registerWh: Math.floor(state.registerWh),
    powerW: Math.round(power),
    socPercent: Math.floor(state.socPercent),
    voltageV,
    currentA,
  };
}
