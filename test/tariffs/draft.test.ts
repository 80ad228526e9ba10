/** The terms of a tariff as the console's editor holds them: what is kept comes back as it was, and what people write is what is meant. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bounds,
  draftOf,
  kinds,
  newComponent,
  newDraft,
  termsOf,
  weekdays,
} from '../../src/console/pages/tariff/draft.ts';
import { termsBody } from '../../src/tariffs/checks.ts';

const money = fc.integer({ min: 0, max: 9_999_999 }).map((cents) => (cents / 10_000).toFixed(4));
const percent = fc.integer({ min: 1, max: 99 }).map(String);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const from = (least: number, most: number) => fc.integer({ min: least, max: most });
/** Only those that are there. */
const said = (values: object) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const component = fc
  .record({
    type: fc.constantFrom(...kinds),
    price: money,
    tax_percent: maybe(percent),
    label: maybe(fc.constantFrom('Night', 'Tag & Nacht')),
    step: maybe(from(1, 3_600)),
    grace_s: maybe(from(0, 604_800)),
    days: maybe(fc.subarray([...weekdays], { minLength: 1 })),
    start_time: maybe(fc.constantFrom('00:00', '22:30')),
    end_date: maybe(fc.constantFrom('2027-01-01')),
    energy: maybe(from(1, 1_000_000_000)),
    duration: maybe(from(1, 31_622_400)),
    power: maybe(from(1, 100_000_000)),
  })
  .map(({ type, step, grace_s, days, start_time, end_date, energy, duration, power, ...rest }) => {
    const isMeant = (bound: keyof typeof bounds) => bounds[bound].of.some((each) => each === type);
    const restrictions = said({
      ...{ weekdays: days, start_time, end_date, min_duration_s: duration },
      ...(isMeant('energy') && { min_energy_wh: energy }),
      ...(isMeant('power') && { max_power_w: power }),
    });
    return said({
      ...{ type, ...rest },
      ...(type === 'energy' ? { step_wh: step } : type !== 'flat' && { step_s: step }),
      ...(type === 'idle' && { grace_s }),
      ...(Object.keys(restrictions).length > 0 && { restrictions }),
    });
  });
const terms = fc
  .record({
    currency: fc.constantFrom('EUR', 'JPY'),
    prices_include_tax: fc.boolean(),
    tax_percent: fc.oneof(fc.constant('0'), percent),
    min_total: maybe(money),
    max_total: maybe(money),
    components: fc.array(component, { maxLength: 5 }),
  })
  .map(said);

test('terms that are opened and kept again are the same', () => {
  fc.assert(
    fc.property(terms, (kept) => {
      // As: made above, of the same shape.
      const opened = draftOf(kept as unknown as Parameters<typeof draftOf>[0]);
      expect(termsOf(opened)).toEqual(kept);
    }),
    { numRuns: 100 },
  );
});

test('what people write, with commas and in kWh, kW and minutes, the server takes', () => {
  const night = { ...newComponent('energy', '0,39'), startTime: '22:00', endTime: '06:00' };
  const fast = { ...newComponent('energy', ' 0,59 '), bounds: { ...night.bounds, power: ['50', ''] as const } };
  const idle = {
    ...newComponent('idle', '0.10'),
    graceMin: '15',
    bounds: { ...night.bounds, power: ['1', '2'] as const },
  };
  const draft = {
    ...newDraft('eur'),
    tax: '7,5',
    most: '30',
    components: [night, fast, newComponent('energy', '0.49'), idle],
  };
  const sent = termsOf(draft);
  expect(termsBody.safeParse(sent).success).toBe(true);
  expect(sent).toMatchObject({
    currency: 'EUR',
    tax_percent: '7.5',
    max_total: '30',
    components: [
      { price: '0.39', restrictions: { start_time: '22:00', end_time: '06:00' } },
      { price: '0.59', restrictions: { min_power_w: 50_000 } },
      { price: '0.49' },
      { price: '0.10', grace_s: 900 },
    ],
  });
  // Power says nothing about standing, and is not shown there.
  expect(sent.components[3]).not.toHaveProperty('restrictions');
});

test('what is no number stays one that the server refuses by its field', () => {
  const wrong = {
    ...newComponent('energy', 'cheap'),
    bounds: { ...newComponent('energy').bounds, energy: ['few', ''] as const },
  };
  const answer = termsBody.safeParse(termsOf({ ...newDraft('EUR'), components: [wrong] }));
  const paths = answer.error?.issues.map(({ path }) => path.join('.'));
  expect(paths).toEqual(expect.arrayContaining(['components.0.price', 'components.0.restrictions.min_energy_wh']));
});
