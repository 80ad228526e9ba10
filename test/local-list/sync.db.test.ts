/** Which lists are looked at when, and what is read for it, with many chargers. */
import { afterAll, expect, test } from '@jest/globals';
import type { IssueCommand } from '../../src/commands/index.ts';
import type { Database } from '../../src/database/index.ts';
import type { Ingest } from '../../src/ingest/contract.ts';
import { createDesiredLists } from '../../src/local-list/desired.ts';
import { createListSyncs } from '../../src/local-list/index.ts';
import { gapOf } from '../../src/local-list/sync.ts';
import { desiredEntries, listOf } from '../../src/local-list/sync-store.ts';
import { syncedAs } from '../../src/local-list/types.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { createWorld } from '../support/world.ts';

const db = await testDatabase();
afterAll(() => db.close());

test('a list that is full does without blocked tokens first', async () => {
  const { organizationId, chargePoints } = await createWorld(db, {
    tokens: [{ uid: 'BLOCKED', status: 'blocked' }, { uid: 'FIRST' }, { uid: 'SECOND' }],
  });
  const chargePointId = chargePoints[0]?.id ?? '';
  const setting = { chargePointId, organizationId, key: 'LocalAuthListMaxLength', value: '2', readonly: true };
  await db.prisma.chargePointSetting.create({
    data: { ...setting, secret: false, known: true, fetchedAt: new Date() },
  });
  const list = await listOf(db, organizationId, chargePointId);
  if (list === undefined) throw new Error('there is no list');
  expect((await desiredEntries(db, list, new Date())).map(({ uid }) => uid)).toEqual(['FIRST', 'SECOND']);
});

test.each([
  ['ocpp2.0.1', 'emaid', { put: 1, removed: 1, again: 1 }],
  ['ocpp1.6', null, { put: 0, removed: 0, again: 0 }],
])('%s: an entry held as %j of a card', async (protocol, tokenType, gap) => {
  const { organizationId, chargePoints } = await createWorld(db, { tokens: [{ uid: 'TAG' }] });
  const chargePointId = chargePoints[0]?.id ?? '';
  await db.prisma.chargePointState.updateMany({ where: { chargePointId }, data: { protocol } });
  const entry = { chargePointId, uidKey: 'tag', uid: 'TAG', status: 'Accepted', tokenType };
  await db.prisma.localListEntry.create({ data: entry });
  const list = await listOf(db, organizationId, chargePointId);
  if (list === undefined) throw new Error('there is no list');
  expect(await gapOf(db, list, new Date())).toEqual({ entries: 1, ...gap });
});

/** Chargers that are connected, idle and keep their lists by themselves, and what is asked of them. */
async function fleet(size: number, tokens: readonly { uid: string }[] = [{ uid: 'TAG' }]) {
  await db.prisma.chargePointState.updateMany({ data: { connected: false } }); // those of other tests
  await db.prisma.localList.deleteMany();
  const { organizationId, chargePoints } = await createWorld(db, { chargePoints: size, tokens });
  await db.prisma.chargePoint.updateMany({ where: { organizationId }, data: { localList: 'auto' } });
  await db.prisma.chargePointState.updateMany({
    where: { organizationId },
    data: { connected: true, protocol: 'ocpp1.6', bootStatus: 'accepted', bootedAt: new Date(Date.now() - 3_600_000) },
  });
  const begun: string[] = [];
  const statements: string[] = [];
  const asked: string[] = [];
  const finished: { revision: number; hash: string }[] = [];
  const counted: Pick<Database, 'rows'> = {
    rows: (statement, values) => {
      statements.push(statement.name);
      return db.rows(statement, values);
    },
  };
  const syncs = (nodeId: string) =>
    createListSyncs({
      ...{ db: counted, nodeId, now: () => new Date() },
      submit: (async (input: { type: string; chargePointId: string; revision: number; hash: string }) => {
        if (input.type === 'requested') begun.push(input.chargePointId);
        if (input.type === 'finished') finished.push(input);
      }) as unknown as Ingest['submit'], // as: only what it is given here
      issue: (async ({ chargePointId }: { chargePointId: string }) => {
        asked.push(chargePointId);
      }) as unknown as IssueCommand,
    });
  return { organizationId, chargePoints, begun, statements, asked, finished, syncs };
}

test('as many lists begin as are not on their way yet, once in all processes', async () => {
  const { organizationId, chargePoints, begun, syncs } = await fleet(260);
  await Promise.all([syncs('node_1').begin(), syncs('node_2').begin()]);
  expect(new Set(begun).size).toBe(200);
  expect(begun).toHaveLength(200);
  const now = new Date();
  await db.prisma.localList.createMany({
    data: chargePoints
      .slice(0, 180)
      .map(({ id }) => ({ chargePointId: id, organizationId, step: 'version', dueAt: now, updatedAt: now })),
  });
  begun.length = 0;
  await db.prisma.jobClaim.deleteMany();
  await syncs('node_1').begin();
  expect(begun).toHaveLength(20);
});

test('the tokens of an organization are read once for all its chargers, and again when one has changed', async () => {
  const uids = Array.from({ length: 30 }, (_, i) => ({ uid: `TAG-${i}` }));
  const { organizationId, chargePoints, statements, asked, syncs } = await fleet(120, uids);
  const now = new Date();
  await db.prisma.localList.createMany({
    data: chargePoints.map(({ id }) => ({
      ...{ chargePointId: id, organizationId, step: 'sending', needsFull: true, dueAt: now, updatedAt: now },
    })),
  });
  const { takeSteps } = syncs('node_1');
  await takeSteps();
  expect(asked).toHaveLength(120);
  const readings = () =>
    statements.filter((name) => name === 'local_lists_tokens' || name === 'local_lists_desired').length;
  expect(readings()).toBe(1);
  await db.prisma.organization.update({ where: { id: organizationId }, data: { tokensRevision: { increment: 1 } } });
  await db.prisma.localList.updateMany({ where: { organizationId }, data: { dueAt: now } });
  await takeSteps();
  expect(asked).toHaveLength(240);
  expect(readings()).toBe(2);
});

test('a change of tokens that is none of their lists is seen without reading what they hold', async () => {
  const { organizationId, chargePoints, statements, asked, finished, syncs } = await fleet(60);
  const ids = chargePoints.map(({ id }) => id);
  const [now, entry] = [new Date(), { uidKey: 'tag', uid: 'TAG', status: 'Accepted' }];
  await db.prisma.localListEntry.createMany({ data: ids.map((chargePointId) => ({ chargePointId, ...entry })) });
  const known = { version: 1, contentVersion: 1, checkedAt: now, requestedBy: 'system', updatedAt: now };
  await db.prisma.localList.createMany({
    data: ids.map((chargePointId) => ({ chargePointId, organizationId, ...known })),
  });
  const { takeSteps } = syncs('node_1');
  async function looked(): Promise<{ held: number; finished: number; asked: number }> {
    for (const each of [statements, finished, asked]) each.length = 0;
    await db.prisma.localList.updateMany({ where: { organizationId }, data: { step: 'configuration', dueAt: now } });
    await db.prisma.organization.update({ where: { id: organizationId }, data: { tokensRevision: { increment: 1 } } });
    await takeSteps();
    const held = statements.filter((name) => name === 'local_lists_held').length;
    return { held, finished: finished.length, asked: asked.length };
  }
  expect(await looked()).toEqual({ held: 60, finished: 60, asked: 0 });
  const [{ revision, hash } = { revision: 0, hash: '' }] = finished;
  const syncedHash = syncedAs({ syncedRevision: revision, contentVersion: 1 }, hash);
  const synced = { syncedRevision: revision, syncedHash };
  await db.prisma.localList.updateMany({ where: { organizationId }, data: synced });
  expect(await looked()).toEqual({ held: 0, finished: 60, asked: 0 });
  // something was sent since, whoever did it
  await db.prisma.localList.updateMany({ where: { organizationId }, data: { syncedRevision: null } });
  expect(await looked()).toEqual({ held: 60, finished: 60, asked: 0 });
  await db.prisma.localList.updateMany({ where: { organizationId }, data: synced });
  await db.prisma.token.updateMany({ where: { organizationId }, data: { status: 'blocked' } });
  expect(await looked()).toEqual({ held: 60, finished: 0, asked: 60 });
});

test.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])(
  '%s: of shared tokens a list is made as of its own',
  async (protocol) => {
    const { organizationId, chargePoints } = await createWorld(db, { chargePoints: 2, tokens: [] });
    const [here, there] = chargePoints.map(({ id }) => id);
    const siteId = newId('site');
    await db.prisma.site.create({ data: { id: siteId, organizationId, name: 'Here' } });
    await db.prisma.chargePoint.update({ where: { id: here ?? '' }, data: { siteId } });
    await db.prisma.chargePointState.updateMany({ where: { organizationId }, data: { protocol } });
    const now = new Date();
    const group = async (more: object): Promise<string> => {
      const id = newId('tgr');
      const tag = id.slice(-20);
      const data = {
        id,
        organizationId,
        name: id,
        parentIdTag: tag,
        parentIdKey: tag.toLowerCase(),
        createdAt: now,
        updatedAt: now,
      };
      await db.prisma.tokenGroup.create({ data: { ...data, ...more } });
      return id;
    };
    const ended = new Date(now.getTime() - 1000);
    const all: Record<string, object> = {
      ANYWHERE: {},
      AT_SITE: { allowedSiteIds: [siteId] },
      HERE: { allowedChargePointIds: [here] },
      THERE: { allowedChargePointIds: [there] },
      EITHER: { allowedChargePointIds: [there], allowedSiteIds: [siteId] },
      BLOCKED: { status: 'blocked' },
      EXPIRED: { validUntil: ended },
      PREPAID: { credit: '5' },
      VIN: { type: 'vin' },
      APP: { type: 'app' },
      'LONGER-THAN-TWENTY-CHARACTERS': {},
      OF_BLOCKED: { groupId: await group({ status: 'blocked' }) },
      OF_GROUP_HERE: { groupId: await group({ allowedSiteIds: [siteId], validUntil: ended }) },
      OF_GROUP_THERE: { groupId: await group({ allowedChargePointIds: [there] }), allowedSiteIds: [siteId] },
    };
    for (const [uid, more] of Object.entries(all))
      await db.prisma.token.create({
        data: { id: newId('tok'), organizationId, uid, uidKey: uid.toLowerCase(), ...more },
      });
    const desired = createDesiredLists(db);
    for (const id of [here, there]) {
      const list = await listOf(db, organizationId, id ?? '');
      if (list === undefined) throw new Error('there is no list');
      const own = await desiredEntries(db, list, now);
      expect(own.length).toBeGreaterThan(5);
      expect((await desired.of(list, now)).entries()).toEqual(own);
    }
  },
);
