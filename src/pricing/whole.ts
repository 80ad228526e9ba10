/** Exact arithmetic on whole numbers whose product may pass 2^53. */

/** a × b / c, rounded half up. All whole and not negative, c above 0, the result below 2^53. */
export function mulDiv(a: number, b: number, c: number): number {
  const product = a * b;
  if (Number.isSafeInteger(product)) {
    const rest = product % c;
    return (product - rest) / c + (2 * rest >= c ? 1 : 0);
  }
  const divisor = BigInt(c);
  const exact = BigInt(a) * BigInt(b);
  const rest = exact % divisor;
  return Number(exact / divisor + (2n * rest >= divisor ? 1n : 0n));
}

/** Whether a × b ≥ c × d. All whole and not negative; b and d may be infinite. */
export function isProductAtLeast(a: number, b: number, c: number, d: number): boolean {
  const left = a * b;
  const right = c * d;
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left >= right;
  if (!Number.isFinite(left) || !Number.isFinite(right)) return left >= right;
  return BigInt(a) * BigInt(b) >= BigInt(c) * BigInt(d);
}

/** Up to the next whole multiple of the step. */
export function stepUp(quantity: number, step: number): number {
  const rest = quantity % step;
  return rest === 0 ? quantity : quantity + step - rest;
}
