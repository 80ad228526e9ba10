/**
 * Payments that start a session: by a QR code or at a terminal of its own (2.1 C18, C24, C25, F07; block C of OCA's tests for a CSMS). In our
 * own words, by their numbers.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { ulid } from 'ulid';
import { intervalAt, totpOf } from '../../../src/payments/totp.ts';
import { forgetUnusedLimits } from '../../../src/session-limits/index.ts';
import { startApp } from '../../support/app.ts';
import { type CommandAnswer, type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const { station, closeAll, ask } = stationsOf(app);
afterEach(closeAll);
afterAll(() => app.stop());

const protocol = 'ocpp2.1';
type Variable = {
  component: { name: string; evse?: { id: number } };
  variable: { name: string };
  attributeValue: string;
};
const url_template = 'https://pay.example.com/{chargingStationId}/{evse}/{totp}?v={version}';

type Verdicts = (name: string) => 'Accepted' | 'Rejected' | 'RebootRequired' | 'nothing';

/** A station that shows QR codes by what it was given and took. */
async function showing(more: object = {}) {
  const given = new Map<string, string>();
  let says: Verdicts = () => 'Accepted';
  const at = await station({
    protocol,
    answers: {
      SetVariables: ({ setVariableData }) => {
        const asked = setVariableData as Variable[];
        const silent = asked.some(({ variable }) => says(variable.name) === 'nothing');
        const setVariableResult = asked.map(({ component, variable, attributeValue }) => {
          const attributeStatus = silent ? 'Accepted' : says(variable.name);
          if (attributeStatus === 'Accepted') given.set(variable.name, attributeValue);
          return { component, variable, attributeStatus };
        });
        return silent ? undefined : { setVariableResult };
      },
    },
  });
  const set = (changes: object = {}, how: Verdicts = () => 'Accepted') => {
    says = how;
    return ask<CommandAnswer>(at, 'web-payments?wait=true', { url_template, ...more, ...changes }, 'PUT');
  };
  expect((await set()).status).toBe('accepted');
  const code = (): string => {
    const how = { validityS: Number(given.get('ValidityTime')), length: Number(given.get('Length')) };
    return totpOf(given.get('SharedSecret') ?? '', intervalAt(new Date(), how), how);
  };
  const url = (parts: { id?: string; evse?: number; totp?: string; version?: string } = {}): string => {
    const { id = at.identity, evse = 1, totp = code(), version = 'v1' } = parts;
    return `https://pay.example.com/${id === '' ? '' : `${id}/`}${evse}/${totp}?v=${version}`;
  };
  return { at, given, set, code, url };
}
type Verdict = { readonly valid: boolean; readonly reason: string | null };
const verify = async (url: string) => (await app.api<Verdict>('POST', '/web-payments/verify', { url })).body;

describe('QR codes', () => {
  test('TC_C_131_CSMS a code that the station shows is genuine, and what the driver chose is told', async () => {
    const { at, given, url } = await showing({ validity_s: 120, length: 12 });
    expect(Object.fromEntries(given)).toEqual({
      ...{ URLTemplate: url_template, TOTPVersion: 'v1', ValidityTime: '120', Length: '12', Enabled: 'true' },
      SharedSecret: expect.stringMatching(/^[0-9A-Za-z]{40}$/),
    });
    expect(await verify(`${url()}&maxenergy=20000`)).toEqual({
      ...{ valid: true, reason: null, charge_point_id: at.id, evse_id: 1 },
      ...{ max_energy_wh: 20_000, max_time_s: null, max_cost: null },
    });
    const listed = await ask<object>(at, 'web-payments', {}, 'GET');
    expect(listed).toMatchObject({ data: [{ evse_id: 0, url_template, validity_s: 120, length: 12 }] });
    await until('the frame is written', async () => {
      const { rows } = await app.db.pool.query(`SELECT 1 FROM frames WHERE action = 'SetVariables'`);
      return rows.length > 0;
    });
    for (const table of ['commands', 'frames', 'web_payments', 'web_payment_offers', 'domain_events']) {
      const { rows } = await app.db.pool.query(`SELECT 1 FROM ${table} t WHERE t::text LIKE $1`, [
        `%${given.get('SharedSecret')}%`,
      ]);
      expect([table, rows.length]).toEqual([table, 0]);
    }
  });

  test('TC_C_132_CSMS an address without the station, or with another, leads nowhere', async () => {
    const { at, url } = await showing();
    expect(await verify(url({ id: '' }))).toMatchObject({ valid: false, reason: 'malformed', charge_point_id: null });
    expect(await verify(url({ id: 'NOBODY' }))).toMatchObject({ valid: false, reason: 'unknown' });
    expect(await verify(url({ version: 'v2' }))).toMatchObject({ valid: false, reason: 'wrong_version' });
    expect(await verify('https://elsewhere.example.com/')).toMatchObject({ valid: false, reason: 'malformed' });
    expect(at.asked('RequestStartTransaction')).toEqual([]);
  });

  test('TC_C_133_CSMS a password that is not of this station and this time is refused', async () => {
    const { at, url, code } = await showing();
    const other = await showing();
    expect(await verify(url({ totp: 'AAAAAAAAAAAAAAAA' }))).toMatchObject({ valid: false, reason: 'wrong_totp' });
    expect(await verify(url({ totp: other.code() }))).toMatchObject({ valid: false, reason: 'wrong_totp' });
    expect(await verify(url({ totp: `${code()}0` }))).toMatchObject({ valid: false, reason: 'wrong_totp' });
    expect(at.asked('RequestStartTransaction')).toEqual([]);
  });

  test('a code is judged by the template of its own station, also where its address fits that of another one', async () => {
    const short = await showing();
    const long = await showing({ url_template: `${url_template}&lang=de` });
    expect(await verify(`${long.url()}&lang=de`)).toMatchObject({ valid: true, charge_point_id: long.at.id });
    expect(await verify(short.url())).toMatchObject({ valid: true, charge_point_id: short.at.id });
    expect(await verify(`${long.url({ totp: 'AAAAAAAAAAAAAAAA' })}&lang=de`)).toMatchObject({ reason: 'wrong_totp' });
  });

  test('a secret that was changed leaves the codes of the one before good; forgotten, none is', async () => {
    const { at, url, set } = await showing();
    const before = url();
    await set();
    expect([(await verify(before)).valid, (await verify(url())).valid]).toEqual([true, true]);
    await set();
    expect((await verify(before)).valid).toBe(false);
    expect((await app.api('DELETE', `/charge-points/${at.id}/web-payments`)).status).toBe(204);
    expect(await verify(url())).toMatchObject({ valid: false });
    expect((await app.api('DELETE', `/charge-points/${at.id}/web-payments`)).status).toBe(404);
  });
});

describe('what the station made of a change', () => {
  const other = { url_template: 'https://other.example.com/{chargingStationId}/{evse}/{totp}?v={version}', length: 20 };
  type Listed = { readonly url_template: string; readonly state: string };
  const listed = async ({ id }: { readonly id: string }) =>
    (await app.api<{ data: Listed[] }>('GET', `/charge-points/${id}/web-payments`)).body.data.map(
      (each) => `${new URL(each.url_template.replaceAll(/[{}]/g, '')).host} ${each.state}`,
    );

  test('one that it refuses, with another address, changes nothing, however often', async () => {
    const { at, url, set } = await showing();
    const shown = url();
    for (let i = 0; i < 3; i += 1) expect((await set(other, () => 'Rejected')).status).toBe('rejected');
    expect(await verify(shown)).toMatchObject({ valid: true });
    expect(await listed(at)).toEqual(['pay.example.com shown']);
  });

  test('one that it did not answer: codes are good by either, until it takes one', async () => {
    const { at, url, code, set } = await showing();
    const shown = url();
    for (let i = 0; i < 6; i += 1)
      expect((await set({ ...other, timeout_s: 1 }, () => 'nothing')).status).toBe('timed_out');
    expect(await verify(shown)).toMatchObject({ valid: true });
    const unanswered = `https://other.example.com/${at.identity}/1/${code()}?v=v1`;
    expect(await verify(unanswered)).toMatchObject({ valid: true, charge_point_id: at.id });
    // those whose answer is missing are not kept for ever
    expect(await listed(at)).toEqual(['pay.example.com shown', ...Array(4).fill('other.example.com offered')]);
    await set(other);
    expect(await listed(at)).toEqual(['other.example.com shown']);
    expect(await verify(shown)).toMatchObject({ valid: false });
    expect((await verify(`https://other.example.com/${at.identity}/1/${code()}?v=v1`)).valid).toBe(true);
  });

  test.each([
    ['the secret', ['SharedSecret']],
    ['all but the secret', ['URLTemplate', 'Length', 'ValidityTime', 'TOTPVersion', 'Enabled']],
  ])('one of which it took only %s leaves its codes good', async (_what, taken) => {
    const { at, given, code, set } = await showing();
    await set(other, (name) => (taken.includes(name) ? 'Accepted' : 'Rejected'));
    const template = given.get('URLTemplate') ?? '';
    const host = new URL(template.replaceAll(/[{}]/g, '')).host;
    expect(await verify(`https://${host}/${at.identity}/1/${code()}?v=v1`)).toMatchObject({ valid: true });
  });

  test('one that it takes with its next reboot leaves what it shows until then good', async () => {
    const { at, url, set } = await showing();
    const shown = url();
    expect((await set(other, () => 'RebootRequired')).status).toBe('accepted');
    expect(await verify(shown)).toMatchObject({ valid: true });
    expect(await listed(at)).toEqual(['pay.example.com shown', 'other.example.com offered']);
  });
});

test('a change that is refused leaves the codes that the station shows good, however often it is tried', async () => {
  const { at, url } = await showing();
  const shown = url();
  const before = (await app.api('GET', `/charge-points/${at.id}/web-payments`)).body;
  await at.close();
  await until('it is offline', async () =>
    (await app.api<{ connected: boolean }>('GET', `/charge-points/${at.id}`)).body.connected ? undefined : true,
  );
  for (const validity_s of [60, 120, 60]) {
    const refused = await app.api('PUT', `/charge-points/${at.id}/web-payments`, { url_template, validity_s });
    expect([refused.status, refused.body]).toMatchObject([409, { error: { code: 'charge_point_offline' } }]);
  }
  expect((await app.api('GET', `/charge-points/${at.id}/web-payments`)).body).toEqual(before);
  expect(await verify(shown)).toMatchObject({ valid: true });
});

type Begun = { readonly id: string; readonly token: string; readonly status: string; readonly command: CommandAnswer };
const payments = async (pspRef: string) =>
  (await app.api<{ data: object[] }>('GET', `/payments?psp_ref=${pspRef}`)).body.data;

async function event(
  at: ScriptedStation,
  seqNo: number,
  kind: string,
  trigger: string,
  info: object,
  more: object = {},
) {
  return at.tell('TransactionEvent', {
    ...{ eventType: kind, triggerReason: trigger, seqNo, timestamp: new Date().toISOString() },
    ...{ transactionInfo: info, ...more },
  });
}

describe('payments', () => {
  const pays = (pspRef: string, more: object = {}) => ({ psp_ref: pspRef, evse_id: 1, max_cost: '50.00', ...more });

  test('TC_C_125_CSMS one that a terminal of its own has authorized starts a session, which may cost that much', async () => {
    const at = await station({ protocol });
    const terms = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'energy', price: '0.50' }] };
    const tariff = await app.api<{ id: string }>('POST', '/tariffs', { name: 'Half a euro', terms });
    const target = { target: 'charge_point', target_id: at.id };
    await app.api('POST', '/tariff-assignments', { ...target, tariff_id: tariff.body.id });
    const begun = await ask<Begun>(
      at,
      'payments?wait=true',
      pays('psp-terminal-1', { card_last4: '1234', via: 'terminal' }),
    );
    expect(begun).toMatchObject({ status: 'waiting', token: 'psp-terminal-1', command: { status: 'accepted' } });
    const [start] = at.asked('RequestStartTransaction');
    const idToken = {
      ...{ idToken: 'psp-terminal-1', type: 'DirectPayment' },
      additionalInfo: [{ additionalIdToken: '1234', type: 'CardLast4Digits' }],
    };
    expect(start).toEqual({ evseId: 1, remoteStartId: expect.any(Number), idToken });
    const info = { transactionId: 'paid-1', remoteStartId: start?.['remoteStartId'], chargingState: 'Charging' };
    const register = (value: number, context: string) => ({
      meterValue: [{ timestamp: new Date().toISOString(), sampledValue: [{ value, context }] }],
    });
    const first = { evse: { id: 1, connectorId: 1 }, idToken, ...register(10_000, 'Transaction.Begin') };
    expect(await event(at, 0, 'Started', 'RemoteStart', info, first)).toEqual({
      ...{ idTokenInfo: { status: 'Accepted' }, totalCost: 0, transactionLimit: { maxCost: 50 } },
    });
    expect(await payments('psp-terminal-1')).toMatchObject([{ status: 'charging', via: 'terminal' }]);
    // It is spent: another session begins not by it, and what tells more of this one does.
    const again = { ...info, transactionId: 'paid-again' };
    expect(
      await event(at, 0, 'Started', 'Authorized', again, { ...first, evse: { id: 2, connectorId: 1 } }),
    ).toMatchObject({
      idTokenInfo: { status: 'ConcurrentTx' },
    });
    const ends = { transactionId: 'paid-1', stoppedReason: 'Local' };
    const last = { idToken, ...register(15_000, 'Transaction.End') };
    expect(await event(at, 1, 'Ended', 'StopAuthorized', ends, last)).toMatchObject({
      ...{ idTokenInfo: { status: 'Accepted' }, totalCost: 2.5 },
    });
    expect(await payments('psp-terminal-1')).toMatchObject([{ status: 'ended' }]);
    expect(await app.db.prisma.unknownToken.count()).toBe(0);
  });

  test('TC_C_126_CSMS where the station computes the cost, its own is what counts, and ours is not told', async () => {
    const at = await station({ protocol });
    const { token } = await ask<Begun>(at, 'payments?wait=true', pays('psp-terminal-2', { card_last4: '4321' }));
    const remoteStartId = at.asked('RequestStartTransaction')[0]?.['remoteStartId'];
    const idToken = { idToken: token, type: 'DirectPayment' };
    const info = { transactionId: 'paid-local', remoteStartId, chargingState: 'Charging' };
    const first = { evse: { id: 1, connectorId: 1 }, idToken };
    expect(await event(at, 0, 'Started', 'RemoteStart', info, first)).toMatchObject({
      transactionLimit: { maxCost: 50 },
    });
    const costDetails = {
      totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', total: { exclTax: 10, inclTax: 11.9 } },
      totalUsage: { energy: 20, chargingTime: 1800, idleTime: 0 },
    };
    const ends = { transactionId: 'paid-local', stoppedReason: 'Local', transactionLimit: { maxCost: 50 } };
    const ended = await event(at, 1, 'Ended', 'StopAuthorized', ends, { idToken, costDetails });
    expect(ended).toEqual({ idTokenInfo: { status: 'Accepted' } });
    const { body } = await app.api<{ data: { id: string }[] }>('GET', `/sessions?charge_point_id=${at.id}`);
    expect((await app.api('GET', `/sessions/${body.data[0]?.id}/station-cost`)).body).toMatchObject({
      ...{ currency: 'EUR', total: { incl_tax: '11.9' }, is_final: true },
    });
  });

  test('each reference pays once, and what could not be asked for did not pay', async () => {
    const at = await station({ protocol });
    await ask<Begun>(at, 'payments', pays('psp-once-1'));
    expect((await app.api('POST', `/charge-points/${at.id}/payments`, pays('psp-once-1'))).status).toBe(409);
    await at.close();
    await until('it is offline', async () =>
      (await app.api<{ connected: boolean }>('GET', `/charge-points/${at.id}`)).body.connected ? undefined : true,
    );
    expect((await app.api('POST', `/charge-points/${at.id}/payments`, pays('psp-once-2'))).status).toBe(409);
    expect(await payments('psp-once-2')).toEqual([]);
  });

  test('a start in time of which the station tells when it is back, after the time, is paid for', async () => {
    const at = await station({ protocol: 'ocpp2.0.1' });
    const { token } = await ask<Begun>(at, 'payments?wait=true', pays('psp-told-late'));
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
    await app.db.prisma.command.updateMany({
      where: { chargePointId: at.id },
      data: { createdAt: ago(1200), sentAt: ago(1200) },
    });
    const { count } = await app.db.prisma.directPayment.updateMany({
      where: { chargePointId: at.id },
      data: { validUntil: ago(600) },
    });
    expect(count).toBe(1);
    const idToken = { idToken: token, type: 'Central' };
    const more = { evse: { id: 1, connectorId: 1 }, idToken, offline: true };
    const late = { ...more, timestamp: ago(500).toISOString() };
    const inTime = { ...more, timestamp: ago(1100).toISOString() };
    const info = (transactionId: string) => ({ transactionId, chargingState: 'Charging' });
    const said = async (...how: Parameters<typeof event>) => (await event(...how))['idTokenInfo'];
    expect(await said(at, 0, 'Started', 'Authorized', info('paid-late'), late)).toEqual({ status: 'Expired' });
    expect(await said(at, 0, 'Started', 'Authorized', info('paid-in-time'), inTime)).toEqual({ status: 'Accepted' });
    expect(await payments('psp-told-late')).toMatchObject([{ status: 'charging' }]);
  });

  test.each([
    ['days', 'is held to what was paid, and uses it up', 3, 'Accepted', 'charging'],
    ['two months', 'is not paid for: nobody could hold it to that any more', 60, 'Expired', 'expired'],
  ])('a start in time that is told %s later %s', async (_, __, days, said, status) => {
    const { db } = app;
    const at = await station({ protocol: 'ocpp2.0.1' });
    const pspRef = `psp-${days}-days`;
    const { token } = await ask<Begun>(at, 'payments?wait=true', pays(pspRef));
    const chargePointId = at.id;
    const asked = Date.now() - days * 86_400_000;
    // As if all of it had been so long ago.
    const [commandId, createdAt] = [`cmd_${ulid(asked)}`, new Date(asked)];
    await db.prisma.command.updateMany({
      where: { chargePointId },
      data: { id: commandId, createdAt, sentAt: createdAt },
    });
    await db.prisma.sessionLimit.updateMany({ where: { chargePointId }, data: { commandId, createdAt } });
    const validUntil = new Date(asked + 600_000);
    await db.prisma.directPayment.updateMany({ where: { chargePointId }, data: { commandId, createdAt, validUntil } });
    await forgetUnusedLimits(db, new Date());
    const timestamp = new Date(asked + 120_000).toISOString();
    const idToken = { idToken: token, type: 'Central' };
    const more = { evse: { id: 1, connectorId: 1 }, idToken, offline: true, timestamp };
    const info = { transactionId: `paid-${days}-days`, chargingState: 'Charging' };
    const answer = await event(at, 0, 'Started', 'Authorized', info, more);
    expect(answer).toMatchObject({ idTokenInfo: { status: said } });
    expect(await payments(pspRef)).toMatchObject([{ status }]);
    type Limited = { data: { limit: { max_cost: string } | null }[] };
    const { body } = await app.api<Limited>('GET', `/sessions?charge_point_id=${at.id}`);
    expect(body.data[0]?.limit?.max_cost).toBe(said === 'Accepted' ? '50.00' : undefined);
  });

  test('a session that begins hours after it was paid for, in time, is held to it and uses it up', async () => {
    const { db } = app;
    const at = await station({ protocol: 'ocpp2.0.1' });
    const { token } = await ask<Begun>(at, 'payments?wait=true', pays('psp-hours', { starts_within_s: 86_400 }));
    const chargePointId = at.id;
    const asked = Date.now() - 5 * 3_600_000;
    // As if it had been asked for so long ago.
    const [commandId, createdAt] = [`cmd_${ulid(asked)}`, new Date(asked)];
    await db.prisma.command.updateMany({
      where: { chargePointId },
      data: { id: commandId, createdAt, sentAt: createdAt },
    });
    await db.prisma.sessionLimit.updateMany({ where: { chargePointId }, data: { commandId, createdAt } });
    await db.prisma.directPayment.updateMany({ where: { chargePointId }, data: { commandId, createdAt } });
    const more = { evse: { id: 1, connectorId: 1 }, idToken: { idToken: token, type: 'Central' } };
    const info = { transactionId: 'paid-hours', chargingState: 'Charging' };
    expect(await event(at, 0, 'Started', 'Authorized', info, more)).toMatchObject({
      idTokenInfo: { status: 'Accepted' },
    });
    expect(await payments('psp-hours')).toMatchObject([{ status: 'charging' }]);
    expect((await app.api('GET', `/sessions?charge_point_id=${at.id}`)).body).toMatchObject({
      data: [{ command_id: commandId, limit: { max_cost: '50.00' } }],
    });
    expect(await event(at, 1, 'Ended', 'EVDeparted', info)).toEqual({});
    const again = { transactionId: 'paid-again', chargingState: 'Charging' };
    expect(await event(at, 0, 'Started', 'Authorized', again, more)).toMatchObject({
      idTokenInfo: { status: 'ConcurrentTx' },
    });
  });

  test('2.0.1 has no word for it, and is given a number of ours', async () => {
    const at = await station({ protocol: 'ocpp2.0.1' });
    const begun = await ask<Begun>(
      at,
      'payments?wait=true',
      pays('psp-reference-that-is-longer-than-thirty-six-characters'),
    );
    expect(begun.token).toMatch(/^PAY[0-9A-Z]{17}$/);
    const idToken = { idToken: begun.token, type: 'Central' };
    expect(at.asked('RequestStartTransaction')).toMatchObject([{ idToken, evseId: 1 }]);
    const info = { transactionId: 'paid-2', chargingState: 'Charging' };
    expect(await event(at, 0, 'Started', 'RemoteStart', info, { evse: { id: 1, connectorId: 1 }, idToken })).toEqual({
      idTokenInfo: { status: 'Accepted' },
    });
  });

  test('C18: what the terminal of the station has authorized may charge, and is nobody unknown', async () => {
    const at = await station({ protocol });
    const idToken = { idToken: 'psp-of-the-terminal', type: 'DirectPayment' };
    expect(await at.tell('Authorize', { idToken })).toEqual({ idTokenInfo: { status: 'Accepted' } });
    const first = { evse: { id: 1, connectorId: 1 }, idToken };
    const info = { transactionId: 'paid-3', chargingState: 'Charging' };
    expect(await event(at, 0, 'Started', 'Authorized', info, first)).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(await app.db.prisma.unknownToken.count()).toBe(0);
    const card = { idToken: { idToken: 'psp-of-the-terminal', type: 'ISO14443' } };
    expect(await at.tell('Authorize', card)).toEqual({ idTokenInfo: { status: 'Unknown' } });
  });
});

describe('prepaid tokens (2.1 C17)', () => {
  const close = (text: unknown): number => Math.abs(Date.parse(String(text)) - Date.now());
  const info = (answer: Record<string, unknown>) => answer['idTokenInfo'] as Record<string, unknown>;
  const card = (uid: string) => ({ idToken: { idToken: uid, type: 'ISO14443' } });
  const first = (uid: string) => ({ evse: { id: 1, connectorId: 1 }, ...card(uid) });

  test('TC_C_103_CSMS one with something left may charge for that much, and is not to be remembered', async () => {
    await app.api('POST', '/tokens', { uid: 'PREPAID', credit: '12.50' });
    const at = await station({ protocol });
    const said = info(await at.tell('Authorize', card('PREPAID')));
    expect(said['status']).toBe('Accepted');
    expect(close(said['cacheExpiryDateTime'])).toBeLessThan(600_000);
    const begun = await event(at, 0, 'Started', 'Authorized', { transactionId: 'prepaid-1' }, first('PREPAID'));
    expect(begun).toMatchObject({ idTokenInfo: { status: 'Accepted' }, transactionLimit: { maxCost: 12.5 } });
    // The same to both, or that of the next five minutes, which have begun between them; over already in any case.
    const [asked, then] = [said, info(begun)].map((each) => Date.parse(String(each['cacheExpiryDateTime'])));
    expect([0, 300_000]).toContain((then ?? 0) - (asked ?? 0));
    expect(then).toBeLessThanOrEqual(Date.now());
    const { body } = await app.api<{ data: object[] }>('GET', `/sessions?charge_point_id=${at.id}`);
    expect(body.data).toMatchObject([{ token: 'PREPAID', limit: { max_cost: '12.50', source: 'credit' } }]);
  });

  test('TC_C_104_CSMS one with nothing left may not', async () => {
    const { body } = await app.api<{ id: string }>('POST', '/tokens', { uid: 'SPENT', credit: '0.00' });
    const at = await station({ protocol });
    const said = info(await at.tell('Authorize', card('SPENT')));
    expect(said['status']).toBe('NoCredit');
    expect(close(said['cacheExpiryDateTime'])).toBeLessThan(600_000);
    const begun = await event(at, 0, 'Started', 'Authorized', { transactionId: 'prepaid-2' }, first('SPENT'));
    expect(begun).toMatchObject({ idTokenInfo: { status: 'NoCredit' } });
    expect(begun).not.toHaveProperty('transactionLimit');
    // Whoever keeps the account says that there is something again.
    expect((await app.api('PATCH', `/tokens/${body.id}`, { credit: '5' })).body).toMatchObject({ credit: '5' });
    expect(info(await at.tell('Authorize', card('SPENT')))['status']).toBe('Accepted');
  });
});
