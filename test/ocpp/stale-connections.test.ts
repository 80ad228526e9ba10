/** Sockets and rows that part, as a failover of the database leaves them: each is set right, and nobody else is disturbed. */
import { expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { aRig } from './a-rig.ts';
import type { Rig } from './rig.ts';

const ended = (rig: Rig) => rig.of('stations', 'disconnected');

test('a row that says connected here, without a socket, is told as disconnected in the second look, once', async () => {
  const rig = await aRig();
  rig.held.set('cp_CP', { generation: 5, nodeId: 'node_1' });
  rig.held.set('cp_ELSEWHERE', { generation: 5, nodeId: 'node_2' });
  await rig.transport.endStale();
  expect(ended(rig)).toEqual([]);
  for (let looks = 0; looks < 4; looks += 1) await rig.transport.endStale();
  expect(ended(rig)).toMatchObject([
    { chargePointId: 'cp_CP', generation: 5, nodeId: 'node_1', reason: 'connection_lost' },
  ]);
  expect(rig.of('commands', 'line_lost')).toMatchObject([{ chargePointId: 'cp_CP', generation: 5, nodeId: 'node_1' }]);
});

test.each([
  ['of an older connection', { generation: 0, nodeId: 'node_1' }],
  ['of the same connection that another process has', { generation: 1, nodeId: 'node_2' }],
  ['of none', { generation: 1, nodeId: null }],
])('a socket whose row is %s is closed with 1012, and its charger comes back', async (_, row) => {
  const rig = await aRig();
  for (const identity of ['CP', 'OTHER']) rig.charger(identity);
  const charger = await rig.connect('CP');
  const other = await rig.connect('OTHER');
  rig.held.set('cp_CP', row);
  await rig.transport.endStale();
  expect(await charger.gone()).toMatchObject({ code: 1012 });
  await until('it is gone', () => !rig.transport.isConnected('cp_CP') && rig.transport.size() === 1);
  const back = await rig.connect('CP');
  for (let looks = 0; looks < 3; looks += 1) await rig.transport.endStale();
  expect((await back.call('Heartbeat'))[0]).toBe(3);
  expect(other.closed).toBeUndefined();
});

test('a charger that was let in by the database, and has no socket yet, is waited for however often is looked', async () => {
  const rig = await aRig();
  rig.charger('CP');
  let grant: (() => void) | undefined;
  rig.replies.set('stations.connected', () => {
    rig.held.set('cp_CP', { generation: 7, nodeId: 'node_1' }); // committed; the answer is on its way
    return new Promise((resolve) => {
      grant = () => resolve({ generation: 7, bootStatus: null });
    });
  });
  const charger = await rig.connect('CP', { early: true });
  await until('it asks', () => grant);
  for (let looks = 0; looks < 4; looks += 1) await rig.transport.endStale();
  grant?.();
  expect((await charger.call('Heartbeat'))[0]).toBe(3);
  await rig.transport.endStale();
  expect(ended(rig)).toEqual([]);
});

test('a connection that is made while the rows are read is not judged by what was read before it', async () => {
  let letGo: (() => void) | undefined;
  let holds = false;
  const answering = async (): Promise<void> => {
    if (!holds) return;
    holds = false;
    await new Promise<void>((resolve) => {
      letGo = resolve;
    });
  };
  const rig = await aRig({ answering });
  rig.charger('CP');
  await rig.connect('CP');
  for (const look of [rig.transport.endStale, rig.transport.recheckAll]) {
    holds = true;
    const looked = look();
    const charger = await rig.connect('CP');
    await until(
      'the newer one is there',
      () => rig.held.get('cp_CP')?.generation === rig.of('stations', 'connected').length,
    );
    letGo?.();
    await looked;
    expect((await charger.call('Heartbeat'))[0]).toBe(3);
    expect(charger.closed).toBeUndefined();
  }
});

test('what cannot be read changes nothing, and is no look', async () => {
  let away = false;
  const answering = async (): Promise<void> => {
    if (away) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  };
  const rig = await aRig({ answering });
  rig.charger('CP');
  const charger = await rig.connect('CP');
  rig.held.set('cp_GONE', { generation: 5, nodeId: 'node_1' });
  await rig.transport.endStale();
  away = true;
  for (let looks = 0; looks < 3; looks += 1) await expect(rig.transport.endStale()).rejects.toThrow('away');
  away = false;
  await rig.transport.endStale();
  expect(ended(rig)).toEqual([]);
  await rig.transport.endStale();
  expect(ended(rig)).toHaveLength(1);
  expect((await charger.call('Heartbeat'))[0]).toBe(3);
});

test('a healthy fleet that comes and goes while it is looked at, and while the database is slow, is never disturbed', async () => {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * ms));
  // What is read is answered later, when it is old.
  const rig = await aRig({ answering: () => pause(6) });
  let closedByUs = 0;
  let lives = 0;
  const live = async (identity: string): Promise<void> => {
    rig.charger(identity);
    // In all fewer than the turnstile lets in at once: by the clock of the rig no time passes.
    for (let turn = 0; turn < 50; turn += 1) {
      const charger = await rig.connect(identity);
      await pause(20);
      if (charger.closed?.code === 1012) closedByUs += 1;
      charger.socket.terminate();
      await charger.gone();
      lives += 1;
      if (Math.random() < 0.5) await until('it is told', () => !rig.transport.isConnected(`cp_${identity}`));
    }
  };
  let isOver = false;
  const look = async (): Promise<void> => {
    while (!isOver) await Promise.all([rig.transport.endStale(), rig.transport.recheckAll()]);
  };
  const fleet = Promise.all(Array.from({ length: 12 }, (_, i) => live(`CP-${i}`))).finally(() => {
    isOver = true;
  });
  await Promise.all([look(), fleet]);
  expect(lives).toBeGreaterThan(100);
  expect(closedByUs).toBe(0);
  // Each connection was granted once and told as ended once at most; nobody is told twice.
  const told = ended(rig).map((input) => `${input.chargePointId} ${'generation' in input ? input.generation : ''}`);
  expect(new Set(told).size).toBe(told.length);
  expect(rig.logged.filter(({ message }) => message.includes('still had'))).toEqual([]);
});
