/**
 * A tariff made ready for one zone: whole numbers of µWh and ms instead of texts and units, components by type. Made once for a
 * session, or kept for all sessions of a tariff and zone; it holds no session.
 */
import { type Calendar, createCalendar } from './calendar.ts';
import { PRICE_DIGITS, perUnit, shortText, wholeOf } from './money.ts';
import type { Component, ComponentType, Terms } from './types.ts';

/** Energy is counted in millionths of a Wh, so that sums are exact; 9 GWh fit. */
export const UWH = 1_000_000;

export type Limits = {
  readonly index: number;
  readonly minUwh: number;
  readonly maxUwh: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly minPowerW: number;
  readonly maxPowerW: number;
  readonly hasPower: boolean;
  readonly graceMs: number;
};

/** `scaled`: what one µWh, ms or piece costs (money.ts). */
export type Rate = { readonly scaled: bigint; readonly price: string; readonly taxPercent: string };

export type Plan = {
  readonly terms: Terms;
  /** By component. */
  readonly rates: readonly Rate[];
  readonly taxPercent: string;
  readonly calendar: Calendar;
  readonly byType: Readonly<Record<ComponentType, readonly Limits[]>>;
  /** Where some restriction begins or ends to hold, ascending. */
  readonly energiesUwh: readonly number[];
  readonly durationsMs: readonly number[];
  readonly gracesMs: readonly number[];
};

export function planOf(terms: Terms, timezone: string): Plan {
  const limits = terms.components.map(limitsOf);
  const ofType = (type: ComponentType) => limits.filter(({ index }) => terms.components[index]?.type === type);
  return {
    terms,
    rates: terms.components.map((component) => rateOf(component, terms)),
    taxPercent: shortText(terms.taxPercent),
    calendar: createCalendar(
      terms.components.map(({ restrictions }) => restrictions),
      timezone,
    ),
    byType: {
      energy: ofType('energy'),
      time: ofType('time'),
      idle: ofType('idle'),
      flat: ofType('flat'),
      reservation: ofType('reservation'),
    },
    energiesUwh: ascending(limits.flatMap(({ minUwh, maxUwh }) => [minUwh, maxUwh])),
    durationsMs: ascending(limits.flatMap(({ minMs, maxMs }) => [minMs, maxMs])),
    gracesMs: ascending(limits.map(({ graceMs }) => graceMs)),
  };
}

function limitsOf(component: Component, index: number): Limits {
  const of = component.restrictions ?? {};
  return {
    index,
    minUwh: (of.minEnergyWh ?? 0) * UWH,
    maxUwh: (of.maxEnergyWh ?? Infinity) * UWH,
    minMs: (of.minDurationS ?? 0) * 1000,
    maxMs: (of.maxDurationS ?? Infinity) * 1000,
    minPowerW: of.minPowerW ?? 0,
    maxPowerW: of.maxPowerW ?? Infinity,
    hasPower: of.minPowerW !== undefined || of.maxPowerW !== undefined,
    graceMs: component.type === 'idle' ? (component.graceS ?? 0) * 1000 : 0,
  };
}

const rateOf = ({ type, price, taxPercent }: Component, terms: Terms): Rate => ({
  scaled: wholeOf(price, PRICE_DIGITS) * perUnit[type],
  price: shortText(price),
  taxPercent: shortText(taxPercent ?? terms.taxPercent),
});

const ascending = (values: readonly number[]): number[] =>
  [...new Set(values)].filter((value) => value > 0 && Number.isFinite(value)).sort((a, b) => a - b);
