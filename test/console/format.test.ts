/** Times and money as people read them. */
import { describe, expect, test } from '@jest/globals';
import { createFormat } from '../../src/console/format.ts';
import { currencyDigits } from '../../src/pricing/index.ts';

const en = createFormat('en');
const now = Date.parse('2026-11-27T12:00:00Z');
const at = (seconds: number): string => new Date(now + seconds * 1_000).toISOString();

test('what is past never lies ahead, though clocks differ; what is to come is counted down to its end', () => {
  expect([-3_700, -61, -10, 0, 3, 30].map((seconds) => en.ago(at(seconds), now))).toEqual([
    '1 hour ago',
    '1 minute ago',
    '10 seconds ago',
    'now',
    'now',
    'now',
  ]);
  expect(en.ago(at(31), now)).toBe('in 31 seconds'); // a clock that is wrong is not hidden
  expect([3, 90].map((seconds) => en.until(at(seconds), now))).toEqual(['in 3 seconds', 'in 1 minute']);
});

test('instants in a sentence are written as people read them', () => {
  const seen = en.exact('2026-11-27T00:16:47.380Z');
  expect(en.sentence('Not connected since 2026-11-27T00:16:47.380Z, seen 2026-11-27T00:16:47Z.')).toBe(
    `Not connected since ${seen}, seen ${seen}.`,
  );
  expect(en.sentence('Since 2026-11-27, 3 times')).toBe('Since 2026-11-27, 3 times');
});

describe('money has the digits that the API says', () => {
  test.each([
    ['1234.56', 'HUF', 'HUF 1,234.56'],
    ['12.345', 'IQD', 'IQD 12.345'],
    ['0.49', 'COP', 'COP 0.49'],
    ['14.70', 'EUR', '€14.70'],
    ['-0.05', 'EUR', '-€0.05'],
    ['1500', 'JPY', 'JP¥1,500'],
    ['9007199254740.99', 'IDR', 'IDR 9,007,199,254,740.99'],
  ])('%s %s', (amount, currency, shown) => {
    expect(en.money(amount, currency).replaceAll('\u00a0', ' ')).toBe(shown);
  });

  test('in every currency', () => {
    const wrong = Intl.supportedValuesOf('currency').filter((currency) => {
      const digits = currencyDigits(currency);
      const amount = digits === 0 ? '7' : `7.${'123456'.slice(0, digits)}`;
      return !en.money(amount, currency).endsWith(amount);
    });
    expect(wrong).toEqual([]);
  });

  test('also numbers, of which the zeros at the end are lost', () => {
    expect([12.5, 12.505, 12].map((amount) => en.moneyOfNumber(amount, 'EUR'))).toEqual([
      '€12.50',
      '€12.505',
      '€12.00',
    ]);
    expect(en.moneyOfNumber(1234.56, 'HUF').replaceAll('\u00a0', ' ')).toBe('HUF 1,234.56');
  });

  test('prices of a unit have all of them, two at least', () => {
    const shown = ['0.395', '0.125', '0.0049', '0.4', '50', '-3.25', '1234.5'].map(en.price);
    expect(shown).toEqual(['0.395', '0.125', '0.0049', '0.40', '50.00', '-3.25', '1,234.50']);
    expect(createFormat('de').price('0.395')).toBe('0,395');
  });
});

test('quantities of a price line are as exact as those of the receipt', () => {
  expect([12_345, 123_456, 0.4].map(en.exactEnergy)).toEqual(['12.345 kWh', '123.456 kWh', '0.000 kWh']);
  expect([6310, 3600, 59, 0].map(en.exactDuration)).toEqual(['1 h 45 min 10 s', '1 h', '59 s', '0 s']);
});
