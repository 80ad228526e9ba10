/** The receivers that docs/webhooks.md shows, each run as it stands there, against the headers of real deliveries. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { deliveryHeaders } from '../../src/webhooks/delivery-headers.ts';

const file = (name: string) => join(installationRoot(), 'docs/snippets', name);
const page = readFileSync(join(installationRoot(), 'docs/webhooks.md'), 'utf8');

type Language = {
  readonly name: string;
  readonly fence: string;
  readonly file: string;
  readonly installed: readonly [string, ...string[]];
  readonly start: (port: number) => readonly [string, ...string[]];
  /** What tells that it listens. */
  readonly listens: RegExp;
};
const says = /listening on port (\d+)/;
const languages: readonly Language[] = [
  {
    name: 'Node',
    fence: 'js',
    file: 'receiver.mjs',
    installed: ['node', '--version'],
    start: () => ['node', file('receiver.mjs')],
    listens: says,
  },
  {
    name: 'Python',
    fence: 'python',
    file: 'receiver.py',
    installed: ['python3', '--version'],
    start: () => ['python3', file('receiver.py')],
    listens: says,
  },
  {
    name: 'Go',
    fence: 'go',
    file: 'receiver.go',
    installed: ['go', 'version'],
    start: () => ['go', 'run', file('receiver.go')],
    listens: says,
  },
  {
    name: 'PHP',
    fence: 'php',
    file: 'receiver.php',
    installed: ['php', '--version'],
    start: (port) => ['php', '-S', `127.0.0.1:${port}`, file('receiver.php')],
    listens: /started/,
  },
  {
    name: 'Java',
    fence: 'java',
    file: 'Receiver.java',
    installed: ['javac', '-version'],
    start: () => ['java', file('Receiver.java')],
    listens: says,
  },
];

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function running(language: Language, secret: string) {
  const free = language.name === 'PHP' ? await freePort() : 0;
  const [command, ...args] = language.start(free);
  const child = spawn(command, args, {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(free) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    const told = (line: string) => {
      said.push(line);
      const found = language.listens.exec(line);
      if (found !== null) resolve(Number(found[1] ?? free));
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', told);
    child.once('exit', () => reject(new Error(`${language.name} ended: ${said.join('\n')}`)));
    child.once('error', reject);
  });
  return {
    async post(headers: Record<string, string>, text: string): Promise<number> {
      const signal = AbortSignal.timeout(60_000);
      return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: text, signal })).status;
    },
    async stop() {
      const ended = once(child, 'close');
      if (child.pid !== undefined) process.kill(-child.pid); // with what it started (go run)
      await ended;
    },
  };
}

const body = JSON.stringify({
  id: 'evt_1',
  event: 'session.started',
  timestamp: '2026-11-23T12:00:00.000Z',
  data: { sequence: 3, charge_point_identity: 'CP-7', token: 'Zähler ⚡' },
});
const deliveryOf = (secret: string, { at = new Date(), previousSecret }: { at?: Date; previousSecret?: string } = {}) =>
  deliveryHeaders({
    deliveryId: 'whd_1',
    eventId: 'evt_1',
    event: 'session.started',
    body,
    attempt: 1,
    at,
    secret,
    previousSecret,
  });

const secrets = ['a-secret-of-yours', `whsec_${Buffer.from('twenty-four bytes of key').toString('base64')}`];
const other = 'a-secret-of-theirs';

describe.each(languages.map((language) => [language.name, language] as const))(
  'the receiver in %s',
  (name, language) => {
    test('stands in docs/webhooks.md as it lies in docs/snippets', () => {
      const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].filter(([, fence]) => fence === language.fence);
      expect(blocks.map(([, , text]) => text)).toEqual([readFileSync(file(language.file), 'utf8')]);
    });

    const [command, ...args] = language.installed;
    if (spawnSync(command, args).status !== 0) {
      process.stderr.write(`SKIPPED: the receiver in ${name} was not run, as ${command} is not installed here\n`);
      test.skip(`believes genuine deliveries and no others (SKIPPED: ${command} is not installed)`, () => undefined);
      return;
    }

    test.each(secrets)(
      'believes genuine deliveries and no others, with the secret %s',
      async (secret) => {
        const receiver = await running(language, secret);
        try {
          const genuine = deliveryOf(secret);
          const without = (...names: string[]) =>
            Object.fromEntries(Object.entries(genuine).filter(([header]) => !names.includes(header)));
          const old = new Date(Date.now() - 400_000);
          const cases: [string, number, Record<string, string>, string?][] = [
            ['a delivery', 204, genuine],
            ['the same again', 204, genuine],
            ['while this secret is being replaced', 204, deliveryOf(other, { previousSecret: secret })],
            ['while this secret is new', 204, deliveryOf(secret, { previousSecret: other })],
            ['without the header of the seed', 204, without('X-Webhook-Signature')],
            ['another body', 401, genuine, body.replace('3', '4')],
            ['another secret', 401, deliveryOf(other)],
            ['a rotation of others', 401, deliveryOf(other, { previousSecret: 'yet another secret of theirs' })],
            ['too old', 401, deliveryOf(secret, { at: old })],
            ['from the future', 401, deliveryOf(secret, { at: new Date(Date.now() + 400_000) })],
            ['no time', 401, { ...genuine, 'webhook-timestamp': 'x' }],
            ['a time with a sign', 401, { ...genuine, 'webhook-timestamp': `+${genuine['webhook-timestamp']}` }],
            ['another id', 401, { ...genuine, 'webhook-id': 'evt_2' }],
            ['a wrong X-Webhook-Signature', 401, { ...genuine, 'X-Webhook-Signature': `sha256=${'0'.repeat(64)}` }],
            [
              'a version that it does not know',
              401,
              { ...genuine, 'webhook-signature': (genuine['webhook-signature'] ?? '').replace('v1', 'v2') },
            ],
            ['no webhook-signature', 401, without('webhook-signature')],
            ['no signature', 401, without('webhook-signature', 'X-Webhook-Signature')],
            ['nothing', 401, {}],
          ];
          for (const [what, status, headers, text = body] of cases)
            expect([what, await receiver.post(headers, text)]).toEqual([what, status]);
        } finally {
          await receiver.stop();
        }
      },
      60_000,
    );
  },
);
