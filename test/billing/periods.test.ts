/** Charging periods of OCPI: they begin where charging begins or pauses and where a price changes, and add up to the session. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partsOf } from '../../src/billing/cdr-parts.ts';
import { periodsOf } from '../../src/billing/periods.ts';
import { planOf, price, type Terms, type Timeline } from '../../src/pricing/index.ts';
import { story, tariff, timelineOf } from '../pricing/arbitrary.ts';
import { energy, flat, idle, reservation, session, terms, time } from '../pricing/sessions.ts';

const MONDAY = '2026-03-02T10:00:00Z';
const of = (timeline: Timeline, tariffOf: Terms, minutes: number, wh: number) => {
  const start = timeline.startedAt.getTime();
  const periods = periodsOf(timeline, planOf(tariffOf, timeline.timezone), new Date(start + minutes * 60_000), wh);
  return periods.map(({ from, isCharging, ms, energyWh, isPriced }) => [
    (from.getTime() - start) / 60_000,
    ms / 60_000,
    energyWh,
    isCharging ? 'charging' : 'parked',
    isPriced ? 'priced' : 'free',
  ]);
};

describe('a period begins where', () => {
  test.each([
    [
      'the clock changes a price, inside a reading',
      session('2026-03-02T09:30:00Z', [[60, 10]]),
      terms([energy('0.3', { startTime: '10:00', endTime: '11:00' }), energy('0.6')]),
      [
        [0, 30, 5000, 'charging', 'priced'],
        [30, 30, 5000, 'charging', 'priced'],
      ],
    ],
    [
      'so much energy is in',
      session(MONDAY, [[60, 15]]),
      terms([energy('0.3', { maxEnergyWh: 10_000 }), energy('0.6')]),
      [
        [0, 40, 10_000, 'charging', 'priced'],
        [40, 20, 5000, 'charging', 'priced'],
      ],
    ],
    [
      'the power changes it, and not where a reading says the same',
      session(MONDAY, [
        [30, 15],
        [60, 30],
        [120, 40],
      ]),
      terms([energy('0.6', { minPowerW: 22_000 }), energy('0.3')]),
      [
        [0, 60, 30_000, 'charging', 'priced'],
        [60, 60, 10_000, 'charging', 'priced'],
      ],
    ],
    [
      'the grace of idle time ends; before that nothing is priced',
      session(MONDAY, [[60, 9, 'idle'], [120]]),
      terms([energy('0.5'), idle('0.1', 1800)]),
      [
        [0, 60, 9000, 'charging', 'priced'],
        [60, 30, 0, 'parked', 'free'],
        [90, 30, 0, 'parked', 'priced'],
      ],
    ],
    [
      'a time price begins, while no energy flows for a while',
      session(MONDAY, [
        [30, 5],
        [60, 5],
        [90, 10],
      ]),
      terms([energy('0.5'), time('1', { minDurationS: 4500 })]),
      [
        [0, 75, 7500, 'charging', 'priced'],
        [75, 15, 2500, 'charging', 'priced'],
      ],
    ],
    [
      'the price of energy changes while none flows: with the first that flows again',
      session(MONDAY, [
        [30, 5],
        [60, 5],
        [90, 10],
      ]),
      terms([energy('0.5', { endTime: '10:45' }), energy('0.7')]),
      [
        [0, 60, 5000, 'charging', 'priced'],
        [60, 30, 5000, 'charging', 'priced'],
      ],
    ],
    ['nothing happened at all', session(MONDAY, []), terms([energy('0.5')]), [[0, 0, 0, 'charging', 'free']]],
  ] as const)('%s', (_what, timeline, tariffOf, expected) => {
    const last = expected.at(-1) ?? [0, 0];
    const wh = expected.reduce((sum, each) => sum + each[2], 0);
    expect(of(timeline, tariffOf, last[0] + last[1], wh)).toEqual(expected);
  });
});

test('they add up to the session, whatever the tariff, and follow one another without a gap', () => {
  fc.assert(
    fc.property(story([0, 60, 180]), tariff, (told, tariffOf) => {
      const timeline = timelineOf(told);
      const end = new Date(Math.max(...[timeline.startedAt, ...timeline.samples.map(({ at }) => at)].map(Number)));
      const wh = Math.round(timeline.samples.reduce((most, { energyWh = 0 }) => Math.max(most, energyWh), 0));
      const periods = periodsOf(timeline, planOf(tariffOf, timeline.timezone), end, wh);
      expect(periods.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe(wh);
      let at = timeline.startedAt.getTime();
      for (const { from, ms } of periods) {
        expect(from.getTime()).toBe(at);
        at += ms;
      }
      expect(at).toBe(end.getTime());
    }),
    { numRuns: 150 },
  );
});

test('the parts of a cost are summed by kind, without tax and with it; minimum and maximum are of none', () => {
  const timeline = session(MONDAY, [[60, 10, 'idle'], [90]], {
    reservation: { from: new Date('2026-03-02T09:00:00Z'), until: new Date(MONDAY) },
  });
  const list = [flat('1'), energy('0.5', undefined, { taxPercent: '7' }), time('2'), idle('0.1'), reservation('4')];
  const net = { pricesIncludeTax: false, taxPercent: '19', maxTotal: '5' };
  expect(partsOf(price(timeline, terms(list, net)))).toEqual({
    total_fixed_cost: { excl_vat: 1, incl_vat: 1.19 },
    total_energy_cost: { excl_vat: 5, incl_vat: 5.35 },
    total_time_cost: { excl_vat: 2, incl_vat: 2.38 },
    total_parking_cost: { excl_vat: 3, incl_vat: 3.57 },
    total_reservation_cost: { excl_vat: 4, incl_vat: 4.76 },
  });
});
