/**
 * The terms that a session was priced by, as a Tariff of OCPI 2.2.1 (mod_tariffs 11.3.1): there as here the first element whose
 * restrictions hold is the one that counts, per kind. Prices go out without VAT. A grace time of idle has no words there. Pure.
 */
import type { StoredTerms } from '../tariffs/index.ts';
import type { Cdr } from './cdr-schema.ts';

type Tariff = Cdr['tariffs'][number];
type Component = StoredTerms['components'][number];
type Element = Tariff['elements'][number];

const DIGITS = 4;
const TYPES = { energy: 'ENERGY', time: 'TIME', idle: 'PARKING_TIME', flat: 'FLAT', reservation: 'TIME' } as const;

export function ocpiTariff(
  terms: StoredTerms,
  about: { readonly id: string; readonly countryCode: string; readonly partyId: string; readonly since: Date },
): Tariff | undefined {
  const elements = terms.components.map((component) => elementOf(component, terms));
  if (elements.length === 0) return undefined;
  const bound = (amount: string) => {
    const [excl, incl] = bothOf(amount, terms.tax_percent, terms.prices_include_tax);
    return { excl_vat: excl, incl_vat: incl };
  };
  return {
    country_code: about.countryCode,
    party_id: about.partyId,
    id: about.id,
    currency: terms.currency,
    ...(terms.min_total !== undefined && { min_price: bound(terms.min_total) }),
    ...(terms.max_total !== undefined && { max_price: bound(terms.max_total) }),
    elements,
    last_updated: about.since.toISOString(),
  };
}

function elementOf(component: Component, terms: StoredTerms): Element {
  const percent = component.tax_percent ?? terms.tax_percent;
  // idle is priced by the minute here, parking by the hour there
  const [price] = bothOf(component.price, percent, terms.prices_include_tax, component.type === 'idle' ? 60n : 1n);
  const step = 'step_wh' in component ? component.step_wh : 'step_s' in component ? component.step_s : undefined;
  const restrictions = restrictionsOf(component);
  return {
    price_components: [{ type: TYPES[component.type], price, vat: numberOf(percent, 1n), step_size: step ?? 1 }],
    ...(Object.keys(restrictions).length > 0 && { restrictions }),
  };
}

function restrictionsOf({ type, restrictions: said = {} }: Component): NonNullable<Element['restrictions']> {
  return {
    ...(said.start_time !== undefined && { start_time: said.start_time }),
    ...(said.end_time !== undefined && { end_time: said.end_time }),
    ...(said.start_date !== undefined && { start_date: said.start_date }),
    ...(said.end_date !== undefined && { end_date: said.end_date }),
    ...(said.min_energy_wh !== undefined && { min_kwh: thousandths(said.min_energy_wh) }),
    ...(said.max_energy_wh !== undefined && { max_kwh: thousandths(said.max_energy_wh) }),
    ...(said.min_power_w !== undefined && { min_power: thousandths(said.min_power_w) }),
    ...(said.max_power_w !== undefined && { max_power: thousandths(said.max_power_w) }),
    ...(said.min_duration_s !== undefined && { min_duration: said.min_duration_s }),
    ...(said.max_duration_s !== undefined && { max_duration: said.max_duration_s }),
    ...(said.weekdays !== undefined && { day_of_week: said.weekdays.map((day) => WEEKDAYS[day]) }),
    ...(type === 'reservation' && { reservation: 'RESERVATION' as const }),
  };
}

const WEEKDAYS = {
  monday: 'MONDAY',
  tuesday: 'TUESDAY',
  wednesday: 'WEDNESDAY',
  thursday: 'THURSDAY',
  friday: 'FRIDAY',
  saturday: 'SATURDAY',
  sunday: 'SUNDAY',
} as const;

/** Wh as kWh, W as kW. */
export const thousandths = (whole: number): number => Number((whole / 1000).toFixed(3));

/** Tax percentages have four digits after the point, prices six: whole numbers of ten millionths. */
const wholeOf = (decimal: string): bigint => {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.slice(0, 7).padEnd(7, '0'));
};
const SCALE = 10n ** 7n;

/** Half up, to the four digits that OCPI has. */
function rounded(numerator: bigint, denominator: bigint): number {
  const scaled = numerator * 10n ** BigInt(DIGITS);
  const whole = (2n * scaled + denominator) / (2n * denominator);
  return Number(whole) / 10 ** DIGITS;
}

const numberOf = (decimal: string, times: bigint): number => rounded(wholeOf(decimal) * times, SCALE);

/** A price without VAT, and with it. */
export function bothOf(price: string, percent: string, isIncluded: boolean, times = 1n): [number, number] {
  const [told, whole] = [wholeOf(price) * times, 100n * SCALE];
  const factor = whole + wholeOf(percent);
  return isIncluded
    ? [rounded(told * whole, SCALE * factor), rounded(told, SCALE)]
    : [rounded(told, SCALE), rounded(told * factor, SCALE * whole)];
}
