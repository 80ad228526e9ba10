/** An independent OCPP client from npm, which refuses whatever breaks the schema, charges at the whole server. */
import { afterAll, expect, test } from '@jest/globals';
import { RPCClient } from 'ocpp-rpc';
import { startApp } from '../support/app.ts';
import { until } from '../support/until.ts';

const app = await startApp();
const { id, identity, key } = await app.chargePoint();
await app.api('POST', '/tokens', { uid: 'CARD-1' });
const options = {
  endpoint: app.ocppUrl,
  identity,
  password: key,
  protocols: ['ocpp1.6'],
  strictMode: true,
  reconnect: false,
};
// its types call every option required; its documentation and code do not
const client = new RPCClient(options as ConstructorParameters<typeof RPCClient>[0]);
const asked: string[] = [];
const handled: [string, Record<string, unknown>][] = [
  ['RemoteStartTransaction', { status: 'Accepted' }],
  ['GetConfiguration', { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }] }],
  ['TriggerMessage', { status: 'Accepted' }],
];
for (const [action, result] of handled) {
  client.handle(action, async () => {
    asked.push(action);
    return result;
  });
}
afterAll(async () => {
  await client.close({ force: true });
  await app.stop();
});

const at = (): string => new Date().toISOString();
const call = (action: string, payload: object): Promise<Record<string, unknown>> =>
  client.call(action, payload) as Promise<Record<string, unknown>>;

test('it connects with Basic authentication and its whole session is answered in the shape of the schemas', async () => {
  await client.connect();
  const boot = await call('BootNotification', { chargePointVendor: 'Somebody', chargePointModel: 'Else' });
  expect(boot).toMatchObject({ status: 'Accepted', interval: 300 });
  for (const connectorId of [0, 1]) {
    await call('StatusNotification', { connectorId, errorCode: 'NoError', status: 'Available', timestamp: at() });
  }
  expect(Date.parse(String((await call('Heartbeat', {}))['currentTime']))).toBeGreaterThan(Date.now() - 5000);
  expect(await call('Authorize', { idTag: 'CARD-1' })).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  expect(await call('Authorize', { idTag: 'NOBODY' })).toMatchObject({ idTagInfo: { status: 'Invalid' } });

  const started = await call('StartTransaction', { connectorId: 1, idTag: 'CARD-1', meterStart: 100, timestamp: at() });
  expect(started).toMatchObject({ transactionId: expect.any(Number), idTagInfo: { status: 'Accepted' } });
  const { transactionId } = started;
  await call('MeterValues', {
    connectorId: 1,
    transactionId,
    meterValue: [
      { timestamp: at(), sampledValue: [{ value: '650', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }] },
    ],
  });
  await call('StopTransaction', { transactionId, idTag: 'CARD-1', meterStop: 1100, timestamp: at(), reason: 'Local' });
  const sessions = await app.api<{ data: object[] }>('GET', `/sessions?charge_point_id=${id}`);
  expect(sessions.body.data).toMatchObject([{ status: 'ended', energy_wh: 1000, transaction_id: transactionId }]);

  expect(await call('DataTransfer', { vendorId: 'org.example' })).toMatchObject({ status: expect.any(String) });
  await call('FirmwareStatusNotification', { status: 'Idle' });
  await call('DiagnosticsStatusNotification', { status: 'Idle' });
});

test('what the server calls is what the schemas allow', async () => {
  const read = await app.api('POST', `/charge-points/${id}/commands?wait=true`, {
    action: 'GetConfiguration',
    payload: {},
  });
  expect(read).toMatchObject({ status: 202, body: { status: 'accepted' } });
  const start = await app.api('POST', `/charge-points/${id}/start`, { token: 'CARD-1', connector_id: 1 });
  expect(start.status).toBe(202);
  await until('the charger was asked', () => asked.includes('RemoteStartTransaction'));
});

test('over OCPP 2.0.1 it charges as well, and every answer is in the shape of the schemas', async () => {
  const station = await app.chargePoint();
  const rpc = new RPCClient({
    ...options,
    identity: station.identity,
    password: station.key,
    protocols: ['ocpp2.0.1'],
  } as ConstructorParameters<typeof RPCClient>[0]);
  const requests: [string, unknown][] = [];
  type Answers = Record<string, (params: Record<string, unknown>) => object>;
  const answers: Answers = {
    RequestStartTransaction: () => ({ status: 'Accepted' }),
    GetBaseReport: () => ({ status: 'NotSupported' }),
    GetVariables: ({ getVariableData }) => ({
      getVariableResult: (getVariableData as object[]).map((each) => ({
        ...each,
        attributeStatus: 'Accepted',
        attributeValue: '300',
      })),
    }),
  };
  for (const [action, answer] of Object.entries(answers)) {
    rpc.handle(action, async ({ params }) => {
      requests.push([action, params]);
      return answer(params as Record<string, unknown>);
    });
  }
  try {
    await rpc.connect();
    const ask = (action: string, payload: object) => rpc.call(action, payload) as Promise<Record<string, unknown>>;
    const chargingStation = { vendorName: 'Somebody', model: 'Else' };
    expect(await ask('BootNotification', { reason: 'PowerUp', chargingStation })).toMatchObject({ status: 'Accepted' });
    await ask('StatusNotification', { timestamp: at(), connectorStatus: 'Available', evseId: 1, connectorId: 1 });
    const idToken = { idToken: 'CARD-1', type: 'ISO14443' };
    expect(await ask('Authorize', { idToken })).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
    const event = (eventType: string, triggerReason: string, seqNo: number, more: object = {}) =>
      ask('TransactionEvent', {
        eventType,
        triggerReason,
        seqNo,
        timestamp: at(),
        transactionInfo: { transactionId: 'T-1', chargingState: 'Charging' },
        evse: { id: 1, connectorId: 1 },
        ...more,
      });
    const read = (value: number) => ({
      meterValue: [
        {
          timestamp: at(),
          sampledValue: [{ value, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'kWh' } }],
        },
      ],
    });
    expect(await event('Started', 'Authorized', 0, { idToken, ...read(5) })).toMatchObject({
      idTokenInfo: { status: 'Accepted' },
    });
    expect(await event('Updated', 'MeterValuePeriodic', 1, read(5.5))).toEqual({});
    await event('Ended', 'StopAuthorized', 2, { idToken, ...read(6) });
    const sessions = await app.api<{ data: object[] }>('GET', `/sessions?charge_point_id=${station.id}`);
    expect(sessions.body.data).toMatchObject([{ status: 'ended', energy_wh: 1000, ocpp_transaction_id: 'T-1' }]);
    const start = await app.api('POST', `/charge-points/${station.id}/start`, { token: 'CARD-1', connector_id: 1 });
    expect(start.status).toBe(202);
    await until('the station was asked', () => requests.some(([action]) => action === 'RequestStartTransaction'));
  } finally {
    await rpc.close({ force: true });
  }
});
