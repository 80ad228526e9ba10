/** A charge point's lock is held for longer than a request waits: whoever repeats with the same Idempotency-Key gets one row and one frame. */
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from '@jest/globals';
import { startApp } from '../support/app.ts';
import { type ScriptedStation, stationsOf } from '../support/scripted-station.ts';
import { until } from '../support/until.ts';

const app = await startApp();
const { station, closeAll } = stationsOf(app);
afterAll(async () => {
  await closeAll();
  await app.stop();
});

/** Holds what locks a charge point's world (docs/architecture.md, Tables). */
async function hold({ id }: { readonly id: string }): Promise<() => Promise<void>> {
  const client = await app.db.pool.connect();
  await client.query('BEGIN');
  await client.query(`SET LOCAL idle_in_transaction_session_timeout = 0`);
  await client.query('SELECT 1 FROM charge_point_sequences WHERE charge_point_id = $1 FOR UPDATE', [id]);
  return async () => {
    await client.query('ROLLBACK');
    client.release();
  };
}

test.each([
  [
    'UnlockConnector',
    (at: ScriptedStation) =>
      [
        `/charge-points/${at.id}/commands`,
        { action: 'UnlockConnector', payload: { evseId: 1, connectorId: 1 } },
      ] as const,
    'commands',
  ],
  [
    'RequestStartTransaction',
    (at: ScriptedStation) =>
      [`/charge-points/${at.id}/payments`, { psp_ref: `psp-${at.id}`, evse_id: 1, max_cost: '20.00' }] as const,
    'direct_payments',
  ],
  [
    'GetLog',
    (at: ScriptedStation) => [`/charge-points/${at.id}/diagnostics`, { kind: 'diagnostics_log' }] as const,
    'uploads',
  ],
])('%s after a 503 is one frame and one row', async (action, asked, table) => {
  const at = await station({ protocol: 'ocpp2.1' });
  const [path, body] = asked(at);
  const key = { 'Idempotency-Key': randomUUID() };
  const post = () => app.api<{ id: string }>('POST', path, body, key);
  const letGo = await hold(at);
  const first = await post();
  expect([first.status, first.body]).toMatchObject([503, { error: { code: 'unavailable' } }]);
  const [repeat] = await Promise.all([post(), letGo()]);
  expect([repeat.status, repeat.body]).toMatchObject([202, { id: expect.any(String) }]);
  await until('the station is asked', () => at.asked(action).length > 0);
  const again = await post();
  expect([again.body.id, again.headers.get('idempotent-replayed')]).toEqual([repeat.body.id, 'true']);
  // Whatever else was queued for it would come before this.
  await app.api('POST', `/charge-points/${at.id}/commands?wait=true`, { action: 'ClearCache', payload: {} });
  expect(at.asked(action)).toHaveLength(1);
  const { rows } = await app.db.pool.query(`SELECT id FROM ${table} WHERE charge_point_id = $1 AND id = $2`, [
    at.id,
    repeat.body.id,
  ]);
  expect(rows).toHaveLength(1);
});
