/** Tariff and cost (block I) of OCA's 2.0.1 tests for a CSMS, in our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { bothVersions, card, register, type Station2, station2 } from '../../support/station2.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
await app.api('POST', '/tokens', { uid: 'TAG', max_concurrent: null });
const terms = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'energy', price: '0.5' }] };
const { body: tariff } = await app.api<{ id: string }>('POST', '/tariffs', { name: 'Usual', terms });
await app.api('POST', '/tariff-assignments', { target: 'organization', tariff_id: tariff.id });
const stations: Station2[] = [];
afterEach(async () => {
  await Promise.all(stations.splice(0).map(({ charger }) => charger.close()));
});
afterAll(() => app.stop());

/** A station that has told, of itself, whether it shows costs to drivers (TariffCostCtrlr). */
async function station(protocol: (typeof bothVersions)[number], showsCost: boolean): Promise<Station2> {
  const begun = await station2(app, protocol);
  stations.push(begun);
  await begun.charger.call('NotifyReport', {
    ...{ requestId: 1, generatedAt: new Date().toISOString(), seqNo: 0, tbc: false },
    reportData: [
      {
        component: { name: 'TariffCostCtrlr' },
        variable: { name: 'Enabled', instance: 'Cost' },
        variableAttribute: [{ type: 'Actual', value: String(showsCost), mutability: 'ReadWrite' }],
      },
    ],
  });
  return begun;
}
const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
const charging = { transactionInfo: { chargingState: 'Charging' } };

/** Ten kWh in an hour, of which the first half is read on the way. */
async function charge(cp: Station2) {
  const running = cp.transaction();
  const said = (at: Date, wh: number, context?: string) => ({
    timestamp: at.toISOString(),
    ...register(wh, at, context),
  });
  await running.event('Started', 'Authorized', {
    ...charging,
    ...card('TAG'),
    ...said(minutesAgo(60), 1000, 'Transaction.Begin'),
  });
  await running.event('Updated', 'MeterValuePeriodic', { ...charging, ...said(minutesAgo(30), 6000) });
  return {
    id: running.id,
    end: () => running.event('Ended', 'StopAuthorized', said(minutesAgo(0), 11_000, 'Transaction.End')),
  };
}

describe.each(bothVersions)('%s', (protocol) => {
  test('TC_I_01_CSMS while it charges, the driver is shown what it costs so far', async () => {
    const cp = await station(protocol, true);
    const { id } = await charge(cp);
    const [shown] = await until('it is shown', () =>
      cp.asked('CostUpdated').length > 0 ? cp.asked('CostUpdated') : undefined,
    );
    expect(shown).toEqual({ totalCost: 2.5, transactionId: id });
    expect(await cp.told('session.cost_updated')).toMatchObject([{ currency: 'EUR', is_final: false }]);
  });

  test('TC_I_02_CSMS what it cost in all goes with the answer to its end', async () => {
    const cp = await station(protocol, false);
    const { end } = await charge(cp);
    expect(await end()).toEqual({ totalCost: 5 });
    expect(cp.asked('CostUpdated')).toEqual([]);
    const ended = await cp.told('session.ended');
    expect(ended).toMatchObject([{ cost: { currency: 'EUR', total: '5.00' } }]);
  });
});
