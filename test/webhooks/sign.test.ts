import { expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { deliveryHeaders } from '../../src/webhooks/delivery-headers.ts';
import { plainSignature, secretFault, standardSignature } from '../../src/webhooks/sign.ts';

const AT = new Date('2026-11-23T12:00:00.900Z');
const delivery = {
  deliveryId: 'whd_1',
  eventId: 'evt_1',
  event: 'session.started',
  body: '{"id":"evt_1","data":{"name":"Zähler ⚡"}}',
  attempt: 2,
  at: AT,
};

test('the example of the Standard Webhooks specification is signed as published', () => {
  const signature = standardSignature(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1614265330,
    '{"test": 2432232314}',
  );
  expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('the signature of the seed is the HMAC of RFC 4231, case 2, in hex after sha256=', () => {
  expect(plainSignature('Jefe', 'what do ya want for nothing?')).toBe(
    'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

test.each([
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'],
  ['a plain secret of somebody', 'raw'],
] as const)('the independent package standardwebhooks verifies a delivery signed with %s', (secret, format) => {
  const at = new Date();
  const headers = deliveryHeaders({ ...delivery, at, secret });
  const receiver = format === 'raw' ? new Webhook(secret, { format: 'raw' }) : new Webhook(secret);
  expect(receiver.verify(delivery.body, headers)).toEqual(JSON.parse(delivery.body));
  expect(() => receiver.verify(delivery.body.replace('evt_1', 'evt_2'), headers)).toThrow('No matching signature');
});

test('the headers name the event, the delivery, the attempt and its time in whole seconds', () => {
  expect(deliveryHeaders({ ...delivery, secret: 'a plain secret of somebody' })).toEqual({
    'Content-Type': 'application/json',
    'User-Agent': 'DynamoCSMS-Webhooks/1.0',
    'X-Webhook-Event': 'session.started',
    'X-Webhook-Delivery': 'whd_1',
    'X-Webhook-Attempt': '2',
    'X-Webhook-Signature': expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(AT.getTime() / 1000)),
    'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
  });
});

test('without a secret there is no signature at all', () => {
  const names = Object.keys(deliveryHeaders({ ...delivery, secret: undefined }));
  expect(names.filter((name) => /signature/i.test(name))).toEqual([]);
  expect(names).toContain('webhook-id');
});

test.each([
  ['x'.repeat(15), 'must have 16 to 256 characters'],
  ['x'.repeat(257), 'must have 16 to 256 characters'],
  ['sechzehn Zeichen ü', 'must be printable ASCII'],
  ['tab\tand fifteen more', 'must be printable ASCII'],
  ['whsec_not base64 at all!', 'must be base64 after whsec_, or not begin with it'],
  ['x'.repeat(16), undefined],
  ['x'.repeat(256), undefined],
  ['with spaces and ~!@#$%^&*()', undefined],
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', undefined],
])('as a secret %j is judged: %s', (secret, fault) => {
  expect(secretFault(secret)).toBe(fault);
});
