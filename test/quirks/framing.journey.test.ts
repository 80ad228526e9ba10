/** R: what chargers do to the frames of OCPP-J (3-ocpp.md). Driven over a real socket by the simulator's misbehaviours. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const BOTH = ['1.6', '2.0.1'] as const;

describe('R1: cuts its answers in the middle', () => {
  test.each(BOTH)('%s: fails that command at once, and the next one has its turn', async (version) => {
    const station = await world.station({ version, misbehave: ['R1'] });
    for (let i = 0; i < 2; i += 1) {
      expect(await station.ask('clear-cache', { timeout_s: 60 })).toMatchObject({
        status: 'failed',
        error: { code: 'charger_error', ocpp_code: 'UnreadableAnswer' },
      });
    }
  });
});

describe('R2: a CALLERROR of four elements', () => {
  test.each(BOTH)('%s: is an answer', async (version) => {
    const station = await world.station({ version, misbehave: ['R2'] });
    expect(await station.ask('clear-cache')).toMatchObject({ status: 'failed', error: { ocpp_code: 'NotSupported' } });
  });
});

describe('R3: one message id for a message and its repetition, ids from 1 after each boot', () => {
  test.each(BOTH)('%s: makes one session of each visit, also after a reboot', async (version) => {
    const station = await world.station({ version, misbehave: ['R3'] });
    await station.charger.charge({ token: 'TAG', seconds: 60 });
    station.charger.reboot('Reboot');
    await station.charger.next('booted');
    await station.charger.charge({ token: 'TAG', seconds: 60 });
    await until('both have ended', async () => (await station.sessions()).every(({ status }) => status === 'ended'));
    expect(await station.sessions()).toHaveLength(2);
    expect(await station.events('session.started')).toHaveLength(2);
  });
});

describe('R4: answers too late', () => {
  test.each(BOTH)('%s: completes the command after it was given up', async (version) => {
    const station = await world.station({ version, misbehave: ['R4'], speed: 10 });
    const { id, status } = await station.ask('clear-cache', { timeout_s: 1 });
    expect(status).toBe('timed_out');
    const late = await until('the late answer', async () => {
      const { body } = await world.api<{ status: string; late: boolean }>('GET', `/commands/${id}`);
      return body.status === 'accepted' ? body : undefined;
    });
    expect(late.late).toBe(true);
  });
});

describe('R5: several calls at once', () => {
  test.each(BOTH)('%s: are served in their order', async (version) => {
    const station = await world.station({ version, misbehave: ['R5'] });
    expect((await station.charger.charge({ token: 'TAG', seconds: 120 })).outcome).toBe('charged');
    const [session, ...others] = await station.sessions();
    expect(session).toMatchObject({ status: 'ended', token: 'TAG', flags: [] });
    expect(others).toEqual([]);
  });
});

describe('R6: begins the session of a remote start before it answers it', () => {
  test.each(BOTH)('%s: the command names its session all the same', async (version) => {
    const station = await world.station({ version, misbehave: ['R6'], carOnRemoteStartMs: 1 });
    await station.ask('start', { token: 'TAG', connector_id: 1 });
    const session = await station.session();
    const command = await until('the command knows it', async () => {
      const { body } = await world.api<{ status: string; session_id: string | null }>(
        'GET',
        `/commands/${session.command_id}`,
      );
      return body.status === 'accepted' ? body : undefined;
    });
    expect(command.session_id).toBe(session.id);
  });
});

describe('R7: numbers as text, unknown fields, null payloads, numeric message ids', () => {
  test.each(BOTH)('%s: are understood, and counted', async (version) => {
    const station = await world.station({ version, misbehave: ['R7'] });
    expect((await station.charger.charge({ token: 'TAG', energyWh: 200 })).outcome).toBe('charged');
    expect(await station.session()).toMatchObject({ status: 'ended', authorization: 'accepted' });
    const deviations = await until('they are counted', async () => {
      const { body } = await world.api<{ data: { kind: string }[] }>('GET', `/charge-points/${station.id}/deviations`);
      return body.data.length > 0 ? body.data : undefined;
    });
    expect(deviations.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['type', 'unknown_field']));
  });
});

describe('R8: Celcius, Hertz, tokens of one character too many', () => {
  test.each([
    ['1.6', 21, 'accepted'],
    ['2.0.1', 37, 'invalid'],
  ] as const)('%s: are kept whole, and are nobody else', async (version, length, authorization) => {
    const station = await world.station({ version, misbehave: ['R8'] });
    const token = 'TAG'.padEnd(length, '0');
    await world.token(token.slice(0, 36)); // no token has more: cut, it would be this one's
    await station.charger.charge({ token: 'TAG', seconds: 120, authorize: false });
    expect(await station.session(({ status }) => status === 'ended')).toMatchObject({ token, authorization });
  });
});

describe('R9: repeats for ever what gets a CALLERROR', () => {
  test.each(BOTH)('%s: never gets one', async (version) => {
    const station = await world.station({ version, misbehave: ['R9'] });
    await station.charger.charge({ token: 'NOBODY', seconds: 60, authorize: false });
    const errors = station.happenings.filter((each) => each.what === 'answered' && each.outcome.outcome === 'error');
    expect(errors).toEqual([]);
  });
});

describe('R10: answers under an id that nobody used', () => {
  test.each(BOTH)(
    '%s: is no answer to anything: the command is given up, and the next one has its turn',
    async (version) => {
      const station = await world.station({ version, misbehave: ['R10'] });
      for (let i = 0; i < 2; i += 1)
        expect(await station.ask('clear-cache', { timeout_s: 1 })).toMatchObject({ status: 'timed_out', result: null });
      expect((await station.chargePoint()).connected).toBe(true);
    },
  );
});
