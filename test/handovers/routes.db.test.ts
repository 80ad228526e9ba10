/** Handovers over REST: who may do what, and when; of two who want it one wins; nothing is told to guessers. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sweepHandovers } from '../../src/handovers/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest, insertSession } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

type Side = { organizationId: string; api: ReturnType<typeof rest.as> };
async function side(): Promise<Side> {
  const organizationId = await rest.createOrganization();
  return { organizationId, api: rest.as((await rest.keyOf(organizationId)).key) };
}
let [from, to, third] = [await side(), await side(), await side()];
let chargePointId: string;
let count = 0;
beforeEach(async () => {
  [from, to, third] = [await side(), await side(), await side()];
  count += 1;
  const made = await from.api.post('/api/v1/charge-points').send({ identity: `HO-${count}` });
  chargePointId = made.body.id;
});

const initiate = async (more = {}) => {
  const answer = await from.api
    .post(`/api/v1/charge-points/${chargePointId}/handovers`)
    .send({ mode: 'ownership_transfer', ...more });
  expect(answer.status).toBe(201);
  return answer.body as { id: string; token: string };
};
const accept = ({ api }: Side, { id, token }: { id: string; token: string }, more = {}) =>
  api.post(`/api/v1/handovers/${id}/accept`).send({ token, ...more });
const statusOf = async (id: string): Promise<string> => (await from.api.get(`/api/v1/handovers/${id}`)).body.status;
const sweep = () =>
  sweepHandovers({
    ...{ db, submit: rest.ingest.submit, now: rest.clock.now, newId: () => 'cmd_none' },
    ...{ translate: () => undefined, keyCall: () => undefined, seal: () => '' },
    makeKey: () => ({ key: '', hash: Buffer.from(''), salt: Buffer.from(''), kid: '' }),
  });

test('the token is shown once, and kept as a hash', async () => {
  const begun = await initiate({ note: 'hello' });
  expect(begun.token).toMatch(/^dyn_handover_[\w-]{43}$/);
  await to.api.post('/api/v1/handovers/lookup').send({ token: begun.token });
  const again = await from.api.get(`/api/v1/handovers/${begun.id}`);
  expect(again.body).toMatchObject({ status: 'awaiting_acceptance', direction: 'outgoing', note: 'hello' });
  const kept = await db.pool.query(
    'SELECT h::text FROM handovers h UNION ALL SELECT s::text FROM handover_steps s UNION ALL SELECT a::text FROM audit_entries a',
  );
  for (const text of [again.text, JSON.stringify(kept.rows)]) expect(text).not.toContain(begun.token);
  expect(JSON.stringify(kept.rows)).toContain('lookUpHandover');
});

test('one at a time for each charge point; after a cancellation the next one may begin', async () => {
  const first = await initiate();
  const second = await from.api
    .post(`/api/v1/charge-points/${chargePointId}/handovers`)
    .send({ mode: 'ownership_transfer' });
  expect([second.status, second.body.error.message]).toEqual([409, expect.stringContaining('open already')]);
  const cancelled = await from.api.post(`/api/v1/handovers/${first.id}/cancel`).send({ reason: 'a mistake' });
  expect(cancelled.body).toMatchObject({ status: 'cancelled', reason: 'a mistake' });
  const late = await accept(to, first);
  expect([late.status, late.body.error.message]).toEqual([409, expect.stringContaining('cancelled')]);
  await initiate();
});

test('of many who accept at the same time exactly one gets it, however often it asks, and the others are told', async () => {
  const begun = await initiate();
  const answers = await Promise.all([to, third, to, third].map((each) => accept(each, begun)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409]);
  const won = answers.findIndex(({ status }) => status === 200) % 2 === 0 ? to : third;
  for (const each of [to, third]) {
    const answer = await each.api.get(`/api/v1/charge-points/${chargePointId}`);
    expect(answer.status).toBe(each === won ? 200 : 404);
  }
  for (const { status, body } of answers) if (status === 409) expect(body.error.message).toContain('accepted already');
  expect(await db.prisma.handoverStep.count({ where: { handoverId: begun.id, toStatus: 'completed' } })).toBe(1);
});

describe('who does not have to know', () => {
  test('a wrong token, a handover of nobody and one that is meant for somebody else are answered alike', async () => {
    const begun = await initiate({ to_organization_id: third.organizationId });
    const answers = [
      await accept(to, begun),
      await accept(third, { ...begun, token: 'dyn_handover_wrong' }),
      await accept(to, { id: 'hnd_01KAT3Z6Y8Q0000000000000ZZ', token: begun.token }),
      await to.api.post('/api/v1/handovers/lookup').send({ token: begun.token }),
      await to.api.post('/api/v1/handovers/lookup').send({ token: 'dyn_handover_wrong' }),
      await to.api.get(`/api/v1/handovers/${begun.id}`),
      await to.api.get(`/api/v1/handovers/${begun.id}/checklist`),
      await to.api.post(`/api/v1/handovers/${begun.id}/decline`).send({ token: begun.token }),
      await to.api.post(`/api/v1/handovers/${begun.id}/cancel`).send({}),
    ];
    for (const { status, body } of answers) {
      expect([status, body.error.message]).toEqual([404, 'There is no such handover']);
    }
    expect((await accept(third, begun)).status).toBe(200);
  });

  test.each(['accept', 'decline'])('after an %s its token shows it to the two sides alone', async (what) => {
    await insertSession(db, { organizationId: from.organizationId, chargePointId });
    const begun = await initiate();
    const looked = ({ api }: Side) => api.post('/api/v1/handovers/lookup').send({ token: begun.token });
    expect((await looked(third)).status).toBe(200);
    const done =
      what === 'accept'
        ? await accept(to, begun, { when: 'idle', name: 'Bay 9' })
        : await to.api.post(`/api/v1/handovers/${begun.id}/decline`).send({ token: begun.token });
    expect(done.status).toBe(200);
    const [theirs, late] = [await looked(third), await accept(third, begun)];
    expect([theirs.status, theirs.body.error.message]).toEqual([404, 'There is no such handover']);
    expect(late.status).toBe(409);
    for (const { text } of [theirs, late]) expect(text).not.toContain(to.organizationId);
    expect((await looked(to)).body.handover).toMatchObject({ to_organization_id: to.organizationId });
    expect((await looked(from)).body.handover).toMatchObject({ to_organization_id: null, name: null });
  });

  test('guessing is slowed down, for the guesser only', async () => {
    const begun = await initiate();
    let last = 0;
    for (let i = 0; i < 40 && last !== 429; i += 1)
      last = (await accept(to, { ...begun, token: `dyn_handover_${i}` })).status;
    expect(last).toBe(429);
    expect((await accept(to, begun)).status).toBe(429);
    expect((await accept(third, begun)).status).toBe(200);
  });

  test('neither side is told who acted on the other one', async () => {
    const begun = await initiate();
    await accept(to, begun, { name: 'Bay 9' });
    const seen = (each: Side) => each.api.get(`/api/v1/handovers/${begun.id}`);
    const [ours, theirs] = [await seen(from), await seen(to)];
    expect(ours.body).toMatchObject({ to_organization_id: null, accepted_by: null, name: null, key_change: null });
    expect(theirs.body).toMatchObject({ to_organization_id: to.organizationId, initiated_by: null, name: 'Bay 9' });
    expect(ours.text).not.toContain(to.organizationId);
    type Step = { happening: string; side: string; by: string | null };
    const steps = (body: { history: Step[] }) =>
      body.history.map(({ happening, side: of, by }) => [happening, of, by !== null]);
    expect(steps(ours.body)).toEqual([
      ...[
        ['offered', 'from', true],
        ['accepted', 'to', false],
        ['ready', 'system', true],
      ],
      ['handed_over', 'system', true],
    ]);
    expect(steps(theirs.body)[0]).toEqual(['offered', 'from', false]);
  });
});

test('what the charge point is now is shown to both while it is open, and then to its holder alone', async () => {
  const call = ({ api }: Side, vendor: string) =>
    api.patch(`/api/v1/charge-points/${chargePointId}`).send({ vendor, model: `${vendor} model` });
  expect((await call(from, 'Before')).status).toBe(200);
  const begun = await initiate({ to_organization_id: to.organizationId });
  const seen = async ({ api }: Side, direction: string) => {
    const listed = (await api.get(`/api/v1/handovers?direction=${direction}`)).body.data[0];
    const { vendor, model } = (await api.get(`/api/v1/handovers/${begun.id}`)).body;
    expect([listed.vendor, listed.model]).toEqual([vendor, model]);
    return vendor;
  };
  expect([await seen(from, 'outgoing'), await seen(to, 'incoming')]).toEqual(['Before', 'Before']);
  expect((await accept(to, begun)).body).toMatchObject({ status: 'completed', vendor: 'Before' });
  expect((await call(to, 'After')).status).toBe(200);
  expect([await seen(from, 'outgoing'), await seen(to, 'incoming')]).toEqual([null, 'After']);
});

test('inbox and outbox: named beforehand, or accepted', async () => {
  const named = await initiate({ to_organization_id: to.organizationId });
  const idsOf = async ({ api }: Side, query: string) =>
    (await api.get(`/api/v1/handovers?${query}`)).body.data.map(({ id }: { id: string }) => id);
  expect(await idsOf(to, 'direction=incoming')).toEqual([named.id]);
  expect(await idsOf(from, 'status=awaiting_acceptance')).toEqual([named.id]);
  expect(await idsOf(from, `charge_point_id=${chargePointId}&status=completed`)).toEqual([]);
  expect(await idsOf(from, 'direction=incoming')).toEqual([]);
  expect(await idsOf(third, 'direction=incoming')).toEqual([]);
  const declined = await to.api.post(`/api/v1/handovers/${named.id}/decline`).send({ reason: 'not ours' });
  expect(declined.body).toMatchObject({ status: 'declined', reason: 'not ours' });
  expect(await statusOf(named.id)).toBe('declined');
});

test('its own, and a site of somebody else, are refused', async () => {
  const begun = await initiate();
  expect((await accept(from, begun)).status).toBe(409);
  const site = (await third.api.post('/api/v1/sites').send({ name: 'Theirs' })).body.id;
  expect((await accept(to, begun, { site_id: site })).status).toBe(400);
  const toOneself = await from.api
    .post(`/api/v1/charge-points/${chargePointId}/handovers`)
    .send({ mode: 'ownership_transfer', to_organization_id: from.organizationId });
  expect(toOneself.status).toBe(400);
  expect(await statusOf(begun.id)).toBe('awaiting_acceptance');
});

test('a session runs: refused now, waited for when idle, done when it has ended; either side may still leave', async () => {
  const session = await insertSession(db, { organizationId: from.organizationId, chargePointId });
  const begun = await initiate();
  const list = await from.api.get(`/api/v1/handovers/${begun.id}/checklist`);
  expect(list.body.acceptable).toBe(true);
  expect(list.body.checklist).toContainEqual(expect.objectContaining({ check: 'no_session', status: 'waiting' }));
  const now = await accept(to, begun);
  expect([now.status, now.body.error.details]).toEqual([409, [{ field: 'no_session', message: 'is in the way' }]]);
  const waits = await accept(to, begun, { when: 'idle' });
  expect(waits.body).toMatchObject({ status: 'accepted', waiting_for: ['no_session'] });
  expect((await third.api.post(`/api/v1/handovers/${begun.id}/decline`).send({ token: begun.token })).status).toBe(409);
  rest.advance(6_000);
  await sweep();
  expect(await statusOf(begun.id)).toBe('accepted');
  await db.prisma.session.update({ where: { id: session.id }, data: { endedAt: new Date(), status: 'ended' } });
  rest.advance(6_000);
  await sweep();
  expect(await statusOf(begun.id)).toBe('completed');
  expect((await from.api.post(`/api/v1/handovers/${begun.id}/cancel`).send({})).status).toBe(409);
});

test('who was accepted may still leave before the cutover', async () => {
  await insertSession(db, { organizationId: from.organizationId, chargePointId });
  const begun = await initiate();
  await accept(to, begun, { when: 'idle' });
  expect((await to.api.post(`/api/v1/handovers/${begun.id}/decline`).send({})).body.status).toBe('declined');
});

test('nobody accepts in time: it expires; the charge point is deleted: it fails', async () => {
  const begun = await initiate({ expires_in_days: 1 });
  rest.advance(86_400_000 + 1);
  const late = await accept(to, begun);
  expect([late.status, late.body.error.message]).toEqual([409, expect.stringContaining('expired')]);
  await sweep();
  expect(await statusOf(begun.id)).toBe('expired');
  const next = await initiate();
  expect((await from.api.delete(`/api/v1/charge-points/${chargePointId}`)).status).toBe(204);
  await sweep();
  const failed = await from.api.get(`/api/v1/handovers/${next.id}`);
  expect(failed.body).toMatchObject({ status: 'failed', reason: 'charge_point_deleted' });
  expect(failed.body.history.at(-1)).toMatchObject({ happening: 'failed', from_status: 'awaiting_acceptance' });
});

test('an installer may begin one; a viewer may look, and not begin', async () => {
  const { organizationId } = from;
  const installerAt = async (userId: string) => {
    const job = { organizationId, userId, chargePointId, createdBy: 'usr_1', createdAt: new Date() };
    await db.prisma.installerJob.create({ data: job });
  };
  const as = async (role: 'installer' | 'viewer') => {
    const { id } = await rest.userOf(organizationId, role);
    if (role === 'installer') await installerAt(id);
    return rest.as(rest.accessTokens.issue(id));
  };
  const path = `/api/v1/charge-points/${chargePointId}/handovers`;
  const viewer = await as('viewer');
  expect((await viewer.post(path).send({ mode: 'installer_to_owner' })).status).toBe(403);
  const begun = await (await as('installer')).post(path).send({ mode: 'installer_to_owner' });
  expect(begun.status).toBe(201);
  expect((await viewer.get(`/api/v1/handovers/${begun.body.id}`)).status).toBe(200);
});

test('never commissioned: in the way of an installer where the policy wants it', async () => {
  await db.prisma.organization.update({ where: { id: from.organizationId }, data: { uncommissioned: 'pending' } });
  const begun = await initiate({ mode: 'installer_to_owner' });
  const refused = await accept(to, begun, { when: 'idle' });
  expect([refused.status, refused.body.error.details]).toEqual([
    409,
    [{ field: 'commissioned', message: 'is in the way' }],
  ]);
  await db.prisma.chargePoint.update({ where: { id: chargePointId }, data: { lifecycle: 'commissioned' } });
  expect((await accept(to, begun)).body.status).toBe('completed');
});

test('back again: a second handover returns the charge point, and each history stays where it was', async () => {
  const ours = await insertSession(db, { organizationId: from.organizationId, chargePointId }, { endedAt: new Date() });
  expect((await accept(to, await initiate())).status).toBe(200);
  const theirs = await insertSession(db, { organizationId: to.organizationId, chargePointId }, { endedAt: new Date() });
  const back = await to.api
    .post(`/api/v1/charge-points/${chargePointId}/handovers`)
    .send({ mode: 'ownership_transfer' });
  expect((await accept(from, back.body)).status).toBe(200);
  const seen = await from.api.get(`/api/v1/sessions?charge_point_id=${chargePointId}`);
  expect(seen.body.data.map(({ id }: { id: string }) => id)).toEqual([ours.id]);
  expect((await to.api.get(`/api/v1/sessions/${theirs.id}`)).status).toBe(200);
  expect((await to.api.get(`/api/v1/charge-points/${chargePointId}`)).status).toBe(404);
});

test('what the charger says of its firmware afterwards is no news to the organization before', async () => {
  const request = {
    ...{ id: `fwr_${chargePointId.slice(3)}`, organizationId: from.organizationId, chargePointId, kind: 'update' },
    ...{ commandId: 'cmd_1', signed: false, outcome: 'accepted', createdAt: new Date(), updatedAt: new Date() },
  };
  await db.prisma.firmwareRequest.create({ data: request });
  const report = (status: string) =>
    rest.ingest.submit({
      ...{ room: 'stations', type: 'firmware_status_reported', chargePointId, receivedAt: rest.clock.now(), status },
    } as Parameters<typeof rest.ingest.submit>[0]);
  await report('InstallationFailed');
  expect((await accept(to, await initiate())).body.status).toBe('completed');
  await report('Installed');
  const { status } = await db.prisma.firmwareRequest.findUniqueOrThrow({ where: { id: request.id } });
  expect(status).toBe('InstallationFailed');
});

test('what was alerted and begun ends for the organization before; its frames stay readable to it alone', async () => {
  const now = rest.clock.now();
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
  const { number } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: chargePointId } });
  const of = { organizationId: from.organizationId, chargePointId, createdAt: ago(90), updatedAt: ago(90) };
  await db.prisma.alert.create({
    data: {
      ...{
        ...of,
        id: 'alr_1',
        rule: 'connector_faulted',
        evseId: 1,
        connectorId: 1,
        subject: '',
        status: 'acknowledged',
      },
      ...{ severity: 'critical', title: 'Connector faulted', reason: '', evidence: {}, holds: true, since: ago(90) },
      ...{ lastAt: ago(90), occurrences: 1, streak: 1, triggeredAt: ago(90) },
    },
  });
  const update = {
    ...{ ...of, imageId: 'fwi_1', targetVersion: '2', signed: false, maxAttempts: 3, retryDelayS: 60, attempts: 1 },
    ...{ stageTimeoutS: 60, waitUntilIdle: false, requestedBy: 'system', expiresAt: ago(-900), dueAt: ago(-60) },
  };
  await db.prisma.firmwareUpdate.createMany({
    data: [
      { ...update, id: 'fwu_1', status: 'scheduled', startedAt: ago(80) },
      { ...update, id: 'fwu_2', status: 'installed', startedAt: ago(800), endedAt: ago(700) },
    ],
  });
  await db.prisma.command.create({
    data: {
      ...{ organizationId: from.organizationId, chargePointId, id: 'cmd_waits', action: 'Reset', payload: {} },
      ...{ status: 'queued', timeoutS: 30, requestedBy: 'key_a', createdAt: ago(60), dueAt: ago(-60) },
    },
  });
  const frame = (at: Date, raw: string) =>
    db.prisma.frame.create({ data: { chargePointNumber: number, at, inbound: true, raw } });
  await frame(ago(60), '["before"]');
  expect((await accept(to, await initiate())).body.status).toBe('completed');
  await frame(new Date(now.getTime() + 3_600_000), '["after"]'); // by a socket that was not closed yet

  const alerts = await from.api.get(`/api/v1/alerts?charge_point_id=${chargePointId}`);
  expect(alerts.body.data).toMatchObject([{ id: 'alr_1', status: 'resolved', resolution: 'superseded' }]);
  expect((await to.api.get('/api/v1/alerts')).body.data).toEqual([]);
  const command = await from.api.get('/api/v1/commands/cmd_waits');
  expect([command.status, command.body]).toMatchObject([200, { status: 'cancelled', error: { code: 'handed_over' } }]);
  const updates = await from.api.get(`/api/v1/charge-points/${chargePointId}/firmware-updates`);
  expect(updates.body.data).toMatchObject([
    { id: 'fwu_2', status: 'installed', verified: false, error: null },
    { id: 'fwu_1', status: 'cancelled', error: { code: 'handed_over' } },
  ]);

  const path = `/api/v1/charge-points/${chargePointId}/frames`;
  const frames = async ({ api }: Side, query = '') =>
    (await api.get(path + query)).body.data.map(({ raw }: { raw: string }) => raw);
  const later = new Date(now.getTime() + 7_200_000).toISOString();
  for (const query of ['', '?text=after', `?to=${later}`, '?text=before'])
    expect([query, await frames(from, query)]).toEqual([query, query === '?text=after' ? [] : ['["before"]']]);
  expect((await from.api.get(`${path}/export?format=jsonl`)).text).not.toContain('after');
  expect(await frames(to)).toEqual([]);
  expect((await third.api.get(path)).status).toBe(404);
  // Nor has it a say: it may look back, no more.
  expect((await from.api.get(`${path}/stream`)).status).toBe(404);
  expect((await from.api.post(`/api/v1/charge-points/${chargePointId}/firmware-updates`).send({})).status).not.toBe(
    202,
  );
});
