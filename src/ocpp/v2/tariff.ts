/**
 * A tariff in the words of OCPP 2.1 (TariffType), for stations that compute the cost themselves. Prices go out without tax, as it
 * asks for. What it has no words for is not sent: a station must not charge by less than the whole tariff. Of one thing it does not
 * say what is meant: whether the duration of idle time, by which a grace is said, begins anew with each pause (docs/tariffs.md).
 */
import { Decimal } from 'decimal.js';
import type { StationTariff } from '../../commands/index.ts';

type Terms = StationTariff['terms'];
type Component = Terms['components'][number];
type Type = Component['type'];

const DAYS = {
  monday: 'Monday',
  tuesday: 'Tuesday',
  wednesday: 'Wednesday',
  thursday: 'Thursday',
  friday: 'Friday',
  saturday: 'Saturday',
  sunday: 'Sunday',
} as const;

/** Our components → its lists, and how many of its units one of ours is. */
const LISTS = {
  energy: { list: 'energy', price: 'priceKwh', units: 1 },
  time: { list: 'chargingTime', price: 'priceMinute', units: 60 },
  idle: { list: 'idleTime', price: 'priceMinute', units: 1 },
  flat: { list: 'fixedFee', price: 'priceFixed', units: 1 },
  reservation: { list: 'reservationTime', price: 'priceMinute', units: 60 },
} as const satisfies Record<Type, { list: string; price: string; units: number }>;

/** More digits than any price has; a longer number would only be the noise of the division. */
const DIGITS = 8;
/** MessageContentType.content */
const MOST_CHARACTERS = 1024;

/** Why this tariff cannot be said in OCPP 2.1; undefined: it can. */
export function whyNotSayable({ components, taxPercent }: Terms): string | undefined {
  for (const type of Object.keys(LISTS) as Type[]) {
    const same = components.filter((each) => each.type === type);
    if (new Set(same.map((each) => taxOf(each, taxPercent))).size > 1) return `several rates of tax for ${type}`;
  }
  for (const component of components) {
    const { type, restrictions: when = {} } = component;
    if (('stepWh' in component && component.stepWh) || ('stepS' in component && component.stepS)) return 'steps';
    const isBounded = when.minEnergyWh ?? when.maxEnergyWh ?? when.minDurationS ?? when.maxDurationS;
    if (type === 'flat' && (isBounded ?? when.minPowerW ?? when.maxPowerW) !== undefined)
      return 'a flat price that depends on energy, duration or power';
  }
  return undefined;
}

export function tariffToWire({ tariffId, terms, description, validFrom }: StationTariff): Record<string, unknown> {
  const lists: Record<string, { prices: object[]; taxRates?: object[] }> = {};
  for (const [i, component] of terms.components.entries()) {
    const { list, price, units } = LISTS[component.type];
    const tax = taxOf(component, terms.taxPercent);
    lists[list] ??= { prices: [], ...taxRates(tax) };
    const { prices } = lists[list];
    const add = (amount: number, conditions: Record<string, unknown>) =>
      prices.push({ [price]: amount, ...(Object.keys(conditions).length > 0 && { conditions }) });
    const conditions = conditionsOf(component);
    const graceS = component.type === 'idle' ? (component.graceS ?? 0) : 0;
    const isFollowed = terms.components.slice(i + 1).some(({ type }) => type === component.type);
    // The first price whose conditions are met counts there too: as long as this one's is not, a later one's would.
    if (graceS > 0 && isFollowed) add(0, { ...conditions, maxIdleTime: graceS });
    add(
      number(withoutTax(new Decimal(component.price), tax, terms.pricesIncludeTax).div(units)),
      graceS > 0 ? { ...conditions, minIdleTime: graceS } : conditions,
    );
  }
  return {
    tariffId,
    currency: terms.currency,
    ...(validFrom !== undefined && { validFrom: validFrom.toISOString() }),
    ...(description !== undefined && {
      description: [{ format: 'UTF8', content: description.slice(0, MOST_CHARACTERS) }],
    }),
    ...lists,
    ...(terms.minTotal !== undefined && { minCost: bound(terms.minTotal, terms) }),
    ...(terms.maxTotal !== undefined && { maxCost: bound(terms.maxTotal, terms) }),
  };
}

const taxOf = (component: Component, ofTariff: string): string => component.taxPercent ?? ofTariff;

const taxRates = (percent: string) =>
  new Decimal(percent).isZero() ? {} : { taxRates: [{ type: 'VAT', tax: Number(percent) }] };

const withoutTax = (price: Decimal, percent: string, includesTax: boolean): Decimal =>
  includesTax ? price.div(new Decimal(percent).div(100).plus(1)) : price;

const number = (value: Decimal): number => value.toDecimalPlaces(DIGITS).toNumber();

/** PriceType */
function bound(total: string, { pricesIncludeTax, taxPercent }: Terms) {
  const told = new Decimal(total);
  const factor = new Decimal(taxPercent).div(100).plus(1);
  const [exclTax, inclTax] = pricesIncludeTax ? [told.div(factor), told] : [told, told.times(factor)];
  return { exclTax: number(exclTax), inclTax: number(inclTax), ...taxRates(taxPercent) };
}

/** Instants of days and dates are the station's own, at its place; from is inclusive, to is exclusive, here as there. */
function conditionsOf(component: Component): Record<string, unknown> {
  const { restrictions: when = {} } = component;
  const all: Record<string, unknown> = {
    startTimeOfDay: when.startTime,
    endTimeOfDay: when.endTime,
    dayOfWeek: when.weekdays?.map((day) => DAYS[day]),
    validFromDate: when.startDate,
    validToDate: when.endDate,
    minEnergy: when.minEnergyWh,
    maxEnergy: when.maxEnergyWh,
    minTime: when.minDurationS,
    maxTime: when.maxDurationS,
    minPower: when.minPowerW,
    maxPower: when.maxPowerW,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
