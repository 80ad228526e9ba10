import { beforeEach, describe, expect, test } from '@jest/globals';
import { commandDeadlines, openRemoteStarts, sweepCommands } from '../../src/commands/index.ts';
import { AppError } from '../../src/platform/errors.ts';
import { testDatabase } from '../support/db.ts';
import { createWorld } from '../support/world.ts';
import { commandWorld } from './world.ts';

const db = await testDatabase();
const { ingest, reads, issue, connect, wakes } = commandWorld(db);
const yes = { outcome: 'result', payload: { status: 'Accepted' }, accepted: true } as const;
const deadlines = commandDeadlines(db);

let organizationId: string;
let chargePointId: string;
let otherId: string;
beforeEach(async () => {
  const world = await createWorld(db, { chargePoints: 2, tokens: [{ uid: 'TAG', maxConcurrent: null }] });
  organizationId = world.organizationId;
  chargePointId = world.chargePoints[0]?.id ?? '';
  otherId = world.chargePoints[1]?.id ?? '';
});

const ask = (action: string, payload: Record<string, unknown>) =>
  issue({ organizationId, chargePointId, command: { action, payload }, requestedBy: 'key_1' });
const find = async (id: string) => {
  const command = await reads.find(organizationId, id);
  if (command === undefined) throw new Error(`no command ${id}`);
  return command;
};

describe('a command in the database', () => {
  test('moves from queued to its outcome, and every step is a row', async () => {
    const charger = await connect(chargePointId);
    const queued = await ask('Reset', { type: 'Soft' });
    expect(queued).toMatchObject({
      status: 'queued',
      chargePointId,
      action: 'Reset',
      payload: { type: 'Soft' },
      timeoutS: 30,
      unchecked: false,
      sealed: null,
      requestedBy: 'key_1',
      sentAt: null,
      result: null,
      error: null,
    });
    expect(wakes).toContainEqual({ wake: 'commands', chargePointId, nodeId: 'node_1' });
    expect(await charger.next()).toEqual({
      commandId: queued.id,
      action: 'Reset',
      payload: { type: 'Soft' },
      timeoutS: 30,
      sealed: null,
      unchecked: false,
      traceId: queued.traceId,
    });
    expect(await find(queued.id)).toMatchObject({ status: 'sent', sentGeneration: charger.generation });
    await charger.answer(queued.id, yes);
    const done = await find(queued.id);
    expect(done).toMatchObject({ status: 'accepted', result: { status: 'Accepted' }, dueAt: null, late: false });
    expect(done.completedAt).not.toBeNull();
    expect(await charger.next()).toBeNull();
  });

  test('of an offline charge point is refused, and no row is left', async () => {
    await expect(ask('Reset', { type: 'Soft' })).rejects.toMatchObject({ code: 'charge_point_offline' });
    const charger = await connect(chargePointId);
    await charger.disconnect();
    const refusal = ask('Reset', { type: 'Soft' });
    await expect(refusal).rejects.toThrow(/is offline; send the command again when it is connected/);
    const page = { after: undefined, limit: 10 };
    expect(
      await reads.list({
        organizationId,
        chargePointId,
        reached: undefined,
        statuses: undefined,
        action: undefined,
        requestedBy: undefined,
        from: undefined,
        to: undefined,
        page,
      }),
    ).toEqual([]);
  });

  test('keeps an answer that PostgreSQL would refuse', async () => {
    const charger = await connect(chargePointId);
    const { id } = await ask('GetConfiguration', {});
    await charger.next();
    let deep: unknown = 'x';
    for (let i = 0; i < 5000; i += 1) deep = [deep];
    const payload = { configurationKey: [{ key: 'a\u0000b', value: '\ud800' }], '\u0000': 1, deep };
    await charger.answer(id, { outcome: 'result', payload, accepted: true });
    expect((await find(id)).result).toMatchObject({ configurationKey: [{ key: 'a\ufffdb', value: '\ufffd' }] });
  });

  test('is not answered by another charge point', async () => {
    const charger = await connect(chargePointId);
    const other = await connect(otherId);
    const { id } = await ask('Reset', { type: 'Soft' });
    await charger.next();
    await other.answer(id, yes);
    expect((await find(id)).status).toBe('sent');
  });

  test('of a hundred others still open is refused with the remedy', async () => {
    await connect(chargePointId);
    const wishes = Array.from({ length: 101 }, () => ask('Reset', { type: 'Soft' }));
    const results = await Promise.allSettled(wishes);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'too_many_requests', retryAfterS: 30 });
  });
});

describe('a remote start and its session', () => {
  const start = () => ask('RemoteStartTransaction', { idTag: 'tag', connectorId: 1 });
  const now = (id: string) => ({ chargePointId: id, at: new Date() });
  const sessionOf = (id: string) => db.prisma.session.findUniqueOrThrow({ where: { id } });

  test('are linked both ways when the session follows the answer', async () => {
    const charger = await connect(chargePointId);
    const { id } = await start();
    await charger.next();
    await charger.answer(id, yes);
    const open = await db.transaction((tx) => openRemoteStarts(tx, [chargePointId, otherId].map(now)));
    expect([...open]).toEqual([
      [
        chargePointId,
        [
          {
            commandId: id,
            connectorId: 1,
            tokenUid: 'tag',
            remoteStartId: null,
            askedAt: expect.any(Date),
            startsUntil: null,
          },
        ],
      ],
    ]);
    const { sessionId } = await charger.start('TAG');
    expect(await find(id)).toMatchObject({ status: 'accepted', sessionId, dueAt: null });
    expect((await sessionOf(sessionId)).commandId).toBe(id);
    expect(
      (await db.transaction((tx) => openRemoteStarts(tx, [now(chargePointId)]))).get(chargePointId),
    ).toBeUndefined();
  });

  test('are linked when the session comes before the answer (R6)', async () => {
    const charger = await connect(chargePointId);
    const { id } = await start();
    await charger.next();
    const { sessionId } = await charger.start('TAG');
    expect(await find(id)).toMatchObject({ status: 'sent', sessionId });
    await charger.answer(id, yes);
    expect(await find(id)).toMatchObject({ status: 'accepted', sessionId, dueAt: null });
    expect((await sessionOf(sessionId)).commandId).toBe(id);
  });

  test('on another connector stay apart', async () => {
    const charger = await connect(chargePointId);
    const { id } = await start();
    await charger.next();
    const { sessionId } = await charger.start('TAG', 2);
    expect((await find(id)).sessionId).toBeNull();
    expect((await sessionOf(sessionId)).commandId).toBeNull();
  });
});

describe('the sweep', () => {
  const sweep = (now: Date) => sweepCommands({ deadlines, submit: ingest.submit, now });
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
  /** As if its deadline had passed: the machine decides by the clock, not by the sweep. */
  const expire = (id: string) => db.prisma.command.update({ where: { id }, data: { dueAt: new Date(Date.now() - 1) } });

  test('ends what nobody answered and what led to no session, once', async () => {
    const charger = await connect(chargePointId);
    const first = await ask('RemoteStartTransaction', { idTag: 'TAG' });
    await charger.next();
    await charger.answer(first.id, yes);
    const second = await ask('Reset', { type: 'Soft' });
    await charger.next();
    const third = await ask('Reset', { type: 'Hard' });
    for (const { id } of [first, second, third]) await expire(id);
    expect(await sweep(new Date())).toEqual({ due: 3, failed: 0 });
    expect(await find(first.id)).toMatchObject({ status: 'failed', error: { code: 'no_session_started' } });
    expect(await find(second.id)).toMatchObject({ status: 'timed_out', error: { code: 'no_answer' } });
    expect(await find(third.id)).toMatchObject({ status: 'timed_out', error: { code: 'not_sent' } });
    expect(await sweep(new Date())).toEqual({ due: 0, failed: 0 });
  });

  test('a session that comes after that still completes the remote start', async () => {
    const charger = await connect(chargePointId);
    const { id } = await ask('RemoteStartTransaction', { idTag: 'TAG' });
    await charger.next();
    await charger.answer(id, yes);
    await expire(id);
    await sweep(new Date());
    const { sessionId } = await charger.start('TAG');
    expect(await find(id)).toMatchObject({ status: 'accepted', late: true, error: null, sessionId });
  });

  test('leaves alone what is not due', async () => {
    const charger = await connect(chargePointId);
    const { id } = await ask('Reset', { type: 'Soft' });
    await charger.next();
    expect(await sweep(new Date())).toEqual({ due: 0, failed: 0 });
    expect((await find(id)).status).toBe('sent');
  });

  test('ends the commands of a charge point that was deleted', async () => {
    await connect(chargePointId);
    const { id } = await ask('Reset', { type: 'Soft' });
    await db.prisma.chargePointSequence.delete({ where: { chargePointId } });
    await db.prisma.chargePoint.delete({ where: { id: chargePointId } });
    expect(await sweep(inSeconds(600))).toMatchObject({ failed: 0 });
    expect(await find(id)).toMatchObject({ status: 'failed', error: { code: 'charge_point_deleted' }, dueAt: null });
  });

  test('counts what could not be submitted, and tries it again the next time', async () => {
    const charger = await connect(chargePointId);
    const { id } = await ask('Reset', { type: 'Soft' });
    await charger.next();
    await expire(id);
    const submit = () => Promise.reject(new AppError('unavailable', 'away'));
    expect(await sweepCommands({ deadlines, submit, now: new Date() })).toEqual({ due: 1, failed: 1 });
    expect(await sweep(new Date())).toEqual({ due: 1, failed: 0 });
  });
});

test('a node that restarted gives the next command without waiting for the one it had sent', async () => {
  const before = await connect(chargePointId);
  const first = await ask('Reset', { type: 'Soft' });
  await before.next();
  const second = await ask('Reset', { type: 'Hard' });
  const after = await connect(chargePointId); // nobody said that the old line was lost
  expect(await after.next()).toMatchObject({ commandId: second.id });
  expect(await find(first.id)).toMatchObject({ status: 'failed', error: { code: 'connection_lost' } });
  expect(await before.next()).toBeNull();
});
