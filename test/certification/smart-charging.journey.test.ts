/** Smart charging, as OCA's tests of a central system for OCPP 1.6 look at it; in our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type Station, type StationOptions } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

type Profile = {
  id: string;
  status: string;
  purpose: string;
  connector_id: number;
  profile_id: number;
  command_id: string;
  why: string | null;
};
type Refusal = { error: { code: string; message: string; details: { field: string }[] } };
const post = (station: Station, body: object) =>
  world.api<Profile & Refusal>('POST', `/charge-points/${station.id}/charging-profiles?wait=true`, body);
const list = async (station: Station, query = ''): Promise<Profile[]> =>
  (await world.api<{ data: Profile[] }>('GET', `/charge-points/${station.id}/charging-profiles${query}`)).body.data;
const composite = (station: Station, query: string) =>
  world.api<{ unit: string; periods: { start_s: number; limit: number }[] } & Refusal>(
    'GET',
    `/charge-points/${station.id}/composite-schedule?${query}`,
  );
const amperes = (limit: number) => ({ unit: 'A', periods: [{ start_s: 0, limit }] });
async function charging(options: StationOptions = {}): Promise<Station> {
  const station = await world.station(options);
  station.charger.plug(1, { batteryWh: 60_000, socPercent: 10 });
  station.charger.present(1, 'TAG');
  await station.session();
  await until('the charger knows its transaction', () => station.charger.connector(1).session?.transactionId);
  return station;
}

test('TC_056_CSMS a default for all sessions: set, held, seen in the composite schedule', async () => {
  const station = await world.station();
  const { status, body } = await post(station, { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) });
  expect(status).toBe(202);
  expect(body).toMatchObject({ status: 'active', purpose: 'tx_default', connector_id: 1, why: null });
  const schedule = await composite(station, 'connector_id=1&duration_s=300&unit=A');
  expect(schedule).toMatchObject({
    status: 200,
    body: {
      connector_id: 1,
      unit: 'A',
      duration_s: 300,
      start_at: expect.stringMatching(/^\d{4}-/),
      periods: [{ start_s: 0, limit: 6, phases: null }],
      command_id: expect.stringMatching(/^cmd_/),
    },
  });
  expect(await list(station, '?status=active')).toMatchObject([{ id: body.id, status: 'active' }]);
});

test('TC_057_CSMS a profile for the session that runs, which ends with it', async () => {
  const station = await charging();
  const { body } = await post(station, { purpose: 'tx', connector_id: 1, schedule: amperes(8) });
  expect(body.status).toBe('active');
  const asked = station.asked('SetChargingProfile')[0]?.payload['csChargingProfiles'];
  expect(asked).toMatchObject({ transactionId: station.charger.connector(1).session?.transactionId });
  station.charger.stop(1, 'Local');
  await until('it has ended', async () => (await list(station))[0]?.status === 'ended');
});

test('TC_058_1_CS a profile for a session that there is not is refused here, by field or state', async () => {
  const station = await world.station();
  expect(await post(station, { purpose: 'tx', connector_id: 1, schedule: amperes(8) })).toMatchObject({ status: 409 });
  const nameless = await post(station, { purpose: 'tx', schedule: amperes(8) });
  expect(nameless.body.error.details).toMatchObject([{ field: 'session_id' }]);
  expect(station.asked('SetChargingProfile')).toEqual([]);
});

test('TC_059_CSMS a remote start that brings its profile', async () => {
  const station = await world.station();
  station.charger.plug(1);
  const chargingProfile = {
    chargingProfileId: 7,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] },
  };
  const wish = { profile_id: 7, schedule: amperes(10) };
  const start = await station.ask('start', { token: 'TAG', connector_id: 1, charging_profile: wish });
  expect(start.status).toBe('accepted');
  // OCPP 1.6 §5.11: it names no transaction yet.
  expect(station.asked('RemoteStartTransaction')).toMatchObject([{ payload: { idTag: 'TAG', connectorId: 1 } }]);
  expect(station.asked('RemoteStartTransaction')[0]?.payload['chargingProfile']).toEqual(chargingProfile);
  expect(await station.session()).toMatchObject({ command_id: start.id });
  const schedule = await composite(station, 'connector_id=1&duration_s=60&unit=A');
  expect(schedule.body.periods).toMatchObject([{ limit: 10 }]);
  expect(await list(station)).toMatchObject([{ profile_id: 7, status: 'active', purpose: 'tx', connector_id: 1 }]);
});

test('a profile that a remote start cannot bring is refused by its field, and nothing is sent', async () => {
  const station = await world.station();
  await station.send('GetConfiguration', {});
  const schedule = amperes(10);
  const late = { periods: [{ start_s: 5, limit: 10 }] };
  for (const [body, field] of [
    [{ charging_profile: { schedule } }, 'connector_id'],
    [{ connector_id: 1, charging_profile: {} }, 'charging_profile.schedule'],
    [{ connector_id: 1, charging_profile: { schedule, purpose: 'tx_default' } }, 'charging_profile.purpose'],
    [{ connector_id: 1, charging_profile: { schedule, stack_level: 99 } }, 'charging_profile.stack_level'],
    [{ connector_id: 1, charging_profile: { schedule: late } }, 'charging_profile.schedule.periods.0.start_s'],
  ] as const) {
    const path = `/charge-points/${station.id}/start`;
    const { status, body: answer } = await world.api<Refusal>('POST', path, { token: 'TAG', ...body });
    expect([status, answer.error.details[0]?.field]).toEqual([400, field]);
  }
  expect(station.asked('RemoteStartTransaction')).toEqual([]);
});

test('TC_066_CSMS a composite schedule that the charger does not give is told', async () => {
  const station = await world.station();
  const answer = await composite(station, 'connector_id=9&duration_s=60');
  expect(answer.status).toBe(409);
  expect(answer.body.error.message).toContain('Rejected');
});

test('TC_067_CSMS profiles are taken back, by id and by purpose', async () => {
  const station = await world.station();
  const first = await post(station, { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) });
  await post(station, { purpose: 'charge_point_max', schedule: amperes(20) });
  const clear = (query: string) =>
    world.api<{ status: string }>('DELETE', `/charge-points/${station.id}/charging-profiles?wait=true&${query}`);
  expect((await clear(`profile_id=${first.body.profile_id}`)).body.status).toBe('accepted');
  expect((await list(station)).map(({ status }) => status)).toEqual(['active', 'cleared']);
  expect((await clear('purpose=charge_point_max')).body.status).toBe('accepted');
  expect((await clear('purpose=charge_point_max')).body.status).toBe('rejected');
  expect(await list(station, '?status=active')).toEqual([]);
});

describe('charging-limit', () => {
  const limit = (station: Station, body: object) =>
    world.api<Profile>('POST', `/charge-points/${station.id}/charging-limit?wait=true`, body);

  test('of the whole charge point, of a connector, of a session', async () => {
    const station = await charging();
    const { id } = await station.session();
    expect((await limit(station, { limit: 32 })).body).toMatchObject({ purpose: 'charge_point_max', status: 'active' });
    expect((await limit(station, { limit: 16, connector_id: 1 })).body).toMatchObject({ purpose: 'tx_default' });
    const session = await limit(station, { limit: 7.5, session_id: id });
    expect(session.body).toMatchObject({ purpose: 'tx', connector_id: 1, status: 'active' });
    const schedule = await composite(station, 'connector_id=1&duration_s=60&unit=A');
    expect(schedule.body.periods).toMatchObject([{ limit: 7.5 }]);
  });
});

test('what the charger cannot do, as it has said itself, is refused by field', async () => {
  const station = await world.station();
  await station.send('GetConfiguration', {});
  const wrong = await post(station, { purpose: 'tx_default', stack_level: 99, schedule: amperes(6) });
  expect(wrong.status).toBe(400);
  expect(wrong.body.error.details).toMatchObject([{ field: 'stack_level' }]);
  const alsoWrong = await post(station, { purpose: 'charge_point_max', connector_id: 1, schedule: amperes(6) });
  expect(alsoWrong.body.error.details).toMatchObject([{ field: 'connector_id' }]);
});

test('a profile that the charger rejects leaves a row that says so, and what was before in force', async () => {
  const station = await world.station({ settings: { ChargeProfileMaxStackLevel: '1' } });
  await post(station, { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) });
  const { body } = await post(station, {
    purpose: 'tx_default',
    connector_id: 1,
    stack_level: 5,
    schedule: amperes(9),
  });
  expect(body).toMatchObject({ status: 'rejected', why: expect.stringContaining('Rejected') });
  expect((await list(station)).map(({ status }) => status)).toEqual(['rejected', 'active']);
});

test('an offline charger gets none: it is refused, and a refusal changes nothing', async () => {
  const station = await world.station();
  station.charger.goOffline();
  await until('it is gone', async () => !(await station.chargePoint()).connected);
  const answer = await post(station, { purpose: 'tx_default', schedule: amperes(6) });
  expect(answer.status).toBe(409);
  expect(answer.body.error.code).toBe('charge_point_offline');
  expect(await list(station)).toEqual([]);
});
