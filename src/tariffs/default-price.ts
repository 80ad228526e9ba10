/**
 * What a charger of 1.6 shows to whoever has not said who he is, and reckons with while it is offline: the settings of OCA's "OCPP &
 * California Pricing Requirements" (§3.1.1, §3.2), made of the tariff that holds at that charge point. Pure.
 */
import { baseOf, currencyDigits, languagesIn, priceText, type Terms } from '../pricing/index.ts';
import type { DriverText } from './texts.ts';

/** Its keys; DefaultPriceText has one of each language besides. */
export const keys = {
  shows: 'CustomDisplayCostAndPrice',
  multi: 'CustomMultiLanguageMessages',
  languages: 'SupportedLanguages',
  language: 'Language',
  digits: 'NumberOfDecimalsForCostValues',
  price: 'DefaultPrice',
} as const;
const textKey = (language: string): string => `DefaultPriceText,${language}`;

/** What the charger said of a setting; `known` false: that it has none. Absent: it was not asked. */
export type Said = Readonly<Record<string, { readonly value: string | null; readonly known: boolean } | undefined>>;

type Wanted = {
  /** undefined: none holds any more. */
  readonly terms: Terms | undefined;
  readonly texts: readonly DriverText[];
  /** Of the organization. */
  readonly language: string;
  readonly said: Said;
};

/** 1.6 §6.8: a setting has at most so many characters; of two texts in one, each has its part. */
const MOST_VALUE = 500;
const MOST_TEXT = 150;

export function defaultPriceSettings({ terms, texts, language, said }: Wanted): Readonly<Record<string, string>> {
  const has = (key: string): boolean => said[key]?.known !== false;
  const is = (key: string): boolean => said[key]?.value?.trim().toLowerCase() === 'true';
  const languages = languagesIn(said[keys.languages]?.value);
  const own = languages.find((each) => baseOf(each) === baseOf(language));
  const say = (each: string) => textsIn(terms, texts, each);
  const settings: Record<string, string> = {
    [keys.price]: fitting({ ...say(language), ...(terms && { chargingPrice: chargingPrice(terms) }) }),
  };
  if (terms !== undefined) settings[keys.digits] = String(digitsOf(terms));
  if (own !== undefined) settings[keys.language] = own;
  if (is(keys.multi)) for (const each of languages) settings[textKey(each)] = fitting(say(each));
  return Object.fromEntries(Object.entries(settings).filter(([key]) => has(key)));
}

type Texts = { readonly priceText: string; readonly priceTextOffline?: string };

function textsIn(terms: Terms | undefined, texts: readonly DriverText[], language: string): Texts {
  if (terms === undefined) return { priceText: '' };
  const exact = texts.find((each) => each.language === language);
  const own = exact ?? texts.find((each) => baseOf(each.language) === baseOf(language));
  if (own === undefined) return { priceText: priceText(terms, language, MOST_TEXT) };
  return { priceText: own.text, ...(own.offline_text !== undefined && { priceTextOffline: own.offline_text }) };
}

/** By what it reckons when a session begins offline: of each kind what holds whatever the clock and the power say. */
function chargingPrice({ components, pricesIncludeTax, taxPercent }: Terms) {
  const priceOf = (type: 'energy' | 'time' | 'flat'): number | undefined => {
    const found = components.find(
      (each) =>
        each.type === type && Object.values(each.restrictions ?? {}).every((restriction) => restriction === undefined),
    );
    if (found === undefined) return undefined;
    const tax = pricesIncludeTax ? 0 : Number(found.taxPercent ?? taxPercent) / 100;
    return Number((Number(found.price) * (1 + tax)).toFixed(6));
  };
  const [kWhPrice, hourPrice, flatFee] = [priceOf('energy'), priceOf('time'), priceOf('flat')];
  return {
    ...(kWhPrice !== undefined && { kWhPrice }),
    ...(hourPrice !== undefined && { hourPrice }),
    ...(flatFee !== undefined && { flatFee }),
  };
}

/** As many as its prices have, and not less than its currency. */
const digitsOf = ({ currency, components }: Terms): number =>
  Math.max(
    currencyDigits(currency),
    ...components.map(({ price }) => price.split('.')[1]?.replace(/0+$/, '').length ?? 0),
  );

/** As JSON; too long: without what is said while it is offline, then with less and less of the text. */
function fitting(value: Texts & object): string {
  const whole = JSON.stringify(value);
  if (whole.length <= MOST_VALUE) return whole;
  const { priceTextOffline: _offline, ...rest } = value;
  for (let length = MOST_TEXT; ; length -= 10) {
    const text = JSON.stringify({ ...rest, priceText: value.priceText.slice(0, Math.max(length, 0)) });
    if (text.length <= MOST_VALUE || length <= 0) return text;
  }
}
