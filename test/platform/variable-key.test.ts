import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type AttributeName,
  attributeTypes,
  keyOfVariable,
  LONGEST_KEY,
  variableOfKey,
} from '../../src/platform/variable-key.ts';

const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 25 })
  .filter((text) => text.trim() === text && text.length <= 50 && /^[^\p{Cc}\p{Surrogate}]+$/u.test(text));
const place = fc.integer({ min: 0, max: 1000 });
const variables: fc.Arbitrary<AttributeName> = fc
  .record({
    component: name,
    componentInstance: fc.option(name),
    evseId: fc.option(place),
    connectorId: fc.option(place),
    variable: fc.oneof(name, fc.constantFrom('2', '2.3', '@1', 'a/Target')),
    variableInstance: fc.option(name),
    attribute: fc.constantFrom(...attributeTypes),
  })
  .map((each) => (each.evseId === null ? { ...each, connectorId: null } : each));
const plain = {
  componentInstance: null,
  evseId: null,
  connectorId: null,
  variableInstance: null,
  attribute: 'Actual',
} as const;

test('every variable has one key, and the key leads back to it', () => {
  fc.assert(
    fc.property(variables, (variable) => {
      const key = keyOfVariable(variable);
      expect(key.length).toBeLessThanOrEqual(LONGEST_KEY);
      expect(variableOfKey(key)).toEqual(variable);
    }),
  );
});

test('two variables never share a key', () => {
  fc.assert(
    fc.property(variables, variables, (one, other) => {
      if (JSON.stringify(one) === JSON.stringify(other)) return;
      expect(keyOfVariable(one)).not.toBe(keyOfVariable(other));
    }),
  );
});

test('a text is a key or is none: what is read is written again with the same meaning', () => {
  const letters = fc.constantFrom(...'aB1.@[]/,%2E-_ '.split(''), 'Target', '%2E', 'é');
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 20 }), (parts) => {
      const read = variableOfKey(parts.join(''));
      if (read !== undefined) expect(variableOfKey(keyOfVariable(read))).toEqual(read);
    }),
  );
});

describe('keys', () => {
  test.each<[string, Partial<AttributeName>]>([
    ['OCPPCommCtrlr.HeartbeatInterval', { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval' }],
    [
      'DeviceDataCtrlr.ItemsPerMessage[GetVariables]',
      { component: 'DeviceDataCtrlr', variable: 'ItemsPerMessage', variableInstance: 'GetVariables' },
    ],
    ['EVSE@1.Power/MaxSet', { component: 'EVSE', evseId: 1, variable: 'Power', attribute: 'MaxSet' }],
    ['Connector@1.2.Available', { component: 'Connector', evseId: 1, connectorId: 2, variable: 'Available' }],
    ['EVSE@1.2', { component: 'EVSE', evseId: 1, variable: '2' }],
    [
      'Fan[left]@3.Speed[a%2Eb]',
      { component: 'Fan', componentInstance: 'left', evseId: 3, variable: 'Speed', variableInstance: 'a.b' },
    ],
  ])('%s', (key, variable) => {
    const whole = { ...plain, ...variable } as AttributeName;
    expect(variableOfKey(key)).toEqual(whole);
    expect(keyOfVariable(whole)).toBe(key);
  });

  test('the attribute is read without regard to case, and written in its own spelling', () => {
    expect(variableOfKey('A.B/target')).toMatchObject({ attribute: 'Target' });
    expect(variableOfKey('A.B/actual')).toMatchObject({ attribute: 'Actual' });
  });

  test.each([
    '',
    'HeartbeatInterval',
    '.B',
    'A.',
    'A..B',
    'A.B.C',
    'A@x.B',
    'A@1001.B',
    'A@1.2.3.B',
    'A.B/Other',
    'A.B[',
    'A.B[]',
    'A.B%',
    'A.B%G1',
    ' A.B',
    'A.B ',
    'A.B%0A',
    'A,B.C',
    `A.${'b'.repeat(51)}`,
    `A.${'%2E'.repeat(51)}`,
    'x'.repeat(5000),
  ])('%j is none', (text) => {
    expect(variableOfKey(text)).toBeUndefined();
  });
});
