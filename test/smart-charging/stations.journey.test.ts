/** Smart charging with simulated stations: the same calls for every version, and what only newer ones can. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { firstIdAt } from '../../src/platform/ids.ts';
import { endLeftProfiles, profileRowId } from '../../src/smart-charging/index.ts';
import { bootedCharger } from '../ocpp/rig.ts';
import { chargingWorld, type Station } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

type Profile = { id: string; status: string; purpose: string; profile_id: number; why: string | null };
type Report = { id: string; status: string; profiles: { source: string }[]; drift: unknown[] | null };
const at = (station: Station, path: string) => `/charge-points/${station.id}/${path}`;
const post = async <T = Profile>(station: Station, path: string, body: object) =>
  (await world.api<T>('POST', at(station, path), body)).body;
const profiles = async (station: Station) =>
  (await world.api<{ data: Profile[] }>('GET', at(station, 'charging-profiles'))).body.data;

async function charging(version: '1.6' | '2.0.1' | '2.1') {
  const station = await world.station({ version, speed: 20 });
  station.charger.plug(1, { batteryWh: 60_000, socPercent: 10 });
  station.charger.present(1, 'TAG');
  const { id } = await station.session();
  await until('the charger knows its transaction', () => station.charger.connector(1).session);
  return { station, sessionId: id };
}

test.each(['1.6', '2.0.1', '2.1'] as const)(
  '%s: limits of the station, an outlet and a session, what results, and back',
  async (version) => {
    const { station, sessionId } = await charging(version);
    const limit = (body: object) => post(station, 'charging-limit?wait=true', body);
    expect(await limit({ limit: 32 })).toMatchObject({ purpose: 'charge_point_max', status: 'active', why: null });
    expect(await limit({ limit: 16, connector_id: 1 })).toMatchObject({ purpose: 'tx_default', status: 'active' });
    expect(await limit({ limit: 12, connector_id: 1 })).toMatchObject({ status: 'active', why: null });
    expect(await limit({ limit: 7.5, session_id: sessionId })).toMatchObject({ purpose: 'tx', status: 'active' });
    const { body } = await world.api<{ periods: { limit: number }[] }>(
      'GET',
      at(station, 'composite-schedule?connector_id=1&duration_s=60&unit=A'),
    );
    expect(body.periods[0]?.limit).toBe(7.5);
    const held = (await profiles(station)).filter(({ status }) => status === 'active');
    expect(held.map(({ purpose }) => purpose)).toEqual(['tx', 'tx_default', 'charge_point_max']);
    expect((await world.api('DELETE', at(station, 'charging-profiles?wait=true'))).body['status']).toBe('accepted');
    expect((await profiles(station)).some(({ status }) => status === 'active')).toBe(false);
  },
);

test.each([
  ['numbers that are texts', { startPeriod: '0', limit: '16.0', numberPhases: '3' }, 200],
  ['a period without its limit', { startPeriod: 60 }, 409],
])('1.6: a schedule that results, with %s, is never told as no limit at all', async (_what, odd, status) => {
  const { id, ...registered } = await world.app.chargePoint({});
  const charger = await bootedCharger(world.app.url, registered);
  try {
    const told = world.api<{ periods?: unknown }>(
      'GET',
      `/charge-points/${id}/composite-schedule?connector_id=1&unit=A`,
    );
    const chargingSchedule = { duration: '600', chargingRateUnit: 'A', chargingSchedulePeriod: [odd] };
    const { id: call } = await charger.asked('GetCompositeSchedule');
    charger.send([3, call, { status: 'Accepted', connectorId: 1, chargingSchedule }]);
    const { status: answered, body } = await told;
    expect(answered).toBe(status);
    if (status === 200)
      expect(body).toMatchObject({ duration_s: 600, periods: [{ start_s: 0, limit: 16, phases: 3 }] });
  } finally {
    charger.socket.terminate();
  }
});

describe.each(['2.0.1', '2.1'] as const)('%s', (version) => {
  test('what it reports is what it was given', async () => {
    const station = await world.station({ version, speed: 20 });
    const schedule = (limit: number) => ({ unit: 'A', periods: [{ start_s: 0, limit }] });
    await post(station, 'charging-profiles?wait=true', { purpose: 'charge_point_max', schedule: schedule(30) });
    await post(station, 'charging-profiles?wait=true', {
      purpose: 'tx_default',
      connector_id: 1,
      schedule: schedule(20),
    });
    await station.charger.v2().externalLimit(0, 5000);
    const { id } = await post<Report>(station, 'charging-profile-reports', {});
    const report = await until('it is complete', async () => {
      const { body } = await world.api<Report>('GET', at(station, `charging-profile-reports/${id}`));
      return body.status === 'complete' ? body : undefined;
    });
    expect(report.drift).toEqual([]);
    expect(report.profiles.map(({ source }) => source).sort()).toEqual(['CSO', 'CSO', 'EMS']);
    const { body } = await world.api<{ data: { source: string; status: string }[] }>(
      'GET',
      at(station, 'external-limits'),
    );
    expect(body.data).toMatchObject([{ source: 'EMS', status: 'active' }]);
    await station.charger.v2().externalLimit(0, undefined);
    const after = await world.api<{ data: { status: string }[] }>('GET', at(station, 'external-limits'));
    expect(after.body.data).toMatchObject([{ status: 'cleared' }]);
  });

  test('a car asks, gets a profile, and says how it will charge by it', async () => {
    const { station, sessionId } = await charging(version);
    await post(station, 'charging-limit?wait=true', { limit: 10, connector_id: 1 });
    expect(await station.charger.v2().chargingNeeds(1)).toBe('Accepted');
    type State = { charging_needs: { answer: string; is_within: boolean | null; ev_schedule: unknown }[] };
    const [needs] = await until('it has said so', async () => {
      const { body } = await world.api<State>('GET', `/sessions/${sessionId}/smart-charging`);
      return body.charging_needs[0]?.ev_schedule == null ? undefined : body.charging_needs;
    });
    expect(needs).toMatchObject({ answer: 'accepted', is_within: true, ev_schedule: { periods: [{ limit: 10 }] } });
    const mine = await until('its profile is taken', async () =>
      (await profiles(station)).find(({ purpose, status }) => purpose === 'tx' && status === 'active'),
    );
    expect(mine.why).toBeNull();
  });
});

const DAY_MS = 86_400_000;
/** Ids are made of it: each profile has a moment of its own. */
let longAgo = Date.now() - 10 * DAY_MS;
/** So many sessions' profiles that nobody ended, as a station of two months has had. */
async function manyProfiles(station: Station): Promise<void> {
  const { organizationId } = await world.app.db.prisma.chargePoint.findUniqueOrThrow({ where: { id: station.id } });
  const at = new Date(longAgo);
  longAgo += 1000;
  const schedule = { unit: 'A', periods: [{ startS: 0, limit: 16 }] };
  const row = (i: number) => ({
    ...{
      id: profileRowId(firstIdAt('cmd', new Date(at.getTime() + i))),
      commandId: `cmd_${station.id}_${i}`,
      transactionId: 800_000_000 + i,
    },
    ...{
      organizationId,
      chargePointId: station.id,
      profileId: 2_000_000 + i,
      connectorId: 1,
      purpose: 'tx',
      stackLevel: 5,
    },
    ...{
      profile: {
        ...{ profileId: 2_000_000 + i, connectorId: 1, purpose: 'tx', stackLevel: 5 },
        kind: 'relative',
        schedule,
      },
    },
    ...{ status: 'active', requestedBy: 'system', createdAt: at, updatedAt: at },
  });
  await world.app.db.prisma.chargingProfile.createMany({ data: Array.from({ length: 1000 }, (_, i) => row(i)) });
}

test('2.0.1: a limit of an outlet takes the place of the one before, however many sessions there were', async () => {
  const station = await world.station({ version: '2.0.1', speed: 20 });
  await manyProfiles(station);
  const limit = (value: number) => post(station, 'charging-limit?wait=true', { limit: value, connector_id: 1 });
  const [first, second] = [await limit(16), await limit(12)];
  expect([first.status, second.status]).toEqual(['active', 'active']);
  expect(second.profile_id).toBe(first.profile_id);
});

test('a profile of a session is held no more a day after it, as long as that goes on', async () => {
  const { station, sessionId } = await charging('2.0.1');
  await manyProfiles(station);
  await post(station, 'charging-limit?wait=true', { limit: 16, connector_id: 1 });
  const limit = await post(station, 'charging-limit?wait=true', { limit: 8, session_id: sessionId });
  const { prisma } = world.app.db;
  const held = async () => {
    const rows = await prisma.chargingProfile.findMany({ where: { chargePointId: station.id, status: 'active' } });
    return rows.map(({ purpose }) => purpose).sort();
  };
  const tomorrow = () => new Date(Date.now() + DAY_MS + 60_000);
  expect(await endLeftProfiles(world.app.db, tomorrow())).toBeGreaterThanOrEqual(1000);
  expect(await held()).toEqual(['tx', 'tx_default']);
  station.charger.unplug(1);
  await until('the session has ended', async () => {
    const { body } = await world.api<{ status: string }>('GET', `/sessions/${sessionId}`);
    return body.status === 'ended';
  });
  await endLeftProfiles(world.app.db, new Date());
  expect(await held()).toEqual(['tx', 'tx_default']);
  await endLeftProfiles(world.app.db, tomorrow());
  expect(await held()).toEqual(['tx_default']);
  const shown = (await profiles(station)).find(({ id }) => id === limit.id);
  expect(shown).toMatchObject({ status: 'ended', why: null });
});

test('what load management allows at the moment is no limit for the whole stay of a car', async () => {
  const { station } = await charging('2.0.1');
  const chargingProfile = {
    ...{ id: 2_147_483_647, stackLevel: 1, chargingProfilePurpose: 'ChargingStationMaxProfile' },
    chargingProfileKind: 'Absolute',
    chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] }],
  };
  const startSchedule = new Date(Date.now() - 86_400_000).toISOString();
  Object.assign(chargingProfile.chargingSchedule[0] ?? {}, { startSchedule });
  const told = { action: 'SetChargingProfile', payload: { evseId: 0, chargingProfile } };
  expect(await post(station, 'commands?wait=true', told)).toMatchObject({ status: 'accepted' });
  expect(await station.charger.v2().chargingNeeds(1)).toBe('Accepted');
  const mine = await until('its profile is taken', async () =>
    (await profiles(station)).find(({ purpose, status }) => purpose === 'tx' && status === 'active'),
  );
  expect(mine).toMatchObject({ schedule: { periods: [{ limit: 32 }] } }); // the EV's own
});

test('2.1: DER controls begin and end by themselves, and are reported', async () => {
  const station = await world.station({ version: '2.1', speed: 20 });
  const body = { type: 'fixed_var', duration_s: 20, fixed_var: { setpoint: 10, unit: 'pct_max_var' } };
  const set = await post<{ status: string; control_id: string }>(station, 'der-controls?wait=true', body);
  expect(set.status).toBe('active');
  const { id } = await post<Report>(station, 'der-control-reports', {});
  await until('it is complete', async () => {
    const report = await world.api<Report>('GET', at(station, `der-control-reports/${id}`));
    return report.body.status === 'complete' ? report.body : undefined;
  });
  type Control = { status: string };
  const control = await until('its time is over', async () => {
    const [row] = (await world.api<{ data: Control[] }>('GET', at(station, 'der-controls'))).body.data;
    return row?.status === 'active' ? undefined : row;
  });
  expect(['ended', 'cleared']).toContain(control.status); // cleared: it ended before it was asked
  const events = await world.api<{ data: { kind: string }[] }>('GET', at(station, 'der-events'));
  expect(events.body.data.map(({ kind }) => kind)).toEqual(['stopped', 'started']);
});
