import { expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { arranged, booted } from './arrange.ts';

type Sampled = {
  timestamp: string;
  sampledValue: { measurand: string; value: string; unit: string; phase?: string }[];
};
const valuesOf = (reading: Sampled | undefined, measurand: string): number[] =>
  (reading?.sampledValue ?? []).filter((sample) => sample.measurand === measurand).map(({ value }) => Number(value));

test('a visit is told in the order it happens, and its figures add up', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ speed: 1200 }), csms);
    const begun = csms.heard.length;
    const result = await one.charge({ token: 'TAG-1', energyWh: 2000, car: { socPercent: 20, maxPowerW: 11_000 } });
    await until('its last status', () => csms.heard.at(-1)?.payload['status'] === 'Available');

    const told = csms.heard.slice(begun).map(({ action, payload }) => String(payload['status'] ?? action));
    expect(told.filter((each) => each !== 'MeterValues')).toEqual([
      'Preparing',
      'Authorize',
      'StartTransaction',
      'Charging',
      'StopTransaction',
      'Finishing',
      'Available',
    ]);
    const start = csms.of('StartTransaction')[0]?.payload;
    const stop = csms.of('StopTransaction')[0]?.payload;
    const transactionId = 101;
    expect(start).toMatchObject({ connectorId: 1, idTag: 'TAG-1', meterStart: 0 });
    expect(stop).toMatchObject({ transactionId, idTag: 'TAG-1', reason: 'Local' });
    const meterStop = Number(stop?.['meterStop']);
    expect(meterStop).toBeGreaterThanOrEqual(2000);
    expect(result).toMatchObject({ outcome: 'charged', session: { transactionId, energyWh: meterStop } });

    const readings = csms.of('MeterValues').map(({ payload }) => (payload['meterValue'] as Sampled[])[0]);
    expect(readings.length).toBeGreaterThan(5);
    const registers = readings.flatMap((reading) => valuesOf(reading, 'Energy.Active.Import.Register'));
    expect(registers).toEqual([...registers].sort((a, b) => a - b));
    expect(registers.filter((register) => register >= 2000).length).toBeLessThanOrEqual(1); // it ends when it has got them
    for (const reading of readings) {
      const power = valuesOf(reading, 'Power.Active.Import')[0] ?? 0;
      expect(power).toBeGreaterThan(10_000);
      expect(valuesOf(reading, 'Voltage')).toHaveLength(3);
      expect(valuesOf(reading, 'Current.Import').every((amps) => amps > 14 && amps < 17)).toBe(true);
    }
    expect(stop?.['transactionData']).toMatchObject([
      { sampledValue: [{ context: 'Transaction.Begin', value: '0' }] },
      { sampledValue: [{ context: 'Transaction.End', value: String(meterStop) }] },
    ]);
  }));

test('a refused token does not charge', () =>
  arranged(async ({ csms, charger }) => {
    csms.reply('Authorize', () => ({ idTagInfo: { status: 'Blocked' } }));
    const one = await booted(charger(), csms);
    expect(await one.charge({ token: 'BAD', seconds: 60 })).toEqual({ outcome: 'refused', status: 'Blocked' });
    expect(one.connector(1).status).toBe('Available');
    expect(csms.of('StartTransaction')).toEqual([]);
  }));

test('a start whose token is refused stops by itself, as the configuration says', () =>
  arranged(async ({ csms, charger }) => {
    csms.reply('StartTransaction', () => ({ transactionId: 7, idTagInfo: { status: 'ConcurrentTx' } }));
    const one = await booted(charger(), csms);
    await one.charge({ token: 'T', seconds: 3600, authorize: false });
    expect(csms.of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: 7, reason: 'DeAuthorized' });

    await csms.call('ChangeConfiguration', { key: 'StopTransactionOnInvalidId', value: 'false' });
    await one.charge({ token: 'T', seconds: 30, authorize: false });
    expect(csms.of('StopTransaction')[1]?.payload).toMatchObject({ transactionId: 7, reason: 'Local' });
  }));

test('a car may pause, and a full one stops drawing', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ speed: 600 }), csms);
    await one.charge({ token: 'T', seconds: 400, suspend: { by: 'EVSE', afterS: 60, forS: 60 } });
    const statuses = () => csms.of('StatusNotification').map(({ payload }) => payload['status']);
    await until('free again', () => statuses().at(-1) === 'Available');
    expect(statuses().slice(3)).toEqual(['Charging', 'SuspendedEVSE', 'Charging', 'Finishing', 'Available']);

    const visit = one.charge({
      token: 'T',
      energyWh: 50_000,
      seconds: 1200,
      car: { socPercent: 99, batteryWh: 10_000 },
    });
    await one.next('status', { where: ({ status }) => status === 'SuspendedEV' });
    const full = one.connector(1).registerWh;
    await visit;
    expect(one.connector(1).registerWh).toBe(full);
  }));

test('a connector whose driver never plugs in becomes free again', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ settings: { ConnectionTimeOut: '6' } }), csms);
    one.present(1, 'T');
    expect(one.connector(1).status).toBe('Preparing');
    await until('free again', () => one.connector(1).status === 'Available');
    expect(csms.of('StartTransaction')).toEqual([]);
  }));

test('sampling follows a changed interval at once', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ settings: { MeterValueSampleInterval: '0' } }), csms);
    one.plug(1);
    one.present(1, 'T');
    await csms.count('StartTransaction', 1);
    expect(await csms.call('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '2' })).toMatchObject([
      3,
      expect.any(String),
      { status: 'Accepted' },
    ]);
    await csms.count('MeterValues', 3);
    await csms.call('ChangeConfiguration', { key: 'MeterValuesSampledData', value: 'SoC' });
    const seen = csms.of('MeterValues').length;
    const last = (await csms.count('MeterValues', seen + 2)).at(-1)?.payload['meterValue'] as Sampled[];
    expect(last[0]?.sampledValue.map(({ measurand }) => measurand)).toEqual(['SoC']);
  }));
