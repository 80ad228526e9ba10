/** The parts of pricing that a price hardly shows when they are wrong: whole numbers, wall clocks, currencies. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { currencyDigits } from '../../src/pricing/index.ts';
import { isProductAtLeast, mulDiv, stepUp } from '../../src/pricing/whole.ts';
import { changeOfOffset, offsetAt } from '../../src/pricing/zone.ts';
import { changes } from './arbitrary.ts';

const whole = fc.oneof(fc.nat(1000), fc.maxSafeNat());

test('a × b / c is rounded half up, beyond 2^53 too', () => {
  expect([mulDiv(1, 1, 2), mulDiv(1, 1, 3), mulDiv(2, 1, 3), mulDiv(0, 7, 9)]).toEqual([1, 0, 1, 0]);
  fc.assert(
    fc.property(whole, whole, whole, (part, all, amount) => {
      const c = Math.max(part, all, 1);
      const b = Math.min(part, all);
      const exact = (2n * BigInt(amount) * BigInt(b) + BigInt(c)) / (2n * BigInt(c));
      expect(mulDiv(amount, b, c)).toBe(Number(exact));
    }),
  );
});

test('products are compared exactly, beyond 2^53 and with infinity too', () => {
  fc.assert(
    fc.property(whole, whole, whole, whole, (a, b, c, d) => {
      expect(isProductAtLeast(a, b, c, d)).toBe(BigInt(a) * BigInt(b) >= BigInt(c) * BigInt(d));
    }),
  );
  const big = Number.MAX_SAFE_INTEGER;
  expect(isProductAtLeast(big, big - 1, big, big)).toBe(false);
  expect(isProductAtLeast(1, 1, 1, Infinity)).toBe(false);
});

test('a step leaves whole multiples as they are', () => {
  expect([stepUp(0, 5), stepUp(1, 5), stepUp(5, 5), stepUp(6, 5)]).toEqual([0, 5, 5, 10]);
});

test.each(changes.slice(0, 10))('in %s the clock changes at %s, to the second', (zone, at) => {
  const instant = Date.parse(at);
  const isChange = offsetAt(zone, instant) !== offsetAt(zone, instant - 1000);
  for (const from of [instant - 86_000_000, instant - 12_345, instant - 1])
    expect(changeOfOffset(zone, from, instant + 3_600_000)).toBe(isChange ? instant : undefined);
  expect(isChange).toBe(true);
});

test('the wall clock is right in summer, in winter, east and west', () => {
  const hours = (zone: string, at: string) => offsetAt(zone, Date.parse(at)) / 3_600_000;
  expect(hours('Europe/Berlin', '2026-01-01T00:00:00.999Z')).toBe(1);
  expect(hours('Europe/Berlin', '2026-07-01T00:00:00Z')).toBe(2);
  expect(hours('America/St_Johns', '2026-01-01T00:00:00Z')).toBe(-3.5);
  expect(hours('Asia/Kathmandu', '2026-01-01T00:00:00Z')).toBe(5.75);
  expect(hours('Pacific/Apia', '2026-01-01T00:00:00Z')).toBe(13);
});

test('currencies have the digits of ISO 4217', () => {
  expect(['EUR', 'JPY', 'KWD', 'IQD', 'CLF'].map(currencyDigits)).toEqual([2, 0, 3, 3, 4]);
});
