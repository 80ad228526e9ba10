/** After a handover, every route: the organization before does not find the charge point, the new one nothing of its history. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testDatabase } from '../support/db.ts';
import { lockWaiters } from '../support/locks.ts';
import { createRest } from '../support/rest.ts';
import { bodyOf, call, credentialFor, isProtected, nameOf, pathOf, populate } from '../support/rest-access.ts';
import { until } from '../support/until.ts';

const db = await testDatabase();
const rest = await createRest(db);
let former: Awaited<ReturnType<typeof populate>>;
let next: Awaited<ReturnType<typeof populate>>;
/** The key of an organization that has nothing to do with it. */
let third: string;
beforeAll(async () => {
  former = await populate(rest);
  next = await populate(rest);
  third = (await rest.keyOf(await rest.createOrganization())).key;
  const chargePointId = former.ids['charge-points'] ?? '';
  await db.prisma.session.updateMany({ where: { chargePointId }, data: { endedAt: new Date(), status: 'ended' } });
  const begun = await rest
    .as(former.key)
    .post(`/api/v1/charge-points/${chargePointId}/handovers`)
    .send({ mode: 'ownership_transfer' });
  expect(begun.status).toBe(201);
  const { id, token } = begun.body;
  const accepted = await rest.as(next.key).post(`/api/v1/handovers/${id}/accept`).send({ token });
  expect([accepted.status, accepted.body.status]).toEqual([200, 'completed']);
});
afterAll(async () => {
  await rest.stop();
  await db.close();
});

const naming = rest.routes.filter((route) => isProtected(route) && route.path.startsWith('/charge-points/{id}'));
const nobodys = (ids: Readonly<Record<string, string>>) => ({
  ...ids,
  'charge-points': 'cp_01KAT3Z6Y8Q0000000000000ZZ',
});

test('there are such routes', () => expect(naming.length).toBeGreaterThan(40));

/** These show, by its id, a record of what happened to the organization itself; the last one says that it is over. */
const OWN_RECORDS: Readonly<Record<string, number>> = {
  'GET /charge-points/{id}/commissioning': 200,
  'GET /charge-points/{id}/charging-profile-reports/{report_id}': 200,
  'GET /charge-points/{id}/der-control-reports/{report_id}': 200,
  'POST /charge-points/{id}/charging-profiles/{charging_profile_id}/values': 409,
};

/** These list what happened to each organization itself. */
const OWN_LISTS = new Set([
  'GET /charge-points/{id}/certificate-requests',
  'GET /charge-points/{id}/charging-needs',
  'GET /charge-points/{id}/charging-profile-reports',
  'GET /charge-points/{id}/configuration/changes',
  'GET /charge-points/{id}/customer-information',
  'GET /charge-points/{id}/der-control-reports',
  'GET /charge-points/{id}/der-events',
  'GET /charge-points/{id}/device-model/reports',
  'GET /charge-points/{id}/diagnostics',
  'GET /charge-points/{id}/firmware-requests',
  'GET /charge-points/{id}/firmware-updates',
  'GET /charge-points/{id}/frames',
  'GET /charge-points/{id}/frames/export',
  'GET /charge-points/{id}/security-events',
]);
test('each of these is a route', () => {
  const names = naming.map(nameOf);
  for (const name of [...OWN_LISTS, ...Object.keys(OWN_RECORDS)]) expect(names).toContain(name);
});

describe.each(naming.map((route) => [nameOf(route), route] as const))('%s', (_name, route) => {
  const record = OWN_RECORDS[nameOf(route)];
  if (record !== undefined)
    test('shows the organization before what is its own, and the new one nothing', async () => {
      const ask = (key: string) => call(rest.server, route, pathOf(route, former.ids), key, bodyOf(route));
      expect([(await ask(former.key)).status, (await ask(next.key)).status]).toEqual([record, 404]);
    });
  else if (OWN_LISTS.has(nameOf(route)))
    test('lists for the organization before what happened in its time, and nothing for a third one', async () => {
      const ask = (key: string) => call(rest.server, route, pathOf(route, former.ids), key);
      const [own, anothers] = [await ask(former.key), await ask(third)];
      expect([own.status, anothers.status]).toEqual([200, 404]);
      expect(own.text ?? '').not.toContain(next.organizationId);
    });
  else
    test('does not know the charge point for the organization before, as one that nobody has', async () => {
      const gone = await call(rest.server, route, pathOf(route, former.ids), former.key, bodyOf(route));
      const unknown = await call(rest.server, route, pathOf(route, nobodys(former.ids)), former.key, bodyOf(route));
      expect(gone.status).toBe(404);
      expect(gone.body.error).toEqual({ ...unknown.body.error, request_id: gone.headers['x-request-id'] });
    });

  if (route.method === 'get' && route.stream === undefined) {
    test('shows the new organization nothing of before', async () => {
      const answer = await call(rest.server, route, pathOf(route, former.ids), next.key);
      expect([200, 404, 409]).toContain(answer.status);
      for (const [kind, id] of Object.entries(former.ids)) {
        if (kind !== 'charge-points' && kind !== 'certificates') expect(answer.text ?? '').not.toContain(id);
      }
      expect(answer.text ?? '').not.toContain(former.organizationId);
    });
  }
});

// The audit tells of what one asked for oneself, and so names what this test has asked for in vain.
const lists = rest.routes.filter(
  (route) =>
    isProtected(route) &&
    route.method === 'get' &&
    !route.path.includes('{') &&
    route.stream === undefined &&
    !['/audit', '/audit/export'].includes(route.path),
);
test.each(lists.map((route) => [nameOf(route), route] as const))('%s shows each side its own', async (_name, route) => {
  const [seenByFormer, seenByNext] = [
    await call(rest.server, route, pathOf(route, former.ids), credentialFor(route, former)),
    await call(rest.server, route, pathOf(route, former.ids), credentialFor(route, next)),
  ];
  expect([seenByFormer.status, seenByNext.status]).toEqual([200, 200]);
  for (const [kind, id] of Object.entries(former.ids)) {
    if (kind !== 'charge-points' && kind !== 'certificates') expect(seenByNext.text).not.toContain(id);
  }
  expect(seenByFormer.text).not.toContain(next.organizationId);
  if (route.path === '/charge-points') expect(seenByFormer.text).not.toContain(former.ids['charge-points']);
});

test('the history is still there for whom it happened to', async () => {
  const api = rest.as(former.key);
  for (const path of [
    `/sessions/${former.ids['sessions']}`,
    `/sessions/${former.ids['sessions']}/meter-values`,
    `/commands/${former.ids['commands']}`,
    `/uploads/${former.ids['uploads']}`,
    `/webhooks/events/${former.ids['events']}`,
    `/reservations/${former.ids['reservations']}`,
    `/sessions?charge_point_id=${former.ids['charge-points']}`,
  ]) {
    const answer = await api.get(`/api/v1${path}`);
    expect([path, answer.status]).toEqual([path, 200]);
  }
  const reservation = await api.get(`/api/v1/reservations/${former.ids['reservations']}`);
  expect(reservation.body).toMatchObject({ status: 'cancelled', reason: 'handed_over' });
});

/** What asks something of a charge point by one input. What is sent to a charger goes through commands, each with a first one like these. */
const ASKING = [
  'POST /charge-points/{id}/commissioning',
  'POST /charge-points/{id}/commissioning/cancel',
  'POST /charge-points/{id}/decommission',
  'POST /firmware-updates/{id}/cancel',
  'POST /alerts/{id}/acknowledge',
  'POST /alerts/{id}/resolve',
  'POST /sessions/{id}/close',
  'PUT /sessions/{id}/limit',
  'POST /commands/{id}/cancel',
  'DELETE /customer-information/{id}/data',
];
const asking = rest.routes.filter((route) => ASKING.includes(nameOf(route)));
test('each of these is a route too', () => expect(asking.map(nameOf).toSorted()).toEqual(ASKING.toSorted()));

describe('what is under way while the charge point changes hands is as if it came after', () => {
  let owner: Awaited<ReturnType<typeof populate>>;
  let number: number;
  beforeAll(async () => {
    owner = await populate(rest);
    const chargePointId = owner.ids['charge-points'] ?? '';
    await db.prisma.session.updateMany({ where: { chargePointId }, data: { endedAt: null, status: 'active' } });
    number = (await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: chargePointId } })).number;
  });
  test.each(asking.map((route) => [nameOf(route), route] as const))('%s', async (_name, route) => {
    const chargePointId = owner.ids['charge-points'] ?? '';
    const give = (organizationId: string) =>
      `UPDATE charge_points SET organization_id = '${organizationId}', number = ${number} WHERE id = '${chargePointId}'`;
    const handover = await db.pool.connect();
    try {
      await handover.query('BEGIN');
      await handover.query(
        'UPDATE charge_point_sequences SET last_sequence = last_sequence WHERE charge_point_id = $1',
        [chargePointId],
      );
      let isAnswered = false;
      const asked = call(rest.server, route, pathOf(route, owner.ids), owner.key, bodyOf(route)).finally(() => {
        isAnswered = true;
      });
      await until('it waits for the lock', async () => (await lockWaiters(db)) === 1 || isAnswered);
      expect(isAnswered).toBe(false);
      await handover.query(give(next.organizationId));
      await handover.query('COMMIT');
      const { status, body } = await asked;
      expect({ status, body }).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
    } finally {
      await handover.query('ROLLBACK');
      await handover.query(give(owner.organizationId));
      handover.release();
    }
  });
});
