/** Which lists are looked at when, and what is read for it, with many chargers. */
import { afterAll, expect, test } from '@jest/globals';
import { desiredEntries, listOf } from '../../src/local-list/sync-store.ts';
import { testDatabase } from '../support/db.ts';
import { createWorld } from '../support/world.ts';

const db = await testDatabase();
afterAll(() => db.close());

test('a list that is full does without blocked tokens first', async () => {
  const { organizationId, chargePoints } = await createWorld(db, {
    tokens: [{ uid: 'BLOCKED', status: 'blocked' }, { uid: 'FIRST' }, { uid: 'SECOND' }],
  });
  const chargePointId = chargePoints[0]?.id ?? '';
  const setting = { chargePointId, organizationId, key: 'LocalAuthListMaxLength', value: '2', readonly: true };
  await db.prisma.chargePointSetting.create({
    data: { ...setting, secret: false, known: true, fetchedAt: new Date() },
  });
  const list = await listOf(db, organizationId, chargePointId);
  if (list === undefined) throw new Error('there is no list');
  expect((await desiredEntries(db, list, new Date())).map(({ uid }) => uid)).toEqual(['FIRST', 'SECOND']);
});
