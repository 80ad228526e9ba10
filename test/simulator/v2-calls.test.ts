import { describe, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { on, told, VERSIONS } from './v2.ts';

type Payload = Record<string, unknown>;
const APP = { idToken: 'APP-1', type: 'Central' };
const idOf = (event: Payload | undefined): string =>
  String((event?.['transactionInfo'] as Payload | undefined)?.['transactionId']);
const variable = (component: string, name: string, instance?: string) => ({
  component: { name: component },
  variable: { name, ...(instance === undefined ? {} : { instance }) },
});

describe.each(VERSIONS)('asked in %s', (version) => {
  test('to start and to stop, it does', () =>
    on(version, async ({ booted, ask, status, events, csms }) => {
      const one = await booted({ connectors: 2 });
      expect(await ask('RequestStartTransaction', { idToken: APP, remoteStartId: 7, evseId: 2 })).toEqual({
        status: 'Accepted',
      });
      await one.next('session_started');
      expect(events()[0]).toMatchObject({
        eventType: 'Started',
        triggerReason: 'RemoteStart',
        evse: { id: 2, connectorId: 1 },
        idToken: APP,
        transactionInfo: { remoteStartId: 7 },
      });
      expect(await status('RequestStartTransaction', { idToken: APP, remoteStartId: 8, evseId: 2 })).toBe('Rejected');
      expect(await status('RequestStartTransaction', { idToken: APP, remoteStartId: 8, evseId: 9 })).toBe('Rejected');
      const transactionId = idOf(events()[0]);
      expect(await ask('GetTransactionStatus', { transactionId })).toMatchObject({ ongoingIndicator: true });
      expect(await status('UnlockConnector', { evseId: 2, connectorId: 1 })).toBe('OngoingAuthorizedTransaction');
      expect(await status('RequestStopTransaction', { transactionId: 'nobody-knows' })).toBe('Rejected');
      expect(await status('RequestStopTransaction', { transactionId })).toBe('Accepted');
      await until('its end', () => events().at(-1)?.['eventType'] === 'Ended');
      expect(told(csms.of('TransactionEvent')).at(-1)).toBe('Ended RemoteStop EVConnected');
      await until('all is acknowledged', () => one.waiting() === 0);
      expect(await ask('GetTransactionStatus', { transactionId })).toEqual({
        ongoingIndicator: false,
        messagesInQueue: false,
      });
      expect(await ask('GetTransactionStatus')).toEqual({ messagesInQueue: false });
    }));

  test('a start before the cable is told of at once where transactions begin with the token, and can be called off', () =>
    on(version, async ({ booted, ask, status, csms, events }) => {
      const one = await booted({ carOnRemoteStartMs: false, settings: { 'TxCtrlr.TxStartPoint': 'Authorized' } });
      await ask('RequestStartTransaction', { idToken: APP, remoteStartId: 7 });
      await csms.count('TransactionEvent', 1);
      expect(await status('RequestStopTransaction', { transactionId: idOf(events()[0]) })).toBe('Accepted');
      await csms.count('TransactionEvent', 2);
      expect(told(csms.of('TransactionEvent'))).toEqual(['Started RemoteStart Idle', 'Ended RemoteStop Idle']);
      expect(one.connector(1).status).toBe('Available');
    }));

  test('to reset at once, it ends what runs, tells it, goes away and says why it boots', () =>
    on(version, async ({ booted, status, csms, events }) => {
      const one = await booted({ rebootMs: 60_000 });
      one.plug(1);
      one.present(1, 'T');
      await one.next('session_started');
      expect(await status('Reset', { type: 'Immediate' })).toBe('Accepted');
      await csms.count('BootNotification', 2);
      const end = csms.of('TransactionEvent').find(({ payload }) => payload['eventType'] === 'Ended');
      expect(end).toMatchObject({ connection: 1, payload: { triggerReason: 'ResetCommand' } });
      expect(events().at(-1)).toMatchObject({ transactionInfo: { stoppedReason: 'ImmediateReset' } });
      expect(csms.of('BootNotification').map(({ payload }) => payload['reason'])).toEqual(['PowerUp', 'RemoteReset']);
    }));

  test('to reset when it is idle, it waits for the end of the session', () =>
    on(version, async ({ booted, status, csms }) => {
      const one = await booted({ rebootMs: 1000 });
      one.plug(1);
      one.present(1, 'T');
      await one.next('session_started');
      expect(await status('Reset', { type: 'OnIdle' })).toBe('Scheduled');
      expect(csms.of('BootNotification')).toHaveLength(1);
      one.stop(1, 'Local');
      await csms.count('BootNotification', 2);
      expect(csms.of('BootNotification')[1]?.payload['reason']).toBe('ScheduledReset');
    }));

  test('to reset one EVSE, only that one ends and comes back', () =>
    on(version, async ({ booted, status, csms }) => {
      const one = await booted({ connectors: 2, rebootMs: 3000 });
      for (const id of [1, 2]) {
        one.plug(id);
        one.present(id, `T${id}`);
      }
      await csms.count('TransactionEvent', 4);
      expect(await status('Reset', { type: 'Immediate', evseId: 2 })).toBe('Accepted');
      await until('it is back', () => one.connector(2).status === 'Finishing');
      expect(one.connector(1).status).toBe('Charging');
      expect(csms.of('BootNotification')).toHaveLength(1);
      expect(await status('Reset', { type: 'Immediate', evseId: 5 })).toBe('Rejected');
    }));

  test('about availability: of the station, of an EVSE, of one connector, and after the running session', () =>
    on(version, async ({ booted, status, csms }) => {
      const spec = { current: 'DC', phases: 3, maxPowerW: 150_000, registerWh: 0 } as const;
      const one = await booted({ connectors: [{ ...spec, plugs: 2 }, spec] });
      const last = (evseId: number, connectorId: number) =>
        csms
          .of('StatusNotification')
          .findLast(({ payload }) => payload['evseId'] === evseId && payload['connectorId'] === connectorId)?.payload[
          'connectorStatus'
        ];
      expect(
        await status('ChangeAvailability', { evse: { id: 1, connectorId: 2 }, operationalStatus: 'Inoperative' }),
      ).toBe('Accepted');
      await until('told', () => last(1, 2) === 'Unavailable');
      expect(last(1, 1)).toBe('Available');
      one.plug(1, {}, 1);
      one.present(1, 'T');
      expect(await status('ChangeAvailability', { operationalStatus: 'Inoperative' })).toBe('Scheduled');
      await until('told', () => last(2, 1) === 'Unavailable');
      expect(last(1, 1)).toBe('Occupied');
      one.stop(1, 'Local');
      await until('told', () => last(1, 1) === 'Unavailable');
      expect(await status('ChangeAvailability', { operationalStatus: 'Operative' })).toBe('Accepted');
      await until('told', () => last(2, 1) === 'Available');
      expect(await status('ChangeAvailability', { evse: { id: 7 }, operationalStatus: 'Operative' })).toBe('Rejected');
    }));

  test('for its variables, it tells and takes what may be told and taken', () =>
    on(version, async ({ booted, ask }) => {
      await booted();
      const { getVariableResult } = await ask('GetVariables', {
        getVariableData: [
          variable('OCPPCommCtrlr', 'HeartbeatInterval'),
          variable('ocppcommctrlr', 'messageattempts', 'TransactionEvent'),
          variable('SecurityCtrlr', 'BasicAuthPassword'),
          variable('NoCtrlr', 'Nothing'),
          variable('TxCtrlr', 'Nothing'),
          { ...variable('TxCtrlr', 'TxStartPoint'), attributeType: 'Target' },
        ],
      });
      expect(
        (getVariableResult as Payload[]).map(({ attributeStatus, attributeValue }) => [
          attributeStatus,
          attributeValue,
        ]),
      ).toEqual([
        ['Accepted', '86400'],
        ['Accepted', '3'],
        ['Rejected', undefined],
        ['UnknownComponent', undefined],
        ['UnknownVariable', undefined],
        ['NotSupportedAttributeType', undefined],
      ]);
      const { setVariableResult } = await ask('SetVariables', {
        setVariableData: [
          { ...variable('OCPPCommCtrlr', 'HeartbeatInterval'), attributeValue: '120' },
          { ...variable('OCPPCommCtrlr', 'HeartbeatInterval'), attributeValue: 'soon' },
          { ...variable('TxCtrlr', 'TxStartPoint'), attributeValue: 'Authorized,EVConnected' },
          { ...variable('TxCtrlr', 'TxStartPoint'), attributeValue: 'Sunrise' },
          { ...variable('ChargingStation', 'Model'), attributeValue: 'X' },
          { ...variable('AuthCtrlr', 'LocalPreAuthorize'), attributeValue: 'yes' },
        ],
      });
      expect((setVariableResult as Payload[]).map(({ attributeStatus }) => attributeStatus)).toEqual([
        'Accepted',
        'Rejected',
        'Accepted',
        'Rejected',
        'Rejected',
        'Rejected',
      ]);
      const many = Array.from({ length: 33 }, () => variable('TxCtrlr', 'TxStartPoint'));
      expect(await ask('GetVariables', { getVariableData: many })).toEqual({ error: 'OccurrenceConstraintViolation' });
    }));

  test('to use a new password, it comes back with it', () =>
    on(version, async ({ booted, ask, csms }) => {
      await booted();
      const password = '0123456789abcdef0123456789abcdef01234567';
      await ask('SetVariables', {
        setVariableData: [{ ...variable('SecurityCtrlr', 'BasicAuthPassword'), attributeValue: password }],
      });
      await until('a second connection', () => csms.upgrades.length === 2);
      expect(csms.upgrades[1]?.headers.authorization).toBe(
        `Basic ${Buffer.from(`SIM-1:${password}`).toString('base64')}`,
      );
    }));

  test('to send a message, it sends those it can', () =>
    on(version, async ({ booted, status, csms, events }) => {
      const one = await booted({ connectors: 2 });
      const trigger = (requestedMessage: string, evse?: Payload) =>
        status('TriggerMessage', { requestedMessage, ...(evse === undefined ? {} : { evse }) });
      expect(await trigger('BootNotification')).toBe('Rejected');
      expect(await trigger('StatusNotification')).toBe('Rejected');
      expect(await trigger('TransactionEvent')).toBe('Rejected');
      expect(await trigger('StatusNotification', { id: 9, connectorId: 1 })).toBe('Rejected');
      expect(await trigger('Heartbeat')).toBe('Accepted');
      await csms.count('Heartbeat', 1);
      expect(await trigger('StatusNotification', { id: 2, connectorId: 1 })).toBe('Accepted');
      await csms.count('StatusNotification', 3);
      expect(await trigger('MeterValues')).toBe('Accepted');
      await csms.count('MeterValues', 2);
      one.plug(1);
      one.present(1, 'T');
      await one.next('session_started');
      expect(await trigger('TransactionEvent', { id: 1 })).toBe('Accepted');
      await until('told', () => events().some((event) => event['triggerReason'] === 'Trigger'));
    }));

  test('what it does not know, it says so', () =>
    on(version, async ({ booted, csms, status }) => {
      await booted();
      expect(await csms.call('toString', {})).toMatchObject([
        4,
        expect.any(String),
        'NotImplemented',
        expect.any(String),
        {},
      ]);
      expect(await status('DataTransfer', { vendorId: 'x' })).toBe('UnknownVendorId');
      expect(
        await status('DataTransfer', { vendorId: 'org.dynamo.simulator', messageId: 'Echo', data: { a: 1 } }),
      ).toBe('Accepted');
      expect(await status('UnlockConnector', { evseId: 1, connectorId: 4 })).toBe('UnknownConnector');
      expect(await status('UnlockConnector', { evseId: 1, connectorId: 1 })).toBe('Unlocked');
    }));
});

describe.each(VERSIONS)('booting in %s', (version) => {
  test('it offers its version, says why it boots, and tells every connector', () =>
    on(version, async ({ booted, csms }) => {
      await booted({ connectors: 2 });
      expect(csms.upgrades[0]?.headers['sec-websocket-protocol']).toBe(`ocpp${version}`);
      expect(csms.of('BootNotification')[0]?.payload).toMatchObject({
        reason: 'PowerUp',
        chargingStation: { vendorName: 'Dynamo', model: 'Simulated AC', serialNumber: 'SIM-1' },
      });
      expect(
        csms
          .of('StatusNotification')
          .map(({ payload }) => [payload['evseId'], payload['connectorId'], payload['connectorStatus']]),
      ).toEqual([
        [1, 1, 'Available'],
        [2, 1, 'Available'],
      ]);
    }));

  test('while pending it answers, sends what it is asked for, and starts nothing', () =>
    on(version, async ({ station, csms, status }) => {
      csms.reply('BootNotification', () => ({
        status: 'Pending',
        currentTime: new Date().toISOString(),
        interval: 600,
      }));
      const one = station({ speed: 1 });
      one.start();
      await one.next('booted');
      expect(await status('RequestStartTransaction', { idToken: APP, remoteStartId: 1 })).toBe('Rejected');
      expect(
        await status('TriggerMessage', { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 1 } }),
      ).toBe('Accepted');
      await csms.count('StatusNotification', 1);
      csms.reply('BootNotification', () => ({
        status: 'Accepted',
        currentTime: new Date().toISOString(),
        interval: 600,
      }));
      expect(await status('TriggerMessage', { requestedMessage: 'BootNotification' })).toBe('Accepted');
      await one.whenBooted();
      expect(csms.of('BootNotification').map(({ payload }) => payload['reason'])).toEqual(['PowerUp', 'Triggered']);
    }));

  test('after a short absence it tells what changed, after a long one everything', () =>
    on(version, async ({ booted, csms }) => {
      const one = await booted({ connectors: 3, settings: { 'OCPPCommCtrlr.OfflineThreshold': '6' } });
      one.goOffline();
      one.fault(2, 'GroundFailure');
      one.goOnline();
      await csms.count('StatusNotification', 4);
      expect(csms.of('StatusNotification')[3]?.payload).toMatchObject({ evseId: 2, connectorStatus: 'Faulted' });
      one.goOffline();
      await new Promise<void>((resolve) => void one.after(7000, resolve));
      one.goOnline();
      await csms.count('StatusNotification', 7);
    }));
});
