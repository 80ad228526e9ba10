/** Independent packages verify what really came over HTTPS: standardwebhooks, svix, and GitHub's for the seed's own header. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verify } from '@octokit/webhooks-methods';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { createCharger, seededRandom } from '../../src/simulator/index.ts';
import { startApp } from '../support/app.ts';
import { promisedBy } from '../support/sent-events.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { type Received, startReceiver } from '../webhooks/support/receiver.ts';

const secrets = {
  whsec: `whsec_${Buffer.from('twenty-four bytes at the least').toString('base64')}`,
  plain: 'correct horse battery staple',
  // looks like base64, and is used as its bytes all the same
  hex: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  // characters that stand for something in headers, URLs, shells and base64
  odd: ' "=?&;,\\%00~{}|<>+/== ',
};
type Kind = keyof typeof secrets;
const kinds = Object.keys(secrets) as Kind[];

const certificate = await testCertificate([], ['127.0.0.1']);
const receiver = await startReceiver(certificate);
const app = await startApp({ webhookCa: certificate.caPem });
const { identity, key } = await app.chargePoint();
const charger = createCharger({
  url: app.ocppUrl,
  identity,
  password: key,
  random: seededRandom(5),
  behaviour: { reconnect: { minMs: 10, maxMs: 50 } },
});
afterAll(async () => {
  await charger.close();
  await app.stop();
  await receiver.close();
});
const deliveredTo = (kind: Kind | 'unsigned'): Received[] =>
  receiver.received.filter(({ path }) => path === `/${kind}`);
const headersOf = ({ headers }: Received): Record<string, string> => headers as Record<string, string>;

beforeAll(async () => {
  const url = (kind: string) => `https://127.0.0.1:${receiver.port}/${kind}`;
  for (const kind of kinds) {
    const { status } = await app.api('POST', '/webhooks/endpoints', {
      url: url(kind),
      events: ['*'],
      secret: secrets[kind],
    });
    expect([kind, status]).toEqual([kind, 201]);
  }
  await app.api('POST', '/webhooks/endpoints', { url: url('unsigned'), events: ['*'] });
  charger.start();
  await charger.whenBooted();
  await until('each has its connection and the statuses', () =>
    [...kinds, 'unsigned' as const].every((kind) => deliveredTo(kind).length >= 2),
  );
});

/** As an integrator would make them: a whsec_ secret as it is, any other as the bytes that it is. */
const verifiers = {
  standardwebhooks: (secret: string) =>
    secret.startsWith('whsec_') ? new StandardWebhook(secret) : new StandardWebhook(secret, { format: 'raw' }),
  svix: (secret: string) =>
    secret.startsWith('whsec_') ? new SvixWebhook(secret) : new SvixWebhook(secret, { format: 'raw' }),
};

describe.each(Object.entries(verifiers))('%s', (_name, verifierOf) => {
  test.each(kinds)('verifies every delivery under a secret of the kind "%s"', (kind) => {
    for (const got of deliveredTo(kind))
      expect(verifierOf(secrets[kind]).verify(got.body, headersOf(got))).toEqual(JSON.parse(got.body));
  });

  test.each(kinds)('refuses what was changed, what is another\'s and what is old, of the kind "%s"', (kind) => {
    const verifier = verifierOf(secrets[kind]);
    for (const got of deliveredTo(kind)) {
      const headers = headersOf(got);
      const refused: Record<string, () => unknown> = {
        body: () => verifier.verify(got.body.replace('"event"', '"Event"'), headers),
        'body with a blank more': () => verifier.verify(`${got.body} `, headers),
        id: () => verifier.verify(got.body, { ...headers, 'webhook-id': 'evt_01KAT3Z6Y8Q0000000000000AA' }),
        time: () =>
          verifier.verify(got.body, {
            ...headers,
            'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1),
          }),
        'an old time': () => verifier.verify(got.body, { ...headers, 'webhook-timestamp': '1700000000' }),
        'no signature': () => verifier.verify(got.body, { ...headers, 'webhook-signature': '' }),
        'another scheme': () =>
          verifier.verify(got.body, {
            ...headers,
            'webhook-signature': (headers['webhook-signature'] ?? '').replace('v1,', 'v2,'),
          }),
        ...Object.fromEntries(
          kinds
            .filter((other) => other !== kind)
            .map((other) => [`the secret ${other}`, () => verifierOf(secrets[other]).verify(got.body, headers)]),
        ),
      };
      for (const [what, check] of Object.entries(refused)) expect([what, outcomeOf(check)]).toEqual([what, 'refused']);
    }
  });
});

const outcomeOf = (check: () => unknown): string => {
  try {
    check();
    return 'accepted';
  } catch {
    return 'refused';
  }
};

test.each(kinds)(
  '@octokit/webhooks-methods verifies X-Webhook-Signature, and nothing else, of the kind "%s"',
  async (kind) => {
    for (const got of deliveredTo(kind)) {
      const signature = headersOf(got)['x-webhook-signature'] ?? '';
      expect(signature).toMatch(/^sha256=[0-9a-f]{64}$/);
      expect(await verify(secrets[kind], got.body, signature)).toBe(true);
      expect(await verify(secrets[kind], `${got.body}\n`, signature)).toBe(false);
      expect(await verify(`${secrets[kind]}x`, got.body, signature)).toBe(false);
      expect(
        await verify(
          secrets[kind],
          got.body,
          signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
        ),
      ).toBe(false);
    }
  },
);

test('without a secret there is no signature, and every event is in the shape that was promised', async () => {
  for (const { headers } of deliveredTo('unsigned'))
    expect(Object.keys(headers).filter((name) => name.includes('signature'))).toEqual([]);
  const faultsOf = await promisedBy(app.url);
  for (const got of receiver.received) expect(faultsOf(got)).toEqual([]);
});
