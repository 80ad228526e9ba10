/** The outbox of accounts: each mail is sent once, however slow the mail server is and whoever else sends. */
import { expect, test } from '@jest/globals';
import { createAccountEmails, writeAccountEmail } from '../../src/account-emails/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';

const db = await testDatabase();

test('a mail is sent once, also where those before it took longer than a process may keep it', async () => {
  let at = new Date('2026-06-01T10:00:00.000Z');
  const sent: string[] = [];
  const compose = async () => ({ subject: 'Hello', text: 'Hello' });
  const process = (beforeEach: () => Promise<unknown>) =>
    createAccountEmails({
      ...{ db, now: () => at, log: quiet, compose: { invitation: compose, password_reset: compose } },
      mailer: {
        send: async ({ to }) => {
          sent.push(to);
          await beforeEach();
          at = new Date(at.getTime() + 59_000);
        },
      },
    });
  const other = process(async () => undefined);
  const slow = process(async () => sent.length === 12 && other.send());
  const addresses = Array.from({ length: 14 }, (_, i) => `p${String(i).padStart(2, '0')}@example.com`);
  for (const email of addresses)
    await writeAccountEmail(db, { id: newId('aem'), kind: 'invitation', email, subjectId: email, now: at });
  await slow.send();
  expect(sent.sort()).toEqual(addresses);
  const rows = await db.prisma.accountEmail.findMany();
  expect(rows.map(({ status, attempts }) => [status, attempts])).toEqual(addresses.map(() => ['sent', 1]));
});
