/** A stop that names no session of ours is looked for among those that ended: by its index alone, and one of a thousand that say the same. */
import { afterAll, expect, test } from '@jest/globals';
import type { Statement, Tx } from '../../src/database/contract.ts';
import { stoppedBy } from '../../src/sessions/ended-store.ts';
import { stopKey } from '../../src/sessions/machine.ts';
import { testDatabase } from '../support/db.ts';
import { started, stopped, T0 } from '../support/inputs.ts';

const db = await testDatabase();
afterAll(() => db.close());

const stop = stopped({ transactionId: undefined, rawTransactionId: '-1', tokenUid: 'TAG' });
type Sent = { readonly statement: Statement; readonly values: readonly unknown[] };
/** What was asked is there to be explained. */
function watched() {
  const sent: Sent[] = [];
  const rows = <Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> => {
    sent.push({ statement, values });
    return db.rows<Row>(statement, values);
  };
  return { sent, tx: { rows } as Tx };
}

test('it is found by its index, which holds only what was ended so, and one of many is enough', async () => {
  // Every tenth of 20,000 was ended so, a thousand of one charger without a clock.
  await db.pool.query(
    `INSERT INTO sessions (id, transaction_id, start_key, organization_id, charge_point_id, charge_point_number, charge_point_identity,
                           evse_id, connector_id, status, "authorization", started_at, ended_at, meter_start_wh, last_register_wh,
                           energy_wh, flags, updated_at, created_at, stop_key)
     SELECT 'ses_' || i, i, 'start|' || i, 'org_1', 'cp_' || i % 20, i % 20, 'CP', 1, 1, 'ended', 'accepted', $1, $1, 0, 0, 0, '{}', $1, $1,
            CASE WHEN i % 20 = 1 THEN $2 WHEN i % 20 = 2 THEN 'stop|' || i END
       FROM generate_series(1, 20000) AS i`,
    [T0, stopKey(stop)],
  );
  await db.pool.query('ANALYZE sessions');
  const { sent, tx } = watched();
  expect(await stoppedBy(tx, [stop], new Map())).toMatchObject([{ chargePointId: 'cp_1', stopKey: stopKey(stop) }]);
  const [asked] = sent;
  const { rows } = await db.pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${asked?.statement.text}`,
    [...(asked?.values ?? [])],
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toMatch(/Index Scan using sessions_by_stop_key on sessions n \(actual rows=1(\.00)? loops=1\)/);
  expect(plan).not.toContain('Seq Scan on sessions');
});

test('nothing is asked for a stop of a session that is known, nor for anything else', async () => {
  const { sent, tx } = watched();
  const known = new Map([['cp_1', { sessions: new Map([['ses_1', { transactionId: 1 }]]) }]]);
  expect(await stoppedBy(tx, [started(), stopped()], known as unknown as Parameters<typeof stoppedBy>[2])).toEqual([]);
  expect(sent).toEqual([]);
});
