import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MeterReading } from '../../src/ingest/inputs.ts';
import { readInstant } from '../../src/ocpp/instants.ts';
import { readMeterValues } from '../../src/ocpp/v16/meter-readings.ts';
import { NOW } from './support.ts';

type Values = readonly Record<string, unknown>[];
const read = (meterValue: unknown) => readMeterValues(meterValue, (raw) => readInstant(raw, NOW, NOW));
const at = (sampledValue: unknown, timestamp: unknown = '2026-03-01T09:59:00Z') => ({ timestamp, sampledValue });
/** The figures of one instant. */
function figures(values: Values): Partial<MeterReading> {
  const [reading, second] = read([at(values)]);
  expect(second).toBeUndefined();
  const { at: _at, context: _context, ...rest } = reading as MeterReading;
  return rest;
}

describe('one sampled value', () => {
  test.each<[string, Record<string, unknown>, Partial<MeterReading>]>([
    ['nothing but a value is the import register in Wh', { value: '1234' }, { energyWh: 1234 }],
    ['Wh', { value: '1234', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }, { energyWh: 1234 }],
    ['kWh', { value: '1.2345', measurand: 'Energy.Active.Import.Register', unit: 'kWh' }, { energyWh: 1235 }],
    ['kWh in another case', { value: '1.5', unit: 'KWH' }, { energyWh: 1500 }],
    ['a number instead of text', { value: 1234.4 }, { energyWh: 1234 }],
    ['a decimal comma', { value: '1,5', unit: 'kWh' }, { energyWh: 1500 }],
    ['W', { value: '7400', measurand: 'Power.Active.Import', unit: 'W' }, { powerW: 7400 }],
    ['kW', { value: '7.4', measurand: 'Power.Active.Import', unit: 'kW' }, { powerW: 7400 }],
    ['A', { value: '16.04', measurand: 'Current.Import', unit: 'A' }, { currentA: 16.04 }],
    ['V', { value: '230.1', measurand: 'Voltage', unit: 'V' }, { voltageV: 230.1 }],
    ['Percent', { value: '80', measurand: 'SoC', unit: 'Percent', location: 'EV' }, { socPercent: 80 }],
    ['%', { value: '80', measurand: 'soc', unit: '%' }, { socPercent: 80 }],
    ['a volt without a unit', { value: '230', measurand: 'Voltage' }, { voltageV: 230 }],
    ['a tiny number', { value: '1e-320', measurand: 'Voltage' }, { voltageV: 0 }],
    [
      'power without a unit is taken as W, in doubt',
      { value: '7400', measurand: 'Power.Active.Import' },
      { powerW: 7400, flags: ['unit_missing'] },
    ],
    [
      'no measurand, but a unit that tells it',
      { value: '230', unit: 'V' },
      { voltageV: 230, flags: ['measurand_missing'] },
    ],
    ['a maker’s spelling of measurand', { value: '16', mesurand: 'Current.Import', unit: 'A' }, { currentA: 16 }],
  ])('%s', (_, value, expected) => {
    expect(figures([value])).toEqual(expected);
  });

  const register = 'Energy.Active.Import.Register';
  test.each<[string, Record<string, unknown>, Partial<MeterReading>]>([
    [
      'the unit of power on energy is taken by its prefix',
      { value: '5.2', measurand: register, unit: 'kW' },
      { energyWh: 5200, flags: ['unit_wrong'], extra: [{ measurand: register, unit: 'kW', value: 5.2 }] },
    ],
    [
      'a unit that nobody knows is not guessed',
      { value: '5.2', measurand: register, unit: 'MWh' },
      { flags: ['unit_wrong'], extra: [{ measurand: register, unit: 'MWh', value: 5.2 }] },
    ],
    [
      'Wh with three decimals look like kWh',
      { value: '1234.567', measurand: register, unit: 'Wh' },
      { energyWh: 1235, flags: ['kwh_as_wh'], extra: [{ measurand: register, unit: 'Wh', value: 1234.567 }] },
    ],
    [
      'a negative register is no register',
      { value: '-5', unit: 'Wh' },
      { flags: ['energy_implausible'], extra: [{ measurand: register, unit: 'Wh', value: -5 }] },
    ],
    [
      'a power beyond reason',
      { value: '1e308', measurand: 'Power.Active.Import', unit: 'kW' },
      {
        flags: ['power_implausible'],
        extra: [{ measurand: 'Power.Active.Import', unit: 'kW', value: 1e308 }],
      },
    ],
    [
      'a state of charge of 255',
      { value: '255', measurand: 'SoC' },
      { flags: ['soc_implausible'], extra: [{ measurand: 'SoC', value: 255 }] },
    ],
    [
      'text that is no number',
      { value: 'n/a', unit: 'Wh' },
      { flags: ['value_unreadable'], extra: [{ measurand: register, unit: 'Wh', value: 'n/a' }] },
    ],
    [
      'another measurand',
      { value: '21.5', measurand: 'Temperature', unit: 'Celcius', location: 'Body' },
      { extra: [{ measurand: 'Temperature', unit: 'Celcius', location: 'Body', value: 21.5 }] },
    ],
    [
      'a measurand of no version',
      { value: '1', measurand: 'constructor', unit: 'constructor' },
      { extra: [{ measurand: 'constructor', unit: 'constructor', value: 1 }] },
    ],
  ])('%s: kept as it was said', (_, value, expected) => {
    expect(figures([value])).toEqual(expected);
  });

  test('a signed value is kept whole and never taken for a number', () => {
    const value = `OCMF|${'x'.repeat(5000)}`;
    expect(figures([{ value, format: 'SignedData', measurand: register }])).toEqual({
      extra: [{ measurand: register, format: 'SignedData', value }],
    });
    expect(figures([{ value: '12', format: 'SignedData' }]).energyWh).toBeUndefined();
  });
});

describe('phases (M6)', () => {
  const three = (measurand: string, unit: string, values: readonly number[], suffix = ''): Values =>
    values.map((value, i) => ({ value: String(value), measurand, unit, phase: `L${i + 1}${suffix}` }));

  test('energy and power are the sum of their phases', () => {
    expect(figures(three('Power.Active.Import', 'kW', [1, 2, 3.5])).powerW).toBe(6500);
    expect(figures(three('Energy.Active.Import.Register', 'Wh', [10, 20, 30])).energyWh).toBe(60);
  });

  test('current is the largest phase, and the neutral conductor does not count', () => {
    const values = [
      ...three('Current.Import', 'A', [10, 16, 12]),
      { value: '40', measurand: 'Current.Import', phase: 'N' },
    ];
    expect(figures(values).currentA).toBe(16);
  });

  test('voltage is the mean of phase to neutral; phase to phase stays apart', () => {
    expect(figures(three('Voltage', 'V', [228, 230, 232], '-N')).voltageV).toBe(230);
    const between = figures([{ value: '400', measurand: 'Voltage', unit: 'V', phase: 'L1-L2' }]);
    expect(between.voltageV).toBeUndefined();
    expect(between.extra).toHaveLength(1);
  });

  test('a total goes before its phases, which are kept', () => {
    const reading = figures([
      ...three('Power.Active.Import', 'W', [1, 2, 3]),
      { value: '7', measurand: 'Power.Active.Import', unit: 'W' },
    ]);
    expect(reading.powerW).toBe(7);
    expect(reading.extra).toEqual([
      { measurand: 'Power.Active.Import', phase: 'L1', unit: 'W', value: 1 },
      { measurand: 'Power.Active.Import', phase: 'L2', unit: 'W', value: 2 },
      { measurand: 'Power.Active.Import', phase: 'L3', unit: 'W', value: 3 },
    ]);
  });

  test('the outlet goes before the inlet, and the inlet before nothing', () => {
    const inlet = { value: '900', unit: 'Wh', location: 'Inlet' };
    expect(figures([inlet, { value: '100', unit: 'Wh', location: 'Outlet' }]).energyWh).toBe(100);
    expect(figures([inlet, { value: '100', unit: 'Wh' }]).energyWh).toBe(100);
    expect(figures([inlet]).energyWh).toBe(900);
  });
});

describe('a list of meter values', () => {
  test('empty ones are no readings (M4)', () => {
    expect(read([at([]), at([{ value: '' }]), at(undefined), {}, null, 'x'])).toEqual([]);
    expect(read([])).toEqual([]);
    expect(read(undefined)).toEqual([]);
  });

  test('contexts that are mixed in one element become readings of their own', () => {
    const readings = read([
      at([
        { value: '100', context: 'Transaction.Begin' },
        { value: '200', context: 'Transaction.End' },
        { value: '7', measurand: 'Voltage', context: 'Transaction.End' },
        { value: '5', measurand: 'Current.Import', context: 'Made.Up' },
        { value: '6', measurand: 'SoC' },
      ]),
    ]);
    expect(readings.map(({ context, energyWh, voltageV }) => [context, energyWh, voltageV])).toEqual([
      ['transaction_begin', 100, undefined],
      ['transaction_end', 200, 7],
      ['other', undefined, undefined],
      ['sample_periodic', undefined, undefined],
    ]);
  });

  test('elements of one instant are one reading, whatever the order of their measurands', () => {
    const power = at([{ value: '7400', measurand: 'Power.Active.Import', unit: 'W' }]);
    const energy = at([{ value: '1234', unit: 'Wh' }], '2026-03-01T10:59:00+01:00');
    for (const both of [
      [power, energy],
      [energy, power],
    ])
      expect(read(both)).toMatchObject([{ energyWh: 1234, powerW: 7400 }]);
    expect(read([power, at([{ value: '1234' }], '2026-03-01T09:59:01Z')])).toHaveLength(2);
    expect(read([power, at([{ value: '1234', context: 'Transaction.End' }])])).toHaveLength(2);
  });

  test('elements of one phase each are one reading of all phases', () => {
    const phases = ['L1', 'L2', 'L3'].map((phase, i) =>
      at([
        { value: String(1000 + i), unit: 'Wh', phase },
        { value: String(100 + i), measurand: 'Power.Active.Import', unit: 'W', phase },
      ]),
    );
    expect(read(phases)).toMatchObject([{ energyWh: 3003, powerW: 303 }]);
  });

  test('elements that say the same of one instant again are readings of their own', () => {
    const said = ['100', '105'].flatMap((value) => [at([{ value }]), at([{ value: '7', measurand: 'Voltage' }])]);
    expect(read(said)).toMatchObject([
      { energyWh: 100, voltageV: 7 },
      { energyWh: 105, voltageV: 7 },
    ]);
  });

  test('a lone element and a bare value are understood', () => {
    expect(read(at(['12']))).toMatchObject([{ energyWh: 12 }]);
    expect(read([at({ value: '12' })])).toMatchObject([{ energyWh: 12 }]);
  });

  test('of a list without end the newest are kept, and it says so', () => {
    const readings = read(Array.from({ length: 12_000 }, (_, i) => at([{ value: String(i) }])));
    expect(readings).toHaveLength(8000);
    expect(readings.at(-1)).toMatchObject({ energyWh: 11_999, flags: ['meter_values_cut'] });
    const [wide] = read([at(Array.from({ length: 500 }, () => ({ value: '1', measurand: 'RPM' })))]);
    expect(wide?.extra).toHaveLength(100);
  });

  test('whatever comes, it is bounded, finite and storable', () => {
    const said = fc.oneof(
      fc.constantFrom('1', '-1', '1e308', 'Infinity', '', '12,5', '1.234', 'x\u0000', 5, Number.NaN, null),
      fc.anything(),
    );
    const word = fc.oneof(
      fc.constantFrom(
        'Wh',
        'kWh',
        'W',
        'V',
        'L1',
        'L1-N',
        'SoC',
        'Voltage',
        'Power.Active.Import',
        '__proto__',
        'Inlet',
      ),
      fc.anything(),
    );
    const value = fc.record(
      { value: said, measurand: word, unit: word, phase: word, context: word, location: word, format: word },
      { requiredKeys: [] },
    );
    const element = fc.record({ timestamp: fc.anything(), sampledValue: fc.oneof(fc.array(value), fc.anything()) });
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.oneof(element, fc.anything())), fc.anything()), (meterValue) => {
        for (const reading of read(meterValue)) {
          const { energyWh, powerW, currentA, voltageV, socPercent } = reading;
          for (const figure of [powerW, currentA, voltageV, socPercent]) {
            if (figure === undefined) continue;
            expect(Number.isFinite(figure)).toBe(true);
            expect(Math.abs(figure)).toBeLessThan(1e9); // float4
            expect(figure === 0 || Math.abs(figure) >= 0.001).toBe(true);
          }
          if (energyWh !== undefined) {
            expect(Number.isSafeInteger(energyWh)).toBe(true);
            expect(energyWh).toBeGreaterThanOrEqual(0);
          }
          expect(JSON.stringify(reading.extra ?? [])).not.toMatch(/null|\\u0000|\\ud[89a-f]/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
