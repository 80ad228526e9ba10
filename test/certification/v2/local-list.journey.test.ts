/** Local lists of OCPP 2.x, as OCA's tests of a CSMS look at them (block D); in our own words, by their numbers. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { type Speaks, type StationV2, stationV2 } from '../../support/station-v2.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const open: StationV2[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((each) => each.close()))));
afterAll(() => app.stop());

type List = {
  version: number | null;
  in_sync: boolean;
  entries: number;
  missing: number;
  surplus: number;
  enabled: boolean | null;
  max_per_message: number | null;
  max_bytes: number | null;
  max_entries: number | null;
  state: string;
  messages_sent: number;
  last_error: { code: string } | null;
};
async function station(speaks: Speaks, options: Parameters<typeof stationV2>[2] = {}): Promise<StationV2> {
  const made = await stationV2(app, speaks, options);
  open.push(made);
  return made;
}
const listOf = (of: StationV2) => of.get<List>('local-list');
async function sync(of: StationV2, body: object = {}): Promise<List> {
  expect((await app.api('POST', `/charge-points/${of.id}/local-list/sync`, body)).status).toBe(202);
  return until('the synchronization has ended', async () => {
    const now = await listOf(of);
    return now.state === 'idle' ? now : undefined;
  });
}
const token = async (uid: string, more: object = {}) =>
  (await app.api<{ id: string }>('POST', '/tokens', { uid, ...more })).body.id;
const clear = async () => {
  const { data } = (await app.api<{ data: { id: string }[] }>('GET', '/tokens?limit=100')).body;
  for (const { id } of data) await app.api('DELETE', `/tokens/${id}`);
};
afterEach(clear);

const both = ['ocpp2.0.1', 'ocpp2.1'] as const;
/** A synchronization takes a step a second: those that do not touch each other run at once. */
const all = <T, R>(of: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> => Promise.all(of.map(work));

test('TC_D_01_CSMS the whole list is sent: every token once, with its type and what it may', async () => {
  const stations = await all(both, (speaks) => station(speaks));
  const group = await app.api<{ id: string }>('POST', '/token-groups', { name: 'Fleet', parent_id_tag: 'FLEET' });
  await token('04A1B2C3');
  await token('DE-ABC-C12345678-9', { type: 'emaid', group_id: group.body.id });
  await token('APP-1', { type: 'app', valid_until: '2030-01-01T00:00:00.000Z' });
  await token('04FFFFFF', { status: 'blocked' });
  await all(stations, async (of) => {
    expect(await sync(of, { mode: 'full' })).toMatchObject({ in_sync: true, version: 1, entries: 4, last_error: null });
    const [sent] = of.askedFor('SendLocalList');
    expect(sent).toMatchObject({ versionNumber: 1, updateType: 'Full' });
    const list = sent?.['localAuthorizationList'] as { idToken: { idToken: string } }[];
    expect(list.toSorted((a, b) => (a.idToken.idToken < b.idToken.idToken ? -1 : 1))).toEqual([
      { idToken: { idToken: '04A1B2C3', type: 'ISO14443' }, idTokenInfo: { status: 'Accepted' } },
      { idToken: { idToken: '04FFFFFF', type: 'ISO14443' }, idTokenInfo: { status: 'Blocked' } },
      {
        idToken: { idToken: 'APP-1', type: 'Central' },
        idTokenInfo: { status: 'Accepted', cacheExpiryDateTime: '2030-01-01T00:00:00.000Z' },
      },
      {
        idToken: { idToken: 'DE-ABC-C12345678-9', type: 'eMAID' },
        idTokenInfo: { status: 'Accepted', groupIdToken: { idToken: 'FLEET', type: 'Central' } },
      },
    ]);
  });
});

test('TC_D_02_CSMS what came is sent as a difference, with a higher version', async () => {
  const stations = await all(both, (speaks) => station(speaks));
  await token('A');
  await all(stations, (of) => sync(of));
  await token('B', { type: 'key_code' });
  await all(stations, async (of) => {
    expect(await sync(of)).toMatchObject({ in_sync: true, version: 2 });
    expect(of.askedFor('SendLocalList')[1]).toEqual({
      versionNumber: 2,
      updateType: 'Differential',
      localAuthorizationList: [{ idToken: { idToken: 'B', type: 'KeyCode' }, idTokenInfo: { status: 'Accepted' } }],
    });
  });
});

test('TC_D_03_CSMS what went is sent without its information, which removes it', async () => {
  const stations = await all(both, (speaks) => station(speaks));
  const gone = await token('A', { type: 'emaid' });
  await token('B');
  await all(stations, (of) => sync(of));
  await app.api('DELETE', `/tokens/${gone}`);
  await all(stations, async (of) => {
    expect(await sync(of)).toMatchObject({ in_sync: true, version: 2, entries: 1 });
    expect(of.askedFor('SendLocalList')[1]).toEqual({
      versionNumber: 2,
      updateType: 'Differential',
      localAuthorizationList: [{ idToken: { idToken: 'A', type: 'eMAID' } }],
    });
  });
});

test('TC_D_04_CSMS an empty whole list is sent as none, and leaves nothing', async () => {
  const stations = await all(both, (speaks) => station(speaks));
  await token('A');
  await all(stations, (of) => sync(of));
  await clear();
  await all(stations, async (of) => {
    expect(await sync(of, { mode: 'full' })).toMatchObject({ in_sync: true, entries: 0, version: 2 });
    expect(of.askedFor('SendLocalList')[1]).toEqual({ versionNumber: 2, updateType: 'Full' });
  });
});

test.each(both)('TC_D_08_CSMS the version that a station (%s) holds is read, and shown', async (speaks) => {
  const of = await station(speaks);
  await token('A');
  await of.send('SendLocalList', {
    versionNumber: 7,
    updateType: 'Full',
    localAuthorizationList: [{ idToken: { idToken: 'a', type: 'ISO15693' }, idTokenInfo: { status: 'Accepted' } }],
  });
  expect(await of.send('GetLocalListVersion')).toMatchObject({ status: 'accepted', result: { versionNumber: 7 } });
  // What was sent by hand is known as well; both kinds of cards are one.
  expect(await listOf(of)).toMatchObject({ version: 7, in_sync: true });
});

test.each(both)('TC_D_09_CSMS a station (%s) without a list says version 0', async (speaks) => {
  const of = await station(speaks);
  expect(await of.send('GetLocalListVersion')).toMatchObject({ status: 'accepted', result: { versionNumber: 0 } });
  expect(await listOf(of)).toMatchObject({ version: 0 });
});

test('the limits of the station are asked for, shown, and kept: in items and in bytes; what it cannot take is told', async () => {
  for (const uid of ['A', 'B', 'C', 'D', 'E']) await token(uid);
  const few = await station('ocpp2.0.1', { list: { items: 2 } });
  const small = await station('ocpp2.1', { list: { bytes: 700 } });
  const none = await station('ocpp2.0.1', { list: 'none' });
  const [ofFew, ofSmall, ofNone] = await all([few, small, none], (of) => sync(of));
  expect(ofFew).toMatchObject({ in_sync: true, enabled: true, max_per_message: 2, messages_sent: 3 });
  // B06.FR.16: one at a time, as it has not said how many it takes, and that first.
  expect(few.askedFor('GetVariables').map(({ getVariableData }) => getVariableData)).toEqual([
    [{ component: { name: 'DeviceDataCtrlr' }, variable: { name: 'ItemsPerMessage', instance: 'GetVariables' } }],
    ...['Enabled', 'ItemsPerMessage', 'BytesPerMessage'].map((name) => [asking(name)]),
    [{ ...asking('Entries'), attributeType: 'MaxSet' }],
  ]);
  expect(ofSmall).toMatchObject({ in_sync: true, max_bytes: 700, last_error: null });
  expect(small.askedFor('SendLocalList').length).toBeGreaterThan(1);
  expect(ofNone).toMatchObject({ in_sync: false, last_error: { code: 'failed' } });
});

const asking = (name: string) => ({ component: { name: 'LocalAuthListCtrlr' }, variable: { name } });

test.each(both)(
  'TC_B_08 TC_D_01: a station (%s) is asked for no more variables at once than it said, and sent no more entries',
  async (speaks) => {
    for (const uid of ['A', 'B', 'C', 'D', 'E', 'F']) await token(uid);
    const of = await station(speaks, {
      list: { items: 2 },
      script: (action, payload) =>
        action === 'GetVariables' && (payload['getVariableData'] as unknown[]).length > 2
          ? { callError: 'OccurrenceConstraintViolation' }
          : undefined,
    });
    const told = (component: string, variable: object, value: string) => ({
      ...{ component: { name: component }, variable, variableAttribute: [{ value }] },
    });
    const reported = async (...reportData: object[]) =>
      of.call('NotifyReport', {
        ...{ requestId: 1, generatedAt: new Date().toISOString(), seqNo: 0, tbc: false, reportData },
      });
    await reported(told('DeviceDataCtrlr', { name: 'ItemsPerMessage', instance: 'GetVariables' }, '2'));
    expect(await sync(of)).toMatchObject({ in_sync: true, max_per_message: 2, messages_sent: 3 });
    const asked = () => of.askedFor('GetVariables').map(({ getVariableData }) => (getVariableData as unknown[]).length);
    expect(asked()).toEqual([2, 2]);
    expect(
      of.askedFor('SendLocalList').map(({ localAuthorizationList }) => (localAuthorizationList as unknown[]).length),
    ).toEqual([2, 2, 2]);

    // What it has said since it booted is not asked again.
    await reported(told('LocalAuthListCtrlr', { name: 'BytesPerMessage' }, '10000'), {
      ...told('LocalAuthListCtrlr', { name: 'Entries' }, '6'),
      variableCharacteristics: { dataType: 'integer', maxLimit: 5, supportsMonitoring: false },
    });
    expect(await listOf(of)).toMatchObject({ enabled: true, max_bytes: 10_000, max_entries: 5, entries: 5 });
    await sync(of);
    expect(asked()).toEqual([2, 2]);
  },
);

test('a difference that does not follow on what the station holds is made good by the whole list', async () => {
  await token('A');
  let mismatches = 1;
  const of = await station('ocpp2.0.1', {
    script: (action, payload) => {
      if (action !== 'SendLocalList' || payload['updateType'] !== 'Differential' || mismatches === 0) return undefined;
      mismatches -= 1;
      return { status: 'VersionMismatch' };
    },
  });
  expect(await sync(of)).toMatchObject({ in_sync: true, entries: 1 });
  expect(of.askedFor('SendLocalList').map(({ updateType }) => updateType)).toEqual(['Differential', 'Full']);
});

test('2.0.1 is not told of a VIN, for which it has no word', async () => {
  await token('WVWZZZ1JZXW000001', { type: 'vin' });
  await token('L'.repeat(36));
  const stations = await all(both, (speaks) => station(speaks));
  await all(stations, (of) => sync(of, { mode: 'full' }));
  const types = stations.map((of) => {
    const { localAuthorizationList } = of.askedFor('SendLocalList')[0] ?? {};
    return (localAuthorizationList as { idToken: { type: string } }[]).map(({ idToken }) => idToken.type).toSorted();
  });
  expect(types).toEqual([['ISO14443'], ['ISO14443', 'VIN']]);
});

test('TC_C_37_CSMS TC_C_38_CSMS the cache is cleared, or not, and that is told', async () => {
  const clears = await station('ocpp2.0.1');
  expect(await clears.ask('clear-cache')).toMatchObject({ status: 'accepted', action: 'ClearCache' });
  const keeps = await station('ocpp2.1', {
    script: (action) => (action === 'ClearCache' ? { status: 'Rejected' } : undefined),
  });
  expect(await keeps.ask('clear-cache')).toMatchObject({ status: 'rejected', result: { status: 'Rejected' } });
});
