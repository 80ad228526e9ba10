/** Numbers, money and times as people of the chosen language read them. Pure, but for the clock that is handed in. */

export type Language = 'en' | 'de';
/** English with days before months, as most of the world writes it. */
const LOCALES: Record<Language, string> = { en: 'en-GB', de: 'de-DE' };

/** Of a decimal text, after the point. */
export const digitsOf = (amount: string): number => amount.split('.')[1]?.length ?? 0;

/** Clocks that lie so near each other say the same. */
const CLOCK_S = 30;

export type Format = ReturnType<typeof createFormat>;

export function createFormat(language: Language) {
  const locale = LOCALES[language];
  const number = (digits: number) =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [whole, tenth, hundredth, thousandth] = [number(0), number(1), number(2), number(3)] as const;
  const moneyOf = (amount: string, currency: string, digits: number): string =>
    new Intl.NumberFormat(locale, {
      ...{ style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits },
    }).format(Number(amount));
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const longDay = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' });
  const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' });

  function distance(seconds: number): string {
    const size = Math.abs(seconds);
    if (size < 60) return relative.format(Math.trunc(seconds), 'second');
    if (size < 3_600) return relative.format(Math.trunc(seconds / 60), 'minute');
    if (size < 86_400) return relative.format(Math.trunc(seconds / 3_600), 'hour');
    return relative.format(Math.trunc(seconds / 86_400), 'day');
  }

  return {
    locale,
    /** As exact as it is, to three digits. */
    number: (value: number): string => plain.format(value),
    count: (value: number): string => whole.format(value),
    decimal: (value: number): string => tenth.format(value),
    percent: (value: number): string => `${whole.format(value)} %`,
    energy(wh: number): string {
      if (Math.abs(wh) < 1_000) return `${whole.format(wh)} Wh`;
      if (Math.abs(wh) < 10_000_000) return `${(wh < 100_000 ? hundredth : tenth).format(wh / 1_000)} kWh`;
      return `${hundredth.format(wh / 1_000_000)} MWh`;
    },
    power(w: number): string {
      return Math.abs(w) < 1_000 ? `${whole.format(w)} W` : `${tenth.format(w / 1_000)} kW`;
    },
    /** To the Wh, as receipts say it: of meters, and of what a price is for. */
    exactEnergy: (wh: number): string => `${thousandth.format(Math.round(wh) / 1_000)} kWh`,
    /** A decimal text of the API, with its digits: the API knows how many a currency has, Intl what is written on price tags. */
    money: (amount: string, currency: string): string => moneyOf(amount, currency, digitsOf(amount)),
    /** A number of OCPI, which has lost its zeros at the end. */
    moneyOfNumber(amount: number, currency: string): string {
      const { maximumFractionDigits: usual = 2 } = new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
      }).resolvedOptions();
      return moneyOf(String(amount), currency, Math.max(usual, digitsOf(String(amount))));
    },
    /** Of a unit: with all its digits, two at least. */
    price: (amount: string): string => number(Math.max(2, digitsOf(amount))).format(Number(amount)),
    duration(seconds: number): string {
      const s = Math.max(0, Math.floor(seconds));
      const [hours, minutes] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
      if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
      if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min`;
      return minutes > 0 ? `${minutes} min ${String(s % 60).padStart(2, '0')} s` : `${s} s`;
    },
    /** To the second, as receipts say it. */
    exactDuration(seconds: number): string {
      const s = Math.round(seconds);
      const parts = [`${Math.floor(s / 3600)} h`, `${Math.floor((s % 3600) / 60)} min`, `${s % 60} s`];
      return parts.filter((part) => !part.startsWith('0 ')).join(' ') || '0 s';
    },
    /** Of a share between 0 and 1, to a tenth: there the difference between good and bad lies. */
    share: (value: number): string => `${tenth.format(value * 100)} %`,
    /** 2026-03-29, 2026-03: of a calendar, without a clock. */
    day: (day: string): string => longDay.format(new Date(`${day}T00:00:00Z`)),
    shortDay: (day: string): string => shortDay.format(new Date(`${day}T00:00:00Z`)),
    month: (of: string): string => month.format(new Date(`${of}-01T00:00:00Z`)),
    dateTime: (at: string): string => dateTime.format(new Date(at)),
    exact: (at: string): string => exact.format(new Date(at)),
    time: (at: string): string => time.format(new Date(at)),
    /** A sentence of the API, whose instants are written as people read them. */
    sentence: (text: string): string =>
      text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (at) => exact.format(new Date(at))),
    ago(at: string, now: number): string {
      const seconds = Math.round((new Date(at).getTime() - now) / 1000);
      // the page's clock stands still for some seconds, and the server's is another one
      return distance(seconds > 0 && seconds <= CLOCK_S ? 0 : seconds);
    },
    until: (at: string, now: number): string => distance(Math.round((new Date(at).getTime() - now) / 1000)),
  };
}
