/** Groups, policies and strangers on a real PostgreSQL: what chargers are told, and what is written down. */
import { afterAll, expect, test } from '@jest/globals';
import { isTransient } from '../../src/database/index.ts';
import { createIngest, participant } from '../../src/ingest/index.ts';
import type { AuthorizeReply, StartReply } from '../../src/ingest/inputs.ts';
import { newId } from '../../src/platform/ids.ts';
import { createTransactionIds, sessionsParticipant } from '../../src/sessions/index.ts';
import { forgetUnknownTokens, tokens } from '../../src/tokens/index.ts';
import { MOST_UNKNOWN } from '../../src/tokens/unknown-store.ts';
import { testDatabase } from '../support/db.ts';
import { after, aStart, instant, stopped, T0 } from '../support/inputs.ts';
import { createWorld, type World } from '../support/world.ts';

const db = await testDatabase();
const engine = () =>
  createIngest({
    db,
    participants: [participant(tokens), participant(sessionsParticipant())],
    eventWriter: { prepare: () => ({ write: async () => ({ committed: () => {} }) }) },
    isTransient,
    onWake: () => {},
    now: () => T0,
    log: { warn: () => {}, error: () => {} },
    metrics: { batch: () => {}, retried: () => {}, poisoned: () => {}, ignored: () => {} },
    lanes: 4,
  });
const ingest = engine();
/** Another process on the same database. */
const other = engine();
const nextTransactionId = createTransactionIds(db);
afterAll(async () => {
  await Promise.all([ingest.stop(1000), other.stop(1000)]);
  await db.close();
});

async function start(world: World, i: number, tokenUid: string, more = {}, by = ingest): Promise<StartReply> {
  const transactionId = await nextTransactionId();
  const chargePointId = world.chargePoints[i]?.id ?? '';
  const made = aStart({ tokenUid, transactionId, sessionId: newId('ses'), ...more });
  const input = { room: 'tokens', type: 'authorize_start', chargePointId, receivedAt: T0, start: made } as const;
  return (await by.submit(input)) as StartReply;
}
const ask = async (world: World, tokenUid: string, i = 0, receivedAt = T0): Promise<AuthorizeReply> =>
  (await ingest.submit({
    room: 'tokens',
    type: 'authorize',
    chargePointId: world.chargePoints[i]?.id ?? '',
    receivedAt,
    tokenUid,
  })) as AuthorizeReply;
const strangersOf = (world: World) =>
  db.prisma.unknownToken.findMany({ where: { organizationId: world.organizationId }, orderBy: { uidKey: 'asc' } });

test('a group that may charge twice is accepted twice, however many of its tokens start at the same moment', async () => {
  const groupId = newId('tgr');
  const world = await createWorld(db, {
    chargePoints: 30,
    groups: [{ id: groupId, maxConcurrent: 2 }],
    tokens: Array.from({ length: 30 }, (_, i) => ({ uid: `TAG${i}`, groupId })),
  });
  const replies = await Promise.all(world.chargePoints.map((_, i) => start(world, i, `TAG${i}`)));
  expect(replies.filter(({ authorization }) => authorization === 'accepted')).toHaveLength(2);
  expect(replies.filter(({ authorization }) => authorization === 'concurrent_tx')).toHaveLength(28);
  const winner = replies.findIndex(({ authorization }) => authorization === 'accepted');
  const { transactionId } = replies[winner] ?? { transactionId: 0 };
  const chargePointId = world.chargePoints[winner]?.id ?? '';
  await ingest.submit(stopped({ chargePointId, transactionId, rawTransactionId: String(transactionId) }));
  const loser = replies.findIndex(({ authorization }) => authorization === 'concurrent_tx');
  const again = await start(world, loser, `TAG${loser}`, { at: instant(after(60)) });
  expect(again).toMatchObject({ authorization: 'accepted', groupId: groupId.slice(-20) });
});

test('two processes that start tokens of one group at the same moment count each other', async () => {
  for (let round = 0; round < 20; round += 1) {
    const groupId = newId('tgr');
    const world = await createWorld(db, {
      chargePoints: 2,
      groups: [{ id: groupId, maxConcurrent: 1 }],
      tokens: [0, 1].map((i) => ({ uid: `TAG${i}`, groupId })),
    });
    const replies = await Promise.all([start(world, 0, 'TAG0', {}, ingest), start(world, 1, 'TAG1', {}, other)]);
    expect(replies.map(({ authorization }) => authorization).sort()).toEqual(['accepted', 'concurrent_tx']);
  }
});

test('a repeated start counts once, also among others of the same token in one batch', async () => {
  const world = await createWorld(db, { chargePoints: 3, tokens: [{ uid: 'TWICE', maxConcurrent: 2 }] });
  const first = await start(world, 0, 'TWICE');
  const [repeated, second] = await Promise.all([start(world, 0, 'TWICE'), start(world, 1, 'TWICE')]);
  expect(repeated.transactionId).toBe(first.transactionId);
  expect(second.authorization).toBe('accepted');
  expect((await start(world, 2, 'TWICE')).authorization).toBe('concurrent_tx');
});

test('a start that is told afterwards is held against what ran before it, not against what its driver has begun since', async () => {
  const groupId = newId('tgr');
  const world = await createWorld(db, {
    chargePoints: 4,
    groups: [{ id: groupId, maxConcurrent: 1 }],
    tokens: [{ uid: 'ONCE' }, { uid: 'FLEET', maxConcurrent: null, groupId }],
  });
  const ago = (seconds: number) => ({ at: instant(after(-seconds), { historical: true }) });
  for (const uid of ['ONCE', 'FLEET']) {
    const said = async (...how: Parameters<typeof start>) => (await start(...how)).authorization;
    expect(await said(world, 0, uid, { at: instant(after(-600)) })).toBe('accepted');
    // Both in one batch.
    const [early, late] = [said(world, 1, uid, ago(3600)), said(world, 2, uid, ago(300))];
    expect([await early, await late]).toEqual(['accepted', 'concurrent_tx']);
    expect(await said(world, 3, uid)).toBe('concurrent_tx');
    await db.prisma.session.updateMany({ where: { endedAt: null }, data: { endedAt: T0 } });
  }
});

test('the policy of a charge point goes before the one of its organization', async () => {
  const world = await createWorld(db, { chargePoints: 3, policy: 'open', tokens: [{ uid: 'BAD', status: 'blocked' }] });
  const [, closed, free] = world.chargePoints;
  await db.prisma.chargePoint.update({ where: { id: closed?.id ?? '' }, data: { authorizationPolicy: 'list' } });
  await db.prisma.chargePoint.update({ where: { id: free?.id ?? '' }, data: { authorizationPolicy: 'free' } });
  const answers = await Promise.all([0, 1, 2].map(async (i) => (await ask(world, 'nobody', i)).authorization));
  expect(answers).toEqual(['accepted', 'invalid', 'accepted']);
  const blocked = await Promise.all([0, 1, 2].map(async (i) => (await ask(world, 'BAD', i)).authorization));
  expect(blocked).toEqual(['blocked', 'blocked', 'accepted']);
  const sessionOf = async (i: number) =>
    db.prisma.session.findUniqueOrThrow({ where: { id: (await start(world, i, 'nobody')).sessionId } });
  expect(await sessionOf(0)).toMatchObject({ authorization: 'accepted', freeOfCharge: false });
  expect(await sessionOf(2)).toMatchObject({ authorization: 'accepted', freeOfCharge: true });
});

test('strangers are counted once per uid whatever its case, with where and when they were seen last', async () => {
  const world = await createWorld(db, { chargePoints: 2 });
  await ask(world, 'Stranger', 0);
  await ask(world, ' sTRANGER ', 1, after(60));
  await start(world, 0, 'STRANGER');
  await ask(world, 'TAG', 0);
  expect(await strangersOf(world)).toMatchObject([
    {
      uid: 'STRANGER',
      count: 3n,
      firstSeenAt: T0,
      lastSeenAt: after(60),
      lastChargePointId: world.chargePoints[0]?.id,
    },
  ]);
});

test('a charger that invents tokens cannot grow the inbox beyond its bound: who was not seen for longest goes', async () => {
  const world = await createWorld(db, { chargePoints: 40 });
  const other = await createWorld(db);
  await ask(other, 'theirs', 0, after(-9999));
  for (let round = 0; round < 27; round += 1) {
    await Promise.all(world.chargePoints.map((_, i) => ask(world, `invented-${round}-${i}`, i, after(round))));
  }
  const rows = await strangersOf(world);
  expect(rows).toHaveLength(MOST_UNKNOWN);
  expect(rows.filter(({ uid }) => uid.startsWith('invented-0-'))).toEqual([]);
  expect(rows.filter(({ uid }) => uid.startsWith('invented-26-'))).toHaveLength(40);
  expect(await strangersOf(other)).toHaveLength(1);
});

test('strangers who were not seen for 90 days are forgotten', async () => {
  const world = await createWorld(db);
  await ask(world, 'old');
  await ask(world, 'new', 0, after(86_400));
  await forgetUnknownTokens(db, after(90 * 86_400 + 60));
  expect((await strangersOf(world)).map(({ uid }) => uid)).toEqual(['new']);
});
