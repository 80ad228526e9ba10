/**
 * From what a charger is told to what the site reckons with, and back. Never in a charger's favour: telling rounds down, reckoning
 * rounds up. Pure.
 */
import type { Gauge, Wire } from '../types.ts';

/** A car may use fewer phases than its charger has: then its watts all flow on one, unless the charger keeps its phases alike. */
const ampereDivisor = ({ voltage, phases, balanced }: Gauge): number => voltage * (balanced ? phases : 1);

/** What a charger that keeps to it draws at most, in the site's unit. */
export function amountOf(wire: Wire, gauge: Gauge): number {
  if (gauge.site === wire.unit) return wire.unit === 'A' ? wire.tenths : Math.ceil(wire.tenths / 10);
  if (gauge.site === 'W') return Math.ceil((wire.tenths * gauge.voltage * gauge.phases) / 10);
  return Math.ceil(wire.tenths / ampereDivisor(gauge));
}

/** The most that a charger may be told for so much. */
export function wireOf(amount: number, gauge: Gauge): Wire {
  const { site, unit } = gauge;
  if (site === unit) return { unit, tenths: unit === 'A' ? amount : amount * 10 };
  if (site === 'W') return { unit, tenths: Math.floor((amount * 10) / (gauge.voltage * gauge.phases)) };
  return { unit, tenths: Math.floor((amount * ampereDivisor(gauge)) / 10) * 10 };
}

/** What remains of an amount when it was told. */
export const snapped = (amount: number, gauge: Gauge): number => amountOf(wireOf(amount, gauge), gauge);

/** So many amperes on each phase of the charger. */
export function ampereAmount(tenthsOfA: number, { site, voltage, phases }: Gauge): number {
  return site === 'A' ? tenthsOfA : Math.ceil((tenthsOfA * voltage * phases) / 10);
}
