import { expect, test } from '@jest/globals';
import { deliveryHeaders } from '../../src/webhooks/sign.ts';
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
  ['no webhook-signature', body, { ...headers, 'webhook-signature': undefined }, 'missing_headers'],
  ['no X-Webhook-Signature', body, { ...headers, 'X-Webhook-Signature': undefined }, 'missing_headers'],
  ['no webhook-id', body, { ...headers, 'webhook-id': undefined }, 'missing_headers'],
] as const)('%s is refused', (_, rawBody, given, why) => {
  expect(verifyWebhook(rawBody, given, secret, { now })).toEqual({ ok: false, why });
});

test('another secret is refused', () => {
  expect(verifyWebhook(body, headers, 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', { now }).ok).toBe(false);
});

test('a recorded delivery cannot be played again later, nor one from the future be believed', () => {
  expect(verifyWebhook(body, headers, secret, { now: later(300) })).toEqual({ ok: true });
  expect(verifyWebhook(body, headers, secret, { now: later(301) })).toEqual({ ok: false, why: 'too_old' });
  expect(verifyWebhook(body, headers, secret, { now: later(-301) })).toEqual({ ok: false, why: 'too_new' });
  expect(verifyWebhook(body, headers, secret, { now: later(301), toleranceS: 600 })).toEqual({ ok: true });
});
