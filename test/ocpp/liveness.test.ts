import { expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { aRig } from './a-rig.ts';
import type { Rig } from './rig.ts';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
/** Real time passes for the sockets while the clock is moved second by second. */
async function advanceSlowly(rig: Rig, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) {
    rig.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

test('a charger is pinged every 20 seconds, and its pongs keep it', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP');
  let pings = 0;
  charger.socket.on('ping', () => {
    pings += 1;
  });
  await advanceSlowly(rig, 100_000);
  expect(charger.closed).toBeUndefined();
  expect(pings).toBeGreaterThanOrEqual(4);
  expect(pings).toBeLessThanOrEqual(6);
});

test('45 seconds at most without any frame end the connection, with the reason timeout', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP', { autoPong: false });
  await advanceSlowly(rig, 43_000);
  expect(charger.closed).toBeUndefined();
  await advanceSlowly(rig, 2_000);
  await charger.gone();
  await until('it is told', () => rig.of('stations', 'disconnected').length === 1);
  expect(rig.of('stations', 'disconnected')).toMatchObject([{ reason: 'timeout' }]);
});

test('T4, ocpp-rpc fault: a charger that chats but never answers pings stays', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP', { autoPong: false });
  for (let i = 0; i < 6; i += 1) {
    await advanceSlowly(rig, 30_000);
    await charger.call('Heartbeat');
  }
  expect(charger.closed).toBeUndefined();
});

test.each(['a ping of its own', 'garbage', 'an empty frame'])('%s is a sign of life', async (what) => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP', { autoPong: false });
  for (let i = 0; i < 3; i += 1) {
    await advanceSlowly(rig, 40_000);
    if (what === 'a ping of its own') charger.socket.ping();
    else charger.send(what === 'garbage' ? '[3,"x",{}]' : '');
    await pause();
  }
  expect(charger.closed).toBeUndefined();
});

test('a stall of our own process, or a jump of its clock, disconnects nobody', async () => {
  let now = 0;
  const rig = await aRig({ monotonic: () => now });
  rig.charger('CP');
  const charger = await rig.connect('CP', { autoPong: false });
  rig.transport.tick();
  now += 3_600_000; // asleep for an hour
  rig.transport.tick();
  await pause();
  expect(charger.closed).toBeUndefined();
  for (let i = 0; i < 46; i += 1) {
    now += 1000;
    rig.transport.tick();
  }
  await charger.gone();
});

test('the first pings are spread, so that a storm of connections does not come back as a storm of pings', async () => {
  const rig = await aRig();
  const pinged = new Map<string, number>();
  let second = 0;
  for (let i = 0; i < 40; i += 1) {
    rig.charger(`CP-${i}`);
    const charger = await rig.connect(`CP-${i}`);
    charger.socket.once('ping', () => pinged.set(`CP-${i}`, second));
  }
  for (second = 1; second <= 21; second += 1) await advanceSlowly(rig, 1000);
  await until('all are pinged', () => pinged.size === 40);
  expect(new Set(pinged.values()).size).toBeGreaterThan(8);
});

test('P4: heartbeats cost no statement of their own; last-seen times go out together every 10 seconds', async () => {
  const flushes: string[][] = [];
  const rig = await aRig();
  const { logins } = rig;
  const counting = await aRig({
    db: {
      rows: async <Row>(statement: { name: string }, values: readonly unknown[]) => {
        const asked = values[0] as string[];
        if (statement.name !== 'ocpp_touch_last_seen') {
          return [...logins.values()].filter((login) => asked.includes(login.identity)) as Row[];
        }
        flushes.push(asked);
        return asked.map((id) => ({ id })) as Row[];
      },
    },
  });
  const chargers = [];
  for (const identity of ['A', 'B', 'C']) {
    const password = rig.charger(identity);
    chargers.push(await counting.connect(identity, { password }));
  }
  for (const charger of chargers) for (let i = 0; i < 50; i += 1) await charger.call('Heartbeat');
  expect(counting.inputs.filter((input) => input.type !== 'connected')).toEqual([]);
  counting.advance(11_000);
  await until('they are written', () => flushes.length === 1);
  expect(flushes[0]?.sort()).toEqual(['cp_A', 'cp_B', 'cp_C']);
  await chargers[0]?.call('Heartbeat');
  counting.advance(10_000);
  await until('the next round', () => flushes.length === 2);
  expect(flushes[1]).toEqual(['cp_A']);
});
