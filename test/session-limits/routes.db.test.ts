/** The limit of a session over REST, of one that a prepaid token pays for. */
import { afterAll, expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { createTransactionIds } from '../../src/sessions/index.ts';
import { testDatabase } from '../support/db.ts';
import { aStart, T0 } from '../support/inputs.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

test('no limit that is set, raised or taken back lets it cost more than is left', async () => {
  const api = rest.as((await rest.keyOf(await rest.createOrganization())).key);
  const { body: chargePoint } = await api.post('/api/v1/charge-points').send({ identity: 'PREPAID-1' });
  await api.post('/api/v1/tokens').send({ uid: 'TAG', type: 'rfid', credit: '5.00' });
  const sessionId = newId('ses');
  const about = { room: 'tokens', type: 'authorize_start', chargePointId: chargePoint.id, receivedAt: T0 } as const;
  const transactionId = await createTransactionIds(db)();
  await rest.ingest.submit({ ...about, start: aStart({ sessionId, transactionId }) });
  const path = `/api/v1/sessions/${sessionId}/limit`;
  expect((await api.get(path)).body).toMatchObject({ max_cost: '5.00', source: 'credit' });
  for (const [limit, max_cost] of [
    [{ max_energy_wh: 80_000 }, '5.00'],
    [{ max_cost: '3.00' }, '3.00'],
    [{ max_cost: '20.00' }, '5.00'],
  ] as const)
    expect((await api.put(path).send(limit)).body).toMatchObject({ ...limit, max_cost });
  expect((await api.delete(path)).body).toMatchObject({ max_cost: '5.00', max_energy_wh: null, source: 'credit' });
});
