/** JSON as a request may say it. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseStrictJson } from '../../src/http/kit/strict-json.ts';
import { AppError } from '../../src/platform/errors.ts';

const parse = (text: string): unknown => parseStrictJson(Buffer.from(text, 'utf8'));
const faultOf = (text: string): string => {
  try {
    parse(text);
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'validation_failed')
      return `${cause.details[0]?.field}: ${cause.details[0]?.message}`;
    throw cause;
  }
  return 'none';
};

test('whatever JSON.stringify writes is read back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      if (text.includes('__proto__') || /\\u0000|\\ud[89a-f]/i.test(text)) return;
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('a key that appears twice is refused, however it is written and wherever it stands', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((key) => key !== '__proto__' && !/[\0]/.test(key)),
      fc.jsonValue(),
      fc.constantFrom(
        (inner: string) => inner,
        (inner: string) => `[1,{"a":${inner}}]`,
        (inner: string) => `{"b":[${inner}]}`,
      ),
      (key, value, around) => {
        const escaped = `"${[...key].map((char) => [...Array(char.length).keys()].map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')).join('')}"`;
        const text = around(`{${JSON.stringify(key)}:${JSON.stringify(value)},${escaped}:1}`);
        if (JSON.stringify(value).includes('__proto__')) return;
        expect(faultOf(text)).toContain('appears twice');
      },
    ),
  );
});

test.each([
  ['{"a":1,"a":2}', 'a: appears twice in the same object; send it once'],
  ['{"__proto__":{}}', '__proto__: is not allowed as a field name'],
  ['{"a":[{"\\u005f_proto__":1}]}', '__proto__: is not allowed as a field name'],
  ['{"a":"x","b":{"a":"x"}}', 'none'],
  ['{"a":"\\"b\\":1,\\"b\\"","b":2}', 'none'],
  ['["a","a"]', 'none'],
  ['{"a":"\\u0000"}', 'a: contains NUL or half of a surrogate pair'],
  ['{"a":{"b":["x","\\ud800"]}}', 'a.b[1]: contains NUL or half of a surrogate pair'],
  ['{"a":"\\ud83d\\ude00"}', 'none'],
  ['{"a":1e999}', 'a: is out of the range of numbers'],
  ['{"a\\u0000":1}', ': has a field name with NUL or half of a surrogate pair'],
  ['{"a":1', ': is not JSON'],
  ["{'a':1}", ': is not JSON'],
  [`${'['.repeat(64)}${']'.repeat(64)}`, 'none'],
  [`${'['.repeat(65)}${']'.repeat(65)}`, ': is nested deeper than 64 levels'],
  [`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, ': is nested deeper than 64 levels'],
  ['', 'none'],
])('%.60s → %s', (text, fault) => {
  expect(faultOf(text)).toBe(fault);
});

test('bytes that are no UTF-8 are refused', () => {
  expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('is not UTF-8');
});
