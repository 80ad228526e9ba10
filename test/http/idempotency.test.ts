/** Idempotency-Key: once is once, also when it is asked many times at once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { cleanIdempotencyKeys } from '../../src/http/index.ts';
import { DEAD_AFTER_MS, KEPT_MS } from '../../src/http/kit/idempotency.ts';
import { route } from '../../src/http/kit/route.ts';
import { AppError } from '../../src/platform/errors.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

let runs = 0;
let fails = false;
/** While set, runs wait for it. */
let gate: Promise<void> | undefined;
const counting = route({
  method: 'post',
  path: '/counted',
  operationId: 'counted',
  summary: 'x',
  tag: 'x',
  access: 'write:commands',
  status: 202,
  query: z.strictObject({ a: z.string().optional() }),
  body: z.strictObject({ text: z.string().optional() }),
  response: z.object({ run: z.int() }),
  handle: async () => {
    runs += 1;
    const run = runs;
    await gate;
    if (fails) throw new AppError('conflict', 'not now');
    return { run };
  },
});
const empty = route({
  ...{
    method: 'post',
    path: '/empty',
    operationId: 'empty',
    summary: 'x',
    tag: 'x',
    access: 'write:commands',
    status: 204,
  },
  handle: async () => {
    runs += 1;
  },
});

const db = await testDatabase();
const rest = await createRest(db, { extraRoutes: [counting, empty] });
afterAll(async () => {
  await rest.stop();
  await db.close();
});
let organizationId = '';
let api: ReturnType<typeof rest.as>;
beforeEach(async () => {
  runs = 0;
  fails = false;
  gate = undefined;
  organizationId = await rest.createOrganization();
  api = rest.as((await rest.keyOf(organizationId)).key);
});
const post = (key: string, body: object = { text: 'x' }, path = '/api/v1/counted', as = api) =>
  as.post(path).set('Idempotency-Key', key).send(body);

describe('the same request under the same key', () => {
  test('is done once and answered alike', async () => {
    const key = randomUUID();
    const [first, second] = [await post(key), await post(key)];
    expect([first.status, first.body, first.headers['idempotent-replayed']]).toEqual([202, { run: 1 }, undefined]);
    expect([second.status, second.body, second.headers['idempotent-replayed']]).toEqual([202, { run: 1 }, 'true']);
    expect(runs).toBe(1);
  });

  test('is done once when it comes twenty times at once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(key)));
    expect(runs).toBe(1);
    const done = answers.filter((each) => each.status === 202);
    expect(done.length).toBeGreaterThan(0);
    expect(done.every((each) => each.body.run === 1)).toBe(true);
    for (const waiting of answers.filter((each) => each.status !== 202)) {
      expect(waiting.status).toBe(409);
      expect(waiting.headers['retry-after']).toBe('1');
    }
  });

  test('that is still running is a 409 to try again', async () => {
    const key = randomUUID();
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = post(key).then((answer) => answer);
    await until('the first runs', () => runs === 1);
    const second = await post(key);
    expect([second.status, second.body.error.code, second.headers['retry-after']]).toEqual([409, 'conflict', '1']);
    open();
    expect((await first).status).toBe(202);
    expect((await post(key)).headers['idempotent-replayed']).toBe('true');
  });

  test('without a body in its answer is replayed too', async () => {
    const key = randomUUID();
    expect((await post(key, {}, '/api/v1/empty')).status).toBe(204);
    const second = await post(key, {}, '/api/v1/empty');
    expect([second.status, second.headers['idempotent-replayed'], runs]).toEqual([204, 'true', 1]);
  });

  test('that failed may be tried again', async () => {
    const key = randomUUID();
    fails = true;
    expect((await post(key)).status).toBe(409);
    fails = false;
    expect((await post(key)).body).toEqual({ run: 2 });
  });

  test('whose process died in the middle may be done again after a while, and not before', async () => {
    const key = randomUUID();
    expect((await post(key)).status).toBe(202);
    await db.prisma.idempotencyKey.updateMany({ data: { responseStatus: null, responseBody: null } });
    expect((await post(key)).status).toBe(409);
    const createdAt = new Date(rest.clock.now().getTime() - DEAD_AFTER_MS - 1000);
    await db.prisma.idempotencyKey.updateMany({ where: { organizationId }, data: { createdAt } });
    expect((await post(key, { text: 'another' })).body.error.code).toBe('idempotency_mismatch');
    expect((await post(key)).body).toEqual({ run: 2 });
  });
});

describe('another request under the same key is refused', () => {
  test.each([
    ['another body', { text: 'y' }, '/api/v1/counted'],
    ['another query', { text: 'x' }, '/api/v1/counted?a=1'],
    ['another address', { name: 'x' }, '/api/v1/sites'],
  ])('%s', async (_what, body, path) => {
    const key = randomUUID();
    expect((await post(key)).status).toBe(202);
    const other = await post(key, body, path);
    expect([other.status, other.body.error.code]).toEqual([409, 'idempotency_mismatch']);
    expect(runs).toBe(1);
  });

  test('another caller of the same organization, who must not see what the first was shown', async () => {
    const key = randomUUID();
    await post(key);
    const colleague = rest.as((await rest.keyOf(organizationId, ['write:commands'])).key);
    expect((await post(key, undefined, undefined, colleague)).body.error.code).toBe('idempotency_mismatch');
  });
});

test('organizations do not share keys', async () => {
  const key = randomUUID();
  await post(key);
  const others = rest.as((await rest.keyOf(await rest.createOrganization())).key);
  expect((await post(key, undefined, undefined, others)).body).toEqual({ run: 2 });
});

test('an invalid request uses no key up', async () => {
  const key = randomUUID();
  expect((await post(key, { wrong: 1 })).status).toBe(400);
  expect((await post(key)).body).toEqual({ run: 1 });
});

test.each([[''], ['x'.repeat(256)], ['caf\u00e9']])('%j is no key', async (key) => {
  const answer = await post(key);
  expect(answer.status).toBe(400);
  expect(answer.body.error.details[0].field).toBe('Idempotency-Key');
  expect(runs).toBe(0);
});

test('a charger key that was shown once is stored unreadably, and shown again to the same request', async () => {
  const key = randomUUID();
  const create = () => post(key, { identity: `CP-${key.slice(0, 8)}` }, '/api/v1/charge-points');
  const [first, second] = [await create(), await create()];
  expect(first.status).toBe(201);
  expect(first.body.key).toMatch(/^[0-9a-f]{40}$/);
  expect(second.body).toEqual(first.body);
  expect(second.headers['location']).toBe(first.headers['location']);
  const [row] = await db.prisma.idempotencyKey.findMany({ where: { organizationId } });
  const stored = Buffer.from(row?.responseBody ?? '', 'base64');
  expect(stored.length).toBeGreaterThan(100);
  for (const text of [row?.responseBody ?? '', stored.toString('latin1'), JSON.stringify(row)])
    expect(text).not.toContain(first.body.key);
});

test('keys are forgotten after a day, whether the job has run or not', async () => {
  const key = randomUUID();
  await post(key);
  const createdAt = new Date(rest.clock.now().getTime() - KEPT_MS - 1000);
  await db.prisma.idempotencyKey.updateMany({ where: { organizationId }, data: { createdAt } });
  fails = true; // it is as if there had been none: a first request that is refused leaves its key free
  expect((await post(key, { text: 'another' })).body.error.message).toBe('not now');
  fails = false;
  expect((await post(key, { text: 'yet another' })).body).toEqual({ run: 3 });
  await post(randomUUID());
  await db.prisma.idempotencyKey.updateMany({ where: { organizationId, key }, data: { createdAt } });
  const recent = rest.clock.now();
  await db.prisma.requestEffect.createMany({
    data: [
      { id: 'eff_old', organizationId, createdAt },
      { id: 'eff_recent', organizationId, createdAt: recent },
    ],
  });
  expect(await cleanIdempotencyKeys(db, recent)).toBe(2);
  expect(await db.prisma.idempotencyKey.count({ where: { organizationId } })).toBe(1);
  expect(await db.prisma.requestEffect.findMany()).toMatchObject([{ id: 'eff_recent' }]);
});
