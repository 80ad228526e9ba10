/**
 * Money in whole numbers (BigInt), so that nothing is rounded on the way. A third of an hour has no decimal; amounts are therefore
 * kept in 10^-10 of the currency times an hour in ms, in which whatever is counted by the kWh, the hour, the minute or the piece
 * is whole. The tests compute the same with decimal.js, which took ten times as long.
 */

/** Prices have at most so many digits after the point, percentages four. */
export const PRICE_DIGITS = 6;
const PERCENT_DIGITS = 4;

const HOUR = 3_600_000n;
const SCALE = 10n;

/** What one µWh, ms or piece costs at a price of 10^-6. */
export const perUnit = {
  /** A kWh is 10^9 µWh. */
  energy: (HOUR * 10n ** (SCALE - 6n)) / 10n ** 9n,
  time: 10n ** (SCALE - 6n),
  reservation: 10n ** (SCALE - 6n),
  idle: 60n * 10n ** (SCALE - 6n),
  flat: HOUR * 10n ** (SCALE - 6n),
} as const;

/** A decimal text in units of 10^-digits; more digits than that are not valid and not looked at. */
export function wholeOf(decimal: string, digits: number): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
}

/** An amount as it is kept. */
export const scaledAmount = (decimal: string): bigint => wholeOf(decimal, PRICE_DIGITS) * perUnit.flat;

/** In the smallest unit of a currency, half up. `scaled` is not negative. */
export function roundedMoney(scaled: bigint, digits: number): bigint {
  const unit = HOUR * 10n ** (SCALE - BigInt(digits));
  return (2n * scaled + unit) / (2n * unit);
}

/** The tax on a net amount, or the tax in a gross one; half up. `amount` is not negative. */
export function taxOf(amount: bigint, percent: string, isIncluded: boolean): bigint {
  const part = wholeOf(percent, PERCENT_DIGITS);
  const whole = 100n * 10n ** BigInt(PERCENT_DIGITS) + (isIncluded ? part : 0n);
  return (2n * amount * part + whole) / (2n * whole);
}

/** 605 in hundredths is 6.05. */
export function fixedText(value: bigint, digits: number): string {
  const isNegative = value < 0n;
  const text = String(isNegative ? -value : value).padStart(digits + 1, '0');
  const point = text.length - digits;
  const fixed = digits === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`;
  return isNegative ? `-${fixed}` : fixed;
}

/** Without zeros that say nothing: 19.00 is 19. */
export const shortText = (decimal: string): string =>
  (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal).replace(/^0+(?=\d)/, '');

/** A whole number of parts of a unit as a decimal text: 12345678 of 1,000,000 is 12.345678. `parts`: a power of ten. */
export function unitsText(value: number, parts: number): string {
  const rest = value % parts;
  const whole = String((value - rest) / parts);
  return rest === 0
    ? whole
    : `${whole}.${String(parts + rest)
        .slice(1)
        .replace(/0+$/, '')}`;
}
