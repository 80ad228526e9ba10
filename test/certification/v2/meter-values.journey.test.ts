/** Meter values (block J) of OCA's 2.0.1 tests for a CSMS, in our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { bothVersions, card, type Station2, station2 } from '../../support/station2.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
await app.api('POST', '/tokens', { uid: 'TAG', max_concurrent: null });
const stations: Station2[] = [];
const station = async (protocol: (typeof bothVersions)[number]): Promise<Station2> => {
  const begun = await station2(app, protocol);
  stations.push(begun);
  return begun;
};
afterEach(async () => {
  await Promise.all(stations.splice(0).map(({ charger }) => charger.close()));
});
afterAll(() => app.stop());

const values = (context: string, ...sampledValue: Record<string, unknown>[]) => ({
  meterValue: [
    { timestamp: new Date().toISOString(), sampledValue: sampledValue.map((each) => ({ context, ...each })) },
  ],
});
const kWh = { unit: 'kWh' };
type Sample = { context: string; energy_wh: number | null; power_w: number | null; extra: Record<string, unknown>[] };
const samplesOf = async (cp: Station2): Promise<Sample[]> => {
  const { id } = await cp.session();
  return (await app.api<{ data: Sample[] }>('GET', `/sessions/${id}/meter-values`)).body.data;
};
const signature = {
  signedMeterData: 'T0NNRnx7IkZWIjoiMS4wIn0=',
  signingMethod: 'ECDSA-secp256r1-SHA256',
  encodingMethod: 'OCMF',
  publicKey: 'MFkwEwYHKoZIzj0CAQ',
};

describe.each(bothVersions)('%s', (protocol) => {
  test('TC_J_01_CSMS by the clock, while nobody charges: kept, and of no session', async () => {
    const cp = await station(protocol);
    const power = { value: 2, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W', multiplier: 3 } };
    expect(await cp.charger.call('MeterValues', { evseId: 0, ...values('Sample.Clock', { value: 5 }) })).toEqual({});
    expect(
      await cp.charger.call('MeterValues', { evseId: 1, ...values('Sample.Clock', { value: 70 }, power) }),
    ).toEqual({});
    const { number } = await app.db.prisma.chargePoint.findUniqueOrThrow({ where: { id: cp.id } });
    const rows = await app.db.prisma.meterSample.findMany({
      where: { chargePointNumber: number },
      orderBy: { evseId: 'asc' },
    });
    expect(rows).toMatchObject([
      { evseId: 0, energyWh: 5n, transactionId: null, context: 1 },
      { evseId: 1, energyWh: 70n, powerW: 2000, transactionId: null, context: 1 },
    ]);
    expect(await cp.sessions()).toEqual([]);
  });

  test.each(['TransactionEvent', 'MeterValues'])(
    'TC_J_02_CSMS by the clock, during a transaction, with %s',
    async (how) => {
      const cp = await station(protocol);
      const tx = cp.transaction();
      await tx.event('Started', 'Authorized', { ...card('TAG'), ...values('Transaction.Begin', { value: 1000 }) });
      const reading = values('Sample.Clock', { value: 1.5, unitOfMeasure: kWh });
      if (how === 'MeterValues') await cp.charger.call('MeterValues', { evseId: 1, ...reading });
      else await tx.event('Updated', 'MeterValueClock', reading);
      expect((await samplesOf(cp)).map(({ context, energy_wh }) => [context, energy_wh])).toEqual([
        ['transaction_begin', 1000],
        ['sample_clock', 1500],
      ]);
      expect(await cp.session()).toMatchObject({ energy_wh: 500 });
    },
  );

  test.each([
    ['TC_J_03_CSMS readings by the clock come with the end', 'Sample.Clock', 'sample_clock'],
    ['TC_J_10_CSMS readings of the end', 'Transaction.End', 'transaction_end'],
  ])('%s', async (_name, context, kept) => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', { ...card('TAG'), ...values('Transaction.Begin', { value: 100 }) });
    const end = { ...values(context, { value: 300 }), transactionInfo: { stoppedReason: 'Local' } };
    await tx.event('Ended', 'StopAuthorized', end);
    expect((await samplesOf(cp)).map((each) => each.context)).toEqual(['transaction_begin', kept]);
    expect(await cp.session()).toMatchObject({ status: 'ended', energy_wh: 200, meter_stop_wh: 300 });
  });

  test.each([
    ['TC_J_04_CSMS by the clock', 'Sample.Clock', 'MeterValueClock'],
    ['TC_J_11_CSMS sampled', 'Sample.Periodic', 'MeterValuePeriodic'],
  ])('%s, and signed: the figure counts, the signature is kept whole', async (_name, context, trigger) => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', { ...card('TAG'), ...values('Transaction.Begin', { value: 100 }) });
    const signed = { value: 2, unitOfMeasure: kWh, signedMeterValue: signature };
    await tx.event('Updated', trigger, values(context, signed));
    const sample = (await samplesOf(cp))[1];
    expect(sample).toMatchObject({ energy_wh: 2000 });
    expect(sample?.extra).toEqual([
      {
        ...{ measurand: 'Energy.Active.Import.Register', unit: 'kWh', value: 2 },
        ...{ signed_data: signature.signedMeterData, signing_method: signature.signingMethod },
        ...{ encoding_method: 'OCMF', public_key: signature.publicKey },
      },
    ]);
    expect(await cp.session()).toMatchObject({ energy_wh: 1900 });
  });

  test('TC_J_07_CSMS with the start, at an EVSE that is known', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', { ...card('TAG'), ...values('Transaction.Begin', { value: 100 }) });
    expect(await cp.session()).toMatchObject({ meter_start_wh: 100, flags: [] });
    expect(await samplesOf(cp)).toMatchObject([{ context: 'transaction_begin', energy_wh: 100 }]);
  });

  test('TC_J_08_CSMS of the start, as soon as the EVSE is known', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction(null);
    await tx.event('Started', 'Authorized', card('TAG'));
    expect(await cp.session()).toMatchObject({ flags: ['meter_start_missing'] });
    const place = { evse: { id: 1, connectorId: 1 }, ...values('Transaction.Begin', { value: 4200 }) };
    await tx.event('Updated', 'CablePluggedIn', place);
    expect(await cp.session()).toMatchObject({ meter_start_wh: 4200, energy_wh: 0, flags: [] });
  });

  test('TC_J_09_CSMS during a transaction: figures of all phases, with their units and powers of ten', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', { ...card('TAG'), ...values('Transaction.Begin', { value: 100 }) });
    const per = (measurand: string, value: number, phase: string, unit: string, multiplier = 0) => ({
      ...{ measurand, value, phase, location: 'Outlet', unitOfMeasure: { unit, multiplier } },
    });
    await tx.event(
      'Updated',
      'MeterValuePeriodic',
      values(
        'Sample.Periodic',
        { value: 3.1, unitOfMeasure: { unit: 'Wh', multiplier: 2 } },
        per('Power.Active.Import', 3.6, 'L1', 'kW'),
        per('Power.Active.Import', 3.4, 'L2', 'kW'),
        per('Current.Import', 161, 'L1', 'A', -1),
        { value: 80, measurand: 'SoC', unitOfMeasure: { unit: 'Percent' }, location: 'EV' },
        { value: 50, measurand: 'Frequency', unitOfMeasure: { unit: 'Hertz' } },
      ),
    );
    const session = await until('its figures', async () => {
      const { data } = (await app.api<{ data: Record<string, unknown>[] }>('GET', `/sessions?charge_point_id=${cp.id}`))
        .body;
      return data[0];
    });
    expect(session).toMatchObject({ energy_wh: 210, power_w: 7000, current_a: 16.1, soc_percent: 80 });
    expect((await samplesOf(cp))[1]?.extra).toContainEqual({ measurand: 'Frequency', unit: 'Hertz', value: 50 });
  });
});
