import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createPasswords, ensureFirstOrganization } from '../../src/auth/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openKeyRing, warnOfLostKeys } from '../../src/secrets/index.ts';
import { testDatabase } from '../support/db.ts';

const db = await testDatabase();
const key = (kid: string): string => `${kid}:${randomBytes(32).toString('base64')}`;
const ringOf = (...keys: string[]) => openKeyRing({ keys: keys.join(','), dataDir: '/nowhere' });

async function errorsWith(keyRing: ReturnType<typeof ringOf>): Promise<object[]> {
  const errors: object[] = [];
  await warnOfLostKeys({ db, keyRing, log: { error: (fields) => void errors.push(fields) } });
  return errors;
}

test('a key that something hangs on and that the ring has lost is told at the start, with what hangs on it', async () => {
  const old = key('old');
  expect(await errorsWith(ringOf(old))).toEqual([]);
  await ensureFirstOrganization({
    db,
    config: {},
    peppers: ringOf(old).peppers('api-key'),
    passwords: createPasswords(),
    clock: systemClock,
  });
  expect(await errorsWith(ringOf(key('new'), old))).toEqual([]);
  expect(await errorsWith(ringOf(key('new')))).toEqual([{ kid: 'old', apiKeys: 1, chargerKeys: 0 }]);
});
