/** What is foretold of prices is what is counted afterwards. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addSample,
  beginTally,
  type Component,
  isSamePrice,
  outlookOf,
  type Plan,
  type Prices,
  planOf,
  type Tally,
  type Terms,
  tallyOf,
} from '../../src/pricing/index.ts';
import { MINUTE, story, tariff, timelineOf } from './arbitrary.ts';
import { energy, terms, time } from './sessions.ts';

/** So short that nothing that is counted in whole minutes, days or Wh changes within it. */
const STEP_MS = 100;

const added = (plan: Plan, tally: Tally, at: number, energyWh: number): Tally => {
  const next = addSample(plan, tally, { at: new Date(at), energyWh });
  if (next === undefined) throw new Error('it is older than what was counted');
  return next;
};

/** What a step from `at` on is counted by, at this energy and power: the price of each component that grows. */
function counted(plan: Plan, tally: Tally, at: number, energyWh: number, powerW: number) {
  const before = added(plan, tally, at, energyWh);
  const after = added(plan, before, at + STEP_MS, energyWh + (powerW * STEP_MS) / 3_600_000);
  const { components, pricesIncludeTax, taxPercent } = plan.terms;
  const grossOf = ({ price, taxPercent: own = taxPercent }: Component, times = 1) =>
    Number((Number(price) * times * (1 + (pricesIncludeTax ? 0 : Number(own)) / 100)).toFixed(6));
  const grown = (type: Component['type'], times?: number) => {
    const found = components.find(
      (each, i) => each.type === type && (after.quantities[i] ?? 0) > (before.quantities[i] ?? 0),
    );
    return found && grossOf(found, times);
  };
  const flat = components[after.flat];
  return {
    kWh: grown('energy'),
    hour: grown('time'),
    idleHour: grown('idle', 60),
    flat: flat && grossOf(flat),
    idleMs: before.idleMs,
  };
}

/** As far as the phase has it counted at all. `hasGrace`: it still costs nothing to stand there. */
function expectCounted(
  plan: Plan,
  tally: Tally,
  where: { at: number; energyWh: number; powerW: number },
  told: Prices,
) {
  const { at, energyWh, powerW } = where;
  const found = counted(plan, tally, at, energyWh, powerW);
  if (powerW > 0) expect(found.kWh).toBe(told.kWh);
  expect(found.flat).toBe(told.flat);
  if (tally.phase === 'charging') expect(found.hour).toBe(told.hour);
  if (tally.phase === 'idle' && found.idleHour !== undefined) expect(found.idleHour).toBe(told.idleHour);
  if (tally.phase !== 'idle') expect(found.idleHour).toBeUndefined();
}

const POWERS = [1800, 3600, 5400, 7200, 9000, 10_800];
const arbitrary = fc.tuple(story([0, 60, 120, 180]), tariff, fc.constantFrom(...POWERS), fc.nat());
const begun = (told: Parameters<typeof timelineOf>[0], given: Terms) => {
  const plan = planOf(given, told.timezone);
  return { plan, tally: tallyOf(timelineOf(told), plan) };
};

test('the prices now, and those of the next period from its first moment on, are those that are counted', () => {
  fc.assert(
    fc.property(arbitrary, ([told, given, powerW, random]) => {
      const { plan, tally } = begun(told, given);
      const { at, prices, next, energyWh } = outlookOf(plan, tally, new Date(tally.at), powerW);
      const now = at.getTime();
      expectCounted(plan, tally, { at: now, energyWh, powerW }, prices);
      // Until then nothing changes by itself, wherever one looks.
      const until = next?.at.getTime() ?? now + 7 * 86_400_000;
      const between = now + Math.floor((random % 10_000) * ((until - now - STEP_MS) / 10_000));
      if (between >= now) expectCounted(plan, tally, { at: between, energyWh, powerW }, prices);
      if (next === undefined) return;
      expect(isSamePrice(prices, next.prices)).toBe(false);
      expectCounted(plan, tally, { at: until - STEP_MS, energyWh, powerW }, prices);
      expectCounted(plan, tally, { at: until, energyWh, powerW }, next.prices);
    }),
    { numRuns: 200 },
  );
});

test('where energy changes the price a reading is asked for, and nowhere before it', () => {
  fc.assert(
    fc.property(arbitrary, ([told, given, powerW]) => {
      const { plan, tally } = begun(told, given);
      const { at, prices, energyWh, atEnergyWh } = outlookOf(plan, tally, new Date(tally.at), powerW);
      const now = at.getTime();
      if (atEnergyWh === undefined)
        return expectCounted(plan, tally, { at: now, energyWh: energyWh + 1_000_000, powerW }, { ...prices });
      if (atEnergyWh - 1 > energyWh) expectCounted(plan, tally, { at: now, energyWh: atEnergyWh - 1, powerW }, prices);
      const there = added(plan, tally, now, atEnergyWh);
      const then = outlookOf(plan, there, new Date(now), powerW);
      expect(isSamePrice(prices, then.prices)).toBe(false);
      expectCounted(plan, there, { at: now, energyWh: atEnergyWh, powerW }, then.prices);
    }),
    { numRuns: 200 },
  );
});

test('where power changes the price it does so on one side of the power that is named', () => {
  fc.assert(
    fc.property(arbitrary, ([told, given, powerW]) => {
      const { plan, tally } = begun(told, given);
      const at = (power: number) => outlookOf(plan, tally, new Date(tally.at), power);
      const { prices, atPowerW } = at(powerW);
      if (atPowerW === undefined) for (const other of POWERS) expect(isSamePrice(at(other).prices, prices)).toBe(true);
      else expect(isSamePrice(at(atPowerW).prices, at(atPowerW - 1).prices)).toBe(false);
    }),
    { numRuns: 100 },
  );
});

describe('grace', () => {
  const plan = planOf(terms([energy('0.5'), { type: 'idle', price: '0.1', graceS: 900 }]), 'UTC');
  const start = Date.parse('2026-11-26T12:00:00Z');
  const then = (minutes: number) => new Date(start + minutes * MINUTE);
  const say = (tally: Tally, minutes: number, phase: 'idle' | 'charging', energyWh = 0) => {
    const next = addSample(plan, tally, { at: then(minutes), phase, energyWh });
    if (next === undefined) throw new Error('late');
    return next;
  };

  test('is told as it was when the pause began, and ends when the session has used it up', () => {
    const first = say(beginTally(plan, then(0)), 10, 'idle');
    expect(outlookOf(plan, first, then(16), undefined)).toMatchObject({
      ...{ phase: 'idle', graceEndsAt: then(25), next: undefined },
      prices: { kWh: 0.5, idleHour: 6, idleGraceMs: 15 * MINUTE },
    });
    const second = say(say(first, 16, 'charging'), 30, 'idle');
    expect(outlookOf(plan, second, then(32), undefined)).toMatchObject({
      graceEndsAt: then(39),
      prices: { idleGraceMs: 9 * MINUTE },
    });
    expect(outlookOf(plan, second, then(40), undefined)).toMatchObject({
      graceEndsAt: undefined,
      prices: { idleGraceMs: 9 * MINUTE },
    });
    // Nothing more is free in the next pause.
    const third = say(say(second, 60, 'charging'), 70, 'idle');
    expect(outlookOf(plan, third, then(71), undefined).prices.idleGraceMs).toBe(0);
  });
});

test('a price that begins after some time is a next period, one of another evening too, and tax is in it', () => {
  const start = new Date('2026-11-26T12:00:00Z');
  const night = { startTime: '22:00', endTime: '06:00' };
  const plan = planOf(
    {
      ...terms([energy('0.4', night), energy('0.5'), time('6', { minDurationS: 7200 })]),
      pricesIncludeTax: false,
      taxPercent: '20',
    },
    'Europe/Berlin',
  );
  const tally = beginTally(plan, start);
  const late = outlookOf(plan, tally, start, undefined);
  expect(late).toMatchObject({
    prices: { kWh: 0.6, hour: undefined },
    next: { at: new Date('2026-11-26T14:00:00Z'), prices: { kWh: 0.6, hour: 7.2 } },
  });
  expect(outlookOf(plan, tally, new Date('2026-11-26T15:00:00Z'), undefined).next).toMatchObject({
    at: new Date('2026-11-26T21:00:00Z'),
    prices: { kWh: 0.48, hour: 7.2 },
  });
});
