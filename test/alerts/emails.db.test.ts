/** E-mails of alerts against a real SMTP server process: who gets what, once; retries; digests; nothing becomes a header. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { digestMail, type MailedAlert } from '../../src/alerts/email-text.ts';
import { RETRY_S, sendEmails } from '../../src/alerts/send-emails.ts';
import { installationRoot } from '../../src/config/index.ts';
import { createMailer, type MailerConfig } from '../../src/mail/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { createWorld } from './support.ts';

type Received = { to: string[]; from: string; auth?: string; headers: string[]; content: string };
const START = new Date('2026-06-01T10:00:00.000Z');
const db = await testDatabase();
const world = createWorld(db, START);
const server = spawn(process.execPath, [join(installationRoot(), 'test/support/smtp-server.mjs')], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const received: Received[] = [];
let config: MailerConfig;
beforeAll(async () => {
  const lines = createInterface({ input: server.stdout });
  const [first] = (await once(lines, 'line')) as [string]; // as: what readline emits
  lines.on('line', (line) => received.push(JSON.parse(line) as Received)); // as: what smtp-server.mjs tells
  const { port } = JSON.parse(first) as { port: number };
  config = {
    ...{ host: '127.0.0.1', port, security: 'none', user: 'user', password: 'secret' },
    from: 'Dynamo <alerts@example.com>',
  };
  await world.node(world.at(-3600));
});
afterAll(async () => {
  await world.stop();
  server.kill();
});

const send = (seconds: number, more: Partial<MailerConfig> = {}) => {
  world.turn(seconds);
  return sendEmails({ db, mailer: createMailer({ ...config, ...more }), now: world.now, log: quiet });
};
const recipient = (organizationId: string, email: string, more: object = {}) =>
  db.prisma.alertRecipient.create({
    data: {
      ...{ id: newId('alt'), organizationId, email, minSeverity: 'warning', resolved: true, active: true },
      ...{ createdBy: 'usr_1', createdAt: START, updatedAt: START, ...more },
    },
  });
const to = (email: string) => received.filter((mail) => mail.to.includes(email));
/** A subject with its encoded words (RFC 2047, Q) put together. */
const subjectOf = (mail: Received | undefined): string =>
  (mail?.headers.join('\r\n').match(/^Subject: (.*(?:\r\n .*)*)/m)?.[1] ?? '')
    .replace(/\?=\s+=\?UTF-8\?Q\?/g, '')
    .replace(/=\?UTF-8\?Q\?|\?=/g, '')
    .replaceAll('_', ' ')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
const away = { connected: false, disconnectedAt: START };

test('an alert goes to who asked for its severity and site, when it begins and when it is over, once', async () => {
  const organizationId = await world.organization();
  const siteId = await world.site(organizationId);
  await recipient(organizationId, 'all@a.test', { minSeverity: 'info' });
  await recipient(organizationId, 'begin@a.test', { resolved: false });
  await recipient(organizationId, 'site@a.test', { siteIds: [siteId] });
  await recipient(organizationId, 'elsewhere@a.test', { siteIds: ['site_other'] });
  await recipient(organizationId, 'paused@a.test', { active: false });
  const other = await world.organization();
  await recipient(other, 'stranger@b.test', { minSeverity: 'info' });
  const chargePointId = await world.chargePoint(organizationId, away, { siteId });
  world.turn(301);
  await world.sweep(['offline']);
  expect(await send(302)).toBe(3);
  expect(await send(303)).toBe(0);
  await db.prisma.chargePointState.update({ where: { chargePointId }, data: { connected: true } });
  world.turn(400);
  await world.sweep(['offline']);
  expect(await send(401)).toBe(2);
  expect(received.map((mail) => mail.to[0]).sort()).toEqual(
    ['all@a.test', 'all@a.test', 'begin@a.test', 'site@a.test', 'site@a.test'].sort(),
  );
  const [begun, over] = to('all@a.test');
  expect(subjectOf(begun)).toMatch(/\[critical\] Charger offline: cp_/);
  expect(subjectOf(over)).toMatch(/\[resolved\] Charger offline: cp_/);
  const text = begun?.content ?? '';
  expect(text).toContain('What to do: Check power and network');
  expect(text).toContain('DELETE /api/v1/alert-recipients/alt_');
  expect(begun?.auth).toBe('user:secret');
  expect(begun?.headers.find((line) => /^auto-submitted:/i.test(line))).toContain('auto-generated');
  expect(begun?.headers.find((line) => /^message-id:/i.test(line))).toMatch(
    /<alr_\w+\.triggered\.alt_\w+\.1@127\.0\.0\.1>/,
  );
});

test('what could not be sent is tried again, and given up in the end; who is refused does not hold up others', async () => {
  const organizationId = await world.organization();
  await recipient(organizationId, 'busy@a.test');
  await recipient(organizationId, 'refuse@a.test');
  await recipient(organizationId, 'fine@a.test');
  world.turn(1000);
  await world.chargePoint(organizationId, away);
  await world.sweep(['offline']);
  expect(await send(1001)).toBe(1);
  expect(await send(1002)).toBe(0);
  expect(await send(1062)).toBe(1);
  expect([to('busy@a.test'), to('fine@a.test')].map((some) => some.length)).toEqual([1, 1]);
  let seconds = 1062;
  for (const waitS of RETRY_S) {
    seconds += waitS + 1;
    await send(seconds);
  }
  const rows = await db.prisma.alertEmail.findMany({ where: { organizationId }, orderBy: { status: 'asc' } });
  expect(rows.map(({ status, attempts }) => [status, attempts])).toEqual([
    ['failed', RETRY_S.length + 1],
    ['sent', 1],
    ['sent', 2],
  ]);
  expect(rows[0]?.lastError).toMatch(/550|nobody/);
  // A wrong password is a fault like another, and stands nowhere.
  await db.prisma.alertEmail.updateMany({
    where: { organizationId, status: 'failed' },
    data: { status: 'pending', attempts: 0, nextAttemptAt: START },
  });
  await send(seconds + 10, { password: 'wrong-secret' });
  const failed = await db.prisma.alertEmail.findFirstOrThrow({ where: { organizationId, status: 'pending' } });
  expect(failed.lastError).not.toBeNull();
  expect(failed.lastError).not.toContain('wrong-secret');
  expect(failed.lastError).not.toContain(Buffer.from('\0user\0wrong-secret').toString('base64'));
  await db.prisma.alertEmail.deleteMany({ where: { organizationId } });
});

test('who watches a site is told once of an outage of many sites that hits it too, also where it is hit later', async () => {
  const organizationId = await world.organization();
  const [north, south, quiet, late] = [
    await world.site(organizationId),
    await world.site(organizationId),
    await world.site(organizationId),
    await world.site(organizationId),
  ];
  await recipient(organizationId, 'north@c.test', { siteIds: [quiet, north] });
  await recipient(organizationId, 'quiet@c.test', { siteIds: [quiet] });
  await recipient(organizationId, 'late@c.test', { siteIds: [late] });
  const gone = (siteId: string, seconds: number) =>
    world.chargePoint(organizationId, { connected: false, disconnectedAt: world.at(seconds) }, { siteId });
  for (const siteId of [north, north, north, south, south, south]) await gone(siteId, 80_000);
  const sweep = async (seconds: number) => {
    world.turn(seconds);
    await world.sweep(['offline']);
    await send(seconds + 1);
  };
  await sweep(80_301);
  expect(['north', 'quiet', 'late'].map((name) => to(`${name}@c.test`).length)).toEqual([1, 0, 0]);
  await recipient(organizationId, 'all@c.test'); // is no recipient yet when it begins
  await gone(late, 80_310);
  await gone(north, 80_310);
  await sweep(80_611);
  expect(['north', 'quiet', 'late', 'all'].map((name) => to(`${name}@c.test`).length)).toEqual([1, 0, 1, 0]);
  await db.prisma.chargePointState.updateMany({ where: { organizationId }, data: { connected: true } });
  await sweep(80_700);
  expect(['north', 'quiet', 'late', 'all'].map((name) => to(`${name}@c.test`).length)).toEqual([2, 0, 2, 1]);
  expect(await db.prisma.alert.count({ where: { organizationId } })).toBe(1);
});

test('where TLS is wanted and not spoken, nothing is sent in the clear', async () => {
  const before = received.length;
  const mailer = createMailer({ ...config, security: 'tls' });
  await expect(mailer.send({ to: 'all@a.test', subject: 'x', text: 'x', id: 'x' })).rejects.toThrow();
  expect(received).toHaveLength(before);
});

test('many at once are one mail, with what they are', async () => {
  const organizationId = await world.organization();
  await db.prisma.alertRule.create({
    data: { organizationId, rule: 'fleet_offline', scopeId: '', enabled: false, updatedAt: START, updatedBy: 'u' },
  });
  await recipient(organizationId, 'digest@a.test');
  for (let i = 0; i < 12; i += 1) await world.chargePoint(organizationId, away);
  world.turn(90_000);
  await world.sweep(['offline']);
  expect(await send(90_001)).toBe(1);
  const [digest, ...more] = to('digest@a.test');
  expect(more).toEqual([]);
  expect(subjectOf(digest)).toContain('12 new');
  expect(digest?.content.match(/Charger offline/g)).toHaveLength(12);
});

test('two processes that send at once send each mail once', async () => {
  const organizationId = await world.organization();
  for (let i = 0; i < 8; i += 1) await recipient(organizationId, `many${i}@a.test`);
  await world.chargePoint(organizationId, away);
  world.turn(91_000);
  await world.sweep(['offline']);
  const sent = await Promise.all([send(91_001), send(91_001), send(91_001)]);
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(8);
  expect(received.filter(({ to: [address = ''] }) => address.startsWith('many'))).toHaveLength(8);
});

test('a mail is sent once, also where those before it took longer than a process may keep it', async () => {
  const organizationId = await world.organization();
  const addresses = Array.from({ length: 10 }, (_, i) => `slow${i}@a.test`);
  for (const address of addresses) await recipient(organizationId, address);
  await world.chargePoint(organizationId, away);
  world.turn(92_000);
  await world.sweep(['offline']);
  const sent: string[] = [];
  const settled = () => db.prisma.alertEmail.count({ where: { organizationId, status: 'sent' } });
  const process = (meanwhile: () => Promise<unknown>) => () =>
    sendEmails({
      ...{ db, now: world.now, log: quiet },
      mailer: {
        send: async ({ to: address }) => {
          sent.push(address);
          await meanwhile();
        },
      },
    });
  const other = process(async () => undefined);
  const slow = process(async () => {
    const turn = sent.length;
    if (turn <= 4) {
      await until('all four are on their way', () => sent.length >= 4);
      world.turn(92_290);
    } else if (turn === 5) {
      await until('the first four are done', async () => (await settled()) >= 4);
      world.turn(92_310);
      await other();
    }
  });
  await slow();
  expect(sent.sort()).toEqual(addresses);
  const rows = await db.prisma.alertEmail.findMany({ where: { organizationId } });
  expect(rows.map(({ status, attempts }) => [status, attempts])).toEqual(addresses.map(() => ['sent', 1]));
});

test('what chargers and people write never becomes a header, a second recipient or a command', async () => {
  const before = received.length;
  const evil = 'x\r\nBcc: victim@b.test\r\n\r\n.\r\nMAIL FROM:<a@b.test>\u2028\u0000\ud800';
  await createMailer(config).send({ to: 'all@a.test', subject: evil, text: `${evil}\n.\n..`, id: `a\r\nX: y${evil}` });
  const mails = received.slice(before);
  expect(mails).toHaveLength(1);
  expect(mails[0]?.to).toEqual(['all@a.test']);
  expect(mails[0]?.content.trimEnd().split('\r\n').slice(-4)).toEqual(['MAIL FROM:<a@b.test>', ' \ufffd', '.', '..']);
  expect(mails[0]?.headers.filter((line) => /^(bcc|x|mail from):/i.test(line))).toEqual([]);
  await expect(
    createMailer(config).send({ to: 'all@a.test>\r\nRCPT TO:<victim@b.test', subject: 'x', text: 'x', id: 'x' }),
  ).rejects.toThrow('no address');
  expect(received.flatMap((mail) => mail.to)).not.toContain('victim@b.test');
});

test('a digest of thousands stays short', () => {
  const alert: MailedAlert = {
    ...{ alertId: 'alr_1', kind: 'triggered', rule: 'offline', severity: 'critical', title: 'Charger offline' },
    ...{
      reason: 'gone',
      chargePointId: 'cp_1',
      identity: 'CP-1',
      chargePointName: null,
      siteName: 'Depot',
      members: 0,
    },
    ...{ evseId: 0, connectorId: 0, triggeredAt: START, resolvedAt: null, resolution: null },
  };
  const reader = { recipientId: 'alt_1', organization: 'Fleet', timezone: 'Europe/Berlin' };
  const { subject, text } = digestMail(
    Array.from({ length: 5000 }, () => alert),
    reader,
  );
  expect(subject).toBe('[alerts] 5000 new at Fleet');
  expect(text).toContain('and 4950 more');
  expect(text.length).toBeLessThan(10_000);
});
