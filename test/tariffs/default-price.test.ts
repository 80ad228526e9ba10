/** The settings by which a charger of 1.6 shows its price, whatever the tariff. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultPriceSettings } from '../../src/tariffs/default-price.ts';
import { components } from '../pricing/arbitrary.ts';
import { energy, terms, time } from '../pricing/sessions.ts';

const said = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value, known: true }]));
const multi = said({ CustomMultiLanguageMessages: 'TRUE', SupportedLanguages: 'en, de_AT,de_AT, <script>,x' });

test('it reckons offline by what holds whatever the clock says, with tax, and shows it in its languages', () => {
  const net = {
    ...terms([energy('0.3', { startTime: '22:00', endTime: '06:00' }), energy('0.4'), time('1', { minDurationS: 60 })]),
    ...{ pricesIncludeTax: false, taxPercent: '25' },
  };
  const texts = [{ language: 'de', text: 'Tags 50 Cent', offline_text: 'Offline 50 Cent' }];
  const settings = defaultPriceSettings({ terms: net, texts, language: 'de', said: multi });
  expect(settings).toEqual({
    DefaultPrice: JSON.stringify({
      priceText: 'Tags 50 Cent',
      priceTextOffline: 'Offline 50 Cent',
      chargingPrice: { kWhPrice: 0.5 },
    }),
    'DefaultPriceText,en': JSON.stringify({
      priceText: '0.375 EUR/kWh (22:00-06:00), otherwise 0.50 EUR/kWh; 1.25 EUR/h (from 1 min)',
    }),
    'DefaultPriceText,de_AT': JSON.stringify({ priceText: 'Tags 50 Cent', priceTextOffline: 'Offline 50 Cent' }),
    Language: 'de_AT',
    NumberOfDecimalsForCostValues: '2',
  });
});

test('a charger that shows one language is set one text; what it says it does not have is left alone', () => {
  const none = { value: null, known: false };
  const settings = defaultPriceSettings({
    terms: terms([energy('0.1234')]),
    texts: [],
    language: 'nl',
    said: { SupportedLanguages: { value: 'nl', known: true }, Language: none, NumberOfDecimalsForCostValues: none },
  });
  expect(settings).toEqual({
    DefaultPrice: '{"priceText":"0,1234 EUR/kWh","chargingPrice":{"kWhPrice":0.1234}}',
  });
});

test('where no tariff holds any more no price is shown', () => {
  expect(defaultPriceSettings({ terms: undefined, texts: [], language: 'en', said: {} })).toEqual({
    DefaultPrice: '{"priceText":""}',
  });
});

test('no setting is longer than 1.6 takes, and each is what it says it is', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', 'é', '漢', '€'), minLength: 1, maxLength: 160 });
  fc.assert(
    fc.property(components(60), text, text, (list, shown, offline_text) => {
      const texts = [{ language: 'en', text: shown, offline_text }];
      for (const [key, value] of Object.entries(
        defaultPriceSettings({ terms: terms(list), texts, language: 'en', said: multi }),
      )) {
        expect(value.length).toBeLessThanOrEqual(500);
        if (key.startsWith('DefaultPrice')) expect(JSON.parse(value)).toHaveProperty('priceText');
      }
    }),
    { numRuns: 100 },
  );
});
