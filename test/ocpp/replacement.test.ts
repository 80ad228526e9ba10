import { expect, jest, test } from '@jest/globals';
import type { LoginRow } from '../../src/ocpp/login-store.ts';
import { AppError } from '../../src/platform/errors.ts';
import { until } from '../support/until.ts';
import { aRig } from './a-rig.ts';
import type { Charger, Rig } from './rig.ts';

const ends = (rig: Rig): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30)).then(() => void rig);

test('T1, ocpp-rpc fault, two sockets of one identity: the newest authenticated one wins and the old one is cut off', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const old = await rig.connect('CP');
  const fresh = await rig.connect('CP');
  expect(await old.gone()).toMatchObject({ code: 1006 });
  await until('the new one is current', () => rig.transport.size() === 1);
  expect((await fresh.call('Heartbeat'))[0]).toBe(3);
  expect(rig.calls[0]?.link.generation).toBe(2);
});

test('T2, T3: the end of the old socket, however late, is not told, and the new one is not harmed by it', async () => {
  const rig = await aRig();
  rig.charger('CP');
  await rig.connect('CP');
  for (let i = 0; i < 5; i += 1) await rig.connect('CP');
  await ends(rig);
  expect(rig.of('stations').map((input) => input.type)).toEqual(Array.from({ length: 6 }, () => 'connected'));
  expect(rig.of('commands', 'line_lost')).toEqual([]);
  expect(rig.transport.isConnected('cp_CP')).toBe(true);
});

test('a wrong key does not displace anybody', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP');
  await expect(rig.connect('CP', { password: 'wrong' })).rejects.toMatchObject({ status: 401 });
  await ends(rig);
  expect((await charger.call('Heartbeat'))[0]).toBe(3);
});

test('a living connection that is replaced is said aloud: two chargers may share one identity', async () => {
  const rig = await aRig();
  rig.charger('CP');
  await rig.connect('CP');
  await rig.connect('CP');
  expect(rig.logged.find((line) => line.message.includes('replaced'))).toMatchObject({ level: 'warn' });
});

test('the end of a connection is told once, with its generation and reason', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP');
  charger.socket.close(1000, 'bye');
  await until('it is told', () => rig.of('commands', 'line_lost').length === 1);
  expect(rig.of('stations', 'disconnected')).toMatchObject([
    { chargePointId: 'cp_CP', generation: 1, reason: 'closed' },
  ]);
  expect(rig.of('commands', 'line_lost')).toMatchObject([{ chargePointId: 'cp_CP', generation: 1 }]);
  expect(rig.transport.size()).toBe(0);
  const second = await rig.connect('CP');
  second.socket.terminate();
  await until('it is told', () => rig.of('stations', 'disconnected').length === 2);
  expect(rig.of('stations', 'disconnected')[1]).toMatchObject({ generation: 2, reason: 'connection_lost' });
});

/** Grants connections only when told to, in any order. */
function slowGrants(rig: Rig): { grant: (index: number) => void; asked: () => number } {
  const waiting: (() => void)[] = [];
  rig.replies.set(
    'stations.connected',
    () =>
      new Promise((resolve) => {
        const generation = 101 + waiting.length;
        waiting.push(() => resolve({ generation, bootStatus: null, clockOffsetMs: null }));
      }),
  );
  return { grant: (index) => waiting[index]?.(), asked: () => waiting.length };
}

test('while the database is away a charger that reconnects again and again asks only once at a time, and the newest wins', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const grants = slowGrants(rig);
  const sockets: Charger[] = [];
  for (let i = 0; i < 5; i += 1) sockets.push(await rig.connect('CP', { early: true }));
  await until('the older ones are cut off', () => sockets.filter((each) => each.closed).length === 4);
  expect(grants.asked()).toBe(1);
  grants.grant(0);
  await until('the newest one asks', () => grants.asked() === 2);
  grants.grant(1);
  await until('it is open', () => rig.transport.isConnected('cp_CP'));
  expect((await sockets[4]?.call('Heartbeat'))?.[0]).toBe(3);
  await ends(rig);
  expect(rig.of('stations', 'disconnected')).toEqual([]);
});

test('a socket that died before the database answered is told as gone, so that nothing stays connected by mistake', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const old = await rig.connect('CP');
  const grants = slowGrants(rig);
  const charger = await rig.connect('CP', { early: true });
  charger.socket.terminate();
  await charger.gone();
  await ends(rig);
  grants.grant(0);
  await until('it is told', () => rig.of('stations', 'disconnected').length === 1);
  expect(rig.of('stations', 'disconnected')).toMatchObject([{ generation: 101, reason: 'connection_lost' }]);
  // The one before was superseded in the database by the grant: it may not go on unseen.
  await old.gone();
  expect(rig.of('stations', 'disconnected')).toHaveLength(1);
});

test.each([
  ['unavailable', 1013],
  ['not_found', 1008],
] as const)('a connection that the database does not take (%s) is closed with %i', async (code, close) => {
  const rig = await aRig();
  rig.charger('CP');
  rig.replies.set('stations.connected', () => Promise.reject(new AppError(code, 'no')));
  const charger = await rig.connect('CP', { early: true });
  expect(await charger.gone()).toMatchObject({ code: close });
  await ends(rig);
  expect(rig.of('stations', 'disconnected')).toEqual([]);
  rig.replies.delete('stations.connected');
  await rig.connect('CP');
});

test('randomly timed connects, grants and ends leave at most one connection, and the database in agreement with it', async () => {
  const rig = await aRig();
  for (let round = 0; round < 15; round += 1) {
    const identity = `CP-${round}`;
    rig.charger(identity);
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    let generation = 0;
    rig.replies.set('stations.connected', async () => {
      generation += 1;
      const mine = generation;
      await pause();
      return { generation: mine, bootStatus: null, clockOffsetMs: null };
    });
    const sockets = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        await pause();
        const charger = await rig.connect(identity, { early: true });
        if (i % 2 === 0) {
          await pause();
          charger.socket.terminate();
        }
        return charger;
      }),
    );
    const id = `cp_${identity}`;
    await until('all is settled', () => {
      const open = sockets.filter((each) => !each.closed).length;
      const told = rig.of('stations', 'disconnected').filter((input) => input.chargePointId === id);
      const last = told.some((input) => input.type === 'disconnected' && input.generation === generation);
      return rig.transport.isConnected(id) ? open === 1 && !last : open === 0 && last;
    });
  }
});

// ------------------------------------------------------------------------------------------- what becomes of the record

const recheck = (rig: Rig): void => rig.transport.wake({ wake: 'connection', chargePointId: 'cp_CP' });

test.each<[string, Partial<LoginRow> | undefined, RegExp]>([
  ['deleted', undefined, /not registered/],
  ['decommissioned', { lifecycle: 'decommissioned' }, /decommissioned/],
  ['put on another security profile', { securityProfile: 2 }, /changed/],
  ['given another identity', { identity: 'CP-NEW' }, /changed/],
  ['moved to another organization', { organizationId: 'org_2' }, /changed/],
])('a charge point that is %s loses its connection at once', async (_, change, reason) => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP');
  const login = rig.logins.get('CP');
  if (login === undefined) throw new Error('no login');
  if (change === undefined) rig.logins.delete('CP');
  else rig.logins.set('CP', { ...login, ...change });
  recheck(rig);
  expect(await charger.gone()).toMatchObject({ code: 1008, reason: expect.stringMatching(reason) });
});

test('a new key leaves the connection that was made with the old one; strictness changes at once', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP');
  rig.charger('CP', { strict: true });
  recheck(rig);
  await until('it is strict', async () => (await charger.call('Heartbeat', { rogue: 1 }))[0] === 4);
});

test('a charger can be kicked', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP');
  expect(rig.transport.kick('cp_CP', `by the ö${'x'.repeat(500)}`)).toBe(true);
  expect(await charger.gone()).toMatchObject({ code: 1008, reason: expect.stringMatching(/^by the \?x+$/) });
  await until('it is told', () => rig.of('stations', 'disconnected').length === 1);
  expect(rig.of('stations', 'disconnected')).toMatchObject([{ reason: 'kicked' }]);
  expect(rig.transport.kick('cp_CP', 'again')).toBe(false);
});

// -------------------------------------------------------------------------------------------------------------- stopping

test('stopping closes all with 1012, answers what is in work, takes nothing more, and tells nobody: the next start reconciles', async () => {
  const rig = await aRig();
  const chargers: Charger[] = [];
  for (let i = 0; i < 20; i += 1) {
    rig.charger(`CP-${i}`);
    chargers.push(await rig.connect(`CP-${i}`));
  }
  const [first] = chargers;
  let finish: (() => void) | undefined;
  rig.handlers.set('StopTransaction', async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return {};
  });
  first?.send([2, 'stop', 'StopTransaction', { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' }]);
  first?.send([2, 'next', 'Heartbeat', {}]);
  await until('it is in work', () => finish);
  const random = jest.spyOn(Math, 'random').mockReturnValue(0); // none is closed later than another one
  const stopped = rig.transport.stop(2000);
  random.mockRestore();
  await expect(rig.connect('CP-1')).rejects.toMatchObject({ status: 503 });
  await until('the others are closed', () => chargers.filter((each) => each.closed).length === 19);
  finish?.();
  await stopped;
  for (const charger of chargers) expect(await charger.gone()).toMatchObject({ code: 1012, reason: 'service restart' });
  expect(first?.messages).toEqual([[3, 'stop', {}]]);
  expect(rig.transport.size()).toBe(0);
  expect(rig.of('stations', 'disconnected')).toEqual([]);
  expect(rig.of('commands', 'line_lost')).toEqual([]);
});

test('ocpp-rpc fault, close without force hangs: who does not say goodbye is cut off in time', async () => {
  const rig = await aRig();
  rig.charger('CP');
  const charger = await rig.connect('CP');
  rig.handlers.set('Heartbeat', () => new Promise(() => {}));
  charger.send([2, 'a', 'Heartbeat', {}]);
  await until('it is in work', () => rig.calls.length === 1);
  await rig.transport.stop(200);
  await charger.gone();
});
