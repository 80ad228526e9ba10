/** PostgreSQL commits that a command is sent, and dies before it says so: the charger is asked all the same, once. */
import { afterAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/database/index.ts';
import { startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { stationsOf } from '../support/scripted-station.ts';

const real = await testDatabase({ poolSize: 12 });
const isSent = async (): Promise<boolean> =>
  (await real.pool.query(`SELECT FROM commands WHERE status = 'sent'`)).rowCount === 1;
/** The next transaction after which a command is sent says nothing of its COMMIT. */
let losesAnswer = false;
const db: Database = {
  ...real,
  transaction: async (work) => {
    const done = await real.transaction(work);
    if (losesAnswer && (await isSent())) {
      losesAnswer = false;
      throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    }
    return done;
  },
};
const app = await startApp({ db });
const { station, closeAll } = stationsOf(app);
afterAll(async () => {
  await closeAll();
  await app.stop();
  await real.close();
});

test('a command whose handing out was committed without an answer is sent once, and answered', async () => {
  const at = await station({ protocol: 'ocpp2.0.1', answers: { GetLocalListVersion: { versionNumber: 0 } } });
  const ask = (action: string) =>
    app.api<{ status: string }>('POST', `/charge-points/${at.id}/commands?wait=true`, { action, payload: {} });
  await ask('ClearCache'); // what was queued by the boot is behind us
  losesAnswer = true;
  expect((await ask('GetLocalListVersion')).body.status).toBe('accepted');
  expect(losesAnswer).toBe(false);
  expect((await ask('ClearCache')).body.status).toBe('accepted');
  expect(at.asked('GetLocalListVersion')).toHaveLength(1);
});
