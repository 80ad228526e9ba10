/** E-mails over TLS, from the first byte and by STARTTLS, to a real SMTP server process; and whoever sits in between gets nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { installationRoot } from '../../src/config/index.ts';
import { createMailer, type MailerConfig } from '../../src/mail/index.ts';
import { replyIn } from '../../src/mail/starttls.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';

const { caPem, cert, key } = await testCertificate([], ['127.0.0.1']);
const server = spawn(process.execPath, [join(installationRoot(), 'test/support/smtp-server.mjs')], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, SMTP_CERT: cert, SMTP_KEY: key },
});
type Told = { to?: string[]; auth?: string; content?: string; heard?: string; way?: string };
const told: Told[] = [];
let ports: Record<'port' | 'tls' | 'starttls' | 'stripped' | 'injected', number>;
beforeAll(async () => {
  const lines = createInterface({ input: server.stdout });
  const [first] = (await once(lines, 'line')) as [string]; // as: what readline emits
  lines.on('line', (line) => told.push(JSON.parse(line) as Told)); // as: what smtp-server.mjs tells
  ports = JSON.parse(first) as typeof ports;
});
afterAll(() => {
  server.kill();
});

const send = (to: string, more: Partial<MailerConfig>) =>
  createMailer({
    ...{
      host: '127.0.0.1',
      port: 1,
      security: 'tls',
      caPem,
      user: 'user',
      password: 'secret',
      from: 'Dynamo <a@b.test>',
    },
    ...more,
  }).send({ to, subject: 'Charger offline', text: 'CP-7 is away', id: 'alr_1' });
const taken = (to: string) => until(`the mail to ${to} is taken`, () => told.find((each) => each.to?.includes(to)));

test.each(['tls', 'starttls'] as const)(
  '%s: the mail and the password go to the server whose certificate is verified',
  async (security) => {
    const to = `${security}@a.test`;
    await send(to, { port: ports[security], security });
    expect(await taken(to)).toMatchObject({ auth: 'user:secret', content: expect.stringMatching(/^CP-7 is away\s*$/) });
  },
);

test('in the clear nothing is said but EHLO and STARTTLS', async () => {
  const clear = told.filter(({ heard }) => heard !== undefined);
  expect(clear.map(({ heard }) => heard)).toEqual(['EHLO', 'STARTTLS']);
});

test.each([
  ['a certificate of nobody known', 'tls', { caPem: undefined }, /certificate|issuer/],
  ['a certificate of nobody known', 'starttls', { caPem: undefined }, /certificate|issuer/],
  ['a certificate of another name', 'tls', { host: 'localhost' }, /altnames/],
  ['a certificate of another name', 'starttls', { host: 'localhost' }, /altnames/],
  ['an offer that was taken away', 'stripped', {}, /offers no STARTTLS/],
  ['words that were put in before TLS', 'injected', {}, /before TLS began/],
  ['nobody there', 'starttls', { port: 1 }, /ECONNREFUSED/],
] as const)('%s (%s): nothing is sent, and the error has no secret', async (_what, way, more, error) => {
  const before = told.filter(({ to, auth }) => to !== undefined || auth !== undefined).length;
  const sending = send('nobody@a.test', { port: ports[way], security: way === 'tls' ? 'tls' : 'starttls', ...more });
  const why = await sending.then(
    () => 'it was sent',
    (cause: unknown) => String(cause),
  );
  expect(why).toMatch(error);
  expect(why).not.toContain('secret');
  expect(told.filter(({ to, auth }) => to !== undefined || auth !== undefined)).toHaveLength(before);
  for (const { heard } of told) if (heard !== undefined) expect(['EHLO', 'STARTTLS', 'QUIT']).toContain(heard);
});

test('a reply is read whole, however it is cut, and what is none is refused', () => {
  const reply = '250-test\r\n250-STARTTLS\r\n250 8BITMIME\r\n';
  expect(replyIn(`${reply}220`)).toEqual({
    code: '250',
    lines: ['test', 'STARTTLS', '8BITMIME'],
    length: reply.length,
  });
  fc.assert(
    fc.property(fc.nat(reply.length - 1), (cut) => expect(replyIn(reply.slice(0, cut))).toBeUndefined()),
    { numRuns: 50 },
  );
  for (const text of ['HTTP/1.1 400\r\n', '\x15\x03\r\n', '999 x\r\n']) expect(() => replyIn(text)).toThrow('SMTP');
});
