/** E: what 2.x stations do about the events of a transaction. Driven over a real socket by the simulator's misbehaviours. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type SessionAnswer, type Station } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const VERSIONS = ['2.0.1', '2.1'] as const;
const isOver = ({ status }: SessionAnswer): boolean => status === 'ended' || status === 'closed_by_system';
const settings = { MeterValueSampleInterval: '30' };

async function visit(station: Station): Promise<SessionAnswer> {
  await station.charger.charge({ token: 'TAG', seconds: 120, car: { socPercent: 20, maxPowerW: 11_000 } });
  return station.session(isOver);
}
/** The time that events wait for those before them is over. */
const lateIs = (station: Station) =>
  world.app.db.prisma.heldTransactionEvent.updateMany({
    where: { chargePointId: station.id },
    data: { dueAt: new Date(0) },
  });
/** One visit that is one session, told once, with the energy that the station itself counted. */
async function isWhole(station: Station): Promise<SessionAnswer> {
  const session = await visit(station);
  const counted = station.charger.connector(1).registerWh;
  await until('its energy', async () => (await station.session()).energy_wh === counted);
  expect(await station.sessions()).toHaveLength(1);
  expect(await station.events('session.started')).toHaveLength(1);
  expect(await station.events('session.ended')).toHaveLength(1);
  return session;
}

describe('E1: repeats each event', () => {
  test.each(VERSIONS)('%s: it is told once', async (version) => {
    expect(await isWhole(await world.station({ version, settings, misbehave: ['E1'] }))).toMatchObject({
      token: 'TAG',
      stop_reason: 'Local',
    });
  });
});

describe('E2: loses the Started event', () => {
  test.each(VERSIONS)('%s: the session is made of what came, when nothing more is to be hoped for', async (version) => {
    const station = await world.station({ version, settings, misbehave: ['E2'] });
    await station.charger.charge({ token: 'TAG', seconds: 120 });
    await lateIs(station);
    const session = await station.session(isOver);
    expect(session.flags).toContain('start_missing');
    expect(await station.sessions()).toHaveLength(1);
    expect(await station.events('session.ended')).toHaveLength(1);
  });
});

describe('E3: leaves a number out', () => {
  test.each(VERSIONS)('%s: what comes after it waits, and is told in the end', async (version) => {
    const station = await world.station({ version, settings, misbehave: ['E3'] });
    await station.charger.charge({ token: 'TAG', seconds: 120 });
    await until('it waits', async () => {
      const where = { chargePointId: station.id };
      return (await world.app.db.prisma.heldTransactionEvent.count({ where })) > 0;
    });
    expect(await station.session()).toMatchObject({ status: 'active' });
    await lateIs(station);
    const session = await station.session(isOver);
    expect(session.flags).toContain('events_missing');
    expect(session.energy_wh).toBe(station.charger.connector(1).registerWh);
  });
});

describe('E4: uses a number twice', () => {
  test.each(VERSIONS)('%s: both events count', async (version) => {
    await isWhole(await world.station({ version, settings, misbehave: ['E4'] }));
  });
});

describe('E5: wrong order', () => {
  test.each(VERSIONS)('%s: the order of the numbers holds', async (version) => {
    await isWhole(await world.station({ version, settings, misbehave: ['E5'] }));
  });
});

describe('E6: the whole transaction once more', () => {
  test.each(VERSIONS)('%s: what is over stays over', async (version) => {
    await isWhole(await world.station({ version, settings, misbehave: ['E6'] }));
  });
});

describe('E7: numbers from 1000', () => {
  test.each(VERSIONS)('%s: is a session like any other', async (version) => {
    await isWhole(await world.station({ version, settings, misbehave: ['E7'] }));
  });
});

describe('E8: words of its own', () => {
  test.each(VERSIONS)('%s: the session is there, whatever they mean', async (version) => {
    await isWhole(await world.station({ version, settings, misbehave: ['E8'] }));
  });
});

describe('E9: loses the Ended event', () => {
  test.each(VERSIONS)('%s: the next one closes it, and takes its token', async (version) => {
    const station = await world.station({ version, settings, misbehave: ['E9'] });
    await station.charger.charge({ token: 'TAG', seconds: 60 });
    await station.session(({ status }) => status === 'active');
    await station.charger.charge({ token: 'TAG', seconds: 60 });
    await until('two sessions, one of them over', async () => {
      const all = await station.sessions();
      return all.length === 2 && all.filter(isOver).length === 1;
    });
  });
});

describe('E10: garbage wherever it may', () => {
  test.each(VERSIONS)('%s: what counts is taken, what is odd is counted, nothing is kept back', async (version) => {
    const station = await world.station({ version, settings, misbehave: ['E10'] });
    expect(await isWhole(station)).toMatchObject({ token: 'TAG', stop_reason: 'Local' });
    expect(await world.app.db.prisma.quarantinedMessage.count({ where: { chargePointId: station.id } })).toBe(0);
    const fields = await until('they are counted', async () => {
      const { body } = await world.api<{ data: { field: string }[] }>('GET', `/charge-points/${station.id}/deviations`);
      return body.data.length > 0 ? body.data.map(({ field }) => field) : undefined;
    });
    expect(fields.join()).toMatch(/numberOfPhasesUsed|offline/);
  });
});

describe('E11: ends a transaction that never began', () => {
  test.each(VERSIONS)(
    '%s: that becomes a session of its own; the one that runs ends with the next',
    async (version) => {
      const station = await world.station({ version, settings, misbehave: ['E11'] });
      await station.charger.charge({ token: 'TAG', seconds: 60 });
      await until('its end waits', async () => {
        const where = { chargePointId: station.id };
        return (await world.app.db.prisma.heldTransactionEvent.count({ where })) === 1;
      });
      await lateIs(station);
      const orphan = await station.session(({ flags }) => flags.includes('start_missing'));
      expect(orphan.status).toBe('ended');
      await station.charger.charge({ token: 'TAG', seconds: 60 });
      await until('the first is closed', async () => {
        const all = await station.sessions();
        return all.some(({ status }) => status === 'closed_by_system');
      });
      const ends = (await station.events('session.ended')).map(({ data }) => data['session_id']);
      expect(new Set(ends).size).toBe(ends.length);
    },
  );
});
