/** The terms of a tariff as REST shows them and as they are kept, field by field. What fits together is said in checks.ts. */
import { z } from 'zod';
import { currencyField, nameField } from '../platform/fields.ts';
import { type Terms, weekdays } from '../pricing/index.ts';

const MOST_COMPONENTS = 40;

/** Nine digits before the point and six after it: what pricing computes exactly. */
const money = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, {
    error: 'must be a decimal text, not negative, with at most 6 digits after the point, such as "0.49"',
  })
  .meta({ examples: ['0.49'] });
const percent = z
  .string()
  .regex(/^(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?)$/, { error: 'must be a decimal text from "0" to "100", such as "19"' })
  .meta({ examples: ['19'] });
const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day from 00:00 to 23:59, such as 08:30' });
const date = z.iso.date({ error: 'must be a date, such as 2026-11-23' });
const energyWh = z.int().min(1).max(1_000_000_000);
const durationS = z.int().min(1).max(31_622_400);
const powerW = z.int().min(1).max(100_000_000);

const restrictions = z
  .strictObject({
    weekdays: z.array(z.enum(weekdays)).min(1).max(7).optional(),
    start_time: time.optional().describe('On the wall clock of the site, inclusive'),
    end_time: time.optional().describe('Exclusive; before start_time: on the next day; 00:00: midnight'),
    start_date: date.optional().describe('At the site, inclusive'),
    end_date: date.optional().describe('Exclusive'),
    min_energy_wh: energyWh.optional().describe('Energy of the session so far, inclusive'),
    max_energy_wh: energyWh.optional().describe('Exclusive'),
    min_duration_s: durationS
      .optional()
      .describe('Since the session began (of a reservation: since it began), inclusive'),
    max_duration_s: durationS.optional().describe('Exclusive'),
    min_power_w: powerW.optional().describe('Mean power between two readings, inclusive; of energy and time only'),
    max_power_w: powerW.optional().describe('Exclusive'),
  })
  .describe('All that are given must hold');

const common = {
  price: money.describe('Per kWh (energy), h (time, reservation), minute (idle) or session (flat)'),
  tax_percent: percent.optional().describe("Default: the tariff's"),
  label: nameField.optional().describe('What the driver reads beside the line'),
  restrictions: restrictions.optional(),
};
const stepS = z.int().min(1).max(86_400).optional().describe('Seconds are rounded up to whole steps, once, at the end');

const component = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('energy'),
      ...common,
      step_wh: z.int().min(1).max(1_000_000).optional().describe('Wh are rounded up to whole steps, once, at the end'),
    }),
    z.strictObject({ type: z.literal('time'), ...common, step_s: stepS }),
    z.strictObject({
      type: z.literal('idle'),
      ...common,
      grace_s: z.int().min(0).max(604_800).optional().describe('So much idle time of a session costs nothing'),
      step_s: stepS,
    }),
    z.strictObject({ type: z.literal('flat'), ...common }),
    z.strictObject({ type: z.literal('reservation'), ...common, step_s: stepS }),
  ],
  { error: 'must have a type: energy, time, idle, flat or reservation' },
);

const fields = {
  prices_include_tax: z
    .boolean()
    .describe('true: prices, minimum and maximum are what the driver pays. false: tax is added to them'),
  tax_percent: percent.default('0'),
  min_total: money.optional().describe('A session costs at least this'),
  max_total: money.optional().describe('A session costs at most this'),
  components: z
    .array(component)
    .max(MOST_COMPONENTS)
    .describe('Of those of one type the first one whose restrictions hold is the one that counts'),
};
export const termsExample = {
  currency: 'EUR',
  prices_include_tax: true,
  tax_percent: '19',
  components: [
    { type: 'energy', price: '0.39', restrictions: { start_time: '22:00', end_time: '06:00' } },
    { type: 'energy', price: '0.49' },
    { type: 'idle', price: '0.10', grace_s: 900 },
  ],
};

/** As kept and as shown. */
export const shownTerms = z.object({ currency: z.string(), ...fields }).meta({ id: 'TariffTerms' });
export type StoredTerms = z.output<typeof shownTerms>;

/** As people write them, before the checks. */
export const plainTerms = z.strictObject({ currency: currencyField, ...fields }).meta({ examples: [termsExample] });
export type TermsBody = z.output<typeof plainTerms>;

/** For pricing. */
export const termsOf = (stored: StoredTerms): Terms => ({
  currency: stored.currency,
  pricesIncludeTax: stored.prices_include_tax,
  taxPercent: stored.tax_percent,
  minTotal: stored.min_total,
  maxTotal: stored.max_total,
  components: stored.components.map((each) => ({
    ...each,
    taxPercent: each.tax_percent,
    ...('step_wh' in each && { stepWh: each.step_wh }),
    ...('step_s' in each && { stepS: each.step_s }),
    ...('grace_s' in each && { graceS: each.grace_s }),
    restrictions: each.restrictions && {
      weekdays: each.restrictions.weekdays,
      startTime: each.restrictions.start_time,
      endTime: each.restrictions.end_time,
      startDate: each.restrictions.start_date,
      endDate: each.restrictions.end_date,
      minEnergyWh: each.restrictions.min_energy_wh,
      maxEnergyWh: each.restrictions.max_energy_wh,
      minDurationS: each.restrictions.min_duration_s,
      maxDurationS: each.restrictions.max_duration_s,
      minPowerW: each.restrictions.min_power_w,
      maxPowerW: each.restrictions.max_power_w,
    },
  })),
});
