import { expect, test } from '@jest/globals';
import { createRetention } from '../../src/webhooks/retention.ts';
import { createRetentionStore } from '../../src/webhooks/retention-store.ts';
import { testDatabase } from '../support/db.ts';
import { anEndpoint, anOrganization, deliveries, deliveryRows } from './support/world.ts';

const db = await testDatabase();
const DAY = 86_400_000;

test('after 30 days ended deliveries and their events are deleted, in batches; what waits stays with its event', async () => {
  const organizationId = await anOrganization(db);
  const endpoint = await anEndpoint(db, organizationId);
  const created = new Date();
  await deliveries(db, organizationId, endpoint, 12, { status: 'succeeded', createdAt: created });
  await deliveries(db, organizationId, endpoint, 5, { status: 'failed', createdAt: created });
  const [waiting] = await deliveries(db, organizationId, endpoint, 1, { createdAt: created });
  let now = new Date(created.getTime() + 30 * DAY - 1000);
  const retain = createRetention({ store: createRetentionStore(db), now: () => now, batch: 5, maxBatches: 3 });

  expect(await retain()).toEqual({ deliveries: 0, events: 0 });
  now = new Date(created.getTime() + 30 * DAY + 10_000);
  expect(await retain()).toEqual({ deliveries: 15, events: 15 }); // as many batches as one run may take
  expect(await retain()).toEqual({ deliveries: 2, events: 2 });
  expect(await retain()).toEqual({ deliveries: 0, events: 0 });
  const left = await deliveryRows(db, endpoint);
  expect(left.map(({ id }) => id)).toEqual([waiting]);
  expect(await db.prisma.domainEvent.findMany({ select: { id: true } })).toEqual([{ id: left[0]?.eventId }]);
});
