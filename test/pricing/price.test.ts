/** What holds for every tariff and session. */
import { expect, test } from '@jest/globals';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  addSample,
  beginTally,
  type Cost,
  costOf,
  planOf,
  price,
  type Sample,
  settled,
  type Tally,
} from '../../src/pricing/index.ts';
import { offsetAt } from '../../src/pricing/zone.ts';
import { changes, component, components, energyAt, MINUTE, story, tariff, timelineOf } from './arbitrary.ts';
import { centsOf } from './oracle.ts';
import { energy, session, terms, time } from './sessions.ts';

const RATES = [0, 60, 120, 180, 600];

/** In the terms of the tariff: with or without tax. */
const inTerms = ({ pricesIncludeTax, total }: Cost): Decimal =>
  new Decimal(pricesIncludeTax ? total.inclTax : total.exclTax);

test('it costs what it costs minute by minute by the wall clock, also on days on which the clock changes', () => {
  fc.assert(
    fc.property(story([0, 60]), components(60), (told, list) => {
      expect(price(timelineOf(told), terms(list)).total.inclTax).toBe(
        new Decimal(centsOf(told, list).toString()).div(100).toFixed(2),
      );
    }),
    { numRuns: 200 },
  );
});

test('wherever the timeline is cut by another reading, it costs the same', () => {
  fc.assert(
    fc.property(story(RATES), tariff, fc.array(fc.nat(), { maxLength: 5 }), (told, tariffOf, cuts) => {
      const timeline = timelineOf(told);
      const seconds = told.segments.reduce((sum, { minutes }) => sum + minutes * 60, 0);
      const readings = cuts.map((cut): Sample => {
        const after = cut % (seconds + 1);
        return { at: new Date(told.startedAt.getTime() + after * 1000), energyWh: energyAt(told, after) };
      });
      const cut = { ...timeline, samples: [...timeline.samples, ...readings] };
      expect(price(cut, tariffOf)).toEqual(price(timeline, tariffOf));
    }),
    { numRuns: 300 },
  );
});

test('the order in which samples are given does not matter', () => {
  fc.assert(
    fc.property(
      story(RATES),
      tariff,
      fc.infiniteStream(fc.nat()),
      fc.array(
        fc.record({
          seconds: fc.nat(36_000),
          energyWh: fc.constantFrom(undefined, 0, 1000, 20_000),
          phase: fc.constantFrom('idle', 'charging', 'paused'),
        }),
        { maxLength: 6 },
      ),
      (told, tariffOf, keys, noise) => {
        const timeline = timelineOf(told);
        // Contradictions too: readings that fall, two phases at one instant.
        const samples = [
          ...timeline.samples,
          ...noise.map(
            ({ seconds, energyWh, phase }): Sample => ({
              at: new Date(told.startedAt.getTime() + Math.floor(seconds / 3600) * 3_600_000),
              energyWh,
              phase: phase as 'idle',
            }),
          ),
        ];
        const shuffled = samples
          .map((sample) => ({ sample, key: keys.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ sample }) => sample);
        expect(price({ ...timeline, samples: shuffled }, tariffOf)).toEqual(price({ ...timeline, samples }, tariffOf));
      },
    ),
    { numRuns: 300 },
  );
});

test('sample by sample, kept as JSON in between, it costs the same as all at once', () => {
  fc.assert(
    fc.property(story(RATES), tariff, fc.boolean(), (told, tariffOf, isReserved) => {
      const reservation = { from: new Date(told.startedAt.getTime() - 90 * MINUTE), until: told.startedAt };
      const timeline = { ...timelineOf(told), ...(isReserved && { reservation }) };
      const begun = planOf(tariffOf, told.timezone);
      let kept = JSON.stringify(beginTally(begun, told.startedAt, timeline.reservation));
      for (const [i, sample] of timeline.samples.entries()) {
        const plan = planOf(tariffOf, told.timezone);
        const next = addSample(plan, JSON.parse(kept) as Tally, sample);
        if (next === undefined) throw new Error('a sample in order was late');
        kept = JSON.stringify(next);
        const soFar = { ...timeline, samples: timeline.samples.slice(0, i + 1) };
        expect(costOf(plan, settled(plan, next))).toEqual(price(soFar, tariffOf));
      }
    }),
  );
});

test('a sample from before the last one is told apart, and nothing is counted', () => {
  const plan = planOf(terms([energy('1')]), 'UTC');
  const begun = beginTally(plan, new Date('2026-03-02T10:00:00Z'));
  const after = addSample(plan, begun, { at: new Date('2026-03-02T11:00:00Z'), energyWh: 1000 });
  expect(after && addSample(plan, after, { at: new Date('2026-03-02T10:59:59.999Z'), energyWh: 2000 })).toBeUndefined();
  expect(begun).toEqual(beginTally(plan, new Date('2026-03-02T10:00:00Z')));
});

test('lines add up to the total, taxes too, and every rate of a line is among them', () => {
  fc.assert(
    fc.property(story(RATES), tariff, (told, tariffOf) => {
      const cost = price(timelineOf(told), tariffOf);
      const sum = (texts: readonly string[]) => Decimal.sum(0, ...texts);
      expect(sum(cost.lines.map(({ amount }) => amount))).toEqual(inTerms(cost));
      for (const column of ['exclTax', 'tax', 'inclTax'] as const)
        expect(sum(cost.taxes.map((tax) => tax[column]))).toEqual(new Decimal(cost.total[column]));
      expect(new Decimal(cost.total.exclTax).plus(cost.total.tax)).toEqual(new Decimal(cost.total.inclTax));
      for (const { percent, ...amounts } of cost.taxes) {
        const lines = cost.lines.filter(({ taxPercent }) => taxPercent === percent);
        expect(sum(lines.map(({ amount }) => amount))).toEqual(
          new Decimal(cost.pricesIncludeTax ? amounts.inclTax : amounts.exclTax),
        );
        for (const amount of Object.values(amounts)) expect(Number(amount)).toBeGreaterThanOrEqual(0);
      }
      expect(new Set(cost.taxes.map(({ percent }) => percent))).toEqual(
        new Set(cost.lines.map(({ taxPercent }) => taxPercent)),
      );
    }),
    { numRuns: 500 },
  );
});

test('minimum and maximum hold exactly', () => {
  fc.assert(
    fc.property(story(RATES), tariff, (told, tariffOf) => {
      const total = inTerms(price(timelineOf(told), tariffOf));
      expect(total.gte(tariffOf.minTotal ?? 0)).toBe(true);
      if (tariffOf.maxTotal !== undefined) expect(total.lte(tariffOf.maxTotal)).toBe(true);
    }),
  );
});

test('from reading to reading a session never costs less', () => {
  fc.assert(
    fc.property(story(RATES), tariff, (told, tariffOf) => {
      const { samples, ...timeline } = timelineOf(told);
      let before = new Decimal(0);
      for (let n = 1; n <= samples.length; n += 1) {
        if (samples[n - 1]?.energyWh === undefined) continue; // how much was used, and at which power, is not known yet
        const total = inTerms(price({ ...timeline, samples: samples.slice(0, n) }, tariffOf));
        expect(total.gte(before)).toBe(true);
        before = total;
      }
    }),
  );
});

test('more energy in the same time never costs less, where neither energy nor power restrict a price', () => {
  const plain = fc.array(component(60), { maxLength: 7 }).map((list) =>
    list.map((each) => {
      const { minEnergyWh: _a, maxEnergyWh: _b, minPowerW: _c, maxPowerW: _d, ...kept } = each.restrictions ?? {};
      return { ...each, restrictions: kept };
    }),
  );
  fc.assert(
    fc.property(story(RATES), plain, fc.nat(), (told, list, which) => {
      const more = told.segments.map((each, i) =>
        i === which % told.segments.length && each.phase === 'charging' ? { ...each, rate: each.rate + 60 } : each,
      );
      const before = inTerms(price(timelineOf(told), terms(list)));
      expect(inTerms(price(timelineOf({ ...told, segments: more }), terms(list))).gte(before)).toBe(true);
    }),
  );
});

test.each(changes)(
  'in %s the hours of every weekday add up to the days between two midnights around %s',
  (zone, at) => {
    const startedAt = new Date(Date.parse(at) - 3 * 86_400_000);
    const endedAt = new Date(Date.parse(at) + 3 * 86_400_000);
    const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
    const list = days.map((day) => time('1', { weekdays: [day] }));
    const { lines, total } = price({ timezone: zone, startedAt, endedAt, samples: [] }, terms(list));
    expect(lines.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(6 * 86_400);
    expect(total.inclTax).toBe('144.00');
    const jump = (offsetAt(zone, endedAt.getTime()) - offsetAt(zone, startedAt.getTime())) / 1000;
    // Whole days in between have 24 h, but the one of the change.
    const lengths = lines.map(({ quantity }) => Number(quantity)).filter((length) => length % 86_400 !== 0);
    if (jump !== 0) expect(lengths).toContain(86_400 - jump);
  },
);

test('a session of one sample too many between readings still counts all its time and energy', () => {
  const flapping = Array.from(
    { length: 500 },
    (_, i) => [i + 1, undefined, i % 2 === 0 ? 'idle' : 'charging'] as const,
  );
  const { lines } = price(session('2026-03-02T10:00:00Z', [...flapping, [600, 12]]), terms([energy('1'), time('1')]));
  expect(lines.map(({ quantity }) => quantity)).toEqual(['12000', String((250 + 100) * 60)]);
});
