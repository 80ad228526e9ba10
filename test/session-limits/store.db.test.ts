/** What the machine is given beside the limits: the station's protocol, and what its clock is off by. */
import { afterAll, expect, test } from '@jest/globals';
import { loadLimits } from '../../src/session-limits/store.ts';
import { testDatabase } from '../support/db.ts';
import { createWorld } from '../support/world.ts';

const db = await testDatabase();
afterAll(() => db.close());

test('limits are looked at with what the clock of their station was measured to be off by', async () => {
  const { chargePoints } = await createWorld(db, { chargePoints: 2, tokens: [] });
  const [measured = '', unmeasured = ''] = chargePoints.map(({ id }) => id);
  await db.prisma.chargePointState.update({
    where: { chargePointId: measured },
    data: { protocol: 'ocpp1.6', clockOffsetMs: -18_000_000 },
  });
  const inputs = [measured, unmeasured].map((chargePointId) => ({
    ...({ room: 'session_limits', type: 'set', chargePointId, receivedAt: new Date() } as const),
    ...({ limitId: 'slm_1', sessionId: 'ses_1', limit: {}, source: 'operator', setBy: 'key_1' } as const),
  }));
  const states = await db.transaction((tx) => loadLimits(tx, inputs));
  expect(states.get(measured)).toEqual({ limits: new Map(), protocol: 'ocpp1.6', clockOffsetMs: -18_000_000 });
  expect(states.get(unmeasured)).toMatchObject({ clockOffsetMs: null });
});
