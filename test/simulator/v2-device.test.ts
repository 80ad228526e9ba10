/** Reports, monitors, streams and network profiles of simulated 2.x stations. */
import { describe, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import type { TinyCsms } from './tiny-csms.ts';
import { tinyCsms } from './tiny-csms.ts';
import { on, VERSIONS } from './v2.ts';

type Payload = Record<string, unknown>;
type Reported = { component: Payload; variable: Payload; variableAttribute: Payload[] };
const partsOf = (csms: TinyCsms, action: string, requestId: number): Payload[] =>
  csms.of(action).flatMap(({ payload }) => (payload['requestId'] === requestId ? [payload] : []));
const whole = (csms: TinyCsms, action: string, requestId: number): Promise<Payload[]> =>
  until(`the last part of ${action}`, () => {
    const parts = partsOf(csms, action, requestId);
    return parts.at(-1)?.['tbc'] === undefined && parts.length > 0 ? parts : undefined;
  });
const eventsOf = (csms: TinyCsms): Payload[] =>
  csms.of('NotifyEvent').flatMap(({ payload }) => payload['eventData'] as Payload[]);
const TEMPERATURE = { component: { name: 'TemperatureSensor' }, variable: { name: 'Temperature' } };

describe.each(VERSIONS)('the device model of %s', (version) => {
  test('is reported whole, in numbered parts', () =>
    on(version, async ({ csms, booted, status }) => {
      await booted({ connectors: 2 });
      expect(await status('GetBaseReport', { requestId: 1, reportBase: 'FullInventory' })).toBe('Accepted');
      const parts = await whole(csms, 'NotifyReport', 1);
      expect(parts.map((part) => part['seqNo'])).toEqual(parts.map((_part, index) => index));
      expect(parts.slice(0, -1).every((part) => part['tbc'] === true)).toBe(true);
      const rows = parts.flatMap((part) => part['reportData'] as Reported[]);
      expect(rows.length).toBeGreaterThan(140);
      const names = rows.map(({ component, variable }) => JSON.stringify([component, variable]));
      expect(new Set(names).size).toBe(names.length);
      const password = rows.find(({ variable }) => variable['name'] === 'BasicAuthPassword');
      expect(password?.variableAttribute).toEqual([
        { type: 'Actual', mutability: 'WriteOnly', persistent: true, constant: false },
      ]);
    }));

  test('is reported in part: what can be configured, what was asked for, what is in trouble', () =>
    on(version, async ({ csms, booted, status }) => {
      const one = await booted({ connectors: 2 });
      expect(await status('GetBaseReport', { requestId: 2, reportBase: 'ConfigurationInventory' })).toBe('Accepted');
      const rows = (await whole(csms, 'NotifyReport', 2)).flatMap((part) => part['reportData'] as Reported[]);
      expect(new Set(rows.map(({ variableAttribute }) => variableAttribute[0]?.['mutability']))).toEqual(
        new Set(['ReadWrite', 'WriteOnly']),
      );
      const componentVariable = [{ component: { name: 'EVSE' }, variable: { name: 'AvailabilityState' } }];
      expect(await status('GetReport', { requestId: 3, componentVariable })).toBe('Accepted');
      const evses = (await whole(csms, 'NotifyReport', 3)).flatMap((part) => part['reportData'] as Reported[]);
      expect(evses.map(({ component }) => component)).toEqual([
        { name: 'EVSE', evse: { id: 1 } },
        { name: 'EVSE', evse: { id: 2 } },
      ]);
      expect(await status('GetReport', { requestId: 4, componentCriteria: ['Problem'] })).toBe('EmptyResultSet');
      one.fault(2, 'GroundFailure');
      expect(await status('GetReport', { requestId: 5, componentCriteria: ['Problem'] })).toBe('Accepted');
      const troubled = (await whole(csms, 'NotifyReport', 5)).flatMap((part) => part['reportData'] as Reported[]);
      const places = troubled.map(({ component }) => JSON.stringify(component['evse']));
      expect(new Set(places)).toEqual(new Set(['{"id":2}', '{"id":2,"connectorId":1}']));
    }));

  test('is watched: thresholds fire and clear, differences and periods are told, troubles come by themselves', () =>
    on(version, async ({ csms, booted, ask }) => {
      const one = await booted();
      const { setMonitoringResult } = await ask('SetVariableMonitoring', {
        setMonitoringData: [
          { ...TEMPERATURE, type: 'UpperThreshold', value: 60, severity: 4 },
          { ...TEMPERATURE, type: 'UpperThreshold', value: 70, severity: 4 },
          { ...TEMPERATURE, type: 'LowerThreshold', value: -60, severity: 4 },
          { component: { name: 'TemperatureSensor' }, variable: { name: 'X' }, type: 'Delta', value: 1, severity: 4 },
          { component: { name: 'ChargingStation' }, variable: { name: 'Model' }, type: 'Delta', value: 1, severity: 4 },
          {
            component: { name: 'Modem' },
            variable: { name: 'SignalStrength' },
            type: 'Periodic',
            value: 6,
            severity: 8,
          },
        ],
      });
      expect((setMonitoringResult as Payload[]).map((each) => each['status'])).toEqual([
        'Accepted',
        'Duplicate',
        'Rejected',
        'UnknownVariable',
        'UnsupportedMonitorType',
        'Accepted',
      ]);
      const [upper, , , , , periodic] = (setMonitoringResult as Payload[]).map((each) => each['id']);
      one.v2().show('TemperatureSensor.Temperature', '63');
      await until('an alarm', () => eventsOf(csms).some((event) => event['variableMonitoringId'] === upper));
      one.v2().show('TemperatureSensor.Temperature', '30');
      await until('its end', () => eventsOf(csms).some((event) => event['cleared'] === true));
      expect(eventsOf(csms).filter((event) => event['variableMonitoringId'] === upper)).toMatchObject([
        { trigger: 'Alerting', actualValue: '63', eventNotificationType: 'CustomMonitor' },
        { trigger: 'Alerting', actualValue: '30', cleared: true },
      ]);
      await until(
        'periods',
        () => eventsOf(csms).filter((event) => event['variableMonitoringId'] === periodic).length > 1,
      );
      one.fault(1, 'GroundFailure');
      await until('the trouble', () => eventsOf(csms).some((event) => event['actualValue'] === 'true'));
      expect(await ask('ClearVariableMonitoring', { id: [upper, 999] })).toEqual({
        clearMonitoringResult: [
          { id: upper, status: 'Accepted' },
          { id: 999, status: 'NotFound' },
        ],
      });
    }));

  test('tells which monitors there are, by their base and level', () =>
    on(version, async ({ csms, booted, ask, status }) => {
      const one = await booted();
      const setMonitoringData = [{ ...TEMPERATURE, type: 'Delta', value: 2, severity: 7 }];
      await ask('SetVariableMonitoring', { setMonitoringData });
      expect(await status('GetMonitoringReport', { requestId: 1, monitoringCriteria: ['DeltaMonitoring'] })).toBe(
        'Accepted',
      );
      const parts = await whole(csms, 'NotifyMonitoringReport', 1);
      const monitors = parts.flatMap((part) => part['monitor'] as { variableMonitoring: Payload[] }[]);
      expect(monitors.flatMap(({ variableMonitoring }) => variableMonitoring)).toContainEqual(
        expect.objectContaining({ type: 'Delta', severity: 7, value: 2 }),
      );
      expect(await status('SetMonitoringLevel', { severity: 4 })).toBe('Accepted');
      expect(await status('SetMonitoringLevel', { severity: 10 })).toBe('Rejected');
      one.v2().show('TemperatureSensor.Temperature', '50');
      await ask('GetLocalListVersion'); // a round trip
      expect(eventsOf(csms)).toEqual([]);
      expect(await status('SetMonitoringBase', { monitoringBase: 'HardWiredOnly' })).toBe('Accepted');
      expect(await status('GetMonitoringReport', { requestId: 2, monitoringCriteria: ['DeltaMonitoring'] })).toBe(
        'EmptyResultSet',
      );
      expect(await status('SetMonitoringBase', { monitoringBase: 'FactoryDefault' })).toBe('Accepted');
      expect(await status('GetMonitoringReport', { requestId: 3 })).toBe('Accepted');
      await whole(csms, 'NotifyMonitoringReport', 3);
    }));

  test('an event that is grave enough waits for the line', () =>
    on(version, async ({ csms, booted }) => {
      const one = await booted();
      one.goOffline();
      one.fault(1, 'GroundFailure');
      one.goOnline();
      await until('the trouble', () => eventsOf(csms).some((event) => event['actualValue'] === 'true'));
    }));

  test('a network profile is used after a reboot, in the order of its priority, and left again when it does not work', () =>
    on(version, async ({ csms, booted, ask, status }) => {
      const other = await tinyCsms();
      try {
        const one = await booted({ identity: 'NET-1' });
        const connectionData = {
          ocppVersion: version === '2.1' ? 'OCPP21' : 'OCPP20',
          ocppInterface: 'Wired0',
          ocppTransport: 'JSON',
          messageTimeout: 30,
          ocppCsmsUrl: other.url,
          securityProfile: 1,
        };
        const set = (configurationSlot: number, more: Payload = {}) =>
          status('SetNetworkProfile', { configurationSlot, connectionData: { ...connectionData, ...more } });
        expect(await set(2)).toBe('Accepted');
        expect(await set(3, { ocppCsmsUrl: 'ws://127.0.0.1:9/ocpp' })).toBe('Accepted');
        expect(await set(9)).toBe('Rejected');
        expect(await set(2, { securityProfile: 0 })).toBe('Rejected');
        const order = (attributeValue: string) => ({
          component: { name: 'OCPPCommCtrlr' },
          variable: { name: 'NetworkConfigurationPriority' },
          attributeValue,
        });
        const { setVariableResult } = await ask('SetVariables', { setVariableData: [order('3,2,1')] });
        expect(setVariableResult).toMatchObject([{ attributeStatus: 'RebootRequired' }]);
        await ask('Reset', { type: 'Immediate' });
        await until('it boots at the other one', () => other.of('BootNotification').length > 0);
        expect(other.upgrades[0]?.url).toBe('/ocpp/NET-1');
        await one.whenBooted();
      } finally {
        await other.close();
      }
      expect(csms.of('BootNotification')).toHaveLength(1);
    }));
});

test('a periodic monitor of 2.1 can be streamed: opened, sent many at once, adjusted, listed, closed', () =>
  on('2.1', async ({ csms, booted, ask, status }) => {
    csms.reply('OpenPeriodicEventStream', () => ({ status: 'Accepted' }));
    await booted();
    const signal = { component: { name: 'Modem' }, variable: { name: 'SignalStrength' } };
    const { setMonitoringResult } = await ask('SetVariableMonitoring', {
      setMonitoringData: [
        { ...signal, type: 'Periodic', value: 1, severity: 5, periodicEventStream: { interval: 60, values: 3 } },
      ],
    });
    const monitorId = (setMonitoringResult as Payload[])[0]?.['id'];
    await csms.count('OpenPeriodicEventStream', 1);
    const [opened] = csms.of('OpenPeriodicEventStream').map(({ payload }) => payload['constantStreamData']);
    const constantStreamData = opened as Payload;
    expect(constantStreamData).toMatchObject({ variableMonitoringId: monitorId, params: { interval: 60, values: 3 } });
    const sent = () => csms.texts.filter((text) => text.startsWith('[6,')).map((text) => JSON.parse(text) as unknown[]);
    await until('values', () => sent().length > 1);
    expect(sent()[0]).toMatchObject([
      6,
      expect.any(String),
      'NotifyPeriodicEventStream',
      { id: constantStreamData['id'], pending: 0, data: [{ t: 0, v: '71' }, { v: '71' }, { v: '71' }] },
    ]);
    expect(await status('AdjustPeriodicEventStream', { id: constantStreamData['id'], params: { values: 5 } })).toBe(
      'Accepted',
    );
    expect(await status('AdjustPeriodicEventStream', { id: 77, params: { values: 5 } })).toBe('Rejected');
    expect(await ask('GetPeriodicEventStream')).toMatchObject({ constantStreamData: [{ params: { values: 5 } }] });
    await ask('ClearVariableMonitoring', { id: [monitorId] });
    await csms.count('ClosePeriodicEventStream', 1);
    expect(await ask('GetPeriodicEventStream')).toEqual({});
  }));
