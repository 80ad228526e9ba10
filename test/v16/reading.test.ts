import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { enumReader, readInteger, readList, readNumber, readText } from '../../src/ocpp/reading.ts';

describe('reading single fields', () => {
  test.each([
    ['TAG', 'TAG'],
    ['  TAG ', 'TAG'],
    ['TA G', 'TA G'],
    ['TAG\u0000\u0000', 'TAG'],
    ['A\r\nB', 'A B'],
    ['\ud800TAG', 'TAG'],
    [12, '12'],
    [true, 'true'],
    ['', undefined],
    [' \u0000', undefined],
    [null, undefined],
    [['x'], undefined],
  ])('the text of %j is %j', (value, text) => {
    expect(readText(value, 20)).toBe(text);
  });

  test('a cut never leaves half of a character behind', () => {
    expect(readText('abc😀', 4)).toBe('abc');
  });

  test.each([
    [12, 12],
    ['12', 12],
    [' 12.5 ', 12.5],
    ['12,5', 12.5],
    ['-1', -1],
    ['1e3', 1000],
    ['.5', 0.5],
    ['5.', 5],
    ['0x10', undefined],
    ['', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['1e999', undefined],
    ['1 000', undefined],
    ['12abc', undefined],
    [Number.NaN, undefined],
    [true, undefined],
    [null, undefined],
    [['1'], undefined],
  ])('the number of %j is %j', (value, number) => {
    expect(readNumber(value)).toBe(number);
  });

  test('a whole number is one inside of its range', () => {
    expect(readInteger('1.0', 0, 10)).toBe(1);
    expect(readInteger(-0, 0, 10)).toBe(0);
    for (const value of [1.5, -1, 11, '2e1', Number.POSITIVE_INFINITY, {}]) {
      expect(readInteger(value, 0, 10)).toBeUndefined();
    }
  });

  test('a lone object counts as a list of one', () => {
    expect(readList({ a: 1 })).toEqual([{ a: 1 }]);
    expect(readList('a')).toEqual([]);
  });

  test('words of an enumeration are found in any case and with any separator', () => {
    const read = enumReader(['SuspendedEV', 'SuspendedEVSE']);
    expect(read('suspended_ev')).toBe('SuspendedEV');
    expect(read(' Suspended EVSE ')).toBe('SuspendedEVSE');
    for (const value of ['Suspended', 'constructor', '', 1, null]) expect(read(value)).toBeUndefined();
  });

  test('nothing that is read is beyond storing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ unit: 'binary' }), (value, text) => {
        for (const each of [value, text]) {
          expect(Number.isFinite(readNumber(each) ?? 0)).toBe(true);
          expect(readText(each, 10) ?? '').not.toMatch(/\0|\p{Surrogate}/u);
          expect((readText(each, 10) ?? '').length).toBeLessThanOrEqual(10);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
