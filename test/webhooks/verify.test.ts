import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryHeaders } from '../../src/webhooks/delivery-headers.ts';
import { verifyWebhook } from '../../src/webhooks/verify.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const at = new Date('2026-11-23T12:00:00.000Z');
const body = '{"id":"evt_1","event":"session.started"}';
const headers = deliveryHeaders({
  deliveryId: 'whd_1',
  eventId: 'evt_1',
  event: 'session.started',
  body,
  attempt: 1,
  at,
  secret,
});
const now = new Date(at.getTime() + 5000);
const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);

test('a delivery of ours is accepted, as text and as bytes, whatever the case of the header names', () => {
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  expect(verifyWebhook(body, headers, secret, { now })).toEqual({ ok: true });
  expect(verifyWebhook(Buffer.from(body), lowerCase, secret, { now })).toEqual({ ok: true });
});

test('while a secret is being replaced one right signature of several is enough', () => {
  const both = { ...headers, 'webhook-signature': `v1,${'A'.repeat(43)}= ${headers['webhook-signature']}` };
  expect(verifyWebhook(body, both, secret, { now })).toEqual({ ok: true });
});

test.each([
  ['another body', `${body} `, headers, 'wrong_signature'],
  ['another id', body, { ...headers, 'webhook-id': 'evt_2' }, 'wrong_signature'],
  ['another time', body, { ...headers, 'webhook-timestamp': String(at.getTime() / 1000 + 1) }, 'wrong_signature'],
  ['a wrong X-Webhook-Signature', body, { ...headers, 'X-Webhook-Signature': 'sha256=00' }, 'wrong_signature'],
  ['a time that is none', body, { ...headers, 'webhook-timestamp': '1e9' }, 'bad_timestamp'],
  [
    'a wrong X-Webhook-Signature beside no other',
    body,
    { 'X-Webhook-Signature': `sha256=${'0'.repeat(64)}` },
    'wrong_signature',
  ],
  ['no signature at all', body, { 'webhook-id': 'evt_1', 'webhook-timestamp': '1795435200' }, 'missing_headers'],
  ['no webhook-timestamp', body, { ...headers, 'webhook-timestamp': undefined }, 'missing_headers'],
  ['no webhook-id', body, { ...headers, 'webhook-id': undefined }, 'missing_headers'],
] as const)('%s is refused', (_, rawBody, given, why) => {
  expect(verifyWebhook(rawBody, given, secret, { now })).toMatchObject({ ok: false, why });
});

test('another secret is refused', () => {
  expect(verifyWebhook(body, headers, 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', { now }).ok).toBe(false);
});

test('a recorded delivery cannot be played again later, nor one from the future be believed', () => {
  expect(verifyWebhook(body, headers, secret, { now: later(300) })).toEqual({ ok: true });
  expect(verifyWebhook(body, headers, secret, { now: later(301) })).toMatchObject({ ok: false, why: 'too_old' });
  expect(verifyWebhook(body, headers, secret, { now: later(-301) })).toMatchObject({ ok: false, why: 'too_new' });
  expect(verifyWebhook(body, headers, secret, { now: later(301), toleranceS: 600 })).toEqual({ ok: true });
});

test('one family of signatures is enough, for receivers that pass on only some headers; the time can be asked for', () => {
  const { 'X-Webhook-Signature': plain = '', 'webhook-signature': _, ...rest } = headers;
  const { 'X-Webhook-Signature': __, ...standardOnly } = headers;
  expect(verifyWebhook(body, standardOnly, secret, { now })).toEqual({ ok: true });
  expect(verifyWebhook(body, { ...rest, 'X-Webhook-Signature': plain }, secret, { now })).toEqual({ ok: true });
  expect(verifyWebhook(body, { 'x-webhook-signature': plain }, secret, { now: later(1e6) })).toEqual({ ok: true });
  const strict = { now, requireTimestamp: true };
  expect(verifyWebhook(body, { 'x-webhook-signature': plain }, secret, strict)).toMatchObject({
    why: 'missing_headers',
  });
  expect(verifyWebhook(body, standardOnly, secret, strict)).toEqual({ ok: true });
});

describe('while a secret is being replaced', () => {
  const next = 'the secret that is new';
  const rotating = deliveryHeaders({
    deliveryId: 'whd_1',
    eventId: 'evt_1',
    event: 'session.started',
    body,
    attempt: 1,
    at,
    secret: next,
    previousSecret: secret,
  });

  test.each([['the old'], ['the new'], ['both'], ['both, the other way round']])(
    'a receiver with %s verifies',
    (which) => {
      const secrets = { 'the old': secret, 'the new': next, both: [secret, next] }[which] ?? [next, secret];
      expect(verifyWebhook(body, rotating, secrets, { now })).toEqual({ ok: true });
      expect(verifyWebhook(`${body} `, rotating, secrets, { now })).toMatchObject({ why: 'wrong_signature' });
    },
  );

  test('a third one does not', () => {
    expect(verifyWebhook(body, rotating, 'the secret of somebody else', { now }).ok).toBe(false);
  });
});

test('headers as fetch has them, and as arrays, are read too', () => {
  expect(verifyWebhook(body, new Headers(headers), secret, { now })).toEqual({ ok: true });
  const arrays = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  expect(verifyWebhook(body, arrays, secret, { now })).toEqual({ ok: true });
});

test('two ids or two times are none: it must not depend on who reads which', () => {
  for (const name of ['webhook-id', 'webhook-timestamp'])
    expect(verifyWebhook(body, { ...headers, [name.toUpperCase()]: '7' }, secret, { now })).toMatchObject({
      why: 'missing_headers',
    });
});

test('whatever the headers are, it neither throws nor believes', () => {
  const names = fc.constantFrom(...Object.keys(headers), 'x-webhook-signature-previous', '__proto__', 'forEach');
  const value = fc.oneof(
    fc.constantFrom(...Object.values(headers)),
    fc.string({ unit: 'binary' }),
    fc.array(fc.string()),
    fc.anything(),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(names, value)), fc.oneof(fc.string(), fc.uint8Array()), (entries, raw) => {
      const given = Object.fromEntries(entries) as Record<string, string>;
      expect(verifyWebhook(raw, given, 'the secret of somebody else', { now }).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
  const trap = new Proxy({}, { ownKeys: () => Reflect.apply(Number, Symbol(), [Symbol()]) as never });
  for (const odd of [undefined, null, 7, 'x', [], trap])
    expect(verifyWebhook(body, odd as never, secret, { now })).toMatchObject({ why: 'missing_headers' });
});

test('being called wrongly is a TypeError that says what it wants: without a key everybody could sign', () => {
  for (const none of ['', [], [''], 'whsec_', undefined, [secret, '']])
    expect(() => verifyWebhook(body, headers, none as never, { now })).toThrow(/wants the secret/);
  expect(() => verifyWebhook(JSON.parse(body), headers, secret, { now })).toThrow(/wants the raw body/);
});

describe('published vectors', () => {
  const standard = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: '1614265330',
    payload: '{"test": 2432232314}',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const given = {
    'webhook-id': standard.id,
    'webhook-timestamp': standard.timestamp,
    'webhook-signature': standard.signature,
  };
  const then = { now: new Date(1614265330_000) };

  // standard-webhooks/standard-webhooks, libraries/*/test "sign function works"
  test('Standard Webhooks: its example of a signature', () => {
    expect(verifyWebhook(standard.payload, given, secret, then)).toEqual({ ok: true });
    expect(verifyWebhook('{"test": 2432232315}', given, secret, then).ok).toBe(false);
  });

  // standard-webhooks/spec/standard-webhooks.md, "Webhook headers": signatures of several keys and versions
  test('Standard Webhooks: its example of a header with several signatures and versions', () => {
    const others = 'v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo= v2,MzJsNDk4MzI0K2VvdSMjMTEjQEBAQDEyMzMzMzEyMwo=';
    const several = (signatures: string) => ({ ...given, 'webhook-signature': signatures });
    expect(verifyWebhook(standard.payload, several(`${standard.signature} ${others}`), secret, then)).toEqual({
      ok: true,
    });
    expect(verifyWebhook(standard.payload, several(`${others} ${standard.signature}`), secret, then)).toEqual({
      ok: true,
    });
    expect(verifyWebhook(standard.payload, several(others), secret, then).ok).toBe(false);
    const asVersion2 = standard.signature.replace('v1,', 'v2,');
    expect(verifyWebhook(standard.payload, several(asVersion2), secret, then).ok).toBe(false);
  });

  // docs.github.com, "Validating webhook deliveries", "Testing the webhook payload validation"
  test('sha256= over the body, as GitHub publishes it', () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const github = { 'X-Webhook-Signature': signature };
    expect(verifyWebhook('Hello, World!', github, "It's a Secret to Everybody")).toEqual({ ok: true });
    expect(verifyWebhook('Hello, World?', github, "It's a Secret to Everybody").ok).toBe(false);
  });
});
