/** A new key taken to the charger by OCPP, over real sockets, with the server restarted in between. */
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Charger, dialCharger, Refused } from '../ocpp/rig.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';

const db = await testDatabase({ poolSize: 8 });
const first = await startApp({ db });
let app: RunningApp = first;
const opened: Charger[] = [];
afterEach(() => {
  for (const charger of opened.splice(0)) charger.socket.terminate();
});
afterAll(async () => {
  await app.stop();
  await db.close();
});

type Point = { id: string; identity: string; key: string };
let point: Point;
let count = 0;
beforeEach(async () => {
  count += 1;
  point = await app.chargePoint({ identity: `KEY-${count}` });
});

const portOf = (): number => Number(new URL(app.url).port);
async function login(key: string): Promise<Charger> {
  const charger = await dialCharger(portOf(), point.identity, { password: key });
  opened.push(charger);
  await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  return charger;
}
const opens = async (key: string): Promise<boolean> => {
  try {
    const charger = await login(key);
    charger.socket.close();
    await charger.gone();
    return true;
  } catch (cause) {
    if (cause instanceof Refused && cause.status === 401) return false;
    throw cause;
  }
};
const rotate = (query = '') =>
  app.api<{ command_id: string; key_rotation: string | null; key?: string; error: { message: string } }>(
    'POST',
    `/charge-points/${point.id}/rotate-key?via=ocpp${query}`,
  );
/** The key that the charger is asked to take, and how to answer. */
async function asked(charger: Charger) {
  const { id, payload } = await charger.asked('ChangeConfiguration');
  const { key, value } = payload as { key: string; value: string };
  expect(key).toBe('AuthorizationKey');
  return { value, answer: (status: string) => charger.send([3, id, { status }]) };
}
const rotation = async () =>
  (await app.api<{ key_rotation: string | null }>('GET', `/charge-points/${point.id}`)).body.key_rotation;
const settledTo = (state: string | null) =>
  until(`the rotation is ${state}`, async () => ((await rotation()) === state ? 'yes' : undefined));
async function restart(): Promise<void> {
  await app.stop();
  app = await startApp({ db, beside: first });
}

test('accepted: only the new key opens, also after a restart, and it is shown to nobody', async () => {
  const charger = await login(point.key);
  const answered = rotate('&wait=true');
  const { value, answer } = await asked(charger);
  expect(value).toMatch(/^[0-9a-f]{40}$/); // hexadecimal, OCPP 1.6 security whitepaper A00.FR.206
  answer('Accepted');
  const { status, body } = await answered;
  expect([status, body.key_rotation, body.key]).toEqual([202, null, undefined]);
  charger.socket.close();
  await charger.gone();
  expect(await opens(point.key)).toBe(false);
  await restart();
  expect(await opens(point.key)).toBe(false);
  expect(await opens(value)).toBe(true);

  const command = await app.api('GET', `/commands/${body.command_id}`);
  expect(command.body).toMatchObject({ payload: { key: 'AuthorizationKey', value: '***' } });
  const frames = await until('the frames are written', async () => {
    const { rows } = await db.pool.query("SELECT raw FROM frames WHERE action = 'ChangeConfiguration' AND NOT inbound");
    return rows.length > 0 ? JSON.stringify(rows) : undefined;
  });
  const kept = await db.pool.query('SELECT c::text FROM commands c UNION ALL SELECT p::text FROM charge_points p');
  for (const text of [JSON.stringify(command.body), frames, JSON.stringify(kept.rows)])
    expect(text).not.toContain(value);
});

test('rejected: only the old key opens', async () => {
  const charger = await login(point.key);
  const answered = rotate('&wait=true');
  const { value, answer } = await asked(charger);
  answer('Rejected');
  expect((await answered).body.key_rotation).toBeNull();
  expect(await opens(value)).toBe(false);
  expect(await opens(point.key)).toBe(true);
});

test.each(['new', 'old'] as const)(
  'no answer: either key opens until one is used, across a restart; it was the %s one',
  async (used) => {
    const charger = await login(point.key);
    await rotate();
    const { value } = await asked(charger);
    expect(await rotation()).toBe('offered');
    charger.socket.terminate(); // it may have taken the key or not
    await settledTo('undecided');
    await restart();
    const [right, wrong] = used === 'new' ? [value, point.key] : [point.key, value];
    expect(await opens(right)).toBe(true);
    await settledTo(null);
    expect(await opens(wrong)).toBe(false);
    expect(await opens(right)).toBe(true);
  },
);

test('the server restarts while the charger is about to answer: the key that it then uses is the one', async () => {
  const charger = await login(point.key);
  await rotate();
  const { value } = await asked(charger);
  await restart();
  expect(await rotation()).toBe('offered');
  expect(await opens(value)).toBe(true);
  await settledTo(null);
  expect(await opens(point.key)).toBe(false);
});

test('RebootRequired: the old key opens until the new one was used', async () => {
  const charger = await login(point.key);
  const answered = rotate('&wait=true');
  const { value, answer } = await asked(charger);
  answer('RebootRequired');
  expect((await answered).body.key_rotation).toBe('after_reboot');
  expect(await opens(point.key)).toBe(true);
  expect(await opens(point.key)).toBe(true);
  expect(await opens(value)).toBe(true);
  await settledTo(null);
  expect(await opens(point.key)).toBe(false);
});

test('one at a time; a key that is set by hand ends what was under way; offline and profile 0 are conflicts', async () => {
  const offline = await rotate();
  expect([offline.status, offline.body.error.message]).toEqual([409, expect.stringContaining('is offline')]);
  const charger = await login(point.key);
  await rotate();
  const { value } = await asked(charger);
  const second = await rotate();
  expect([second.status, second.body.error.message]).toEqual([409, expect.stringContaining('a new key already')]);
  const byHand = await app.api<{ key: string }>('POST', `/charge-points/${point.id}/rotate-key`);
  expect(byHand.body).toMatchObject({ key_rotation: null });
  expect(await opens(value)).toBe(false);
  expect(await opens(point.key)).toBe(false);
  expect(await opens(byHand.body.key)).toBe(true);
});

test('a command that is cancelled before it was sent leaves the old key alone', async () => {
  const charger = await login(point.key);
  await app.api('POST', `/charge-points/${point.id}/reset`, { type: 'soft' });
  await charger.asked('Reset'); // not answered: the line is busy
  const { body } = await rotate();
  expect((await app.api('POST', `/commands/${body.command_id}/cancel`)).status).toBe(200);
  expect(await rotation()).toBeNull();
});
