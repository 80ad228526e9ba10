/** Local lists on the wire, as OCA's tests of a central system for OCPP 1.6 look at them; in our own words, by their numbers. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { chargingWorld, type Station } from '../support/charging-world.ts';

const world = await chargingWorld();
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const entry = (idTag: string) => ({ idTag, idTagInfo: { status: 'Accepted' } });
const whole = (listVersion: number, ...tags: string[]) => ({
  listVersion,
  updateType: 'Full',
  localAuthorizationList: tags.map(entry),
});
const part = (listVersion: number, ...localAuthorizationList: object[]) => ({
  listVersion,
  updateType: 'Differential',
  localAuthorizationList,
});
const versionOf = async (station: Station) => (await station.send('GetLocalListVersion')).result?.['listVersion'];
const withoutLists = { settings: { SupportedFeatureProfiles: 'Core,RemoteTrigger' } };

test('TC_042_1_CSMS a charger without lists answers its version with -1', async () => {
  const station = await world.station(withoutLists);
  expect(await versionOf(station)).toBe(-1);
});

test('TC_042_2_CSMS an empty list has the version 0', async () => {
  const station = await world.station();
  expect(await versionOf(station)).toBe(0);
});

test('TC_043_1_CSMS a charger without lists takes none, and that is told', async () => {
  const station = await world.station(withoutLists);
  expect(await station.send('SendLocalList', whole(5, 'A'))).toMatchObject({
    status: 'rejected',
    result: { status: 'NotSupported' },
  });
});

test('TC_043_2_CS a part that does not follow is told as VersionMismatch', async () => {
  const station = await world.station();
  await station.send('SendLocalList', whole(5, 'A'));
  expect(await station.send('SendLocalList', part(4, entry('B')))).toMatchObject({
    status: 'rejected',
    result: { status: 'VersionMismatch' },
  });
  expect(await versionOf(station)).toBe(5);
});

test('TC_043_3_CSMS a list that the charger fails to take is told, and what it held stays', async () => {
  const station = await world.station({ settings: { LocalAuthListMaxLength: '2' } });
  await station.send('SendLocalList', whole(5, 'A'));
  expect(await station.send('SendLocalList', whole(6, 'A', 'B', 'C'))).toMatchObject({
    status: 'rejected',
    result: { status: 'Failed' },
  });
  expect(await versionOf(station)).toBe(5);
});

test('TC_043_4_CSMS a list is sent whole, with what each token may, and charges offline', async () => {
  const station = await world.station({ settings: { AllowOfflineTxForUnknownId: 'false' } });
  expect((await station.send('SendLocalList', whole(5, 'A', 'B'))).status).toBe('accepted');
  expect(await versionOf(station)).toBe(5);
  expect(station.asked('SendLocalList')[0]?.payload['localAuthorizationList']).toEqual([entry('A'), entry('B')]);
  station.charger.goOffline();
  expect(await station.charger.charge({ token: 'C', seconds: 1 })).toMatchObject({ outcome: 'refused' });
  const visit = station.charger.charge({ token: 'B', seconds: 60 });
  await station.charger.next('session_ended');
  station.charger.goOnline();
  expect((await visit).outcome).toBe('charged');
});

test('TC_043_5_CSMS only what changed is sent: one token comes, one goes, the version rises', async () => {
  const station = await world.station({ settings: { AllowOfflineTxForUnknownId: 'false' } });
  await station.send('SendLocalList', whole(5, 'A', 'B'));
  expect((await station.send('SendLocalList', part(6, entry('C'), { idTag: 'A' }))).status).toBe('accepted');
  expect(await versionOf(station)).toBe(6);
  station.charger.goOffline();
  expect(await station.charger.charge({ token: 'A', seconds: 1 })).toMatchObject({ outcome: 'refused' });
  const visit = station.charger.charge({ token: 'C', seconds: 60 });
  await station.charger.next('session_ended');
  station.charger.goOnline();
  expect((await visit).outcome).toBe('charged');
});
