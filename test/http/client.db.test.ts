/** The typed client against a server: what its callers write down in their programs. */
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import { allOf, createDynamoClient } from '../../src/client/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { until } from '../support/until.ts';
import { anEvent } from '../webhooks/support/log.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

async function clientOf(organizationId: string) {
  const { key } = await rest.keyOf(organizationId);
  const { port } = rest.server.address() as AddressInfo; // it listens
  const asked: string[] = [];
  const client = createDynamoClient({
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey: key,
    fetch: (request) => {
      asked.push(new URL(request.url).search);
      if (asked.length > 20) throw new Error(`it does not end: ${asked.join(' ')}`);
      return fetch(request);
    },
  });
  return { client, asked };
}

test.each([0, 1, 2, 5])(
  'all of %i events end, although their last page has a cursor for what is to come',
  async (n) => {
    const organizationId = await rest.createOrganization();
    const { client, asked } = await clientOf(organizationId);
    const ids: string[] = [];
    for (let i = 0; i < n; i += 1) ids.push((await anEvent(db, organizationId)).id);
    const all = () => client.GET('/api/v1/webhooks/events', { params: { query: { limit: 100 } } });
    await until('pollers see them', async () => (await all()).data?.data.length === n);
    asked.splice(0);
    const seen: unknown[] = [];
    const page = (cursor: string | undefined) =>
      client.GET('/api/v1/webhooks/events', {
        params: { query: { limit: 2, ...(cursor !== undefined && { cursor }) } },
      });
    for await (const each of allOf(page)) seen.push(each.id);
    expect(seen).toEqual(ids);
    expect(asked.length).toBeLessThanOrEqual(n / 2 + 2);
  },
);
