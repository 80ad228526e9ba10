/** T: what chargers do to their connection (3-ocpp.md). Driven over a real socket by the simulator's misbehaviours. */
import { once } from 'node:events';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import type { Happening } from '../../src/simulator/index.ts';
import { chargingWorld, type Station } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const times = (station: Station, what: string): number =>
  station.happenings.filter((happening) => happening.what === what).length;
const typesOf = async (station: Station): Promise<string[]> =>
  (await station.events())
    .map(({ type }) => type)
    .filter((type) => type.startsWith('charge_point.') && !type.includes('status'));
const works = async (station: Station): Promise<void> => {
  expect((await station.ask('clear-cache')).status).toBe('accepted');
};

/** Commands wait 20 s for a boot that may follow a reconnect (B2): its own calls are served at once. */
const isServed = async ({ charger }: Station): Promise<void> => {
  expect((await charger.call('Heartbeat', {})).outcome).toBe('result');
};

describe('T1: reconnects while the old socket is half open', () => {
  test('the new one wins, without a word of it', async () => {
    const station = await world.station({ misbehave: ['T1'] });
    await until('it came again', () => times(station, 'connected') >= 2);
    await isServed(station);
    expect((await station.chargePoint()).connected).toBe(true);
    expect(await typesOf(station)).toEqual(['charge_point.connected']);
  });
});

describe('T2: closes the old socket late', () => {
  test('which ends nothing of the new one', async () => {
    const station = await world.station({ misbehave: ['T2'], speed: 20 });
    await until('it came again', () => times(station, 'connected') >= 2);
    await new Promise((resolve) => void station.charger.after(4000, () => resolve(undefined)));
    await isServed(station);
    expect(await typesOf(station)).toEqual(['charge_point.connected']);
  });
});

describe('T3: replaces its connection again and again', () => {
  test('is told as no flapping', async () => {
    const station = await world.station({ misbehave: ['T3'], speed: 40 });
    await until('it came often', () => times(station, 'connected') >= 4);
    expect((await typesOf(station)).filter((type) => type === 'charge_point.disconnected')).toEqual([]);
  });
});

describe('T4: answers no pings, but speaks', () => {
  test('stays, where one that came later and says nothing at all is cut off', async () => {
    const strict = await chargingWorld({ ocppLimits: { pingEveryMs: 500, silenceMs: 6000 } });
    try {
      const station = await strict.station({ misbehave: ['T4'], speed: 20 });
      const { identity, key } = await strict.app.chargePoint();
      const mute = new WebSocket(`${strict.app.ocppUrl}/${identity}`, ['ocpp1.6'], {
        auth: `${identity}:${key}`,
        autoPong: false,
      });
      const pings: Buffer[] = [];
      mute.on('ping', (data) => pings.push(data));
      await once(mute, 'close');
      expect(pings.length).toBeGreaterThan(0);
      expect(times(station, 'disconnected')).toBe(0);
      await works(station);
    } finally {
      await strict.close();
    }
  });
});

describe('T5: speaks, and lets every call time out', () => {
  test('is degraded after three', async () => {
    const station = await world.station({ misbehave: ['T5'] });
    for (let i = 0; i < 3; i += 1) {
      expect((await station.ask('clear-cache', { timeout_s: 1 })).error).toMatchObject({ code: 'no_answer' });
    }
    expect(await station.chargePoint()).toMatchObject({ connected: true, degraded: true });
  });
});

describe('T6: offers no subprotocol', () => {
  test('is refused, unless the charge point says what to assume', async () => {
    const station = await world.station({ misbehave: ['T6'], boots: false });
    const refused = station.charger.next('refused');
    station.charger.start();
    expect((await refused).httpStatus).toBe(400);
    await world.api('PATCH', `/charge-points/${station.id}`, { assume_protocol: 'ocpp1.6' });
    await station.charger.whenBooted();
    await works(station);
  });
});

describe('T7: offers odd subprotocols', () => {
  test('gets its own spelling back', async () => {
    const station = await world.station({ misbehave: ['T7'] });
    expect(station.happenings).toContainEqual(expect.objectContaining({ what: 'connected', protocol: 'OCPP1.6' }));
    await works(station);
  });
});

describe('T8: speaks another version than it offers', () => {
  test('is not taken for what it is not', async () => {
    const station = await world.station({ misbehave: ['T8'], boots: false });
    station.charger.start();
    const booted = (happening: Happening) => happening.what === 'booted';
    await until('its boot is answered', () => station.happenings.some(booted));
    expect(station.happenings.find(booted)).toMatchObject({ status: 'Pending' });
    expect(station.charger.isBooted()).toBe(false);
    const [kept] = await world.app.db.prisma.quarantinedMessage.findMany({ where: { chargePointId: station.id } });
    expect(kept).toMatchObject({
      protocol: 'ocpp2.0.1',
      action: 'BootNotification',
      reason: expect.stringContaining('it speaks OCPP 1.6 where ocpp2.0.1 was agreed'),
    });
  });
});

describe('T9: sends a compressed frame that nobody agreed to', () => {
  test('is closed cleanly, and welcome again', async () => {
    const station = await world.station({ misbehave: ['T9'], boots: false });
    const closed = station.charger.next('disconnected');
    station.charger.start();
    expect((await closed).code).toBe(1002);
    expect((await world.api('GET', `/charge-points/${station.id}`)).status).toBe(200);
  });
});

describe('T11: sends its key as the bytes that its hex digits mean', () => {
  test('is let in', async () => {
    await works(await world.station({ misbehave: ['T11'] }));
  });
});

describe('T12: waits to be asked for credentials', () => {
  test('is asked, and let in', async () => {
    await works(await world.station({ misbehave: ['T12'] })); // it sends them only after a 401 that asks for them
  });
});

describe('T13: sends empty frames', () => {
  test('nobody minds', async () => {
    const station = await world.station({ misbehave: ['T13'] });
    expect((await station.charger.charge({ token: 'TAG', seconds: 60 })).outcome).toBe('charged');
    expect(times(station, 'disconnected')).toBe(0);
  });
});

describe('T15: comes back at once, without a pause', () => {
  test('many at a time are let in again', async () => {
    const stations = await Promise.all(Array.from({ length: 10 }, () => world.station({ misbehave: ['T15'] })));
    for (const { charger } of stations) charger.dropLine(0);
    await until('all are back', () => stations.every((station) => times(station, 'connected') >= 2));
    for (const station of stations.slice(0, 2)) {
      await until('the server knows', async () => (await station.chargePoint()).connected);
      await isServed(station);
    }
  });
});

describe('T16: malformed and absolute-form requests', () => {
  test('hurt nobody', async () => {
    await works(await world.station({ misbehave: ['T16'] }));
    expect((await fetch(`${world.app.url}/livez`)).status).toBe(200);
  });
});

describe('T17: writes its identity percent-encoded, with a slash behind it', () => {
  test('is recognized', async () => {
    await works(await world.station({ misbehave: ['T17'] }));
  });
});
