import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countEnergy, countStop, type EnergyCount, ROUNDING_WH } from '../../src/sessions/energy.ts';
import { after } from '../support/inputs.ts';

const begin = (register: number): EnergyCount => ({
  startedAt: after(0),
  lastRegisterWh: register,
  lastSampleAt: null,
  energyWh: 0,
  resetFromWh: null,
  energyBeforeResetWh: null,
  flags: [],
});
const count = (start: number, registers: readonly number[]): EnergyCount =>
  registers.reduce((so, energyWh, i) => countEnergy(so, { energyWh, at: after(i) }), begin(start));

describe('energy of a session', () => {
  test('is the sum of what the register gained', () => {
    expect(count(1000, [1500, 1500, 4000])).toMatchObject({ energyWh: 3000, lastRegisterWh: 4000, flags: [] });
  });
  test('that no charger could have given is counted as the register says, and flagged', () => {
    const at = (minutes: number, energyWh: number) =>
      countEnergy(begin(0), { energyWh, at: after(minutes * 60) }).flags;
    // 1 MW, and a minute more than the readings say: in 10 minutes 183.3 kWh
    expect([at(10, 183_333), at(10, 183_334), at(0, 16_666), at(0, 16_667)]).toEqual([
      [],
      ['meter_jump'],
      [],
      ['meter_jump'],
    ]);
    const so = countEnergy(begin(0), { energyWh: 1000, at: after(600) });
    expect(countEnergy(so, { energyWh: 90_000, at: after(660) })).toMatchObject({
      ...{ energyWh: 90_000, flags: ['meter_jump'] },
    });
  });
  test('X9: a register that falls a little is flagged, and counts nothing twice when it climbs back', () => {
    expect(count(1000, [2000, 1989, 2100])).toMatchObject({ energyWh: 1100, flags: ['meter_backwards'] });
  });
  test('a register that falls by what its readings are rounded by is none that falls, and counts nothing twice', () => {
    expect(count(269_456, [269_450, 276_460, 276_456, 276_450])).toMatchObject({
      ...{ energyWh: 7004, lastRegisterWh: 276_460, lastSampleAt: after(3), flags: [] },
    });
    expect(count(269_456, [276_460, 276_456, 276_470])).toMatchObject({ energyWh: 7014, flags: [] });
    // It is as much below the highest one, however many steps it takes.
    expect(count(1000, [2000, 1995, 1989]).flags).toEqual(['meter_backwards']);
  });
  test('a stop takes back what the last reading was rounded up by, and nothing else', () => {
    const stop = (start: number, registers: readonly number[], energyWh: number) =>
      countStop(count(start, registers), { energyWh, at: after(99) });
    expect(stop(269_456, [276_460], 276_456)).toMatchObject({ energyWh: 7000, lastRegisterWh: 276_456, flags: [] });
    expect(stop(1000, [2000], 1990)).toMatchObject({ energyWh: 990, flags: [] });
    expect(stop(1000, [2000], 1989)).toMatchObject({ energyWh: 1000, flags: ['meter_backwards'] });
    expect(stop(1000, [2000], 5)).toMatchObject({ energyWh: 1000, flags: ['meter_reset'] });
    // Below the start there is nothing to take back.
    expect(stop(1000, [], 996)).toMatchObject({ energyWh: 0, lastRegisterWh: 1000, flags: [] });
    expect(stop(1000, [1004], 998)).toMatchObject({ energyWh: 4, lastRegisterWh: 1004, flags: [] });
    // The register began anew: what it shows is no more of the start.
    expect(stop(1000, [2000, 5, 305], 300)).toMatchObject({ energyWh: 1300, flags: ['meter_reset'] });
    expect(stop(1000, [2000], Number.NaN)).toMatchObject({ energyWh: 1000, flags: ['meter_implausible'] });
  });
  test('of a rising register whose readings are rounded, in whatever way, the energy is that of its start and its stop', () => {
    const rounded = fc.constantFrom(Math.round, Math.floor, Math.ceil);
    const steps = fc.array(fc.nat(16_000), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.nat(1e9), steps, rounded, (start, gained, round) => {
        let register = start;
        const readings = gained.map((step) => {
          register += step;
          return round(register / ROUNDING_WH) * ROUNDING_WH;
        });
        const so = countStop(count(start, readings), { energyWh: register, at: after(99) });
        expect(so).toMatchObject({ energyWh: register - start, flags: [] });
      }),
    );
  });
  test('a register that falls by more is flagged as ever, also at a stop, and takes nothing back', () => {
    const falls = fc.integer({ min: ROUNDING_WH + 1, max: 1_000_000 });
    fc.assert(
      fc.property(fc.nat(1e9), falls, fc.nat(16_000), (least, fall, gained) => {
        const start = least + fall;
        const last = { energyWh: start + gained - fall, at: after(99) };
        for (const how of [countEnergy, countStop]) {
          const so = how(count(start, [start + gained]), last);
          expect(so.energyWh).toBe(gained);
          expect(so.flags).toEqual([last.energyWh < (start + gained) / 2 ? 'meter_reset' : 'meter_backwards']);
        }
      }),
    );
  });
  test('X9: a register that was reset goes on counting from where it is', () => {
    expect(count(1000, [2000, 5, 305])).toMatchObject({ energyWh: 1300, flags: ['meter_reset'] });
  });
  test('M2: readings in kWh that are said to be Wh do not bill the whole register when it comes back', () => {
    expect(count(100_000, [100.1, 100.2, 100_343])).toMatchObject({
      energyWh: 343,
      flags: ['meter_reset', 'meter_dip'],
    });
    expect(count(100_000, [100_100, 100.2, 100_200, 100.3, 100_343])).toMatchObject({ energyWh: 343 });
  });
  test('X9: a register that was reset and climbs past its old reading step by step goes on counting', () => {
    expect(count(1000, [0, 300, 600, 900, 1200])).toMatchObject({ energyWh: 1200, flags: ['meter_reset'] });
  });
  test('X9: a register beyond all reason is flagged and ignored', () => {
    for (const wh of [1e308, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(count(1000, [wh])).toMatchObject({ energyWh: 0, lastRegisterWh: 1000, flags: ['meter_implausible'] });
    }
  });
  test('a reading older than the last counted one changes nothing', () => {
    const so = countEnergy(begin(0), { energyWh: 500, at: after(60) });
    expect(countEnergy(so, { energyWh: 100, at: after(30) })).toEqual(so);
  });
  test('is never negative, never more than the register ever showed, and for a rising register just the difference', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.array(fc.oneof(fc.nat(1e9), fc.double()), { maxLength: 40 }), (start, registers) => {
        const so = count(start, registers);
        const stop = { energyWh: registers.at(-1) ?? start, at: after(99) };
        for (const { energyWh } of [so, countStop(so, stop), countStop(count(start, registers.slice(0, -1)), stop)]) {
          expect(energyWh).toBeGreaterThanOrEqual(0);
          expect(Number.isInteger(energyWh)).toBe(true);
        }
      }),
    );
    fc.assert(
      fc.property(fc.nat(1e9), fc.array(fc.nat(16_000), { minLength: 1, maxLength: 40 }), (start, steps) => {
        let register = start;
        const rising = steps.map((step) => (register += step));
        expect(count(start, rising)).toMatchObject({ energyWh: register - start, flags: [] });
      }),
    );
  });
});
