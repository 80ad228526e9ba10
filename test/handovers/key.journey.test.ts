/** The charger's side of a handover, by hand: chargers that refuse, reboot, break off; and a server that restarts at every step. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { type Charger, dialCharger, Refused } from '../ocpp/rig.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { insertSession } from '../support/rest.ts';
import { until } from '../support/until.ts';
import { accept, anotherSide, type Handover, initiate, see } from './support.ts';

const db = await testDatabase({ poolSize: 8 });
const ocppLimits = { settleMs: 50 };
const first = await startApp({ db, ocppLimits });
let app: RunningApp = first;
const next = await anotherSide(first, () => app.url);
const from: Pick<RunningApp, 'api'> = { api: (...asked) => app.api(...asked) };
const opened: Charger[] = [];
afterEach(() => {
  for (const charger of opened.splice(0)) charger.socket.terminate();
});
afterAll(async () => {
  await app.stop();
  await db.close();
});

let count = 0;
const point = (more = {}) => {
  count += 1;
  return app.chargePoint({ identity: `HK-${count}`, ...more });
};
type Point = Awaited<ReturnType<typeof point>>;
async function login({ identity }: Pick<Point, 'identity'>, key: string | undefined): Promise<Charger> {
  const port = Number(new URL(app.url).port);
  const charger = await dialCharger(port, identity, key === undefined ? {} : { password: key });
  opened.push(charger);
  await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  return charger;
}
async function opens(of: Point, key: string): Promise<boolean> {
  try {
    const charger = await login(of, key);
    charger.socket.close();
    await charger.gone();
    return true;
  } catch (cause) {
    if (cause instanceof Refused && cause.status === 401) return false;
    throw cause;
  }
}
async function restart(): Promise<void> {
  await app.stop();
  app = await startApp({ db, beside: first, ocppLimits });
}
const keyIs = (id: string, state: string): Promise<Handover> =>
  until(`the key is ${state}`, async () => {
    const handover = await see(next, id);
    return handover.key_change === state ? handover : undefined;
  });
/** The key that the charger is asked to take, and how to answer. */
async function asked(charger: Charger) {
  const { id, payload } = await charger.asked('ChangeConfiguration');
  const { key, value } = payload as { key: string; value: string };
  expect(key).toBe('AuthorizationKey');
  return { value, answer: (status: string) => charger.send([3, id, { status }]) };
}
async function handOver(of: Point): Promise<Handover> {
  const begun = await initiate(from, of.id);
  const { body } = await accept(next, begun);
  expect(body.status).toBe('completed');
  return begun;
}

test('offline: the key waits for the charger; the server restarts at every step, and nothing is lost or done twice', async () => {
  const of = await point();
  const session = await insertSession(db, { organizationId: await organizationOf(of), chargePointId: of.id });
  const begun = await initiate(from, of.id);
  await restart();
  expect((await accept(next, begun, { when: 'idle' })).body.status).toBe('accepted');
  await restart();
  await db.prisma.session.update({ where: { id: session.id }, data: { endedAt: new Date(), status: 'ended' } });
  await until('it is cut over', async () => (await see(next, begun.id)).status === 'completed');
  await restart();
  expect((await see(next, begun.id)).key_change).toBe('pending');
  const charger = await login(of, of.key);
  const { value } = await asked(charger);
  await restart(); // the charger took the key, or not: nobody knows
  expect(await opens(of, value)).toBe(true);
  await keyIs(begun.id, 'changed');
  expect(await opens(of, of.key)).toBe(false);
  const steps = await db.prisma.handoverStep.findMany({ where: { handoverId: begun.id }, orderBy: { number: 'asc' } });
  expect(steps.map(({ happening }) => happening)).toEqual(['offered', 'accepted', 'ready', 'handed_over']);
  const told = await db.prisma.domainEvent.findMany({ where: { chargePointId: of.id, type: 'handover.completed' } });
  expect(new Set(told.map(({ organizationId }) => organizationId)).size).toBe(2);
  expect(told).toHaveLength(2);
});

test('accepted: the old key opens until the new one was used, and the charger is asked to come back with it', async () => {
  const of = await point();
  const before = await login(of, of.key);
  const begun = await handOver(of);
  await before.gone(); // its owner has changed
  const charger = await login(of, of.key);
  const { value, answer } = await asked(charger);
  answer('Accepted');
  await charger.gone();
  await keyIs(begun.id, 'awaiting_reconnect');
  expect(await opens(of, of.key)).toBe(true); // it is not locked out
  expect(await opens(of, value)).toBe(true);
  await keyIs(begun.id, 'changed');
  expect(await opens(of, of.key)).toBe(false);
  expect(await opens(of, value)).toBe(true);
});

test('refused: the old key still opens, and the new owner is told so and sets one by hand', async () => {
  const of = await point();
  const begun = await handOver(of);
  const charger = await login(of, of.key);
  const { value, answer } = await asked(charger);
  answer('Rejected');
  await keyIs(begun.id, 'not_changed');
  expect(await opens(of, value)).toBe(false);
  expect(await opens(of, of.key)).toBe(true);
  expect((await from.api('POST', `/charge-points/${of.id}/rotate-key`)).status).toBe(404);
  const byHand = await next.api<{ key: string }>('POST', `/charge-points/${of.id}/rotate-key`);
  expect(await opens(of, byHand.body.key)).toBe(true);
  expect(await opens(of, of.key)).toBe(false);
});

test('a charger without a key has none to change, and the one that was stored is forgotten', async () => {
  const of = await point();
  await from.api('PATCH', `/charge-points/${of.id}`, { security_profile: 0 });
  const begun = await handOver(of);
  expect((await see(next, begun.id)).key_change).toBe('none');
  await next.api('PATCH', `/charge-points/${of.id}`, { security_profile: 1 });
  expect(await opens(of, of.key)).toBe(false);
});

test('what the charger holds of the organization before is taken away', async () => {
  const of = await point({ security_profile: 0 });
  const organizationId = await organizationOf(of);
  const about = {
    organizationId,
    chargePointId: of.id,
    requestedBy: 'key_1',
    createdAt: new Date(),
    updatedAt: new Date(),
  };
  const expiresAt = new Date(Date.now() + 3_600_000);
  await db.prisma.reservation.create({
    data: {
      ...about,
      ...{ id: `rsv_${of.id.slice(3)}`, ocppId: 41, connectorId: 1, tokenUid: 'TAG', status: 'active', expiresAt },
      dueAt: expiresAt,
    },
  });
  const profile = { profileId: 1, connectorId: 0, purpose: 'charge_point_max', stackLevel: 0 };
  await db.prisma.chargingProfile.create({
    data: { ...about, ...profile, id: `chp_${of.id.slice(3)}`, commandId: 'cmd_1', profile, status: 'active' },
  });
  await db.prisma.localListEntry.create({
    data: { chargePointId: of.id, uidKey: 'tag', uid: 'TAG', status: 'Accepted' },
  });
  const begun = await handOver(of);
  const charger = await login(of, undefined);
  const answers: Readonly<Record<string, object>> = {
    CancelReservation: { status: 'Accepted' },
    ClearChargingProfile: { status: 'Accepted' },
    GetConfiguration: { configurationKey: [], unknownKey: [] },
    GetLocalListVersion: { listVersion: 7 },
    SendLocalList: { status: 'Accepted' },
  };
  const answered = new Map<string, unknown>();
  const done = await until('all of it is gone', async () => {
    for (const [kind, id, action, payload] of charger.messages) {
      if (kind !== 2 || answered.has(String(action)) || answers[String(action)] === undefined) continue;
      answered.set(String(action), payload);
      charger.send([3, id, answers[String(action)]]);
    }
    if (!answered.has('SendLocalList')) return undefined;
    const handover = await see(next, begun.id);
    return handover.left_at_charger.every(({ state }) => state === 'done') ? handover : undefined;
  });
  expect(answered.get('CancelReservation')).toEqual({ reservationId: 41 });
  expect(answered.get('SendLocalList')).toMatchObject({ updateType: 'Full' });
  expect(done.left_at_charger.map(({ what }) => what)).toEqual(['reservation', 'charging_profiles', 'local_list']);
});

const organizationOf = async ({ id }: Point): Promise<string> =>
  (await db.prisma.chargePoint.findUniqueOrThrow({ where: { id } })).organizationId;
