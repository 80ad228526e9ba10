import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { misbehaviours } from '../../src/simulator/index.ts';
import { until } from '../support/until.ts';
import { type Arranged, arranged, booted } from './arrange.ts';
import { eventProofs, v2Proofs } from './event-proofs.ts';
import type { Heard, TinyCsms } from './tiny-csms.ts';

type Setting = Arranged & { readonly id: string };
type Sampled = { timestamp: string; sampledValue: Record<string, string>[] };

const samplesOf = ({ payload }: Heard): Record<string, string>[] =>
  (payload['meterValue'] as Sampled[])[0]?.sampledValue ?? [];
const registerOf = (heard: Heard): Record<string, string> | undefined =>
  samplesOf(heard).find(
    ({ measurand = 'Energy.Active.Import.Register' }) => measurand === 'Energy.Active.Import.Register',
  );
const stampsOf = (heard: readonly Heard[]): string[] => heard.map(({ payload }) => String(payload['timestamp']));

/** A charger with this fault and no other, booted. */
const faulty = ({ csms, charger, id }: Setting, options = {}) => booted(charger({ misbehave: [id], ...options }), csms);
/** One whole visit with readings. */
async function visit(setting: Setting, options = {}): Promise<void> {
  const one = await faulty(setting, { speed: 1500, ...options });
  await one.charge({ token: 'Tag-1', seconds: 200 });
}
const seen = (csms: TinyCsms, action: string): Heard[] => csms.of(action);

const proofs: Record<string, (setting: Setting) => Promise<void>> = {
  // ---- transport
  async T1(setting) {
    await faulty(setting);
    await until('two sockets', () => setting.csms.open() === 2);
  },
  async T2(setting) {
    await faulty(setting, { speed: 2000 });
    await until('two sockets', () => setting.csms.upgrades.length === 2 && setting.csms.open() === 2);
    await until('the old one closed', () => setting.csms.open() === 1);
  },
  async T3(setting) {
    await faulty(setting, { speed: 600 });
    await until('a fourth connection', () => setting.csms.upgrades.length >= 4);
  },
  async T4(setting) {
    await faulty(setting, { speed: 600 });
    expect(await setting.csms.ping()).toBe(false);
    await setting.csms.count('Heartbeat', 2);
  },
  async T5(setting) {
    const one = await faulty(setting);
    const asked = one.next('asked');
    setting.csms.send('[2,"q","ClearCache",{}]');
    expect(await asked).toMatchObject({ action: 'ClearCache', answered: 'never' });
    expect(setting.csms.answers).toEqual([]);
  },
  async T6(setting) {
    await faulty(setting);
    expect(setting.csms.upgrades[0]?.headers).not.toHaveProperty('sec-websocket-protocol');
  },
  async T7(setting) {
    await faulty(setting);
    expect(setting.csms.upgrades[0]?.headers['sec-websocket-protocol']).toBe('ocpp1.6j,OCPP1.6 ,  ocpp1.6, ocpp1.6');
  },
  async T8(setting) {
    await faulty(setting);
    expect(setting.csms.upgrades[0]?.headers['sec-websocket-protocol']).toBe('ocpp2.0.1');
    expect(seen(setting.csms, 'BootNotification')[0]?.payload).toHaveProperty('chargePointVendor');
  },
  async T9(setting) {
    const one = setting.charger({ misbehave: [setting.id] });
    const breaks = one.next('disconnected');
    await booted(one, setting.csms);
    // `ws` on the other side sees a reserved bit and closes with 1002
    expect(await breaks).toMatchObject({ code: 1002 });
  },
  async T11(setting) {
    const key = '00ff10a3c4d5e6f70819203142536475869708a9';
    await faulty(setting, { password: key });
    const [, credentials = ''] = setting.csms.upgrades[0]?.headers.authorization?.split(' ') ?? [];
    expect(Buffer.from(credentials, 'base64').toString('hex')).toBe(Buffer.from('SIM-1:').toString('hex') + key);
  },
  async T12(setting) {
    const { csms, charger, id } = setting;
    csms.refuseWith(401, 'WWW-Authenticate: Basic realm="x"\r\n', ({ headers }) => headers.authorization === undefined);
    const one = charger({ misbehave: [id], reconnect: { minMs: 60_000, maxMs: 60_000 } });
    one.start();
    await one.whenBooted();
    expect(csms.upgrades.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      expect.stringMatching(/^Basic /),
    ]);
  },
  async T13(setting) {
    await faulty(setting);
    await until('two empty frames', () => setting.csms.texts.filter((text) => text === '').length >= 2);
  },
  async T15({ csms, charger, id }) {
    csms.refuseWith(503);
    charger({ misbehave: [id], reconnect: { minMs: 60_000, maxMs: 60_000 } }).start();
    await until('many knocks', () => csms.upgrades.length > 10);
  },
  async T16(setting) {
    await faulty(setting);
    await until('a malformed knock', () => setting.csms.upgrades.some(({ url }) => url === '/ocpp/%'));
  },
  async T17(setting) {
    await faulty(setting);
    expect(setting.csms.upgrades[0]?.url).toBe('/ocpp/%53%49%4d%2d%31/');
  },
  // ---- framing
  async R1(setting) {
    await faulty(setting);
    setting.csms.send('[2,"q","ClearCache",{}]');
    const text = await until('half an answer', () => setting.csms.texts.find((each) => each.startsWith('[3')));
    expect(() => JSON.parse(text)).toThrow();
  },
  async R2(setting) {
    await faulty(setting);
    expect(await setting.csms.call('ClearCache', {})).toEqual([4, expect.any(String), 'NotSupported', '']);
  },
  async R3(setting) {
    await visit(setting);
    const [first, again] = seen(setting.csms, 'StartTransaction');
    expect(again?.text).toBe(first?.text);
    expect(seen(setting.csms, 'BootNotification')[0]?.id).toBe('1');
  },
  async R4(setting) {
    const one = await faulty(setting, { speed: 200 });
    const before = one.now().getTime();
    await setting.csms.call('ClearCache', {});
    expect(one.now().getTime() - before).toBeGreaterThanOrEqual(40_000);
  },
  async R5(setting) {
    const one = await faulty(setting);
    setting.csms.reply('Authorize', () => undefined);
    void one.authorize('A');
    void one.authorize('B');
    await setting.csms.count('Authorize', 2);
  },
  async R6(setting) {
    const one = await faulty(setting);
    one.plug(1);
    setting.csms.send('[2,"r","RemoteStartTransaction",{"idTag":"T","connectorId":1}]');
    await setting.csms.count('StartTransaction', 1);
    expect(setting.csms.answers).toEqual([]);
    await until('its answer', () => setting.csms.answers.length === 1);
  },
  async R7(setting) {
    await visit(setting);
    const start = seen(setting.csms, 'StartTransaction')[0];
    expect(start).toMatchObject({
      id: expect.any(Number),
      payload: { connectorId: '1', meterStart: '0', vendorErrorLevel: 'low', x: null },
    });
    await setting.csms.call('TriggerMessage', { requestedMessage: 'Heartbeat' });
    await setting.csms.count('Heartbeat', 1);
    expect(seen(setting.csms, 'Heartbeat')[0]?.text).toMatch(/,"Heartbeat",null\]$/);
  },
  async R8(setting) {
    await visit(setting);
    expect(seen(setting.csms, 'StartTransaction')[0]?.payload['idTag']).toBe('Tag-10000000000000000'.padEnd(21, '0'));
    const units = seen(setting.csms, 'MeterValues').flatMap((heard) => samplesOf(heard).map(({ unit }) => unit));
    expect(units).toEqual(expect.arrayContaining(['Celcius', 'Hertz']));
  },
  async R9(setting) {
    setting.csms.reply('StartTransaction', () => ({ error: 'InternalError' }));
    const one = await faulty(setting, { speed: 600 });
    one.plug(1);
    one.present(1, 'T');
    await setting.csms.count('StartTransaction', 6);
  },
  async R10(setting) {
    await faulty(setting);
    setting.csms.send('[2,"q","ClearCache",{}]');
    await until('an answer', () => setting.csms.answers.length > 0);
    expect(setting.csms.answers).toEqual([[3, 'nobody asked this', { status: 'Accepted' }]]);
  },
  // ---- boot and status
  async B2({ csms, charger, id }) {
    csms.reply('BootNotification', ({ connection }) =>
      connection === 1 ? undefined : { status: 'Accepted', currentTime: new Date().toISOString(), interval: 900 },
    );
    const one = charger({ misbehave: [id] });
    one.start();
    await csms.count('BootNotification', 1);
    csms.send('[2,"early","GetConfiguration",{}]');
    await one.whenBooted();
    expect(csms.of('BootNotification').map(({ connection }) => connection)).toEqual([1, 2]);
    expect(csms.answers).toEqual([]);
  },
  async B3(setting) {
    await faulty(setting);
    await setting.csms.call('TriggerMessage', { requestedMessage: 'BootNotification' });
    await setting.csms.count('BootNotification', 2);
    expect(seen(setting.csms, 'BootNotification')[1]?.connection).toBe(2);
  },
  async B4(setting) {
    await faulty(setting, { speed: 600 });
    await setting.csms.count('BootNotification', 4);
  },
  async B5(setting) {
    const { csms, charger, id } = setting;
    const one = charger({ misbehave: [id] });
    one.start();
    await one.whenBooted();
    one.plug(1);
    await csms.count('StatusNotification', 1);
    expect(csms.of('StatusNotification')[0]?.payload['status']).toBe('Preparing');
  },
  async B6(setting) {
    await visit(setting);
    const stamps = stampsOf(
      seen(setting.csms, 'StatusNotification').filter(({ payload }) => payload['connectorId'] === 1),
    );
    expect(stamps).not.toEqual([...stamps].sort());
  },
  async B7(setting) {
    await faulty(setting);
    await setting.csms.count('StatusNotification', 4);
    const station = seen(setting.csms, 'StatusNotification').filter(({ payload }) => payload['connectorId'] === 0);
    expect(station.map(({ payload }) => payload['status'])).toEqual(['Available', 'Faulted', 'Available']);
  },
  async B8(setting) {
    await faulty(setting);
    await setting.csms.count('StatusNotification', 4);
    expect(
      seen(setting.csms, 'StatusNotification')
        .map(({ payload }) => payload['errorCode'])
        .slice(1),
    ).toEqual(['NoError', 'GroundFailure', 'NoError']);
  },
  async B13(setting) {
    await faulty(setting);
    await setting.csms.count('StatusNotification', 22);
    const told = seen(setting.csms, 'StatusNotification').map(({ payload }) => payload['status']);
    expect(told.slice(2, 6)).toEqual(['Faulted', 'Available', 'Faulted', 'Available']);
  },
  async B9(setting) {
    const one = await faulty(setting);
    one.plug(1);
    await setting.csms.count('StatusNotification', 5);
    expect(
      seen(setting.csms, 'StatusNotification')
        .slice(2)
        .map(({ payload }) => payload['status']),
    ).toEqual(['Finishing', 'SuspendedEVSE', 'Preparing']);
  },
  async B10(setting) {
    await faulty(setting);
    expect(await setting.csms.call('ChangeConfiguration', { key: 'HeartbeatInterval', value: '60' })).toMatchObject([
      3,
      expect.any(String),
      { status: 'RebootRequired' },
    ]);
  },
  async B11(setting) {
    await faulty(setting, { connectors: 2 });
    expect(stampsOf(seen(setting.csms, 'StatusNotification'))).toEqual([
      expect.stringMatching(/^1970-01-01T/),
      expect.stringMatching(/\d\.\d{3}$/),
      '',
    ]);
  },
  async B12(setting) {
    await faulty(setting);
    await setting.csms.count('StopTransaction', 20);
    const starts = stampsOf(seen(setting.csms, 'StartTransaction'));
    expect(starts).toEqual([...starts].sort());
    expect(Date.now() - new Date(starts[0] ?? '').getTime()).toBeGreaterThan(39 * 3600_000);
  },
  // ---- transactions
  async X1(setting) {
    const one = await faulty(setting, { speed: 600 });
    await one.charge({ token: 'A', seconds: 20 });
    await one.charge({ token: 'B', seconds: 20 });
    const starts = seen(setting.csms, 'StartTransaction');
    expect(starts.map(({ payload }) => payload['idTag'])).toEqual(['A', 'A', 'B', 'B']);
    expect(starts[1]?.id).toBe(starts[0]?.id);
    expect(starts[3]?.id).not.toBe(starts[2]?.id);
    expect(starts[3]?.payload).toEqual(starts[2]?.payload);
  },
  async X2(setting) {
    await visit(setting);
    const [first, again] = await setting.csms.count('StopTransaction', 2);
    expect(again?.payload).toEqual(first?.payload);
    expect(again?.id).not.toBe(first?.id);
  },
  async X3(setting) {
    const one = await faulty(setting, { speed: 600 });
    for (const token of ['A', 'B', 'C', 'D']) await one.charge({ token, seconds: 10 });
    expect(seen(setting.csms, 'StopTransaction').map(({ payload }) => payload['transactionId'])).toEqual([
      -1,
      0,
      2_100_000_000,
      2 ** 63,
    ]);
  },
  async X5(setting) {
    await visit(setting);
    expect(seen(setting.csms, 'StartTransaction')).toEqual([]);
    expect(seen(setting.csms, 'StopTransaction')[0]?.payload['transactionId']).toBe(424_201);
  },
  async X6(setting) {
    await visit(setting);
    const [ghost, real] = seen(setting.csms, 'StartTransaction');
    expect(ghost?.payload['connectorId']).toBe(real?.payload['connectorId']);
    expect(ghost?.payload['timestamp']).not.toBe(real?.payload['timestamp']);
    expect(seen(setting.csms, 'StopTransaction').map(({ payload }) => payload['transactionId'])).toEqual([102]);
  },
  async X7(setting) {
    await visit(setting);
    await until('Available', () => setting.csms.heard.at(-1)?.payload['status'] === 'Available');
    expect(seen(setting.csms, 'StopTransaction')).toEqual([]);
  },
  async X8(setting) {
    setting.csms.reply('StartTransaction', () => ({ transactionId: 5, idTagInfo: { status: 'Invalid' } }));
    await visit(setting);
    expect(seen(setting.csms, 'Authorize')).toEqual([]);
    expect(seen(setting.csms, 'StartTransaction')[0]?.payload['idTag']).toBe('NOBODY-KNOWS-ME');
    expect(seen(setting.csms, 'StopTransaction')[0]?.payload).toMatchObject({
      transactionId: 5,
      reason: 'DeAuthorized',
    });
  },
  async X9(setting) {
    const one = await faulty(setting, { speed: 600 });
    for (const token of ['A', 'B', 'C', 'D']) await one.charge({ token, seconds: 120 });
    const starts = seen(setting.csms, 'StartTransaction').map(({ payload }) => Number(payload['meterStart']));
    const stops = seen(setting.csms, 'StopTransaction').map(({ payload }) => Number(payload['meterStop']));
    expect(stops[0]).toBe((starts[0] ?? 0) - 100);
    expect(stops[1]).toBe(-1);
    expect(Number.isInteger(stops[2])).toBe(false);
    expect(stops[3]).toBeLessThan(starts[3] ?? 0);
    const [began, over] = (seen(setting.csms, 'StopTransaction')[3]?.payload['transactionData'] ?? []) as Sampled[];
    expect(Number(began?.sampledValue[0]?.['value'])).toBe(starts[3]);
    expect(Number(over?.sampledValue[0]?.['value'])).toBe(stops[3]);
    expect(Number(registerOf(seen(setting.csms, 'MeterValues').at(-1) as Heard)?.['value'])).toBeLessThan(
      starts[3] ?? 0,
    );
  },
  async X11(setting) {
    const one = await faulty(setting, { speed: 600 });
    expect(await setting.csms.call('RemoteStartTransaction', { idTag: 'T' })).toMatchObject([
      3,
      expect.any(String),
      { status: 'Accepted' },
    ]);
    await new Promise<void>((resolve) => void one.after(60_000, resolve));
    expect(seen(setting.csms, 'StartTransaction')).toEqual([]);
  },
  async X13(setting) {
    await visit(setting);
    expect(seen(setting.csms, 'Authorize')[0]?.payload['idTag']).toBe(' tAg-1  ');
    expect(seen(setting.csms, 'StopTransaction')[0]?.payload['idTag']).toBe(' tAg-1  ');
  },
  // ---- meter values
  async M1(setting) {
    await visit(setting);
    expect(seen(setting.csms, 'MeterValues').length).toBeGreaterThan(1);
    for (const { payload } of seen(setting.csms, 'MeterValues')) expect(payload).not.toHaveProperty('transactionId');
    expect(seen(setting.csms, 'StopTransaction')[0]?.payload['transactionId']).toBe(101);
  },
  async M2(setting) {
    await visit(setting);
    const [bare, mislabelled, kilo] = seen(setting.csms, 'MeterValues').map((heard) => samplesOf(heard)[0] ?? {});
    expect(Object.keys(bare ?? {})).toEqual(['value']);
    expect(mislabelled).toMatchObject({ unit: 'Wh', value: expect.stringMatching(/^0\.\d+$/) });
    expect(kilo).toMatchObject({ unit: 'kWh', value: expect.stringMatching(/^\d\.\d+$/) });
  },
  async M4(setting) {
    await visit(setting);
    expect(
      seen(setting.csms, 'MeterValues')
        .slice(0, 2)
        .map((heard) => samplesOf(heard).length > 0),
    ).toEqual([true, false]);
  },
  async M5(setting) {
    const one = await faulty(setting, { speed: 600, settings: { MeterValueSampleInterval: '30' } });
    const over = one.charge({ token: 'T', seconds: 600 });
    const [first, again] = await setting.csms.count('MeterValues', 6);
    expect(again?.payload).toEqual(first?.payload);
    one.dropLine(1);
    await one.next('connected');
    await over;
    const texts = seen(setting.csms, 'MeterValues').map(({ payload }) => JSON.stringify(payload));
    expect(texts.some((text) => texts.filter((each) => each === text).length > 2)).toBe(true);
  },
  async M6(setting) {
    await visit(setting);
    const energies = seen(setting.csms, 'MeterValues').map((heard) =>
      samplesOf(heard).filter(({ measurand }) => measurand === 'Energy.Active.Import.Register'),
    );
    for (const energy of energies) expect(energy.map(({ phase }) => phase)).toEqual(['L1', 'L2', 'L3']);
  },
  // ---- firmware
  async U1(setting) {
    const image = createServer((_request, response) => response.end('firmware 9.9.9'));
    await new Promise<void>((resolve) => image.listen(0, '127.0.0.1', resolve));
    try {
      await faulty(setting, { speed: 600 });
      const [first] = seen(setting.csms, 'BootNotification');
      const location = `http://127.0.0.1:${(image.address() as AddressInfo).port}/fw-9.9.9.bin`;
      await setting.csms.call('UpdateFirmware', { location, retrieveDate: new Date().toISOString() });
      const told = await setting.csms.count('FirmwareStatusNotification', 4);
      expect(told.at(-1)?.payload['status']).toBe('Installed');
      const boots = seen(setting.csms, 'BootNotification');
      expect(boots).toHaveLength(2);
      expect(boots[1]?.payload['firmwareVersion']).toBe(first?.payload['firmwareVersion']);
    } finally {
      await new Promise((resolve) => image.close(resolve));
    }
  },
  ...eventProofs,
};

test.each(Object.entries(misbehaviours).map(([id, { does }]) => [id, does]))('%s %s', (id) =>
  arranged(async ({ csms, charger }) => {
    const proof = proofs[id];
    if (proof === undefined) throw new Error(`${id} has no proof`);
    await proof({ csms, charger, id });
  }),
);

test.each(Object.entries(v2Proofs))('2.x: %s', (id, proof) =>
  arranged(({ csms, charger }) => proof({ csms, charger, id })),
);

test('a name that is not in the table is refused, with those that are', () =>
  arranged(async ({ charger }) => {
    expect(() => charger({ misbehave: ['Q9'] })).toThrow(/Q9.*T1, .*X1/);
    expect(() => charger({ misbehave: ['toString'] })).toThrow(/toString/);
  }));

test('misbehaviours can be combined', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ speed: 600, misbehave: ['X1', 'X13', 'M1', 'T13'] }), csms);
    await one.charge({ token: 'tag', seconds: 120 });
    expect(csms.of('StartTransaction').map(({ payload }) => payload['idTag'])).toEqual([' tAg  ', ' tAg  ']);
    expect(csms.of('MeterValues')[0]?.payload).not.toHaveProperty('transactionId');
  }));

test('the simulator knows nothing of the server', () => {
  const folder = fileURLToPath(new URL('../../src/simulator/', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const imports = [...readFileSync(join(folder, file), 'utf8').matchAll(/from '(\.[^']+)'/g)].map(
      ([, path]) => path ?? '',
    );
    for (const path of imports) expect(join(folder, dirname(file), path).startsWith(folder)).toBe(true);
  }
});
