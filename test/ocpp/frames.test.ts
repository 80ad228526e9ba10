import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseFrame } from '../../src/ocpp/frames.ts';

test('a call, a result and an error are read', () => {
  expect(parseFrame('[2,"1","Heartbeat",{}]')).toEqual({
    is: 'call',
    id: '1',
    action: 'Heartbeat',
    payload: {},
    oddity: undefined,
  });
  expect(parseFrame('[3,"1",{"status":"Accepted"}]')).toEqual({
    is: 'result',
    id: '1',
    payload: { status: 'Accepted' },
  });
  expect(parseFrame('[4,"1","NotSupported","no",{"a":1}]')).toEqual({
    is: 'error',
    id: '1',
    code: 'NotSupported',
    description: 'no',
    details: { a: 1 },
  });
});

test('R7: a numeric message id keeps its type, a null payload is an empty one, and both are odd', () => {
  expect(parseFrame('[2,17,"Heartbeat",null]')).toMatchObject({
    is: 'call',
    id: 17,
    payload: {},
    oddity: 'the message id is not a string',
  });
  expect(parseFrame('[2,"a","Heartbeat"]')).toMatchObject({ payload: {}, oddity: 'the payload is missing' });
  expect(parseFrame('["2","a","Heartbeat",{}]')).toMatchObject({ is: 'call' });
  expect(parseFrame('[2,"a","Heartbeat",{},{}]')).toMatchObject({
    is: 'call',
    oddity: 'the message has too many elements',
  });
});

test('R2: a CALLERROR may lack its details, its description, even its code', () => {
  expect(parseFrame('[4,"1","NotSupported","no"]')).toMatchObject({ is: 'error', details: {} });
  expect(parseFrame('[4,"1","NotSupported"]')).toMatchObject({ is: 'error', description: '', details: {} });
  expect(parseFrame('[4,"1"]')).toMatchObject({ is: 'error', code: 'GenericError' });
  expect(parseFrame('[4,"1","NotSupported",{"a":1}]')).toMatchObject({ description: '', details: { a: 1 } });
});

test.each([
  ['[3,"abc",{"status":"Acc', 3, 'abc'],
  ['[2, "abc", "MeterValues", {"connectorId":', 2, 'abc'],
  ['[4,17,"Gen', 4, 17],
  ['[3,"abc"', undefined, undefined],
  ['[3,"ab', undefined, undefined],
  ['}{ not json', undefined, undefined],
  ['', undefined, undefined],
])('R1: of the cut off %j the head is read as far as it is there', (text, type, id) => {
  expect(parseFrame(text)).toMatchObject({ is: 'unreadable', type, id });
});

test.each([
  '{}',
  'null',
  '1',
  '"x"',
  '[]',
  '[null]',
  '[2]',
  '[2,null,"Heartbeat",{}]',
  '[2,{},"Heartbeat",{}]',
  '[2,"","Heartbeat",{}]',
  `[2,"${'x'.repeat(256)}","Heartbeat",{}]`,
  '[2,1e999,"Heartbeat",{}]',
  '[2,"1"]',
  '[2,"1",5,{}]',
  '[2,"1","",{}]',
  '[2.5,"1","Heartbeat",{}]',
])('%s is no message that can be read', (text) => {
  expect(parseFrame(text).is).toBe('unreadable');
});

test('message types that OCPP does not have are told apart from garbage', () => {
  expect(parseFrame('[99,"1","Foo",{}]')).toEqual({ is: 'unknown_type', type: 99, id: '1' });
  expect(parseFrame('[0,"1"]')).toMatchObject({ is: 'unknown_type' });
  expect(parseFrame('[5,"1","NotSupported","",{}]')).toMatchObject({ is: 'result_error' });
  expect(parseFrame('[6,"1","NotifyPeriodicEventStream",{}]')).toMatchObject({ is: 'send' });
});

test('nesting is allowed up to 64 brackets and not beyond', () => {
  const nested = (levels: number): string => `[2,"1","X",${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}]`;
  expect(parseFrame(nested(63)).is).toBe('call');
  expect(parseFrame(nested(64))).toMatchObject({ is: 'unreadable', type: 2, id: '1' });
  expect(parseFrame('['.repeat(120_000)).is).toBe('unreadable');
  expect(parseFrame('['.repeat(120_000) + ']'.repeat(120_000)).is).toBe('unreadable');
});

test('the last of duplicate keys counts, `__proto__` and NUL vanish, however they are written', () => {
  const frame = parseFrame(
    '[2,"1","X",{"a":1,"a":2,"__proto__":{"polluted":true},"\\u005f_proto__":1,"b":["x\\u0000y"],"k\\u0000":"\\u0000","c":{"__proto__":1}}]',
  );
  expect(frame).toMatchObject({ is: 'call', payload: { a: 2, b: ['xy'], k: '', c: {} } });
  const payload = frame.is === 'call' ? (frame.payload as Record<string, unknown>) : {};
  expect(Object.keys(payload)).not.toContain('__proto__');
  expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('no text whatever makes it throw, and every frame it reads has an id and plain content', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.tuple(fc.nat(8), fc.jsonValue(), fc.jsonValue(), fc.jsonValue()).map((parts) => JSON.stringify(parts)),
    fc
      .tuple(fc.constantFrom(2, 3, 4, 5, 6), fc.string(), fc.string(), fc.jsonValue())
      .map((parts) => JSON.stringify(parts))
      .chain((json) => fc.nat(json.length).map((cut) => json.slice(0, cut))),
  );
  fc.assert(
    fc.property(text, (each) => {
      const frame = parseFrame(each);
      if (frame.is === 'call') expect(['string', 'number']).toContain(typeof frame.id);
    }),
    { numRuns: 3000 },
  );
});
