/** Local lists from tokens to simulated chargers, on a whole server. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { acceleratedClock, type Charger, createCharger, seededRandom } from '../../src/simulator/index.ts';
import { startApp } from '../support/app.ts';
import { until } from '../support/until.ts';

const app = await startApp();
const chargers: Charger[] = [];
afterEach(async () => {
  await Promise.all(chargers.splice(0).map((charger) => charger.close()));
});
afterAll(() => app.stop());

type List = {
  version: number | null;
  desired_version: number | null;
  in_sync: boolean;
  entries: number;
  missing: number;
  state: string;
  supported: boolean | null;
  messages_sent: number;
  last_error: { code: string } | null;
};
async function connected(settings: Record<string, string> = {}, more: Record<string, unknown> = {}) {
  const { id, identity, key } = await app.chargePoint(more);
  const charger = createCharger({
    url: app.ocppUrl,
    identity,
    password: key,
    clock: acceleratedClock(1),
    random: seededRandom(1),
    behaviour: { reconnect: { minMs: 5, maxMs: 40 }, rebootMs: 20, settings },
  });
  chargers.push(charger);
  const asked: { action: string; payload: Record<string, unknown>; answered: string }[] = [];
  charger.on((happening) => {
    if (happening.what === 'asked') asked.push({ ...happening });
  });
  charger.start();
  await charger.whenBooted();
  const sends = () => asked.filter(({ action }) => action === 'SendLocalList');
  return { charger, id, sends, asked };
}
const list = async (id: string) => (await app.api<List>('GET', `/charge-points/${id}/local-list`)).body;
const sync = (id: string, body: object = {}) => app.api<List>('POST', `/charge-points/${id}/local-list/sync`, body);
const settled = (id: string) =>
  until(
    'the synchronization has ended',
    async () => {
      const now = await list(id);
      return now.state === 'idle' ? now : undefined;
    },
    { everyMs: 50 },
  );
const token = async (uid: string, more: Record<string, unknown> = {}) =>
  (await app.api<{ id: string }>('POST', '/tokens', { uid, ...more })).body.id;

test('a list goes to the charger in as many messages as it takes, whole first, then what changed', async () => {
  const tokens = [];
  for (let i = 0; i < 7; i += 1) tokens.push(await token(`A${i}`));
  const { charger, id, sends } = await connected({ SendLocalListMaxLength: '3' });
  expect(await list(id)).toMatchObject({ version: null, in_sync: false, entries: 7, missing: 7, supported: null });
  expect((await sync(id, { mode: 'full' })).status).toBe(202);
  expect(await settled(id)).toMatchObject({
    version: 3,
    desired_version: 3,
    in_sync: true,
    messages_sent: 3,
    last_error: null,
  });
  expect(sends().map(({ payload, answered }) => [payload['updateType'], payload['listVersion'], answered])).toEqual([
    ['Full', 1, 'Accepted'],
    ['Differential', 2, 'Accepted'],
    ['Differential', 3, 'Accepted'],
  ]);

  await app.api('PATCH', `/tokens/${tokens[0]}`, { status: 'blocked' });
  await app.api('DELETE', `/tokens/${tokens[1]}`);
  await token('TOO-LONG-FOR-ONE-POINT-SIX');
  expect(await list(id)).toMatchObject({ in_sync: false, missing: 1, surplus: 1, version: 3, desired_version: 4 });
  await sync(id);
  expect(await settled(id)).toMatchObject({ version: 4, in_sync: true, messages_sent: 1 });
  expect(sends().at(-1)?.payload).toEqual({
    listVersion: 4,
    updateType: 'Differential',
    localAuthorizationList: [{ idTag: 'A1' }, { idTag: 'A0', idTagInfo: { status: 'Blocked' } }],
  });

  // Offline, the charger decides by it.
  charger.goOffline('abruptly');
  await until('offline', () => !charger.isOnline());
  expect(await charger.charge({ token: 'A0', seconds: 1 })).toMatchObject({ outcome: 'refused', status: 'Blocked' });
});

test('a charger that holds another list gets the whole one; mode differential says so instead', async () => {
  await token('B0');
  const { charger, id, sends } = await connected();
  await sync(id);
  expect(await settled(id)).toMatchObject({ in_sync: true });
  // Somebody at the charger replaced it: its version is none of ours.
  const row = await app.db.prisma.localList.findUniqueOrThrow({ where: { chargePointId: id } });
  await app.db.prisma.localList.update({ where: { chargePointId: id }, data: { contentVersion: 99 } });
  await sync(id, { mode: 'differential' });
  expect(await settled(id)).toMatchObject({ in_sync: false, last_error: { code: 'version_mismatch' } });
  const before = sends().length;
  await sync(id);
  expect(await settled(id)).toMatchObject({ in_sync: true, version: (row.version ?? 0) + 1, last_error: null });
  expect(
    sends()
      .slice(before)
      .map(({ payload }) => payload['updateType']),
  ).toEqual(['Full']);
  expect(charger.isOnline()).toBe(true);
});

test('a list that is sent by hand is known as what the charger holds', async () => {
  const { id } = await connected();
  await sync(id);
  const { version } = await settled(id);
  await app.api('POST', `/charge-points/${id}/commands?wait=true`, {
    action: 'SendLocalList',
    payload: {
      listVersion: 50,
      updateType: 'Full',
      localAuthorizationList: [{ idTag: 'HAND', idTagInfo: { status: 'Accepted' } }],
    },
  });
  expect(version).not.toBe(50);
  expect(await list(id)).toMatchObject({ version: 50, in_sync: false, surplus: 1 });
  await sync(id);
  expect(await settled(id)).toMatchObject({ in_sync: true, surplus: 0 });
});

test('a charger without the feature is known to have none', async () => {
  const { id, sends } = await connected({ SupportedFeatureProfiles: 'Core' });
  await sync(id);
  expect(await settled(id)).toMatchObject({
    supported: false,
    version: -1,
    desired_version: null,
    last_error: { code: 'not_supported' },
  });
  expect(sends()).toEqual([]);
});

test('auto: a list follows its tokens by itself', async () => {
  const { id } = await connected({}, { local_list: 'auto' });
  const inSync = () => until('in sync', async () => (await list(id)).in_sync, { everyMs: 100 });
  await inSync();
  await token('LATER');
  expect((await list(id)).in_sync).toBe(false);
  await inSync();
});

test('auto: a charger that is moved to another site, or to none, holds the list of where it is', async () => {
  const site = async (name: string) => (await app.api<{ id: string }>('POST', '/sites', { name })).body.id;
  const [here, there] = [await site('Here'), await site('There')];
  const { id } = await connected({}, { local_list: 'auto', site_id: here });
  await token('ONLY-HERE', { allowed_site_ids: [here] });
  await token('ONLY-THERE', { allowed_site_ids: [there] });
  const held = async () => {
    const rows = await app.db.prisma.localListEntry.findMany({ where: { chargePointId: id } });
    return rows.map(({ uid }) => uid).filter((uid) => uid.startsWith('ONLY-'));
  };
  for (const [siteId, uids] of [
    [here, ['ONLY-HERE']],
    [there, ['ONLY-THERE']],
    [null, []],
  ] as const) {
    await app.api('PATCH', `/charge-points/${id}`, { site_id: siteId });
    await until('it holds those', async () => (await list(id)).version !== null && `${await held()}` === `${uids}`, {
      withinMs: 30_000,
    });
  }
});

test('auto: a change of tokens that are not in its list asks nothing of a charger', async () => {
  const { id, asked } = await connected({}, { local_list: 'auto' });
  await until('in sync', async () => (await list(id)).in_sync, { everyMs: 100 });
  const isDone = async () => {
    const where = { chargePointId: id };
    const { syncedRevision, step } = await app.db.prisma.localList.findUniqueOrThrow({ where });
    const { tokensRevision } = await app.db.prisma.organization.findFirstOrThrow();
    return step === 'idle' && syncedRevision === tokensRevision;
  };
  await until('it is done', isDone);
  const before = asked.length;
  await token('NOT-HERE', { allowed_charge_point_ids: [(await app.chargePoint()).id] });
  expect(await isDone()).toBe(false);
  await until('the change was looked at', isDone, { withinMs: 30_000 });
  expect(asked.slice(before)).toEqual([]);
  await token('HERE', { allowed_charge_point_ids: [id] });
  await until('it is done', isDone, { withinMs: 30_000 });
  expect(asked.slice(before).map(({ action }) => action)).toEqual([
    'GetConfiguration',
    'GetLocalListVersion',
    'SendLocalList',
  ]);
});

test('only allowed tokens are in the list, with group and expiry', async () => {
  const group = (await app.api<{ id: string }>('POST', '/token-groups', { name: 'G', parent_id_tag: 'PARENT' })).body
    .id;
  const { id, sends } = await connected();
  const elsewhere = (await app.chargePoint()).id;
  await token('C-ELSEWHERE', { allowed_charge_point_ids: [elsewhere] });
  await token('C-HERE', { allowed_charge_point_ids: [id], group_id: group, valid_until: '2030-01-01T00:00:00Z' });
  await sync(id);
  await settled(id);
  const sent = sends().flatMap(({ payload }) => payload['localAuthorizationList'] as { idTag: string }[]);
  expect(sent.filter(({ idTag }) => idTag.startsWith('C-'))).toEqual([
    {
      idTag: 'C-HERE',
      idTagInfo: { status: 'Accepted', expiryDate: '2030-01-01T00:00:00.000Z', parentIdTag: 'PARENT' },
    },
  ]);
});

test('is not synchronized while it is off, offline or already on its way', async () => {
  const off = await connected({}, { local_list: 'off' });
  expect((await sync(off.id)).status).toBe(409);
  const { id } = await app.chargePoint();
  expect((await sync(id)).status).toBe(409);
  const one = await connected();
  const answers = await Promise.all([sync(one.id), sync(one.id), sync(one.id)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
  await settled(one.id);
});
