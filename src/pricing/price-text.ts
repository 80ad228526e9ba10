/** Prices of a tariff and the cost of a session in a line that a driver reads on the display of a charger. Pure. */
import { currencyDigits } from './currency.ts';
import { shortText } from './money.ts';
import type { Component, ComponentType, Cost, Restrictions, Terms } from './types.ts';
import { type Wording, wordingOf } from './wording.ts';

const SHOWN = ['energy', 'time', 'idle', 'flat'] as const satisfies readonly ComponentType[];
type Shown = (typeof SHOWN)[number];

/** What the driver pays, with tax. Too long for `most` characters: from the lowest price to the highest, of each kind. */
export function priceText(terms: Terms, language: string, most = 160): string {
  const words = wordingOf(language);
  const kinds = SHOWN.map((type) => terms.components.filter((each) => each.type === type)).filter(
    (kind) => kind.length > 0,
  );
  if (kinds.length === 0) return words.free;
  const whole = kinds.map((kind) => inWords(terms, kind, words)).join('; ');
  return whole.length <= most ? whole : cut(kinds.map((kind) => inRange(terms, kind, words)).join('; '), most);
}

function inWords(terms: Terms, kind: readonly Component[], words: Wording): string {
  const isSayable = kind.every(({ restrictions }) => conditionOf(restrictions, words) !== undefined);
  if (!isSayable) return inRange(terms, kind, words);
  const parts = kind.map((component) => {
    const condition = conditionOf(component.restrictions, words) ?? '';
    const price = priced(terms, component, words);
    if (condition !== '') return `${price} (${condition})`;
    return kind.length > 1 ? `${words.otherwise} ${price}` : price;
  });
  return named(kind, words) + parts.join(', ') + graceOf(kind, words);
}

function inRange(terms: Terms, kind: readonly Component[], words: Wording): string {
  const ascending = kind.toSorted((a, b) => grossOf(terms, a) - grossOf(terms, b));
  const [lowest, highest] = [ascending[0], ascending.at(-1)];
  if (lowest === undefined || highest === undefined) return '';
  const amount = (component: Component) => amountText(grossOf(terms, component), terms.currency, words);
  const from = amount(lowest) === amount(highest) ? '' : `${amount(lowest)}-`;
  return named(kind, words) + from + priced(terms, highest, words) + graceOf(kind, words);
}

const named = ([first]: readonly Component[], words: Wording): string =>
  first?.type === 'idle' ? `${words.idle} ` : '';

function graceOf(kind: readonly Component[], { after, minute }: Wording): string {
  const graces = new Set(kind.map((each) => (each.type === 'idle' ? (each.graceS ?? 0) : 0)));
  const [grace = 0] = graces;
  return graces.size === 1 && grace > 0 ? ` ${after} ${Math.ceil(grace / 60)} ${minute}` : '';
}

/** '': always. undefined: it is not said in a few words. */
function conditionOf(restrictions: Restrictions = {}, words: Wording): string | undefined {
  const { weekdays, startDate, endDate, startTime, endTime } = restrictions;
  if ([weekdays, startDate, endDate].some((part) => part !== undefined)) return undefined;
  const span = (low: number | undefined, high: number | undefined, unit: string, per: number) => [
    ...(low === undefined ? [] : [`${words.from} ${number(low / per, words)} ${unit}`]),
    ...(high === undefined ? [] : [`${words.upTo} ${number(high / per, words)} ${unit}`]),
  ];
  return [
    ...(startTime === undefined && endTime === undefined ? [] : [`${startTime ?? '00:00'}-${endTime ?? '24:00'}`]),
    ...span(restrictions.minEnergyWh, restrictions.maxEnergyWh, 'kWh', 1000),
    ...span(restrictions.minDurationS, restrictions.maxDurationS, words.minute, 60),
    ...span(restrictions.minPowerW, restrictions.maxPowerW, 'kW', 1000),
  ].join(', ');
}

const unitOf = ({ hour, minute, perSession }: Wording): Readonly<Record<Shown, string>> => ({
  energy: '/kWh',
  time: `/${hour}`,
  idle: `/${minute}`,
  flat: ` ${perSession}`,
});

function priced(terms: Terms, component: Component, words: Wording): string {
  const unit = unitOf(words)[component.type as Shown]; // as: only those that are shown come here
  return `${amountText(grossOf(terms, component), terms.currency, words)} ${terms.currency}${unit}`;
}

/** In millionths, so that two may be compared. */
function grossOf({ pricesIncludeTax, taxPercent }: Terms, { price, taxPercent: own = taxPercent }: Component): number {
  return Math.round(Number(price) * (1 + (pricesIncludeTax ? 0 : Number(own)) / 100) * 1e6);
}

/** With the digits of its currency, or as many as the price has. */
function amountText(millionths: number, currency: string, { point }: Wording): string {
  const exact = (millionths / 1e6).toFixed(6);
  const short = shortText(exact);
  const digits = Math.max(currencyDigits(currency), short.split('.')[1]?.length ?? 0);
  return (millionths / 1e6).toFixed(digits).replace('.', point);
}

const number = (value: number, { point }: Wording): string => shortText(value.toFixed(3)).replace('.', point);

/** At the end of a part, or hard. Never in the middle of a character: there are none beyond the first plane in these words. */
const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

export type Ended = { readonly energyWh: number; readonly durationMs: number; readonly link: string | undefined };

/** What a session came to: its lines, energy, time, total, and where the receipt is. */
export function costText(cost: Cost, { energyWh, durationMs, link }: Ended, language: string): string {
  const words = wordingOf(language);
  const { currency, total, lines, pricesIncludeTax } = cost;
  const money = (amount: string) => `${amount.replace('.', words.point)} ${currency}`;
  const units = { kWh: '/kWh', h: `/${words.hour}`, min: `/${words.minute}`, session: '' };
  const parts = lines.map(({ amount, price, per }) => `${money(amount)} @ ${money(price)}${units[per]}`);
  const tax = pricesIncludeTax || Number(total.tax) === 0 ? [] : [`${words.tax} ${money(total.tax)}`];
  const minutes = Math.round(durationMs / 60_000);
  const sums = [
    `${words.energy} ${number(energyWh / 1000, words)} kWh`,
    `${words.time} ${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`,
    `${words.total} ${money(total.inclTax)}`,
  ];
  const what = [...parts.slice(0, MOST_LINES), ...tax].join(', ');
  const where = link === undefined ? '' : ` ${words.receipt}: ${link}`;
  return `${what === '' ? '' : `${what}. `}${sums.join(', ')}.${where}`;
}
const MOST_LINES = 8;
