/** Settings of chargers over REST, with simulated chargers on real sockets. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { encodeTime } from 'ulid';
import { forgetConfigurationChanges } from '../../src/configuration/index.ts';
import {
  acceleratedClock,
  type Behaviour,
  type Charger,
  createCharger,
  seededRandom,
} from '../../src/simulator/index.ts';
import { bootedCharger, type Registered, type Charger as Socket } from '../ocpp/rig.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';

const db = await testDatabase({ poolSize: 8 });
const first = await startApp({ db });
let app: RunningApp = first;
const chargers: Charger[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const each of sockets.splice(0)) each.socket.terminate();
  await Promise.all(chargers.splice(0).map((charger) => charger.close()));
});
afterAll(async () => {
  await app.stop();
  await db.close();
});

type Result = { key: string; value: string | null; result: string; read_back: string | null; mismatch: boolean };
type Change = { id: string; status: string; phase: string; results: Result[]; rebooted: boolean; error: string | null };
type Setting = { key: string; value: string | null; expected: string | null; drift: boolean; secret: boolean };
type Configuration = { settings: Setting[]; unknown_keys: string[]; drift: boolean; refresh: Change | null };

let count = 0;
async function connected(behaviour: Behaviour = {}) {
  count += 1;
  const { id, identity, key } = await app.chargePoint({ identity: `CFG-${count}` });
  const charger = createCharger({
    url: app.ocppUrl,
    identity,
    password: key,
    random: seededRandom(2),
    clock: acceleratedClock(50),
    behaviour: { reconnect: { minMs: 10, maxMs: 50 }, ...behaviour },
  });
  chargers.push(charger);
  const asked: { action: string; payload: Readonly<Record<string, unknown>> }[] = [];
  charger.on((happening) => {
    if (happening.what === 'asked') asked.push(happening);
  });
  charger.start();
  await charger.whenBooted();
  return { id, charger, asked };
}
const configuration = (id: string, query = '') =>
  app.api<Configuration>('GET', `/charge-points/${id}/configuration${query}`);
const change = (id: string, settings: object, query = '?wait=true') =>
  app.api<Change>('PATCH', `/charge-points/${id}/configuration${query}`, settings);
/** A charger that says whatever it is told to. */
async function dial(registered: Registered): Promise<Socket> {
  const charger = await bootedCharger(app.url, registered);
  sockets.push(charger);
  return charger;
}
async function bareCharger(identity: string) {
  const { id, key } = await app.chargePoint({ identity });
  return { id, charger: await dial({ identity, key }) };
}
const changed = (id: string) =>
  until('the change has ended', async () => {
    const { body } = await app.api<Change>('GET', `/configuration-changes/${id}`);
    return body.status === 'running' ? undefined : body;
  });
const settingOf = ({ settings }: Configuration, key: string) => settings.find((each) => each.key === key)?.value;

describe('reading', () => {
  test('nothing is known before the charger was asked; then its settings are cached, without the secret ones', async () => {
    const { id, asked } = await connected();
    expect((await configuration(id)).body).toMatchObject({ settings: [], fetched_at: null, drift: false });
    const { body } = await configuration(id, '?refresh=true');
    expect(body.refresh).toMatchObject({ status: 'completed' });
    expect(settingOf(body, 'HeartbeatInterval')).toBe('300');
    expect(body.settings.find(({ key }) => key === 'AuthorizationKey')).toMatchObject({ secret: true, value: null });
    const reads = asked.length;
    expect((await configuration(id)).body.settings).toEqual(body.settings);
    expect(asked).toHaveLength(reads);
  });

  test('an entry that says no readonly, or no key, spoils no other; who does not say readonly may be written', async () => {
    const { id, charger } = await bareCharger('CFG-LOOSE');
    const refreshed = configuration(id, '?refresh=true');
    const { id: call } = await charger.asked('GetConfiguration');
    const configurationKey = [
      { key: 'A', value: '1' },
      { key: 'B', value: '2', readonly: null },
      { key: null, value: '3', readonly: false },
      { key: 'C', value: '4', readonly: 'true' },
      { key: 'D', value: '5', readonly: 'no' },
    ];
    charger.send([3, call, { configurationKey }]);
    const { body } = await refreshed;
    expect(body.refresh).toMatchObject({ status: 'completed', error: null });
    expect(body.settings).toMatchObject([
      { key: 'A', value: '1', readonly: false },
      { key: 'B', value: '2', readonly: false },
      { key: 'C', value: '4', readonly: true },
      { key: 'D', value: '5', readonly: false },
    ]);
  });

  test('a setting that is stored until the reboot says so, in whatever spelling', async () => {
    const { id, charger } = await bareCharger('CFG-SPELLS');
    const command = app.api<{ status: string }>('POST', `/charge-points/${id}/commands?wait=true`, {
      action: 'ChangeConfiguration',
      payload: { key: 'A', value: '1' },
    });
    charger.send([3, (await charger.asked('ChangeConfiguration')).id, { status: 'rebootRequired' }]);
    expect((await command).body.status).toBe('accepted');
    const { body } = await app.api<{ reboot_pending: boolean }>('GET', `/charge-points/${id}`);
    expect(body.reboot_pending).toBe(true);
  });

  test('keys that are asked for by name are split by what the charger takes at once, and unknown ones are listed', async () => {
    const { id, asked } = await connected({ settings: { GetConfigurationMaxKeys: '2' } });
    const names = 'HeartbeatInterval,ConnectionTimeOut,Nonsense,ResetRetries,LocalPreAuthorize';
    const { body } = await configuration(id, `?refresh=true&keys=${names}`);
    expect(body.settings.map(({ key }) => key).sort()).toEqual(
      names
        .split(',')
        .filter((name) => name !== 'Nonsense')
        .sort(),
    );
    expect(body.unknown_keys).toEqual(['Nonsense']);
    const sizes = asked.filter(({ action }) => action === 'GetConfiguration').map(({ payload }) => payload['key']);
    expect(sizes).toEqual([
      ['GetConfigurationMaxKeys'],
      ['HeartbeatInterval', 'ConnectionTimeOut'],
      ['Nonsense', 'ResetRetries'],
      ['LocalPreAuthorize'],
    ]);
  });

  test('of an offline charger is a conflict; what was cached is still shown', async () => {
    const { id, charger } = await connected();
    await configuration(id, '?refresh=true');
    charger.goOffline();
    await until('it is offline', async () => (await configuration(id, '?refresh=true')).status === 409);
    expect(settingOf((await configuration(id)).body, 'HeartbeatInterval')).toBe('300');
  });

  test('what an operator reads by a raw command is cached too', async () => {
    const { id } = await connected();
    await app.api('POST', `/charge-points/${id}/commands?wait=true`, { action: 'GetConfiguration', payload: {} });
    expect(settingOf((await configuration(id)).body, 'HeartbeatInterval')).toBe('300');
  });
});

describe('changing', () => {
  test('each key has its result and is read back', async () => {
    const { id } = await connected();
    const { status, body } = await change(id, {
      HeartbeatInterval: '120',
      NumberOfConnectors: '7',
      Nonsense: '1',
      LocalPreAuthorize: 'TRUE',
    });
    expect([status, body.status]).toEqual([202, 'completed']);
    expect(body.results).toMatchObject([
      { key: 'HeartbeatInterval', result: 'accepted', read_back: '120', mismatch: false },
      { key: 'NumberOfConnectors', result: 'rejected', read_back: null },
      { key: 'Nonsense', result: 'not_supported', read_back: null },
      { key: 'LocalPreAuthorize', result: 'accepted', read_back: 'true', mismatch: false },
    ]);
    const cached = (await configuration(id)).body;
    expect(settingOf(cached, 'HeartbeatInterval')).toBe('120');
    expect(cached.unknown_keys).toContain('Nonsense');
    const listed = await app.api<{ data: Change[] }>('GET', `/charge-points/${id}/configuration/changes`);
    expect(listed.body.data.map((each) => each.id)).toEqual([body.id]);
  });

  test('RebootRequired is noted, and the charger is rebooted when that is wanted', async () => {
    const { id, charger } = await connected({ misbehave: ['B10'] });
    const noted = await change(id, { HeartbeatInterval: '90' });
    expect(noted.body).toMatchObject({
      status: 'completed',
      rebooted: false,
      results: [{ result: 'reboot_required' }],
    });
    const pending = await app.api('GET', `/charge-points/${id}`);
    expect(pending.body).toMatchObject({ reboot_pending: true });
    const rebooting = charger.next('rebooting');
    const { body } = await change(id, { ConnectionTimeOut: '90' }, '?wait=true&reboot=when_idle');
    expect(body).toMatchObject({ status: 'completed', rebooted: true });
    await rebooting;
    await until('it has booted', async () => {
      const { body: shown } = await app.api<{ reboot_pending: boolean }>('GET', `/charge-points/${id}`);
      return !shown.reboot_pending;
    });
  });

  test('a charger that reboots without having answered Reset has rebooted, and is not rebooted again', async () => {
    const { id, ...registered } = await app.chargePoint({ identity: 'CFG-LOST-RESET' });
    const before = await dial(registered);
    const { body } = await change(id, { A: '1' }, '?reboot=when_idle');
    before.send([3, (await before.asked('ChangeConfiguration')).id, { status: 'RebootRequired' }]);
    const most = await before.asked('GetConfiguration');
    before.send([3, most.id, { configurationKey: [{ key: 'GetConfigurationMaxKeys', readonly: true, value: '9' }] }]);
    const read = await until('it is read back', () =>
      before.messages.find((each) => each[0] === 2 && each[2] === 'GetConfiguration' && each[1] !== most.id),
    );
    before.send([3, read[1], { configurationKey: [{ key: 'A', readonly: false, value: '0' }] }]);
    await before.asked('Reset');
    before.socket.terminate();
    const behind = await dial(registered);
    expect(await changed(body.id)).toMatchObject({ status: 'completed', rebooted: true, error: null });
    await behind.call('Heartbeat', {});
    expect(behind.messages.filter((each) => each[2] === 'Reset')).toEqual([]);
  });

  test('a secret goes to the charger and is shown nowhere else', async () => {
    const { id, asked } = await connected({ settings: { ModemPassword: 'before' } });
    const secret = 'correct-horse-77';
    const { body } = await change(id, { ModemPassword: secret });
    expect(body.results).toMatchObject([{ key: 'ModemPassword', value: null, result: 'accepted', read_back: null }]);
    expect(asked.find(({ action }) => action === 'ChangeConfiguration')?.payload).toEqual({
      key: 'ModemPassword',
      value: secret,
    });
    await app.api('POST', `/charge-points/${id}/commands?wait=true`, {
      action: 'ChangeConfiguration',
      payload: { key: 'ModemPassword', value: secret },
    });
    await configuration(id, '?refresh=true'); // this charger tells it to everybody who asks
    await until('the frames are written', async () => {
      const { rows } = await db.pool.query(`SELECT 1 FROM frames WHERE raw LIKE '%ModemPassword%***%'`);
      return rows.length >= 3;
    });
    for (const table of [
      'commands',
      'configuration_changes',
      'charge_point_configuration',
      'frames',
      'domain_events',
    ]) {
      const { rows } = await db.pool.query(`SELECT 1 FROM ${table} t WHERE t::text LIKE '%${secret}%'`);
      expect([table, rows.length]).toEqual([table, 0]);
    }
  });

  test('the key of the charger is refused, and so is what is no setting', async () => {
    const { id } = await connected();
    for (const settings of [{ AuthorizationKey: 'x' }, {}, { '': '1' }, { A: 1 }]) {
      expect((await change(id, settings)).status).toBe(400);
    }
    expect((await change('cp_01KAT3Z6Y8Q0000000000000AA', { A: '1' })).status).toBe(404);
  });

  test('it goes on after a restart of the server, and asks again what was lost with the connection', async () => {
    const { id, ...registered } = await app.chargePoint({ identity: 'CFG-RESTART' });
    const before = await dial(registered);
    const { body } = await change(id, { A: '1', B: '2' }, '');
    const one = await before.asked('ChangeConfiguration');
    before.send([3, one.id, { status: 'Accepted' }]);
    await until('the second is asked for', () => before.messages.filter((each) => each[0] === 2).length === 2);
    await app.stop();
    app = await startApp({ db, beside: first });
    const behind = await dial(registered);
    const two = await behind.asked('ChangeConfiguration');
    expect(two.payload).toEqual({ key: 'B', value: '2' });
    behind.send([3, two.id, { status: 'Accepted' }]);
    const most = await behind.asked('GetConfiguration');
    behind.send([3, most.id, { configurationKey: [{ key: 'GetConfigurationMaxKeys', readonly: true, value: '9' }] }]);
    const read = await until('it is read back', () =>
      behind.messages.find((each) => each[0] === 2 && each[2] === 'GetConfiguration' && each[1] !== most.id),
    );
    expect(read[3]).toEqual({ key: ['A', 'B'] });
    const configurationKey = [
      { key: 'A', readonly: false, value: '1' },
      { key: 'B', readonly: false, value: 'two' },
    ];
    behind.send([3, read[1], { configurationKey }]);
    expect(await changed(body.id)).toMatchObject({
      status: 'completed',
      results: [
        { key: 'A', result: 'accepted', read_back: '1', mismatch: false },
        { key: 'B', result: 'accepted', read_back: 'two', mismatch: true },
      ],
    });
  });

  test('with queue=true the change of an offline charger waits until it connects', async () => {
    const { id, charger } = await connected();
    charger.goOffline();
    await until('it is offline', async () => (await change(id, { ResetRetries: '5' }, '')).status === 409);
    const { status, body } = await change(id, { ResetRetries: '5' }, '?queue=true');
    expect([status, body.status]).toEqual([202, 'running']);
    charger.goOnline();
    charger.reboot('Reboot'); // commands wait for its boot
    expect(await changed(body.id)).toMatchObject({ status: 'completed', results: [{ read_back: '5' }] });
  });
});

describe('templates', () => {
  const create = (content: object) => app.api<{ id: string }>('POST', '/configuration-templates', content);
  const drifting = async (wanted: boolean): Promise<string[]> => {
    const { body } = await app.api<{ data: { id: string }[] }>('GET', `/charge-points?drift=${wanted}&limit=100`);
    return body.data.map(({ id }) => id);
  };

  test('what differs from a template is drift, until the template is applied: only what differs is set', async () => {
    const station = { vendor: 'Driftwood' };
    const { id, asked } = await connected({ station });
    const broad = await create({
      name: 'All',
      vendor: 'drift*',
      values: { HeartbeatInterval: '300', ResetRetries: '9' },
    });
    await create({
      name: 'AC',
      vendor: 'Drift?ood',
      model: '*AC',
      values: { ResetRetries: '4', LocalPreAuthorize: 'FALSE' },
    });
    await create({ name: 'Others', vendor: 'Ocean', values: { ResetRetries: '1' } });
    expect((await configuration(id)).body.drift).toBe(false); // nothing is known yet
    const { body } = await configuration(id, '?refresh=true');
    expect(body.drift).toBe(true);
    const expected = body.settings.filter((each) => each.expected !== null);
    expect(expected.map(({ key, expected: wanted, drift }) => [key, wanted, drift])).toEqual([
      ['HeartbeatInterval', '300', false],
      ['LocalPreAuthorize', 'FALSE', false],
      ['ResetRetries', '4', true], // the template that names more of the kind wins
    ]);
    expect(await drifting(true)).toContain(id);
    expect(await drifting(false)).not.toContain(id);
    const applied = await app.api<Change>('POST', `/charge-points/${id}/configuration/apply?wait=true`, {});
    expect(applied.body.results.map(({ key, result }) => [key, result]).sort()).toEqual([
      ['HeartbeatInterval', 'unchanged'],
      ['LocalPreAuthorize', 'unchanged'],
      ['ResetRetries', 'accepted'],
    ]);
    expect(asked.filter(({ action }) => action === 'ChangeConfiguration')).toHaveLength(1);
    expect(await drifting(true)).not.toContain(id);
    const one = await app.api<Change>('POST', `/charge-points/${id}/configuration/apply?wait=true`, {
      template_id: broad.body.id,
    });
    expect(one.body.results.find(({ key }) => key === 'ResetRetries')).toMatchObject({
      value: '9',
      result: 'accepted',
    });
  });

  test('at boot, what has drifted is set once, and a charger without drift is only read', async () => {
    const station = { vendor: 'Bootmaker' };
    await create({ name: 'Boot', vendor: 'Bootmaker', values: { ConnectionTimeOut: '77' }, at_boot: true });
    const { id, charger, asked } = await connected({ station });
    const sets = () => asked.filter(({ action }) => action === 'ChangeConfiguration').length;
    const ended = (many: number) =>
      until('the boot was looked after', async () => {
        const path = `/charge-points/${id}/configuration/changes`;
        const { body } = await app.api<{ data: Change[] }>('GET', path);
        return body.data.length === many && body.data.every(({ status }) => status === 'completed')
          ? body.data
          : undefined;
      });
    expect((await ended(1))[0]?.results).toMatchObject([
      { key: 'ConnectionTimeOut', result: 'accepted', read_back: '77' },
    ]);
    expect(sets()).toBe(1);
    charger.reboot('Reboot');
    expect((await ended(2))[0]?.results).toMatchObject([{ key: 'ConnectionTimeOut', result: 'unchanged' }]);
    expect(sets()).toBe(1);
  });

  test('are created, shown, changed and deleted; a secret has no place in them', async () => {
    const { body, status } = await create({ name: 'T', values: { A: '1' } });
    expect([status, body]).toMatchObject([201, { name: 'T', vendor: null, at_boot: false, values: { A: '1' } }]);
    const path = `/configuration-templates/${body.id}`;
    const patched = await app.api('PATCH', path, { values: { B: '2' }, vendor: 'X_%*' });
    expect(patched.body).toMatchObject({ name: 'T', vendor: 'X_%*', values: { B: '2' } });
    expect((await app.api('DELETE', path)).status).toBe(204);
    expect((await app.api('GET', path)).status).toBe(404);
    const secret = await create({ name: 'S', values: { WifiPassword: 'x' } });
    expect([secret.status, JSON.stringify(secret.body)]).toEqual([400, expect.stringContaining('is secret')]);
    expect((await create({ name: 'S', values: {} })).status).toBe(400);
  });

  test('one that no template matches cannot be applied to, nor one that does not exist', async () => {
    const { id } = await connected({ station: { vendor: 'Nobody' } });
    expect((await app.api('POST', `/charge-points/${id}/configuration/apply`, {})).status).toBe(409);
    const unknown = { template_id: 'cft_01KAT3Z6Y8Q0000000000000AA' };
    expect((await app.api('POST', `/charge-points/${id}/configuration/apply`, unknown)).status).toBe(400);
  });
});

test('changes are kept for a year, mere readings for a week, and what runs for as long as it does', async () => {
  const { rows } = await db.pool.query('SELECT id AS "organizationId" FROM organizations LIMIT 1');
  const now = new Date('2026-06-01T00:00:00.000Z');
  const at = (days: number) => new Date(now.getTime() - days * 86_400_000);
  const inYears = new Date('2100-01-01T00:00:00.000Z'); // or the server's own job finishes it meanwhile
  const make = async (kind: string, days: number, runs = false): Promise<string> => {
    const id = `cfg_${encodeTime(at(days).getTime())}${randomBytes(8).toString('hex').toUpperCase()}`;
    const more = { status: 'completed', phase: 'done', items: [], reboot: 'never', requestedBy: 'system' };
    const times = { createdAt: at(days), expiresAt: at(days), dueAt: runs ? inYears : null };
    const { organizationId } = rows[0];
    await db.prisma.configurationChange.create({
      data: { id, organizationId, chargePointId: 'cp_kept', kind, ...more, ...times },
    });
    return id;
  };
  const kept = [await make('read', 6), await make('change', 364), await make('read', 400, true)];
  await make('read', 8);
  await make('apply', 366);
  expect(await forgetConfigurationChanges(db, now)).toBe(2);
  const left = await db.prisma.configurationChange.findMany({ where: { chargePointId: 'cp_kept' } });
  expect(left.map(({ id }) => id).sort()).toEqual(kept.sort());
});

test('a command with an Idempotency-Key is asked for once', async () => {
  const { id } = await connected();
  const send = () =>
    app.api<{ id: string }>(
      'POST',
      `/charge-points/${id}/reset`,
      { type: 'soft' },
      { 'Idempotency-Key': 'once-and-only' },
    );
  const [one, two] = [await send(), await send()];
  expect(two.body.id).toBe(one.body.id);
  expect(two.headers.get('idempotent-replayed')).toBe('true');
  const { body } = await app.api<{ data: unknown[] }>('GET', `/charge-points/${id}/commands?action=Reset`);
  expect(body.data).toHaveLength(1);
});
