import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readTarget } from '../../src/ocpp/path.ts';

test.each([
  ['/ocpp/CP-1', 'CP-1'],
  ['/ocpp16/CP-1', 'CP-1'],
  ['/ocpp/1.6/CP-1', 'CP-1'],
  ['/ocpp/2.0.1/CP_1.a', 'CP_1.a'],
  ['/ocpp/2.1/CP-1', 'CP-1'],
  ['/ocpp/1.6', '1.6'], // without anything behind it, it is an identity
  ['/ocpp/CP%2D1', 'CP-1'],
  ['/ocpp/DE*ABC*E123456', 'DE*ABC*E123456'], // eMI3
  ['/ocpp/2.0.1/DE%2AABC%2AE1', 'DE*ABC*E1'],
  ['/ocpp/a*b=c+d|e@f', 'a*b=c+d|e@f'], // 2.x identifierString
  ['/ocpp/a%7Cb', 'a|b'],
  [`/ocpp/${'x'.repeat(48)}`, 'x'.repeat(48)],
])('%s is the charger %s', (target, identity) => {
  expect(readTarget(target)).toEqual({ is: 'charger', identity });
});

test.each([
  '/ocpp/CP-1/',
  '/ocpp/CP-1//',
  '/ocpp//CP-1',
  '/ocpp/1.6//CP-1/',
  '/ocpp/CP-1?a=b',
  '/ocpp/CP-1/?token=x',
  '/ocpp/CP-1%20',
  '/ocpp/%20CP-1',
  '/ocpp/CP-1#x',
])('T17: %s is harmless and means CP-1', (target) => {
  expect(readTarget(target)).toEqual({ is: 'charger', identity: 'CP-1' });
});

test.each([
  '/ocpp/CP%201',
  '/ocpp/=CP1',
  '/ocpp/*CP1',
  '/ocpp/CP%251',
  '/ocpp/CP~1',
  '/ocpp/CP:1',
  '/ocpp/a/b',
  '/ocpp/CP%2F1',
  `/ocpp/${'x'.repeat(49)}`,
  '/ocpp/%C3%BC',
  '/ocpp/a%00',
])('T17: %s gets a clear refusal', (target) => {
  expect(readTarget(target)).toMatchObject({ is: 'bad', why: expect.stringContaining('48 characters') });
});

test.each(['/ocpp/%', '/ocpp/%E0%A4%A', '/ocpp/%zz', '/ocpp/CP%', '/ocpp16/%ff'])(
  'ocpp-rpc fault, malformed percent escape: %s is refused, nothing is thrown',
  (target) => {
    expect(readTarget(target)).toMatchObject({ is: 'bad' });
  },
);

test.each(['http://example.com/ocpp/CP-1', 'example.com:80', '*', '', 'ocpp/CP-1'])(
  'T16: the target %s is refused',
  (target) => {
    expect(readTarget(target)).toMatchObject({ is: 'bad' });
  },
);

test.each(['/', '/ocpp', '/ocpp/', '/ocpp//', '/api/v1', '/OCPP/CP-1', '/ocpp2/CP-1'])(
  '%s is no place of chargers',
  (target) => {
    expect(readTarget(target)).toEqual({ is: 'elsewhere' });
  },
);

test('no target whatever makes it throw, and no identity passes that is not well formed', () => {
  const part = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('%', '%2', '%00', '/', '//', 'ocpp', '?', '#'),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      for (const prefix of ['', '/', '/ocpp/', '/ocpp/1.6/']) {
        const target = readTarget(prefix + parts.join(''));
        if (target.is === 'charger') expect(target.identity).toMatch(/^[A-Za-z0-9_.-][A-Za-z0-9*=+|@_.-]{0,47}$/);
      }
    }),
    { numRuns: 2000 },
  );
});
