/** Ids drawn from other ids, not from chance: a decision that is taken again finds the same. Pure, so that machines may use it. */

/** Of a ULID, by value. */
export const ULID_DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const ulidIn = (id: string): string => id.slice(id.indexOf('_') + 1);

/** Of the row that the `i`th entry of a report makes (0 ≤ i < 32,768). */
export function rowIdFrom<Prefix extends string>(prefix: Prefix, reportId: string, i: number): `${Prefix}_${string}` {
  const digit = (n: number): string => ULID_DIGITS[n % 32] ?? '0';
  return `${prefix}_${ulidIn(reportId).slice(0, -3)}${digit(i >> 10)}${digit(i >> 5)}${digit(i)}`;
}
