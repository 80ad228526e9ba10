/** How OCPP 2.x writes sampled values: powers of ten, signed values, and what they have in common with 1.6. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readMeterValues } from '../../src/ocpp/v2/meter-readings.ts';
import { instant, T0 } from '../support/inputs.ts';

const read = (...sampledValue: unknown[]) =>
  readMeterValues([{ timestamp: T0.toISOString(), sampledValue }], () => instant(T0));
const unit = (word: string, multiplier?: number) => ({
  unitOfMeasure: { unit: word, ...(multiplier !== undefined && { multiplier }) },
});

test.each([
  [{ value: 1234 }, 1234],
  [{ value: 1.2, ...unit('kWh') }, 1200],
  [{ value: 12_345, ...unit('kWh', -3) }, 12_345],
  [{ value: 1.1, ...unit('Wh', 3) }, 1100],
  [{ value: 5, unitOfMeasure: { multiplier: 2 } }, 500],
  [{ value: '7.5', ...unit('kWh') }, 7500],
  [{ value: 9, ...unit('kWh', 400) }, 9000],
])('the register %j is %d Wh', (value, wh) => {
  expect(read(value)).toMatchObject([{ energyWh: wh, context: 'sample_periodic' }]);
});

test('a power of ten moves the point and nothing else', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 6 }), (wh, power) => {
      const [reading] = read({ value: Number(`${wh}e-${power}`), ...unit('Wh', power) });
      expect(reading?.energyWh).toBe(wh);
    }),
  );
});

test('what has no figure of its own is kept as it was said, with its power of ten', () => {
  expect(
    read({ value: 2.5, measurand: 'Energy.Active.Export.Register', ...unit('Wh', 3), location: 'Outlet' }),
  ).toEqual([
    {
      at: instant(T0),
      context: 'sample_periodic',
      extra: [
        { measurand: 'Energy.Active.Export.Register', unit: 'Wh', location: 'Outlet', multiplier: 3, value: '2.5' },
      ],
    },
  ]);
});

test('one element of several contexts is several readings', () => {
  const both = read({ value: 1, context: 'Transaction.Begin' }, { value: 5, context: 'Transaction.End' });
  expect(both.map(({ context, energyWh }) => [context, energyWh])).toEqual([
    ['transaction_begin', 1],
    ['transaction_end', 5],
  ]);
});

test('a signed value counts by its number, and its proof is kept whole; one without a number is kept as proof only', () => {
  const signedMeterValue = { signedMeterData: 'x'.repeat(2500), encodingMethod: 'OCMF', publicKey: 'key' };
  const [counted, proof] = [read({ value: 3, ...unit('kWh'), signedMeterValue })[0], read({ signedMeterValue })[0]];
  expect(counted).toMatchObject({ energyWh: 3000 });
  expect(counted?.extra?.[0]).toMatchObject({
    signed_data: 'x'.repeat(2500),
    encoding_method: 'OCMF',
    public_key: 'key',
  });
  expect(proof?.energyWh).toBeUndefined();
  expect(proof?.extra).toEqual([
    {
      measurand: 'Energy.Active.Import.Register',
      format: 'SignedData',
      signed_data: 'x'.repeat(2500),
      encoding_method: 'OCMF',
      public_key: 'key',
    },
  ]);
});

test('whatever it holds, it is read without a fault and gives finite figures', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (value, unitOfMeasure) => {
      for (const reading of read({ value, unitOfMeasure, signedMeterValue: value, measurand: unitOfMeasure })) {
        for (const figure of [reading.energyWh, reading.powerW, reading.currentA]) {
          if (figure !== undefined) expect(Number.isFinite(figure)).toBe(true);
        }
      }
    }),
  );
});
