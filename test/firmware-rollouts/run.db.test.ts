/** The job of rollouts on real tables, with people who are faster than it. */
import { afterAll, expect, test } from '@jest/globals';
import { createChangeRollout, type Wish } from '../../src/firmware-rollouts/change-rollout.ts';
import { runRollouts } from '../../src/firmware-rollouts/run.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { createWorld } from '../support/world.ts';

const db = await testDatabase();
afterAll(() => db.close());
const { organizationId, chargePoints } = await createWorld(db, { chargePoints: 1 });
const chargePointId = chargePoints[0]?.id ?? '';
const T0 = new Date();
const after = (s: number): Date => new Date(T0.getTime() + s * 1000);

async function rollout(more: object = {}): Promise<string> {
  const id = newId('rol');
  await db.prisma.firmwareRollout.create({
    data: {
      ...{ id, organizationId, name: 'x', imageId: 'fwi_1', targetVersion: '2.0', signed: false, strategy: 'rolling' },
      ...{ stageSizes: [1, 1], maxFailedPercent: 10, filter: {}, options: {}, requestedBy: 'key_1' },
      ...{ status: 'running', lookAt: T0, createdAt: T0, startedAt: T0, updatedAt: T0 },
      ...more,
    },
  });
  return id;
}
async function update(rolloutId: string, more: { status: string; [field: string]: unknown }): Promise<string> {
  const id = newId('fwu');
  await db.prisma.firmwareUpdate.create({
    data: {
      ...{ id, organizationId, chargePointId, rolloutId, imageId: 'fwi_1', targetVersion: '2.0', signed: false },
      ...{ maxAttempts: 3, retryDelayS: 300, stageTimeoutS: 3600, waitUntilIdle: true, attempts: 1 },
      ...{ expiresAt: after(86_400), requestedBy: 'key_1', createdAt: T0, updatedAt: T0 },
      ...more,
    },
  });
  return id;
}
const member = (rolloutId: string, stage: number, updateId: string) =>
  db.prisma.firmwareRolloutMember.create({
    data: { rolloutId, chargePointId: newId('cp'), stage, updateId, state: 'issued' },
  });
const find = (id: string) => db.prisma.firmwareRollout.findUniqueOrThrow({ where: { id } });
const person = (id: string, wish: Wish) =>
  createChangeRollout({ db, clock: { now: () => after(1) } })(organizationId, id, wish);

/** Gives what it submits. `meanwhile`: what others do, once, when the job has run the statement of that name. */
async function look(at: Date, meanwhile: Record<string, () => Promise<unknown>> = {}): Promise<object[]> {
  const left = new Map(Object.entries(meanwhile));
  const submitted: object[] = [];
  const rows = async (statement: { name: string; text: string }, values: unknown[]) => {
    const found = await db.rows(statement, values);
    const does = left.get(statement.name);
    left.delete(statement.name);
    await does?.();
    return found;
  };
  const submit = async (input: object) => void submitted.push(input);
  await runRollouts({ db: { rows: rows as never }, submit: submit as never, clock: { now: () => at } });
  return submitted;
}

test('a rollout that somebody resumes just when the job has seen it paused is looked at again', async () => {
  const id = await rollout();
  await look(T0, {
    firmware_rollouts_claim: () => person(id, 'pause'),
    firmware_rollouts_find: () => person(id, 'resume'),
  });
  expect(await find(id)).toMatchObject({ status: 'running', lookAt: after(1) });
});

test('one that somebody aborts just when the job has taken it is cleaned up', async () => {
  const id = await rollout();
  const pending = { rolloutId: id, chargePointId, stage: 0, updateId: newId('fwu') };
  await db.prisma.firmwareRolloutMember.create({ data: pending });
  await look(T0, { firmware_rollouts_claim: () => person(id, 'abort') });
  expect(await find(id)).toMatchObject({ status: 'aborted', lookAt: expect.any(Date) });
  expect(await db.prisma.firmwareRolloutMember.findMany({ where: { rolloutId: id } })).toMatchObject([
    { state: 'skipped', reason: 'cancelled' },
  ]);
});

test('an update of an aborted rollout that fails to download hours later is called off, not left waiting for its turn', async () => {
  const id = await rollout({ status: 'aborted', endedAt: after(-7200) });
  const updateId = await update(id, { status: 'downloading' });
  const lookAt = async () => (await find(id)).lookAt;
  const becomes = (data: { status: string; endedAt?: Date }) =>
    db.prisma.firmwareUpdate.update({ where: { id: updateId }, data });
  expect(await look(T0)).toEqual([]);
  expect(await lookAt()).toEqual(after(60));
  await becomes({ status: 'scheduled' });
  expect(await look(after(60))).toMatchObject([{ type: 'cancel_requested', updateId, chargePointId }]);
  await becomes({ status: 'cancelled', endedAt: after(61) });
  expect(await look(after(61))).toEqual([]);
  expect(await lookAt()).toBeNull();
});

test('a charger that boots with the version of before once its stage is over pauses the rollout', async () => {
  const id = await rollout({ stage: 1, stageSizes: [2, 1] });
  const installed = { status: 'installed', endedAt: after(-60), createdAt: after(-600) };
  const lies = await update(id, installed);
  await member(id, 0, lies);
  // Failed when its stage ran: whoever had to see it has seen it.
  await member(id, 0, await update(id, { ...installed, failedAt: after(-30) }));
  await member(id, 1, await update(id, { status: 'downloading', createdAt: after(-10) }));
  await look(T0);
  expect(await find(id)).toMatchObject({ status: 'running', stage: 1 });
  await db.prisma.firmwareUpdate.update({ where: { id: lies }, data: { failedAt: T0, verified: false } });
  await look(after(3));
  expect(await find(id)).toMatchObject({ status: 'paused', pausedBy: 'failures', tolerated: 0 });
  expect(await person(id, 'resume')).toMatchObject({ status: 'running', tolerated: 1 });
  await look(after(3));
  expect(await find(id)).toMatchObject({ status: 'running', stage: 1 });
});
