/** M: what chargers do about meter values (3-ocpp.md). Driven over a real socket by the simulator's misbehaviours. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type SessionAnswer, type Station } from '../support/charging-world.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

type Sample = { at: string; context: string; energy_wh: number | null; power_w: number | null };
const samplesOf = async ({ id }: SessionAnswer): Promise<Sample[]> =>
  (await world.api<{ data: Sample[] }>('GET', `/sessions/${id}/meter-values?limit=100`)).body.data;
async function visit(station: Station): Promise<{ session: SessionAnswer; samples: Sample[]; chargedWh: number }> {
  const result = await station.charger.charge({ token: 'TAG', seconds: 300 });
  if (result.outcome !== 'charged') throw new Error(`the visit was ${result.outcome}`);
  const before = await station.session(
    ({ status, transaction_id: id }) => status === 'ended' && id === result.session.transactionId,
  );
  return { session: before, samples: await samplesOf(before), chargedWh: result.session.energyWh };
}
const settings = { MeterValueSampleInterval: '30' };

describe('M1: no transactionId', () => {
  test('the session is found by connector and time', async () => {
    const { session, samples, chargedWh } = await visit(await world.station({ misbehave: ['M1'], settings }));
    expect(samples.filter(({ context }) => context === 'sample_periodic').length).toBeGreaterThan(3);
    expect(session.energy_wh).toBe(chargedWh);
  });
});

describe('M2: no unit, kWh labelled Wh, kWh', () => {
  test('energy is what was charged, whatever the label', async () => {
    const station = await world.station({ misbehave: ['M2'], settings });
    for (let i = 0; i < 3; i += 1) {
      const { session, chargedWh } = await visit(station);
      expect(session.energy_wh).toBe(chargedWh);
    }
  });
});

describe('M4: meter values without a value', () => {
  test('say nothing, and are no fault', async () => {
    const station = await world.station({ misbehave: ['M4'], settings });
    const { session, chargedWh } = await visit(station);
    expect(session).toMatchObject({ energy_wh: chargedWh, flags: [] });
    const kept = await world.app.db.prisma.quarantinedMessage.count({ where: { chargePointId: station.id } });
    expect(kept).toBe(0);
  });
});

describe('M5: each reading twice', () => {
  test('is kept once', async () => {
    const { samples } = await visit(await world.station({ misbehave: ['M5'], settings }));
    const keys = samples.map(({ at, context }) => `${at} ${context}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('M6: single phases, no totals', () => {
  test('are summed up', async () => {
    const { samples, session, chargedWh } = await visit(await world.station({ misbehave: ['M6'], settings }));
    expect(session.energy_wh).toBe(chargedWh);
    const powers = samples.flatMap(({ power_w: power }) => power ?? []);
    expect(Math.max(...powers)).toBeGreaterThan(5000); // one phase alone gives 7.3 kW at most, three give 22
  });
});
