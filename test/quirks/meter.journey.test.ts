/** M: what chargers do about meter values (3-ocpp.md). Driven over a real socket by the simulator's misbehaviours. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { MOST_SHOWN } from '../../src/frames/read-store.ts';
import { chargingWorld, type SessionAnswer, type Station } from '../support/charging-world.ts';
import { scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

type Sample = { at: string; context: string; energy_wh: number | null; power_w: number | null };
const samplesOf = async ({ id }: SessionAnswer): Promise<Sample[]> =>
  (await world.api<{ data: Sample[] }>('GET', `/sessions/${id}/meter-values?limit=100`)).body.data;
async function visit(station: Station): Promise<{ session: SessionAnswer; samples: Sample[]; chargedWh: number }> {
  const result = await station.charger.charge({ token: 'TAG', seconds: 300 });
  if (result.outcome !== 'charged') throw new Error(`the visit was ${result.outcome}`);
  const before = await station.session(
    ({ status, transaction_id: ours, ocpp_transaction_id: its }) =>
      status === 'ended' && (its ?? ours) === result.session.transactionId,
  );
  return { session: before, samples: await samplesOf(before), chargedWh: result.session.energyWh };
}
const BOTH = ['1.6', '2.0.1'] as const;
const settings = { MeterValueSampleInterval: '30' };

describe('M1: no transactionId', () => {
  test.each(BOTH)('%s: the session is found by connector and time', async (version) => {
    const { session, samples, chargedWh } = await visit(await world.station({ version, misbehave: ['M1'], settings }));
    expect(samples.filter(({ context }) => context === 'sample_periodic').length).toBeGreaterThan(3);
    expect(session.energy_wh).toBe(chargedWh);
  });
});

describe('M2: no unit, kWh labelled Wh, kWh', () => {
  test.each(BOTH)('%s: energy is what was charged, whatever the label', async (version) => {
    const station = await world.station({ version, misbehave: ['M2'], settings });
    for (let i = 0; i < 3; i += 1) {
      const { session, chargedWh } = await visit(station);
      expect(session.energy_wh).toBe(chargedWh);
    }
  });
});

describe('M4: meter values without a value', () => {
  test.each(BOTH)('%s: say nothing, and are no fault', async (version) => {
    const station = await world.station({ version, misbehave: ['M4'], settings });
    const { session, chargedWh } = await visit(station);
    expect(session).toMatchObject({ energy_wh: chargedWh, flags: [] });
    const kept = await world.app.db.prisma.quarantinedMessage.count({ where: { chargePointId: station.id } });
    expect(kept).toBe(0);
  });
});

describe('M5: each reading twice', () => {
  test.each(BOTH)('%s: is kept once', async (version) => {
    const { samples } = await visit(await world.station({ version, misbehave: ['M5'], settings }));
    const keys = samples.map(({ at, context }) => `${at} ${context}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('M6: single phases, no totals', () => {
  test.each(BOTH)('%s: are summed up', async (version) => {
    const { samples, session, chargedWh } = await visit(await world.station({ version, misbehave: ['M6'], settings }));
    expect(session.energy_wh).toBe(chargedWh);
    const powers = samples.flatMap(({ power_w: power }) => power ?? []);
    expect(Math.max(...powers)).toBeGreaterThan(5000); // one phase alone gives 7.3 kW at most, three give 22
  });
});

describe('readings in kWh of two decimals, start and stop in Wh', () => {
  test('1.6: the energy is that of the start and the stop, and no meter runs backwards', async () => {
    const { app } = world;
    const { id, identity, key } = await app.chargePoint();
    const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({}));
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 269_456, timestamp: ago(60) };
    const { transactionId } = await charger.call('StartTransaction', start);
    for (const [minutes, value] of [
      [60, '269.45'],
      [30, '273.00'],
      [2, '276.46'],
    ] as const) {
      const meterValue = [{ timestamp: ago(minutes), sampledValue: [{ value, unit: 'kWh' }] }];
      await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue });
    }
    await charger.call('StopTransaction', { transactionId, meterStop: 276_456, timestamp: ago(1) });
    expect(await app.db.prisma.session.findMany({ where: { chargePointId: id } })).toMatchObject([
      { status: 'ended', energyWh: 7000n, meterStartWh: 269_456n, meterStopWh: 276_456n, flags: [] },
    ]);
    await charger.close();
  });
});

describe('a stop with the readings of ten hours, of more than a megabyte', () => {
  test('1.6: is answered, and its session ends with its meterStop', async () => {
    const { app } = world;
    const { id, identity, key } = await app.chargePoint();
    const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({}));
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 1000, timestamp: ago(601) };
    const { transactionId } = await charger.call('StartTransaction', start);
    const about = { context: 'Sample.Periodic', format: 'Raw', location: 'Outlet' };
    const ofPhases = ['Voltage', 'Current.Import', 'Power.Active.Import', 'Power.Offered', 'Current.Offered'].flatMap(
      (measurand) => ['L1', 'L2', 'L3'].map((phase) => ({ value: '230.0', ...about, measurand, phase })),
    );
    const transactionData = Array.from({ length: 600 }, (_, i) => {
      const register = {
        value: String(1000 + 10 * i),
        ...about,
        measurand: 'Energy.Active.Import.Register',
        unit: 'Wh',
      };
      return { timestamp: ago(600 - i), sampledValue: [...ofPhases, register] };
    });
    const stop = { transactionId, meterStop: 7000, timestamp: ago(0), transactionData };
    expect(JSON.stringify(stop).length).toBeGreaterThan(1_048_576);
    expect(await charger.call('StopTransaction', stop)).toEqual({});
    const [session] = await app.db.prisma.session.findMany({ where: { chargePointId: id } });
    expect(session).toMatchObject({ status: 'ended', energyWh: 6000n, meterStopWh: 7000n });
    // A list shows the beginning of so long a message, the export all of it.
    const listed = await until('the frame is kept', async () => {
      const { body } = await world.api<{ data: { raw: string }[] }>(
        'GET',
        `/charge-points/${id}/frames?action=StopTransaction&message_type=2`,
      );
      return body.data[0];
    });
    expect(listed.raw).toHaveLength(MOST_SHOWN);
    const path = `/api/v1/charge-points/${id}/frames/export?action=StopTransaction&message_type=2`;
    const exported = await fetch(`${app.url}${path}`, { headers: { Authorization: `Bearer ${app.apiKey}` } });
    const { raw } = (await exported.json()) as { raw: string };
    expect(raw.startsWith(listed.raw)).toBe(true);
    expect(raw.length).toBeGreaterThan(1_048_576);
    expect(JSON.parse(raw)).toEqual([2, expect.any(String), 'StopTransaction', stop]);
    await charger.close();
  });
});

describe('a stop with a reading of each second for two hours', () => {
  test('1.6: all of them are kept', async () => {
    const { app } = world;
    const { identity, key } = await app.chargePoint();
    const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({}));
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 1000, timestamp: ago(7201) };
    const { transactionId } = await charger.call('StartTransaction', start);
    const transactionData = Array.from({ length: 7200 }, (_, i) => ({
      timestamp: ago(7200 - i),
      sampledValue: [{ value: String(1000 + i) }],
    }));
    const stop = { transactionId, meterStop: 9000, timestamp: ago(0), transactionData };
    expect(await charger.call('StopTransaction', stop)).toEqual({});
    const counted = `SELECT min(energy_wh)::int4 AS first, count(*)::int4 FROM meter_samples WHERE transaction_id = $1`;
    expect((await app.db.pool.query(counted, [transactionId])).rows).toEqual([{ first: 1000, count: 7200 }]);
    await charger.close();
  });
});

describe('one instant in pieces', () => {
  const POWER = { value: '7400', measurand: 'Power.Active.Import', unit: 'W' };
  const SOC = { value: '55', measurand: 'SoC', unit: 'Percent' };
  /** A session in which nothing is read but what is told here, and how many seconds after its start. */
  async function running() {
    const station = await world.station({ settings: { MeterValueSampleInterval: '0' } });
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    const session = await station.session(({ status }) => status === 'active');
    const { transaction_id: transactionId, meter_start_wh: start } = session;
    const element = (seconds: number, ...sampledValue: object[]) => ({
      timestamp: new Date(Date.parse(session.started_at) + seconds * 1000).toISOString(),
      sampledValue,
    });
    return {
      start,
      energy: (wh: number) => ({ value: String(start + wh), unit: 'Wh' }),
      element,
      tell: (...meterValue: object[]) =>
        station.charger.call('MeterValues', { connectorId: 1, transactionId, meterValue }),
      samples: async () => (await samplesOf(session)).filter(({ context }) => context === 'sample_periodic'),
      session: () => station.session(),
    };
  }

  test('an element for each measurand: all of them are kept, whatever their order', async () => {
    const { start, energy, element, tell, samples, session } = await running();
    await tell(element(1, POWER), element(1, energy(10)), element(1, SOC));
    await tell(element(2, energy(20)), element(2, POWER));
    expect(await samples()).toMatchObject([
      { energy_wh: start + 10, power_w: 7400, soc_percent: 55 },
      { energy_wh: start + 20, power_w: 7400 },
    ]);
    expect((await session()).energy_wh).toBe(20);
  });

  test('a message for each measurand: what comes later is added, and what is known stays', async () => {
    const { start, energy, element, tell, samples, session } = await running();
    await tell(element(1, POWER));
    await tell(element(1, energy(10)));
    await tell(element(1, SOC, { ...POWER, value: '1' }));
    await tell(element(1, energy(10), POWER, SOC));
    await tell(element(1, energy(11)));
    expect(await samples()).toMatchObject([{ energy_wh: start + 10, power_w: 7400, soc_percent: 55 }]);
    expect((await session()).energy_wh).toBe(11);
  });

  test('an element for each phase: they are one register', async () => {
    const { start, element, tell, samples, session } = await running();
    const phases = (wh: number) =>
      ['L1', 'L2', 'L3'].map((phase, i) =>
        element(
          wh,
          { value: String(i === 0 ? start + wh : wh), unit: 'Wh', phase },
          { ...POWER, value: '2000', phase },
        ),
      );
    await tell(...phases(3));
    await tell(...phases(6));
    expect(await samples()).toMatchObject([
      { energy_wh: start + 9, power_w: 6000 },
      { energy_wh: start + 18, power_w: 6000 },
    ]);
    expect(await session()).toMatchObject({ energy_wh: 18, flags: [] });
  });

  const L = ['L1', 'L2', 'L3'];
  const volts = (value: string) => L.map((phase) => ({ value, measurand: 'Voltage', unit: 'V', phase }));
  const amperes = L.map((phase) => ({ value: '16', measurand: 'Current.Import', unit: 'A', phase }));
  const SIGNED = { value: 'OCMF|{}|{}', format: 'SignedData', context: 'Sample.Periodic' };
  const told = [...volts('230'), ...amperes].map(({ measurand, phase }) => `${measurand} ${phase}`);

  test.each(['a message', 'an element'])('%s for each measurand by phases: each phase is kept, once', async (piece) => {
    const { element, tell, samples } = await running();
    const pieces = [element(1, ...volts('230')), element(1, ...amperes), element(1, SIGNED), element(1, ...amperes)];
    if (piece === 'an element') await tell(...pieces);
    else for (const each of pieces) await tell(each);
    const isWhole = async () => {
      const [sample, ...others] = (await samples()) as unknown as { extra: Record<string, unknown>[] }[];
      expect([sample, others]).toMatchObject([{ current_a: 16, voltage_v: 230 }, []]);
      const kept = sample?.extra.map((each) => (each['phase'] ? `${each['measurand']} ${each['phase']}` : 'signed'));
      expect(kept?.sort()).toEqual([...told, 'signed'].sort());
    };
    await isWhole();
    await tell(element(1, ...volts('230'), SIGNED), element(1, ...amperes));
    await isWhole();
  });

  test('other values of one instant without end: no more than a hundred are kept', async () => {
    const { element, tell, samples } = await running();
    for (let nth = 0; nth < 40; nth += 1) await tell(element(1, ...volts(String(nth))));
    const [sample] = await samples();
    expect(sample).toMatchObject({ voltage_v: 0 });
    expect((sample as unknown as { extra: unknown[] }).extra).toHaveLength(100);
  });
});
