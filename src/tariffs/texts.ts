/** What drivers read of a tariff's prices, in the words of its author, by language; absent: what is made of its terms (pricing). */
import { z } from 'zod';
import { languageField } from '../platform/fields.ts';

const MOST_TEXTS = 10;
/** DefaultPrice of 1.6 is one value of at most 500 characters that holds both texts; a personalMessage of 2.0.1 has 512. */
const shown = z
  .string()
  .trim()
  .min(1)
  .max(160)
  .regex(/^[^\p{Cc}\p{Surrogate}]*$/u, { error: 'must not contain control characters' });

const driverText = z.strictObject({
  language: languageField,
  text: shown.describe('The prices in words, as a charger shows them'),
  offline_text: shown.optional().describe('While the charger is offline; absent: the same'),
});
export type DriverText = z.output<typeof driverText>;

export const shownTexts = z
  .array(driverText)
  .describe('What drivers read of the prices, by language; without one it is made of the terms');

export const textsField = shownTexts
  .max(MOST_TEXTS)
  .refine((texts) => new Set(texts.map(({ language }) => language)).size === texts.length, {
    error: 'must name each language once',
  })
  .meta({ examples: [[{ language: 'de', text: '0,49 EUR/kWh, nachts 0,39' }]] });

/** What was kept was checked when it was written. */
export const keptTexts = (stored: unknown): readonly DriverText[] => shownTexts.parse(stored);
