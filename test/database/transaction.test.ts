import { expect, test } from '@jest/globals';
import { testDatabase } from '../support/db.ts';

const db = await testDatabase();
test('a clone of the template is migrated', async () => {
  const rows = await db.rows<{ n: number }>({ name: 'a', text: 'select count(*) n from organizations' }, []);
  expect(rows).toEqual([{ n: 0 }]);
  expect(await db.prisma.organization.count()).toBe(0);
});
