/** The queue of sessions that are to be priced anew: nothing that cannot be done holds up what can. */
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import type { SubmitFor } from '../../src/ingest/contract.ts';
import { AppError } from '../../src/platform/errors.ts';
import { repriceDoubtful } from '../../src/sessions/index.ts';
import { createPlans } from '../../src/tariffs/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest, insertSession } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

const START = new Date('2026-03-02T10:00:00Z');
const at = (minute: number) => new Date(START.getTime() + minute * 60_000);
let place = { organizationId: '', chargePointId: '' };
beforeEach(async () => {
  await db.prisma.sessionCost.deleteMany();
  const organizationId = await rest.createOrganization();
  const api = rest.as((await rest.keyOf(organizationId)).key);
  const { body } = await api.post('/api/v1/charge-points').send({ identity: `Q-${organizationId.slice(-8)}` });
  place = { organizationId, chargePointId: body.id };
});

/** Marked at that minute. */
async function marked(minute: number): Promise<string> {
  const { id } = await insertSession(db, place, {
    startedAt: at(-60),
    endedAt: at(-1),
    status: 'ended',
    isPriced: true,
  });
  await db.prisma.sessionCost.create({
    data: {
      ...{ sessionId: id, organizationId: place.organizationId, currency: 'EUR', timezone: 'Europe/Berlin' },
      ...{ tally: {}, isFinal: true, repriceAt: at(minute), createdAt: at(-60), updatedAt: at(-1) },
    },
  });
  return id;
}
/** Looks at the queue at that minute; `decide`: what becomes of a session. */
async function look(minute: number, decide: (sessionId: string) => { readonly repriced: boolean }) {
  const seen: string[] = [];
  const submit: SubmitFor = async (input) => {
    if (input.type !== 'repriced') throw new Error('it asks for something else');
    seen.push(input.sessionId);
    const reply = decide(input.sessionId);
    if (reply.repriced)
      await db.prisma.sessionCost.update({ where: { sessionId: input.sessionId }, data: { repriceAt: null } });
    return reply;
  };
  const needs = { db, ingest: { submit }, plans: createPlans(), now: () => at(minute) };
  const fault: unknown = await repriceDoubtful(needs).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return { seen: new Set(seen), fault };
}
const done = { repriced: true, corrected: false };

test('what fails, or changes all the time, goes behind what can be priced, and is tried again', async () => {
  const stuck = [];
  for (let i = 0; i < 20; i += 1) stuck.push(await marked(i / 100));
  const good = await marked(1);
  const broken = new Set(stuck.slice(0, 10));
  const decide = (id: string) => {
    if (broken.has(id)) throw new Error('it is broken');
    return id === good ? done : { repriced: false, why: 'changed' };
  };
  const first = await look(2, decide);
  expect(first.seen).toEqual(new Set(stuck));
  expect(first.fault).toMatchObject({ message: '10 sessions cannot be priced anew' });
  expect(await look(3, decide)).toEqual({ seen: new Set([good]), fault: undefined });
  expect((await look(8, () => done)).seen).toEqual(new Set(stuck));
});

test('where nothing can be changed at the moment, all stay where they are', async () => {
  const ids = [await marked(0), await marked(0.5)];
  const away = await look(2, () => {
    throw new AppError('unavailable', 'no database');
  });
  expect(away).toMatchObject({ seen: new Set([ids[0]]), fault: { code: 'unavailable' } });
  expect((await look(2, () => done)).seen).toEqual(new Set(ids));
  expect((await look(3, () => done)).seen).toEqual(new Set());
});
