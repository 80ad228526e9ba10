import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ChargeState, flow, powerW, read, secondsUntil } from '../../src/simulator/battery.ts';

const spec = fc.record({
  current: fc.constantFrom('AC' as const, 'DC' as const),
  phases: fc.constantFrom(1 as const, 3 as const),
  maxPowerW: fc.integer({ min: 1400, max: 350_000 }),
  registerWh: fc.integer({ min: 0, max: 10_000_000 }),
});
const car = fc.record({
  batteryWh: fc.integer({ min: 10_000, max: 120_000 }),
  socPercent: fc.integer({ min: 0, max: 100 }),
  maxPowerW: fc.integer({ min: 1400, max: 350_000 }),
});
const state = fc.record({ spec, car }).map(
  ({ spec, car }): ChargeState => ({
    spec,
    car,
    registerWh: spec.registerWh,
    socPercent: car.socPercent,
    flowingS: 0,
  }),
);

test('power never passes what charger and car can do, ramps up, and is nothing with a full battery', () => {
  fc.assert(
    fc.property(state, fc.integer({ min: 0, max: 7200 }), (begin, seconds) => {
      const later = flow(begin, seconds);
      const ceiling = Math.min(begin.spec.maxPowerW, begin.car.maxPowerW);
      expect(powerW(later)).toBeLessThanOrEqual(ceiling);
      expect(powerW(begin)).toBeLessThanOrEqual(ceiling / 10);
      expect(powerW({ ...later, socPercent: 100 })).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('the register is the integral of power: it never falls, and does not depend on how often one looks', () => {
  fc.assert(
    fc.property(state, fc.integer({ min: 1, max: 1800 }), fc.integer({ min: 1, max: 1800 }), (begin, a, b) => {
      const twice = flow(flow(begin, a), b);
      const once = flow(begin, a + b);
      expect(twice.registerWh).toBeCloseTo(once.registerWh, 3);
      expect(twice.registerWh).toBeGreaterThanOrEqual(begin.registerWh);
      expect(twice.socPercent).toBeLessThanOrEqual(100);
    }),
    { numRuns: 50 },
  );
});

test('after the predicted time exactly the wanted energy has flowed', () => {
  fc.assert(
    fc.property(state, fc.integer({ min: 10, max: 5000 }), (begin, energyWh) => {
      const seconds = secondsUntil(begin, energyWh, 3600);
      if (seconds === undefined) return;
      expect(flow(begin, seconds).registerWh - begin.registerWh).toBeCloseTo(energyWh, 0);
    }),
    { numRuns: 50 },
  );
});

test('what the meter shows fits together: power is voltage times current over all phases', () => {
  fc.assert(
    fc.property(state, fc.double({ min: 0, max: 0.999, noNaN: true }), (begin, luck) => {
      const shown = read(flow(begin, 120), true, new Date(), 'Sample.Periodic', () => luck);
      const fromPhases = shown.voltageV.reduce((sum, volts, line) => sum + volts * (shown.currentA[line] ?? 0), 0);
      expect(shown.voltageV).toHaveLength(begin.spec.current === 'DC' ? 1 : begin.spec.phases);
      expect(Math.abs(fromPhases - shown.powerW)).toBeLessThan(10 + shown.powerW * 0.01);
    }),
    { numRuns: 50 },
  );
});
