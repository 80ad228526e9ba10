import { describe, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { on, told, VERSIONS } from './v2.ts';

type Payload = Record<string, unknown>;
const info = (event: Payload | undefined): Payload => event?.['transactionInfo'] as Payload;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe.each(VERSIONS)('a session of %s', (version) => {
  test('is one transaction of numbered events, and its figures add up', () =>
    on(version, async ({ csms, booted, events }) => {
      const one = await booted({ speed: 1200 });
      const result = await one.charge({ token: 'TAG-1', energyWh: 2000, car: { socPercent: 20, maxPowerW: 11_000 } });
      await until('free again', () => csms.of('StatusNotification').length >= 3);
      const all = events();
      const id = info(all[0])['transactionId'];
      expect(id).toMatch(UUID);
      expect(all.map((event) => event['seqNo'])).toEqual(all.map((_event, index) => index));
      expect(new Set(all.map((event) => info(event)['transactionId']))).toEqual(new Set([id]));
      const words = told(csms.of('TransactionEvent'));
      expect(words.slice(0, 2)).toEqual(['Started Authorized EVConnected', 'Updated ChargingStateChanged Charging']);
      expect(words.at(-1)).toBe('Ended StopAuthorized EVConnected');
      expect(new Set(words.slice(2, -1))).toEqual(new Set(['Updated MeterValuePeriodic Charging']));
      expect(all[0]).toMatchObject({
        evse: { id: 1, connectorId: 1 },
        idToken: { idToken: 'TAG-1', type: 'ISO14443' },
        meterValue: [{ sampledValue: [{ value: 0, context: 'Transaction.Begin', unitOfMeasure: { unit: 'Wh' } }] }],
      });
      expect(all.at(-1)).toMatchObject({
        transactionInfo: { stoppedReason: 'Local' },
        meterValue: [
          { sampledValue: [{ context: 'Transaction.Begin', value: 0 }] },
          { sampledValue: [{ context: 'Transaction.End', value: one.connector(1).registerWh }] },
        ],
      });
      expect(result).toMatchObject({
        outcome: 'charged',
        session: { transactionId: id, authorization: 'Accepted', energyWh: one.connector(1).registerWh },
      });
      expect(Number(info(all.at(-1))['timeSpentCharging'])).toBeGreaterThan(500);
      expect(csms.of('StatusNotification').map(({ payload }) => payload['connectorStatus'])).toEqual([
        'Available',
        'Occupied',
        'Available',
      ]);
      expect(csms.of('MeterValues')).toEqual([]);
    }));

  test('begins and ends where TxStartPoint and TxStopPoint say: with the cable', () =>
    on(version, async ({ csms, booted }) => {
      const one = await booted({
        speed: 600,
        settings: {
          'TxCtrlr.TxStartPoint': 'EVConnected',
          'TxCtrlr.TxStopPoint': 'EVConnected',
          MeterValueSampleInterval: '0',
        },
      });
      await one.charge({ token: 'T', seconds: 30 });
      one.plug(1);
      one.unplug(1);
      await csms.count('TransactionEvent', 7);
      expect(told(csms.of('TransactionEvent'))).toEqual([
        'Started CablePluggedIn EVConnected',
        'Updated Authorized EVConnected',
        'Updated ChargingStateChanged Charging',
        'Updated StopAuthorized EVConnected',
        'Ended EVCommunicationLost Idle',
        'Started CablePluggedIn EVConnected',
        'Ended EVCommunicationLost Idle',
      ]);
      const ends = csms.of('TransactionEvent').filter(({ payload }) => payload['eventType'] === 'Ended');
      expect(ends.map(({ payload }) => info(payload)['stoppedReason'])).toEqual(['Local', 'EVDisconnected']);
    }));

  test('begins with the token where TxStartPoint says so, and ends when nobody plugs in', () =>
    on(version, async ({ csms, booted }) => {
      const one = await booted({ settings: { 'TxCtrlr.TxStartPoint': 'Authorized', ConnectionTimeOut: '6' } });
      one.present(1, 'T');
      await csms.count('TransactionEvent', 2);
      expect(told(csms.of('TransactionEvent'))).toEqual(['Started Authorized Idle', 'Ended EVConnectTimeout Idle']);
      expect(info(csms.of('TransactionEvent')[1]?.payload)['stoppedReason']).toBe('Timeout');
      one.present(1, 'T');
      one.plug(1);
      await csms.count('TransactionEvent', 4);
      expect(told(csms.of('TransactionEvent')).slice(2, 4)).toEqual([
        'Started Authorized Idle',
        'Updated CablePluggedIn EVConnected',
      ]);
    }));

  test('whose token is refused stops by itself, or only its energy, as StopTxOnInvalidId says', () =>
    on(version, async ({ csms, booted, ask }) => {
      csms.reply('TransactionEvent', ({ payload }) =>
        payload['idToken'] === undefined ? {} : { idTokenInfo: { status: 'ConcurrentTx' } },
      );
      const one = await booted();
      await one.charge({ token: 'T', seconds: 3600, authorize: false });
      expect(info(csms.of('TransactionEvent').at(-1)?.payload)['stoppedReason']).toBe('DeAuthorized');
      await ask('SetVariables', {
        setVariableData: [
          { component: { name: 'TxCtrlr' }, variable: { name: 'StopTxOnInvalidId' }, attributeValue: 'false' },
        ],
      });
      const visit = one.charge({ token: 'T', seconds: 60, authorize: false });
      await one.next('status', { where: ({ status }) => status === 'SuspendedEVSE' });
      await visit;
      expect(info(csms.of('TransactionEvent').at(-1)?.payload)['stoppedReason']).toBe('Local');
    }));

  test('charged without a line is replayed in order afterwards, and says that it was offline', () =>
    on(version, async ({ csms, booted, events }) => {
      const one = await booted({ speed: 600 });
      const visit = one.charge({ token: 'T', seconds: 300 });
      await csms.count('TransactionEvent', 3);
      one.goOffline();
      await one.next('session_ended');
      one.goOnline();
      await visit;
      // What had not been answered when the line was cut is repeated, next to itself.
      const all = events().filter((event, index, each) => event['seqNo'] !== each[index - 1]?.['seqNo']);
      expect(all.map((event) => event['seqNo'])).toEqual(all.map((_event, index) => index));
      expect(all.at(-1)).toMatchObject({ eventType: 'Ended', offline: true });
      expect(all[0]).not.toHaveProperty('offline');
    }));

  test('offline begins for a token of the cache or the list, and for an unknown one as configured', () =>
    on(version, async ({ csms, booted, ask, status }) => {
      csms.reply('Authorize', ({ payload }) => ({
        idTokenInfo: { status: (payload['idToken'] as Payload)['idToken'] === 'GOOD' ? 'Accepted' : 'Blocked' },
      }));
      const one = await booted({ settings: { AllowOfflineTxForUnknownId: 'false' } });
      await one.charge({ token: 'GOOD', seconds: 5 });
      const entry = { idToken: { idToken: 'LISTED', type: 'Central' }, idTokenInfo: { status: 'Accepted' } };
      expect(
        await status('SendLocalList', { versionNumber: 3, updateType: 'Full', localAuthorizationList: [entry] }),
      ).toBe('Accepted');
      expect(await ask('GetLocalListVersion')).toEqual({ versionNumber: 3 });
      one.goOffline();
      expect(await one.charge({ token: 'NOBODY', seconds: 5 })).toEqual({ outcome: 'refused', status: 'Offline' });
      const cached = one.charge({ token: 'good', seconds: 5 });
      await one.next('session_ended');
      const listed = one.charge({ token: 'listed', tokenType: 'Central', seconds: 5 });
      await one.next('session_ended');
      one.goOnline();
      expect(await cached).toMatchObject({ outcome: 'charged' });
      expect(await listed).toMatchObject({ outcome: 'charged' });
      const started = csms.of('TransactionEvent').filter(({ payload }) => payload['eventType'] === 'Started');
      expect(started.map(({ payload }) => payload['idToken'])).toEqual([
        { idToken: 'GOOD', type: 'ISO14443' },
        { idToken: 'good', type: 'ISO14443' },
        { idToken: 'listed', type: 'Central' },
      ]);
      expect(await status('ClearCache')).toBe('Accepted');
      one.goOffline();
      expect(await one.charge({ token: 'GOOD', seconds: 5 })).toEqual({ outcome: 'refused', status: 'Offline' });
    }));

  test('tells readings as they are configured, signed ones too', () =>
    on(version, async ({ csms, booted, ask, events }) => {
      const one = await booted({
        settings: {
          'SampledDataCtrlr.SignReadings': 'true',
          'SampledDataCtrlr.TxEndedInterval': '60',
          MeterValueSampleInterval: '30',
        },
        speed: 600,
      });
      const set = (component: string, variable: string, attributeValue: string) => ({
        component: { name: component },
        variable: { name: variable },
        attributeValue,
      });
      await ask('SetVariables', { setVariableData: [set('SampledDataCtrlr', 'TxUpdatedMeasurands', 'SoC, Voltage')] });
      await one.charge({ token: 'T', seconds: 150 });
      const periodic = events().find((event) => event['triggerReason'] === 'MeterValuePeriodic');
      const [value] = (periodic?.['meterValue'] ?? []) as { sampledValue: Payload[] }[];
      const samples = value?.sampledValue;
      expect(samples?.map(({ measurand, phase }) => [measurand, phase])).toEqual([
        ['SoC', undefined],
        ['Voltage', 'L1-N'],
        ['Voltage', 'L2-N'],
        ['Voltage', 'L3-N'],
      ]);
      const ended = events().at(-1)?.['meterValue'] as { sampledValue: Payload[] }[];
      expect(ended.slice(1, -1).map(({ sampledValue }) => sampledValue[0]?.['context'])).toContain('Sample.Periodic');
      const signed = ended.at(-1)?.sampledValue[0]?.['signedMeterValue'] as Payload;
      expect(Buffer.from(String(signed['signedMeterData']), 'base64').toString()).toMatch(
        /^OCMF\|\{.*"TX":"E".*\}\|\{.*"SD":"[0-9a-f]+"\}$/,
      );
      expect(csms.of('TransactionEvent').length).toBe(events().length);
    }));
});
