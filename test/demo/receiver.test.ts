import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { type Received, startReceiver } from '../../scripts/demo/receiver.ts';
import { keptCertificate } from '../../scripts/kit/certificate.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'dynamo-demo-'));
const certificate = await keptCertificate(folder);
const secret = `whsec_${Buffer.from('thirty-two bytes of secret, yes!').toString('base64')}`;
const received: Received[] = [];
const receiver = await startReceiver({ certificate, secret, received: (delivery) => received.push(delivery) });
afterAll(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Signed by the package of the Standard Webhooks project, as somebody else's sender would. */
function post(
  event: string,
  change: (headers: Record<string, string>) => Record<string, string> = (same) => same,
): Promise<number> {
  const at = new Date();
  const body = JSON.stringify({
    id: `evt_${event}`,
    event,
    timestamp: at.toISOString(),
    data: { received_at: at.toISOString() },
  });
  const headers = change({
    'webhook-id': `evt_${event}`,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(`evt_${event}`, at, body),
    'x-webhook-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  });
  return new Promise((resolve, reject) => {
    const sending = request(receiver.url, { method: 'POST', ca: certificate.ca, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

test('a rightly signed delivery over TLS is verified and answered 204', async () => {
  expect(await post('right')).toBe(204);
  const { fault, tookMs } = await until('it is told', () => received.find(({ event }) => event.event === 'right'));
  expect(fault).toBeUndefined();
  expect(tookMs).toBeGreaterThanOrEqual(0);
});

test.each([
  ['x-webhook-signature', 'sha256=00', 'X-Webhook-Signature is wrong'],
  ['webhook-signature', 'v1,AAAA', 'webhook-signature is wrong'],
  ['webhook-id', 'evt_other', 'webhook-signature is wrong'],
  ['webhook-timestamp', '1500000000', 'webhook-timestamp is too far from now'],
])('a wrong %s is refused with 401', async (name, value, why) => {
  expect(await post(`wrong-${name}-${why}`, (headers) => ({ ...headers, [name]: value }))).toBe(401);
  expect(received.at(-1)?.fault).toBe(why);
});

test('the certificate is kept for the next run, so that a running server can be told once to trust it', async () => {
  expect(await keptCertificate(folder)).toEqual(certificate);
});
