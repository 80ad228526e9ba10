/** TLS of OCPP 2.x stations, as OCA's tests of a CSMS look at it (block A, security profiles 2 and 3); by their numbers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { startApp } from '../../support/app.ts';
import { authority } from '../../support/pki.ts';
import { type ScriptedCharger, scriptedCharger } from '../../support/scripted-charger.ts';
import { stationV2 } from '../../support/station-v2.ts';
import { until } from '../../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'dynamo-tls-v2-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const root = await authority();
const stranger = await authority('Somebody else');
const own = await root.issue('CN=server', { names: ['127.0.0.1'] });
const app = await startApp({
  tls: {
    port: 0,
    files: {
      certificates: [{ chain: file('server.pem', own.cert), key: file('server.key', own.key) }],
      clientCa: file('ca.pem', root.pem),
    },
    fromDevCa: false,
    rsaKeyExchange: false,
  },
});
await app.db.prisma.organization.updateMany({ data: { name: 'Dynamo' } });
const open: { close(): Promise<void> }[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((each) => each.close()))));
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true });
});

const order = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'NetworkConfigurationPriority' } };
const priority = { setVariableData: [{ ...order, attributeValue: '2,1' }] };
const orderTaken = { ...order, attributeStatus: 'Accepted' };
type Speaks = 'ocpp2.0.1' | 'ocpp2.1';
type Point = { readonly id: string; readonly identity: string; readonly key: string };
const seen = async ({ id }: Point) => (await app.api('GET', `/charge-points/${id}`)).body;

/** Boots over TLS. */
async function boots(point: Point, speaks: Speaks, tls: ConnectionOptions = {}): Promise<ScriptedCharger> {
  const { identity, key } = point;
  const at = { ocppUrl: app.ocppTlsUrl, identity, key, speaks, tls: { ca: root.pem, ...tls } };
  const charger = await scriptedCharger(at, () => ({ status: 'Accepted' }));
  open.push(charger);
  return charger;
}
/** What ends a connection that is not let in: the status of the upgrade, or the fault of the handshake. */
function turnedAway({ identity, key }: Point, speaks: Speaks, tls: ConnectionOptions): Promise<string> {
  const socket = new WebSocket(`${app.ocppTlsUrl}/${identity}`, [speaks], { auth: `${identity}:${key}`, ...tls });
  return new Promise((resolve) => {
    socket.on('unexpected-response', (request, response) => {
      resolve(String(response.statusCode));
      request.destroy();
    });
    socket.on('error', (cause: Error & { code?: string }) => resolve(`${cause.code ?? ''} ${cause.message}`));
    socket.on('open', () => {
      resolve('open');
      socket.terminate();
    });
  });
}

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (speaks) => {
  test("TC_A_04_CSMS a station that trusts the server's authority boots over TLS; another ends the handshake", async () => {
    const point = await app.chargePoint({ security_profile: 2 });
    expect(await turnedAway(point, speaks, { ca: stranger.pem })).toMatch(/SELF_SIGNED|UNABLE_TO|self-signed/);
    await boots(point, speaks);
    expect(await seen(point)).toMatchObject({ connected: true, protocol: speaks, boot_status: 'accepted' });
  });

  test('TC_A_06_CSMS a version of TLS below 1.2 is turned away', async () => {
    const point = await app.chargePoint({ security_profile: 2 });
    const old: ConnectionOptions = {
      ca: root.pem,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    };
    expect(await turnedAway(point, speaks, old)).toMatch(/protocol version|ECONNRESET/i);
    expect(await seen(point)).toMatchObject({ connected: false });
  });

  test('TC_A_07_CSMS a station with a certificate of its own boots, without a password', async () => {
    const point = await app.chargePoint({ security_profile: 3 });
    const { cert, key } = await root.issue(`CN=${point.identity}, O=Dynamo`);
    await boots({ ...point, key: '' }, speaks, { cert, key });
    expect(await seen(point)).toMatchObject({ connected: true, protocol: speaks, boot_status: 'accepted' });
  });

  test("TC_A_08_CSMS one with somebody else's, another authority's, or none is turned away", async () => {
    const point = await app.chargePoint({ security_profile: 3 });
    const wrong = [
      await root.issue('CN=CP-ELSE, O=Dynamo'),
      await stranger.issue(`CN=${point.identity}, O=Dynamo`),
      undefined,
    ];
    for (const each of wrong) {
      const mine = each === undefined ? {} : { cert: each.cert, key: each.key };
      expect(await turnedAway(point, speaks, { ca: root.pem, ...mine })).toBe('401');
    }
    expect(await seen(point)).toMatchObject({ connected: false });
  });

  test('TC_A_19_CSMS the security profile is raised: root, profile, priority, reset; then TLS only', async () => {
    const plain = await stationV2(app, speaks, {
      script: (action) => (action === 'SetVariables' ? { setVariableResult: [orderTaken] } : undefined),
    });
    const { id, identity, key } = plain;
    expect((await plain.ask('certificates', { type: 'central_system_root', certificate: root.pem })).status).toBe(
      'accepted',
    );
    const connectionData = {
      ...(speaks === 'ocpp2.0.1' && { ocppVersion: 'OCPP20' }),
      ocppTransport: 'JSON',
      ocppCsmsUrl: app.ocppTlsUrl,
      messageTimeout: 30,
      securityProfile: 2,
      ocppInterface: 'Wired0',
    };
    expect((await plain.send('SetNetworkProfile', { configurationSlot: 2, connectionData })).status).toBe('accepted');
    const stored = await app.api('GET', `/charge-points/${id}/network-profiles`);
    expect(stored.body).toMatchObject({ data: [{ slot: 2, status: 'stored', profile: connectionData }] });
    const point = { id, identity, key };
    expect(await seen(point)).toMatchObject({ security_profile: 1, next_security_profile: null });
    expect((await plain.send('SetVariables', priority)).status).toBe('accepted');
    expect(await seen(point)).toMatchObject({ connected: true, security_profile: 1, next_security_profile: 2 });
    expect((await plain.ask('reset', { type: 'hard' })).status).toBe('accepted');
    expect(plain.asked.map(({ action }) => action)).toEqual([
      ...['InstallCertificate', 'SetNetworkProfile', 'SetVariables', 'Reset'],
    ]);
    await plain.close();
    await boots(point, speaks);
    expect(await seen(point)).toMatchObject({ connected: true, security_profile: 2, next_security_profile: null });
    const back = new WebSocket(`${app.ocppUrl}/${identity}`, [speaks], { auth: `${identity}:${key}` });
    const status = await new Promise((resolve) => {
      back.on('unexpected-response', (request, response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      back.on('error', () => undefined);
      back.on('open', () => resolve('open'));
    });
    expect(status).toBe(401);
  });

  test('an order of network profiles whose answer is lost raises it too: the station may have taken it', async () => {
    const { id, identity, key } = await app.chargePoint();
    const station = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key, speaks }, (action) =>
      action === 'SetVariables' ? undefined : { status: 'Accepted' },
    );
    const send = (action: string, payload: object, query = '') =>
      app.api('POST', `/charge-points/${id}/commands${query}`, { action, payload });
    const how = { ocppTransport: 'JSON', ocppCsmsUrl: app.ocppTlsUrl, messageTimeout: 30, ocppInterface: 'Wired0' };
    const connectionData = { ...how, securityProfile: 2, ...(speaks === 'ocpp2.0.1' && { ocppVersion: 'OCPP20' }) };
    await send('SetNetworkProfile', { configurationSlot: 2, connectionData }, '?wait=true');
    await send('SetVariables', priority);
    await until('it is asked', () => station.asked.some(({ action }) => action === 'SetVariables') || undefined);
    await station.close();
    const point = { id, identity, key };
    const raised = { security_profile: 1, next_security_profile: 2 };
    await until(
      'it is expected',
      async () => ((await seen(point)) as typeof raised).next_security_profile ?? undefined,
    );
    expect(await seen(point)).toMatchObject(raised);
    await boots(point, speaks);
    expect(await seen(point)).toMatchObject({ security_profile: 2, next_security_profile: null });
  });
});
