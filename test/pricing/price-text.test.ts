/** What drivers read of prices and costs. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Component, costText, price, priceText } from '../../src/pricing/index.ts';
import { components } from './arbitrary.ts';
import { energy, session, terms } from './sessions.ts';

const night = { startTime: '22:00', endTime: '06:00' };
const idle: Component = { type: 'idle', price: '0.1', graceS: 900 };

test.each([
  ['en', '0.39 EUR/kWh (22:00-06:00), otherwise 0.49 EUR/kWh; idle 0.10 EUR/min after 15 min; 1.00 EUR per session'],
  [
    'de',
    '0,39 EUR/kWh (22:00-06:00), sonst 0,49 EUR/kWh; Standzeit 0,10 EUR/min nach 15 min; 1,00 EUR pro Ladevorgang',
  ],
  [
    'de-AT',
    '0,39 EUR/kWh (22:00-06:00), sonst 0,49 EUR/kWh; Standzeit 0,10 EUR/min nach 15 min; 1,00 EUR pro Ladevorgang',
  ],
  ['xx', '0.39 EUR/kWh (22:00-06:00), otherwise 0.49 EUR/kWh; idle 0.10 EUR/min after 15 min; 1.00 EUR per session'],
])('prices in %s', (language, expected) => {
  const own = terms([energy('0.39', night), energy('0.49'), idle, { type: 'flat', price: '1' }]);
  expect(priceText(own, language)).toBe(expected);
});

test('the driver reads what he pays, with tax, with as many digits as the price has', () => {
  const net = { ...terms([energy('0.1235')]), pricesIncludeTax: false, taxPercent: '20' };
  expect(priceText(net, 'en')).toBe('0.1482 EUR/kWh');
  expect(priceText({ ...net, currency: 'JPY', components: [energy('40')] }, 'en')).toBe('48 JPY/kWh');
  expect(priceText(terms([]), 'fr')).toBe('gratuit');
});

test('what is not said in a few words is from the lowest to the highest price', () => {
  const days = terms([energy('0.39', { weekdays: ['monday'] }), energy('0.79', { minPowerW: 11_000 }), energy('0.49')]);
  expect(priceText(days, 'en')).toBe('0.39-0.79 EUR/kWh');
});

test('no text is longer than it may be', () => {
  fc.assert(
    fc.property(components(60), fc.constantFrom('en', 'de', 'fr', 'nl', 'es'), (list, language) => {
      const text = priceText(terms(list), language, 60);
      expect(text.length).toBeLessThanOrEqual(60);
      expect(text).not.toBe('');
    }),
    { numRuns: 100 },
  );
});

test('the cost of a session says its lines, energy, time, total and where the receipt is', () => {
  const cost = price(session('2026-11-26T12:00:00Z', [[90, 10, 'idle'], [120]]), terms([energy('0.4'), idle]));
  const ended = { energyWh: 10_000, durationMs: 7_200_000, link: 'https://example.com/r/ses_1' };
  expect(costText(cost, ended, 'en')).toBe(
    '4.00 EUR @ 0.4 EUR/kWh, 1.50 EUR @ 0.1 EUR/min. Energy 10 kWh, time 2:00 h, total 5.50 EUR. Receipt: https://example.com/r/ses_1',
  );
  expect(costText(cost, { ...ended, link: undefined }, 'de')).toBe(
    '4,00 EUR @ 0,4 EUR/kWh, 1,50 EUR @ 0,1 EUR/min. Energie 10 kWh, Zeit 2:00 h, gesamt 5,50 EUR.',
  );
});
