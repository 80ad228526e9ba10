/** Simulated stations of OCPP 2.0.1 and 2.1 and the whole server: what drivers do, with the line as it is and without it. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type SessionAnswer } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
await world.token('BLOCKED', { status: 'blocked' });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const isOver = ({ status }: SessionAnswer): boolean => status === 'ended';
const VERSIONS = ['2.0.1', '2.1'] as const;

describe.each(VERSIONS)('%s', (version) => {
  test('two visits are two sessions with the energy that flowed, and their events in order', async () => {
    const station = await world.station({ version });
    for (const seconds of [300, 120]) await station.charger.charge({ token: 'TAG', seconds });
    const sessions = await until('both are over', async () => {
      const all = await station.sessions();
      return all.length === 2 && all.every(isOver) ? all : undefined;
    });
    for (const session of sessions) {
      expect(session).toMatchObject({ token: 'TAG', authorization: 'accepted', flags: [] });
      expect(session.energy_wh).toBeGreaterThan(0);
      expect(session.energy_wh).toBe((session.meter_stop_wh ?? 0) - session.meter_start_wh);
    }
    const told = (await station.events()).map(({ type }) => type).filter((type) => type.startsWith('session.'));
    expect(told).toEqual(['session.started', 'session.ended', 'session.started', 'session.ended']);
    const words = (await station.events('charge_point.status_changed')).map(({ data }) => data['status']);
    expect(words).toEqual(expect.arrayContaining(['available', 'charging', 'finishing']));
    for (const [i, word] of words.entries()) expect(word).not.toBe(words[i - 1]);
  });

  test('the line breaks while somebody charges: nothing is lost, nothing is told twice', async () => {
    const station = await world.station({ version, settings: { MeterValueSampleInterval: '30' } });
    const visit = station.charger.charge({ token: 'TAG', seconds: 600 });
    await station.session();
    station.charger.goOffline();
    await station.charger.next('session_ended');
    station.charger.goOnline();
    await visit;
    const session = await station.session(isOver);
    expect(session.energy_wh).toBe((session.meter_stop_wh ?? 0) - session.meter_start_wh);
    expect(await station.sessions()).toHaveLength(1);
    expect(await station.events('session.started')).toHaveLength(1);
    expect(await station.events('session.ended')).toHaveLength(1);
  });

  test('X8 a token that must not charge: the station is told, and ends what it had begun', async () => {
    const station = await world.station({ version, settings: { 'TxCtrlr.TxStartPoint': 'EVConnected' } });
    station.charger.plug(1);
    expect(await station.session()).toMatchObject({ token: null });
    station.charger.present(1, 'BLOCKED');
    station.charger.unplug(1);
    const session = await station.session(isOver);
    expect(session).toMatchObject({ authorization: 'blocked', stop_reason: 'EVDisconnected', flags: [] });
    expect(session.energy_wh).toBe((session.meter_stop_wh ?? 0) - session.meter_start_wh);
  });

  test('R6 a remote start and a remote stop', async () => {
    const station = await world.station({ version });
    station.charger.plug(1);
    await until('it is plugged in', async () => (await station.connector())?.status !== 'available');
    const { id, status } = await station.ask('start', { token: 'TAG', connector_id: 1 });
    expect(status).toBe('accepted');
    const session = await station.session(({ command_id }) => command_id === id);
    expect((await station.ask('stop', { session_id: session.id })).status).toBe('accepted');
    expect(await station.session(isOver)).toMatchObject({ id: session.id, stop_reason: 'Remote' });
  });

  test('power fails: the session ends with the reason, after the boot', async () => {
    const station = await world.station({ version });
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    await station.session(({ token }) => token === 'TAG');
    station.charger.reboot('PowerLoss');
    expect(await station.session(isOver)).toMatchObject({ stop_reason: 'PowerLoss' });
  });
});
