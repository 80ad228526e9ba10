/** REST of alerts, rules and maintenance windows. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ruleIds } from '../../src/alerts/rules/index.ts';
import { sweepAlerts } from '../../src/alerts/sweep.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
let api: ReturnType<typeof rest.as>;
let organizationId: string;
beforeAll(async () => {
  organizationId = await rest.createOrganization();
  api = rest.as((await rest.keyOf(organizationId)).key);
  const seenAt = new Date(Date.now() + 3_600_000);
  await db.prisma.node.create({ data: { id: newId('node'), host: 'a', pid: 1, startedAt: new Date(0), seenAt } });
});
afterAll(async () => {
  await rest.stop();
  await db.close();
});

const sweep = () => sweepAlerts({ db, submit: rest.ingest.submit, now: rest.clock.now }, 10, ['offline']);
async function anAlert(): Promise<{ id: string; chargePointId: string }> {
  const { body } = await api.post('/api/v1/charge-points').send({ identity: newId('req') });
  const disconnectedAt = new Date(rest.clock.now().getTime() - 400_000);
  await db.prisma.chargePointState.update({ where: { chargePointId: body.id }, data: { disconnectedAt } });
  await sweep();
  const row = await db.prisma.alert.findFirstOrThrow({ where: { chargePointId: body.id } });
  return { id: row.id, chargePointId: body.id };
}

test('an alert is seen, taken on, spoken about and ended by hand, each once', async () => {
  const { id, chargePointId } = await anAlert();
  const list = await api.get(`/api/v1/alerts?status=triggered&rule=offline&charge_point_id=${chargePointId}`);
  expect(list.body.data).toMatchObject([{ id, severity: 'critical', title: 'Charger offline', flapping: false }]);
  expect(list.body.data[0].remedy).toContain('power');
  const { identity } = (await api.get(`/api/v1/charge-points/${chargePointId}`)).body;
  const named = { charge_point_id: chargePointId, charge_point_identity: identity };
  expect(list.body.data).toMatchObject([named]);
  expect((await api.get(`/api/v1/alerts/${id}`)).body).toMatchObject(named);
  const acknowledged = await api.post(`/api/v1/alerts/${id}/acknowledge`).send({ comment: 'On my way' });
  expect(acknowledged.status).toBe(200);
  expect(acknowledged.body).toMatchObject({
    status: 'acknowledged',
    comments: [{ kind: 'acknowledged', text: 'On my way' }],
  });
  expect((await api.post(`/api/v1/alerts/${id}/acknowledge`).send({})).status).toBe(409);
  const comment = await api.post(`/api/v1/alerts/${id}/comments`).send({ text: 'Fuse\nreplaced' });
  expect([comment.status, comment.body.text]).toEqual([201, 'Fuse\nreplaced']);
  expect((await api.post(`/api/v1/alerts/${id}/comments`).send({ text: 'a\u0007b' })).status).toBe(400);
  const resolved = await api.post(`/api/v1/alerts/${id}/resolve`).send({});
  expect(resolved.body).toMatchObject({ status: 'resolved', resolution: 'manual' });
  expect(resolved.body.comments.map(({ kind }: { kind: string }) => kind)).toEqual([
    'acknowledged',
    'comment',
    'resolved',
  ]);
  expect((await api.post(`/api/v1/alerts/${id}/resolve`).send({})).status).toBe(409);
  // It is still offline: nothing more is said about it until it was there.
  await sweep();
  const all = () => api.get(`/api/v1/alerts?charge_point_id=${chargePointId}`);
  expect((await all()).body.data).toHaveLength(1);
  await db.prisma.chargePointState.update({ where: { chargePointId }, data: { connected: true } });
  await sweep();
  await db.prisma.chargePointState.update({ where: { chargePointId }, data: { connected: false } });
  await sweep();
  expect((await all()).body.data).toHaveLength(2);
});

test('two who take an alert on at once: one does', async () => {
  const { id } = await anAlert();
  const answers = await Promise.all([1, 2, 3].map(() => api.post(`/api/v1/alerts/${id}/acknowledge`).send({})));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
});

test('lists have pages and filters', async () => {
  await anAlert();
  const first = await api.get('/api/v1/alerts?limit=1&severity=critical,warning');
  expect(first.body.data).toHaveLength(1);
  const second = await api.get(`/api/v1/alerts?limit=1&cursor=${first.body.next_cursor}`);
  expect(second.body.data[0].id < first.body.data[0].id).toBe(true);
  expect((await api.get('/api/v1/alerts?status=resolved&severity=info')).body.data).toEqual([]);
  expect((await api.get('/api/v1/alerts?rule=loud')).status).toBe(400);
});

test('rules are set for the organization, a site or a charge point, and say where they come from', async () => {
  const site = (await api.post('/api/v1/sites').send({ name: 'Depot' })).body.id;
  const chargePoint = (await api.post('/api/v1/charge-points').send({ identity: newId('req'), site_id: site })).body.id;
  const all = await api.get('/api/v1/alert-rules');
  expect(all.body.data.map(({ rule }: { rule: string }) => rule)).toEqual(ruleIds);
  expect(all.body.data.every(({ enabled }: { enabled: boolean }) => enabled)).toBe(true);
  const put = (body: object) => api.put('/api/v1/alert-rules').send(body);
  expect((await put({ rule: 'clock_skew', threshold: 5, severity: 'info' })).body).toMatchObject({
    ...{ threshold: 5, threshold_unit: 's', severity: 'info', enabled: true },
    set: { threshold: 5, severity: 'info', enabled: null, for_s: null },
  });
  expect((await put({ rule: 'clock_skew', site_id: site, for_s: 30 })).body).toMatchObject({ threshold: 5, for_s: 30 });
  expect((await put({ rule: 'clock_skew', charge_point_id: chargePoint, enabled: false })).status).toBe(200);
  const own = await api.get(`/api/v1/alert-rules?charge_point_id=${chargePoint}&rule=clock_skew`);
  expect(own.body.data).toMatchObject([{ enabled: false, threshold: 5, for_s: 30, set: { for_s: null } }]);
  // What is put is what holds for the scope: the rest is left to the wider one again.
  expect((await put({ rule: 'clock_skew', site_id: site })).body).toMatchObject({ for_s: 0, threshold: 5 });
  expect(
    (await put({ rule: 'uptime_below_target', site_id: site, threshold: 99.5, window_days: 7 })).body,
  ).toMatchObject({
    ...{ threshold: 99.5, window_days: 7, threshold_alerts: 'at_most', set: { window_days: 7 } },
  });
  const faults = [
    { rule: 'uptime_below_target', window_days: 91 },
    { rule: 'clock_skew', window_days: 7 },
    { rule: 'clock_skew', threshold: 0 },
    { rule: 'offline', threshold: 5 },
    { rule: 'webhook_failing', site_id: site },
    { rule: 'offline', site_id: site, charge_point_id: chargePoint },
    { rule: 'nothing' },
    { rule: 'offline', for_s: -1 },
  ];
  for (const fault of faults) expect((await put(fault)).status).toBe(400);
  expect((await put({ rule: 'offline', site_id: 'site_01KAT3Z6Y8Q0000000000000AA' })).status).toBe(404);
});

test('a recipient of a site that was deleted is switched off like any other; a site that there is not is named', async () => {
  const site = async (name: string): Promise<string> => (await api.post('/api/v1/sites').send({ name })).body.id;
  const [gone, stays] = [await site('Gone'), await site('Stays')];
  const recipient = { email: 'gone@example.com', site_ids: [gone, stays] };
  const { id } = (await api.post('/api/v1/alert-recipients').send(recipient)).body;
  expect((await api.delete(`/api/v1/sites/${gone}`)).status).toBe(204);
  const change = (body: object) => api.patch(`/api/v1/alert-recipients/${id}`).send(body);
  // As the form of the console sends it.
  const off = await change({ name: null, min_severity: 'warning', site_ids: [gone, stays], active: false });
  expect([off.status, off.body.active, off.body.site_ids]).toEqual([200, false, [gone, stays]]);
  expect((await change({ site_ids: [gone] })).body.site_ids).toEqual([gone]);
  expect((await change({ site_ids: [stays] })).status).toBe(200);
  const stranger = rest.as((await rest.keyOf(await rest.createOrganization())).key);
  const foreign: string = (await stranger.post('/api/v1/sites').send({ name: 'Foreign' })).body.id;
  expect((await change({ site_ids: [foreign] })).body.error.details).toEqual([
    { field: 'site_ids', message: `there is no such site: ${foreign}` },
  ]);
  const answers = [
    await change({ site_ids: [stays, gone] }),
    await api.post('/api/v1/alert-recipients').send({ ...recipient, email: 'new@example.com' }),
  ];
  for (const { status, body } of answers)
    expect([status, body.error.code, body.error.details]).toEqual([
      400,
      'validation_failed',
      [{ field: 'site_ids', message: `there is no such site: ${gone}` }],
    ]);
});

test('maintenance windows are announced, changed and taken away; a span that makes no sense is refused', async () => {
  const at = (hours: number) => new Date(rest.clock.now().getTime() + hours * 3_600_000).toISOString();
  const path = '/api/v1/maintenance-windows';
  const made = await api.post(path).send({ reason: 'Works', starts_at: at(-1), ends_at: at(1) });
  expect(made.body).toMatchObject({
    active: true,
    repeats: 'never',
    site_id: null,
    charge_point_id: null,
    timezone: 'UTC',
  });
  expect((await api.get(`${path}?active=true`)).body.data).toMatchObject([{ id: made.body.id }]);
  const changed = await api.patch(`${path}/${made.body.id}`).send({ ends_at: at(-0.5), reason: null });
  expect(changed.body).toMatchObject({ active: false, reason: null });
  for (const fault of [
    { starts_at: at(1), ends_at: at(0) },
    { starts_at: at(0), ends_at: at(25), repeats: 'daily' },
    { starts_at: at(0), ends_at: at(24 * 91) },
    { starts_at: at(0), ends_at: at(1), timezone: 'Mars/Olympus' },
  ])
    expect((await api.post(path).send(fault)).status).toBe(400);
  const foreign = { charge_point_id: 'cp_01KAT3Z6Y8Q0000000000000AA', starts_at: at(0), ends_at: at(1) };
  expect((await api.post(path).send(foreign)).status).toBe(404);
  expect((await api.delete(`${path}/${made.body.id}`)).status).toBe(204);
  expect((await api.get(`${path}/${made.body.id}`)).status).toBe(404);
});
