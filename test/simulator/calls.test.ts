import { expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { arranged, booted } from './arrange.ts';

const answered = (status: string) => [3, expect.any(String), { status }];

test('a remote start brings a car, a remote stop ends its session, and an unknown one is rejected', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ connectors: 2 }), csms);
    expect(await csms.call('RemoteStartTransaction', { idTag: 'APP', connectorId: 2 })).toEqual(answered('Accepted'));
    await csms.count('StartTransaction', 1);
    expect(csms.of('StartTransaction')[0]?.payload).toMatchObject({ connectorId: 2, idTag: 'APP' });
    expect(await csms.call('RemoteStartTransaction', { idTag: 'X', connectorId: 2 })).toEqual(answered('Rejected'));

    await until('the transaction id', () => one.connector(2).session?.transactionId);
    expect(await csms.call('RemoteStopTransaction', { transactionId: 5 })).toEqual(answered('Rejected'));
    expect(await csms.call('RemoteStopTransaction', { transactionId: 101 })).toEqual(answered('Accepted'));
    await csms.count('StopTransaction', 1);
    expect(csms.of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: 101, reason: 'Remote' });
  }));

test('a remote start asks about its token first when so configured', () =>
  arranged(async ({ csms, charger }) => {
    await booted(charger({ settings: { AuthorizeRemoteTxRequests: 'true' } }), csms);
    csms.reply('Authorize', ({ payload }) => ({
      idTagInfo: { status: payload['idTag'] === 'GOOD' ? 'Accepted' : 'Invalid' },
    }));
    await csms.call('RemoteStartTransaction', { idTag: 'BAD' });
    await csms.count('Authorize', 1);
    await csms.call('RemoteStartTransaction', { idTag: 'GOOD' });
    await csms.count('StartTransaction', 1);
    expect(csms.of('StartTransaction')[0]?.payload['idTag']).toBe('GOOD');
  }));

test.each([
  ['Soft', 'SoftReset'],
  ['Hard', 'HardReset'],
])('a %s reset ends sessions with %s, goes away, and boots anew', (type, reason) =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger(), csms);
    one.plug(1);
    one.present(1, 'T');
    await one.next('session_started');
    expect(await csms.call('Reset', { type })).toEqual(answered('Accepted'));
    await csms.count('BootNotification', 2);
    await csms.count('StopTransaction', 1);
    const stop = csms.of('StopTransaction')[0];
    expect(stop?.payload['reason']).toBe(reason);
    if (type === 'Soft') expect(stop?.connection).toBe(1);
    expect(csms.of('BootNotification')[1]?.connection).toBe(2);
  }),
);

test('its configuration can be read, written where it is writable, and takes only sane values', () =>
  arranged(async ({ csms, charger }) => {
    await booted(charger({ connectors: 3 }), csms);
    const change = (key: string, value: string) => csms.call('ChangeConfiguration', { key, value });
    expect(await change('HeartbeatInterval', '120')).toEqual(answered('Accepted'));
    expect(await change('HeartbeatInterval', 'soon')).toEqual(answered('Rejected'));
    expect(await change('NumberOfConnectors', '4')).toEqual(answered('Rejected'));
    expect(await change('NoSuchKey', '1')).toEqual(answered('NotSupported'));
    expect(await csms.call('GetConfiguration', { key: ['HeartbeatInterval', 'NumberOfConnectors', 'Nope'] })).toEqual([
      3,
      expect.any(String),
      {
        configurationKey: [
          { key: 'HeartbeatInterval', readonly: false, value: '120' },
          { key: 'NumberOfConnectors', readonly: true, value: '3' },
        ],
        unknownKey: ['Nope'],
      },
    ]);
    const all = (await csms.call('GetConfiguration', {}))[2] as { configurationKey: { key: string; value?: string }[] };
    expect(all.configurationKey.length).toBeGreaterThan(25);
    expect(all.configurationKey.find(({ key }) => key === 'AuthorizationKey')).not.toHaveProperty('value');
  }));

test('a new AuthorizationKey is used from the next connection on', () =>
  arranged(async ({ csms, charger }) => {
    await booted(charger(), csms);
    const key = '0123456789abcdef0123456789abcdef';
    expect(await csms.call('ChangeConfiguration', { key: 'AuthorizationKey', value: key })).toEqual(
      answered('Accepted'),
    );
    await until('a second connection', () => csms.upgrades.length === 2);
    expect(csms.upgrades[1]?.headers.authorization).toBe(`Basic ${Buffer.from(`SIM-1:${key}`).toString('base64')}`);
  }));

test.each([
  ['BootNotification', 2],
  ['Heartbeat', 1],
  ['StatusNotification', 5],
  ['MeterValues', 2],
  ['FirmwareStatusNotification', 1],
  ['DiagnosticsStatusNotification', 1],
])('a triggered %s is sent', (requestedMessage, times) =>
  arranged(async ({ csms, charger }) => {
    await booted(charger({ connectors: 2 }), csms);
    expect(await csms.call('TriggerMessage', { requestedMessage })).toEqual(answered('Accepted'));
    await csms.count(requestedMessage, times);
    expect(await csms.call('TriggerMessage', { requestedMessage, connectorId: 9 })).toEqual(answered('Rejected'));
  }),
);

test('unlocking ends the session on that connector', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger(), csms);
    one.plug(1);
    one.present(1, 'T');
    expect(await csms.call('UnlockConnector', { connectorId: 1 })).toEqual(answered('Unlocked'));
    await csms.count('StopTransaction', 1);
    expect(csms.of('StopTransaction')[0]?.payload['reason']).toBe('UnlockCommand');
    expect(one.connector(1).status).toBe('Available');
    expect(await csms.call('UnlockConnector', { connectorId: 4 })).toEqual(answered('NotSupported'));
  }));

test('availability changes at once, or after the running session', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ connectors: 2 }), csms);
    one.plug(1);
    one.present(1, 'T');
    expect(await csms.call('ChangeAvailability', { connectorId: 2, type: 'Inoperative' })).toEqual(
      answered('Accepted'),
    );
    expect(await csms.call('ChangeAvailability', { connectorId: 1, type: 'Inoperative' })).toEqual(
      answered('Scheduled'),
    );
    expect(one.connector(1).status).toBe('Charging');
    one.stop(1, 'Local');
    await until(
      'both unavailable',
      () => one.connector(1).status === 'Unavailable' && one.connector(2).status === 'Unavailable',
    );
    expect(await csms.call('ChangeAvailability', { connectorId: 0, type: 'Operative' })).toEqual(answered('Accepted'));
    await until('available', () => one.connector(2).status === 'Available');
    expect(await csms.call('ChangeAvailability', { connectorId: 7, type: 'Operative' })).toEqual(answered('Rejected'));
  }));

test('what it cannot do is said so, each in its words', () =>
  arranged(async ({ csms, charger }) => {
    await booted(charger({ settings: { SupportedFeatureProfiles: 'Core' } }), csms);
    const wish = { connectorId: 1, idTag: 'TAG', reservationId: 7, expiryDate: '2999-01-01T00:00:00Z' };
    expect(await csms.call('ReserveNow', wish)).toEqual(answered('Rejected'));
    expect(await csms.call('SendLocalList', { listVersion: 1, updateType: 'Full' })).toEqual(answered('NotSupported'));
    expect(await csms.call('toString', {})).toMatchObject([
      4,
      expect.any(String),
      'NotImplemented',
      expect.any(String),
      {},
    ]);
    expect(await csms.call('Reset', { type: 'Sideways' })).toMatchObject([
      4,
      expect.any(String),
      'PropertyConstraintViolation',
      expect.any(String),
      {},
    ]);
    expect(await csms.call('GetLocalListVersion', {})).toMatchObject([3, expect.any(String), { listVersion: -1 }]);
    expect(await csms.call('DataTransfer', { vendorId: 'x' })).toEqual(answered('UnknownVendorId'));
    expect(await csms.call('ClearCache', {})).toEqual(answered('Accepted'));
  }));

test('one that shows prices and costs shows what it is told, reads its meter where it is asked to, and tells that the car is gone', () =>
  arranged(async ({ csms, charger }) => {
    const settings = {
      ...{ CustomDisplayCostAndPrice: 'true', SupportedLanguages: 'en,de', CustomIdleFeeAfterStop: 'true' },
      MeterValueSampleInterval: '0',
    };
    const one = await booted(charger({ settings }), csms);
    const displayed: unknown[] = [];
    one.on((happening) => {
      if (happening.what === 'displayed') displayed.push(happening.shown);
    });
    const transfer = (messageId: string, data: object | string) =>
      csms.call('DataTransfer', {
        ...{ vendorId: 'org.openchargealliance.costmsg', messageId },
        data: typeof data === 'string' ? data : JSON.stringify(data),
      });
    const extra = [{ format: 'UTF8', language: 'de', content: 'Preis' }];
    const price = { idToken: 'T', priceText: 'Price', priceTextExtra: extra };
    expect(await transfer('SetUserPrice', price)).toEqual(answered('Accepted'));
    await csms.call('ChangeConfiguration', { key: 'Language', value: 'de' });
    expect(await transfer('SetUserPrice', price)).toEqual(answered('Accepted'));
    expect(await transfer('SetUserPrice', { priceText: 'Price' })).toEqual(answered('Rejected'));
    expect(await transfer('RunningCost', '{')).toEqual(answered('Rejected'));
    expect(await transfer('Other', {})).toEqual(answered('UnknownMessageId'));
    expect(await transfer('FinalCost', { transactionId: 101, cost: 1, priceText: 'x' })).toEqual(answered('Rejected'));
    one.plug(1);
    one.present(1, 'T');
    await until('the transaction id', () => one.connector(1).session?.transactionId);
    const running = (triggerMeterValue: object, state = 'Charging') =>
      transfer('RunningCost', { transactionId: 101, cost: 0.5, state, chargingPrice: {}, triggerMeterValue });
    expect(await transfer('RunningCost', { transactionId: 5, cost: 0, state: 'Charging' })).toEqual(
      answered('Rejected'),
    );
    const contexts = () =>
      csms.of('MeterValues').map(({ payload }) => {
        const [first] = payload['meterValue'] as { sampledValue: { context: string }[] }[];
        return first?.sampledValue[0]?.context;
      });
    expect(await running({ atEnergykWh: 0.2 })).toEqual(answered('Accepted'));
    await csms.count('MeterValues', 1);
    expect(one.connector(1).session?.energyWh).toBeGreaterThanOrEqual(200);
    await running({ atTime: new Date(one.now().getTime() + 60_000).toISOString() });
    await csms.count('MeterValues', 2);
    await running({ atPowerkW: 10, atCPStatus: ['SuspendedEV'] });
    one.suspend(1, 'EV');
    await csms.count('MeterValues', 4);
    expect(new Set(contexts())).toEqual(new Set(['Trigger']));
    one.stop(1, 'Local');
    await csms.count('StopTransaction', 1);
    one.unplug(1);
    const [left] = await csms.count('DataTransfer', 1);
    expect(left?.payload).toMatchObject({
      ...{ vendorId: 'org.openchargealliance.costmsg', messageId: 'ConnectorUnplugged' },
      data: expect.stringContaining('"transactionId":101,'),
    });
    const final = { transactionId: 101, cost: 1.25, priceText: 'Total', qrCodeText: 'https://example.com/r' };
    expect(await transfer('FinalCost', final)).toEqual(answered('Accepted'));
    await until('the driver has read it all', () => displayed.length === 6);
    expect(displayed).toEqual([
      { idToken: 'T', text: 'Price' },
      { idToken: 'T', text: 'Preis' },
      ...Array.from({ length: 3 }, () => ({ transactionId: 101, cost: 0.5, state: 'Charging' })),
      { transactionId: 101, cost: 1.25, text: 'Total', link: 'https://example.com/r' },
    ]);
  }));
