import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { intervalAt, isTotp, totpOf } from '../../src/payments/totp.ts';
import { readQrUrl, templateFault } from '../../src/payments/url-template.ts';

const settings = { validityS: 60, length: 16 };
const secret = 'a-secret-that-is-long-enough';
const now = new Date('2026-11-26T10:00:30.000Z');
const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const code = (at: Date, key = secret): string => totpOf(key, intervalAt(at, settings), settings);

describe('one-time passwords', () => {
  test('are what the specification makes of the interval: bytes of the HMAC from an offset on, in base 62', () => {
    const interval = Buffer.alloc(8);
    interval.writeUInt32BE(Math.floor(now.getTime() / 60_000), 4);
    const hash = createHmac('sha256', secret).update(interval).digest();
    const letters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const wanted = [...code(now)].map((letter) => letters.indexOf(letter));
    const offset = (hash[31] ?? 0) % 16;
    expect(wanted).toEqual(Array.from({ length: 16 }, (_, i) => (hash[(offset + i) % 32] ?? 0) % 62));
  });

  test('are good in their interval, the one before and the one after it, by the secret or the one before it', () => {
    for (const seconds of [-60, 0, 60]) expect(isTotp(code(after(seconds)), [secret], settings, now)).toBe(true);
    for (const seconds of [-120, 120]) expect(isTotp(code(after(seconds)), [secret], settings, now)).toBe(false);
    expect(isTotp(code(now, 'older'), ['newer', 'older'], settings, now)).toBe(true);
    expect(isTotp(code(now, 'other'), [secret], settings, now)).toBe(false);
    expect(isTotp(code(now).slice(1), [secret], settings, now)).toBe(false);
    expect(isTotp(code(now), [], settings, now)).toBe(false);
  });

  test('wrap around the end of the HMAC where they are longer', () => {
    expect(totpOf(secret, 1n, { validityS: 60, length: 32 })).toHaveLength(32);
  });
});

describe('templates of addresses', () => {
  const template = 'https://pay.example.com/{chargingStationId}/{evse}/{totp}?v={version}';

  test.each([
    [template, undefined],
    ['https://pay.example.com/{totp}/{version}/{CHARGINGSTATIONID}/{Evse}', undefined],
    ['http://pay.example.com/{chargingStationId}/{evse}/{totp}/{version}', 'must be an https:// URL'],
    ['https://pay.example.com/{chargingStationId}/{evse}/{totp}', 'must name {version}'],
    [`${template}&x={evse}`, 'must name each variable once'],
    [`${template}&x={secret}`, '{secret} is no variable of OCPP 2.1'],
    [`${template}&x={`, 'must be an https:// URL'],
  ])('%s: %s', (text, fault) => {
    expect(templateFault(text)).toBe(fault);
  });

  test('are read back, with what the driver has chosen', () => {
    const base = { chargingStationId: 'CP-7', evse: 2, totp: 'abc', version: 'v1' };
    const none = { maxEnergyWh: undefined, maxTimeS: undefined, maxCost: undefined };
    expect(readQrUrl('https://pay.example.com/CP-7/2/abc?v=v1', template)).toEqual({ ...base, ...none });
    expect(readQrUrl('https://PAY.example.com/CP%2D7/2/abc/?maxEnergy=20000&V=v1&maxcost=10.50', template)).toEqual({
      ...{ ...base, ...none },
      ...{ maxEnergyWh: 20_000, maxCost: '10.50' },
    });
    expect(
      readQrUrl(
        'https://q.example.com/abc-v1/CP-7-2',
        'https://q.example.com/{totp}-{version}/{chargingStationId}-{evse}',
      ),
    ).toBe(
      undefined, // the identity has the sign that should end it
    );
  });

  test.each([
    'https://pay.example.com/2/abc?v=v1',
    'https://pay.example.com//2/abc?v=v1',
    'https://pay.example.com/CP-7/2/abc',
    'https://pay.example.com/CP-7/two/abc?v=v1',
    'https://pay.example.com/CP-7/2/abc/more?v=v1',
    'https://evil.example.com/CP-7/2/abc?v=v1',
    'https://pay.example.com/CP-7/2/%E0%A4%A?v=v1',
    'https://pay.example.com/CP-7/2/abc?v=v1&maxtime=-3',
    `https://pay.example.com/${'x'.repeat(2000)}/2/abc?v=v1`,
  ])('%s is none of it', (url) => {
    expect(readQrUrl(url, template)).toBeUndefined();
  });

  test('any text is read or not, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (path, query) => {
        readQrUrl(`https://pay.example.com/${path}?${query}`, template);
        templateFault(path + query);
      }),
      { numRuns: 200 },
    );
  });
});
