/** Rollouts with chargers that are told what to do: stages, promotion, failures, pausing, ending, offline ones, two servers. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { firmwareOf } from '../firmware-updates/rig.ts';
import { startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { type ScriptedStation, scriptedStation } from '../support/scripted-station.ts';
import { until } from '../support/until.ts';
import { firmwareConfig } from '../support/uploads.ts';

const db = await testDatabase({ poolSize: 24 });
const files = firmwareConfig();
const app = await startApp({ db, firmware: files });
const beside = await startApp({ db, firmware: files, beside: app });
const firmware = firmwareOf(app);
const opened: ScriptedStation[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((station) => station.close()));
});
afterAll(async () => {
  await Promise.all([beside.stop(), app.stop()]);
  await db.close();
});

type Rollout = {
  id: string;
  status: string;
  stage: number;
  awaiting_promotion: boolean;
  paused_by: string | null;
  trace_id: string;
  progress: Record<string, number>;
  stages: Record<string, number>[];
};
type Member = {
  charge_point_id: string;
  stage: number;
  status: string;
  update_id: string | null;
  reason: string | null;
};

/** Stations of a site of their own, half of them at each server. */
async function stationsOfSite(count: number): Promise<{ siteId: string; stations: ScriptedStation[] }> {
  const site = await app.api<{ id: string }>('POST', '/sites', { name: 'Depot' });
  const stations: ScriptedStation[] = [];
  for (let i = 0; i < count; i += 1) {
    const chargePoint = { site_id: site.body.id };
    const known = await app.chargePoint(chargePoint);
    stations.push(
      await scriptedStation(i % 2 === 0 ? app : beside, { protocol: 'ocpp2.0.1', again: known, evses: [] }),
    );
  }
  opened.push(...stations);
  return { siteId: site.body.id, stations };
}
async function draft(siteId: string, body: object): Promise<Rollout> {
  const image_id = await firmware.image({ version: '2.0.0' }, Buffer.from('new firmware'));
  const made = await app.api<Rollout>('POST', '/firmware-rollouts', {
    ...{ name: 'All of the depot', image_id, filter: { site_id: siteId } },
    ...body,
  });
  if (made.status !== 201) throw new Error(`the rollout was answered ${JSON.stringify(made.body)}`);
  return made.body;
}
const get = async (id: string) => (await app.api<Rollout>('GET', `/firmware-rollouts/${id}`)).body;
const move = (id: string, wish: string, at = app) => at.api<Rollout>('POST', `/firmware-rollouts/${id}/${wish}`);
const members = async (id: string) =>
  (await app.api<{ data: Member[] }>('GET', `/firmware-rollouts/${id}/members?limit=100`)).body.data;
const when = (id: string, what: string, is: (rollout: Rollout) => boolean) =>
  until(what, async () => {
    const rollout = await get(id);
    return is(rollout) ? rollout : undefined;
  });
const askedOf = (stations: readonly ScriptedStation[]) =>
  stations.filter((each) => each.asked('UpdateFirmware').length > 0);
const tell = async (station: ScriptedStation, ...statuses: readonly string[]): Promise<void> => {
  const { requestId } = await station.next('UpdateFirmware');
  for (const status of statuses) await station.tell('FirmwareStatusNotification', { status, requestId });
};
const installs = (station: ScriptedStation) => tell(station, 'Downloading', 'Downloaded', 'Installing', 'Installed');

test('a canary: the draft shows to whom it would go; one first, promoted by hand, then the others', async () => {
  const { siteId, stations } = await stationsOfSite(4);
  const { id, trace_id, ...made } = await draft(siteId, { strategy: 'canary', stage_sizes: [1] });
  expect(made).toMatchObject({ status: 'draft', stage: 1, progress: { size: 4, pending: 4 } });
  expect((await members(id)).map(({ stage, status }) => [stage, status]).sort()).toEqual([
    ...[[1, 'pending']],
    ...Array.from({ length: 3 }, () => [2, 'pending']),
  ]);
  expect(askedOf(stations)).toEqual([]);
  expect((await move(id, 'promote')).status).toBe(409);
  await move(id, 'start');
  const [first] = await until('the canary is asked', () =>
    askedOf(stations).length > 0 ? askedOf(stations) : undefined,
  );
  expect((await move(id, 'promote')).status).toBe(409);
  await installs(first as ScriptedStation);
  await when(id, 'it waits for somebody', ({ awaiting_promotion }) => awaiting_promotion);
  expect(askedOf(stations)).toHaveLength(1);
  expect((await move(id, 'promote', beside)).body).toMatchObject({ status: 'running', stage: 2 });
  await until('all are asked', () => askedOf(stations).length === 4);
  await Promise.all(stations.filter((each) => each !== first).map(installs));
  const done = await when(id, 'it is over', ({ status }) => status === 'completed');
  expect(done.progress).toEqual({ size: 4, pending: 0, open: 0, installed: 4, failed: 0, skipped: 0 });
  for (const station of stations) expect(station.asked('UpdateFirmware')).toHaveLength(1);
  const updates = await db.prisma.firmwareUpdate.findMany({ where: { rolloutId: id } });
  expect(updates).toHaveLength(4);
  // Days and processes later: what its chargers are asked is of the trace of the request that made it.
  expect(done.trace_id).toBe(trace_id);
  const traced = { status: 200, body: { trace_id } };
  for (const update of updates) {
    expect(await app.api('GET', `/firmware-updates/${update.id}`)).toMatchObject(traced);
    expect(await app.api('GET', `/commands/${update.commandId}`)).toMatchObject(traced);
  }
  const told = await db.prisma.domainEvent.findMany({
    where: { type: 'firmware.update_completed', chargePointId: { in: stations.map((each) => each.id) } },
  });
  for (const { body } of told) expect(JSON.parse(body).data.rollout_id).toBe(id);
});

test('a rolling one: batch after batch; a stage that fails pauses it; whoever goes on has seen that; ended, the rest gets nothing', async () => {
  const { siteId, stations } = await stationsOfSite(6);
  const options = { strategy: 'rolling', batch_size: 2, max_failed_percent: 50, max_attempts: 1 };
  const { id } = await draft(siteId, options);
  await move(id, 'start');
  await until('the first two are asked', () => askedOf(stations).length === 2);
  await Promise.all(askedOf(stations).map(installs));
  await until('the next two are asked', () => askedOf(stations).length === 4);
  const second = new Set((await members(id)).filter(({ stage }) => stage === 2).map((each) => each.charge_point_id));
  await Promise.all(
    stations.filter((each) => second.has(each.id)).map((each) => tell(each, 'Downloading', 'DownloadFailed')),
  );
  const paused = await when(id, 'it pauses', ({ status }) => status === 'paused');
  expect(paused).toMatchObject({ paused_by: 'failures', stage: 2, progress: { installed: 2, failed: 2, pending: 2 } });
  expect((await move(id, 'pause')).status).toBe(409);
  expect((await move(id, 'resume')).body.status).toBe('running');
  await until('the last two are asked', () => askedOf(stations).length === 6);
  await move(id, 'abort');
  expect(await get(id)).toMatchObject({ status: 'aborted', progress: { open: 2, installed: 2, failed: 2 } });
  const third = new Set((await members(id)).filter(({ stage }) => stage === 3).map((each) => each.charge_point_id));
  await Promise.all(stations.filter((each) => third.has(each.id)).map(installs));
  expect(await get(id)).toMatchObject({ status: 'aborted', progress: { open: 0, installed: 4, failed: 2 } });
  expect((await move(id, 'resume')).status).toBe(409);
});

test('paused or ended, what was not sent is not sent; who is offline is waited for; who has another update is passed over', async () => {
  const { siteId, stations } = await stationsOfSite(3);
  const [away, busy, there] = stations as [ScriptedStation, ScriptedStation, ScriptedStation];
  await away.close();
  const own = await firmware.image({ version: '1.5.0' }, Buffer.from('other firmware'));
  await firmware.update(busy.id, own);
  await until('it is busy', () => busy.asked('UpdateFirmware').length === 1);
  const { id } = await draft(siteId, { strategy: 'all_at_once' });
  await move(id, 'start');
  await until('who is there is asked', () => there.asked('UpdateFirmware').length === 1);
  await when(id, 'all have had their turn', ({ progress }) => progress['pending'] === 0);
  expect((await members(id)).find((each) => each.charge_point_id === busy.id)).toMatchObject({
    ...{ status: 'skipped', reason: 'another_update' },
  });
  await installs(there);
  await move(id, 'pause');
  const back = await scriptedStation(app, { protocol: 'ocpp2.0.1', again: away, evses: [] });
  opened.push(back);
  const witness = await stationsOfSite(1);
  const alone = await draft(witness.siteId, { strategy: 'all_at_once' });
  await move(alone.id, 'start');
  await until('another rollout goes on', () => askedOf(witness.stations).length === 1);
  expect(back.asked('UpdateFirmware')).toEqual([]);
  await move(id, 'resume');
  await until('it is asked', () => back.asked('UpdateFirmware').length === 1);
  await installs(back);
  await when(id, 'it is over', ({ status }) => status === 'completed');
  expect((await get(id)).progress).toMatchObject({ installed: 2, skipped: 1 });
});

test('ended before anybody came: called off; an image in use stays', async () => {
  const site = await app.api<{ id: string }>('POST', '/sites', { name: 'Empty' });
  const { id: chargePointId } = await app.chargePoint({ site_id: site.body.id });
  const { id, ...made } = await draft(site.body.id, { strategy: 'all_at_once' });
  const image = (made as unknown as { image_id: string }).image_id;
  expect((await app.api('DELETE', `/firmware-images/${image}`)).status).toBe(409);
  await move(id, 'start');
  const [member] = await until('its update waits', async () => {
    const all = await members(id);
    return all.every(({ status }) => status === 'scheduled') ? all : undefined;
  });
  expect(member?.charge_point_id).toBe(chargePointId);
  await move(id, 'abort');
  await until('it is called off', async () => (await firmware.get(member?.update_id ?? '')).status === 'cancelled');
  expect((await get(id)).progress).toMatchObject({ size: 1, skipped: 1, open: 0 });
  expect((await app.api('DELETE', `/firmware-images/${image}`)).status).toBe(204);
  const nobody = await app.api<{ error: { details: object[] } }>('POST', '/firmware-rollouts', {
    ...{ name: 'x', image_id: await firmware.image(), strategy: 'canary', filter: { vendor: 'Nobody' } },
  });
  expect([nobody.status, nobody.body.error.details]).toMatchObject([400, [{ field: 'filter' }]]);
});
