/** A site with a charger of OCPP 1.6 and a station of 2.0.1 that share its supply, in one whole server. */
import { expect, test } from '@jest/globals';
import { envelopeOf } from '../../src/events/index.ts';
import { until } from '../support/until.ts';
import { loadWorld } from './support.ts';

const { app, charger, station, release, commands } = await loadWorld();

type Member = {
  readonly id: string;
  readonly target: number;
  readonly ceiling: number;
  readonly reason: string;
  readonly confirmed: { readonly limit: number; readonly unit: string } | null;
  readonly in_flight: readonly unknown[];
  readonly evses: readonly { readonly state: string }[];
};
type State = {
  readonly state: string;
  readonly cap: number;
  readonly cap_reason: string;
  readonly ceiling: number;
  readonly meter: { readonly draw: number; readonly stale: boolean };
  readonly charge_points: readonly Member[];
};

/** As both were told, in the order in which they were. */
const told: [who: string, limit: unknown][] = [];
type Profile = { readonly chargingSchedule: unknown };
const limitOf = (profile: unknown): unknown => {
  const schedule = [(profile as Profile).chargingSchedule].flat()[0] as { chargingSchedulePeriod: { limit: number }[] };
  return schedule.chargingSchedulePeriod[0]?.limit;
};

test('plug 1, plug 2, the house draws, one goes offline, one refuses, unplug, the end', async () => {
  const { body: site } = await app.api<{ id: string }>('POST', '/sites', { name: 'Depot', timezone: 'Europe/Berlin' });
  const share = async (more: object) => {
    const body = { unit: 'A', hold_s: 0, meter: { stale_after_s: 3600, fallback_cap: 10 }, ...more };
    expect((await app.api('PUT', `/sites/${site.id}/load`, body)).status).toBe(200);
  };
  const state = async (): Promise<State> => (await app.api<State>('GET', `/sites/${site.id}/load/state`)).body;
  const when = (what: string, is: (state: State) => unknown): Promise<State> =>
    until(what, async () => {
      const now = await state();
      return is(now) ? now : undefined;
    });
  const meter = async (amperes: number) =>
    expect((await app.api('POST', `/sites/${site.id}/load/meter`, { currents_a: [0, amperes, 0] })).status).toBe(204);

  let accepts = true;
  /** What it makes of being asked to give up its limits. */
  let clearing: Record<string, unknown> | undefined = { status: 'Accepted' };
  const one = await app.chargePoint({ site_id: site.id });
  const answering = (action: string, payload: Record<string, unknown>) => {
    if (action === 'SetChargingProfile') told.push(['1.6', limitOf(payload['csChargingProfiles'])]);
    if (action === 'ClearChargingProfile') return clearing;
    return { status: accepts ? 'Accepted' : 'Rejected' };
  };
  const first = await charger(one, answering);
  const second = await station({
    ...{ protocol: 'ocpp2.0.1', evses: [1], chargePoint: { site_id: site.id } },
    answers: {
      SetChargingProfile: (payload) => {
        told.push(['2.0.1', limitOf(payload['chargingProfile'])]);
        return { status: 'Accepted' };
      },
    },
  });
  for (const uid of ['TAG1', 'TAG2']) await app.api('POST', '/tokens', { uid });
  const of = (now: State, id: string): Member => {
    const found = now.charge_points.find((each) => each.id === id);
    if (found === undefined) throw new Error(`${id} is not of the site`);
    return found;
  };
  const limits = (now: State) => [one.id, second.id].map((id) => of(now, id).confirmed?.limit);

  // Nobody has told what the house draws: the fallback. Nobody charges: nobody may.
  await share({ cap: 32 });
  const begun = await when('both are told', (now) => now.state === 'met' && limits(now).every((limit) => limit === 0));
  expect(begun).toMatchObject({ cap: 10, cap_reason: 'meter_silent', ceiling: 0 });
  await meter(0);
  await when('the meter counts', ({ cap }) => cap === 32);

  const start = { connectorId: 1, idTag: 'TAG1', meterStart: 0, timestamp: new Date().toISOString() };
  const { transactionId } = await first.call('StartTransaction', start);
  await when('the first has all', (now) => of(now, one.id).confirmed?.limit === 32);

  const event = (eventType: string, seqNo: number) => ({
    ...{ eventType, seqNo, timestamp: new Date().toISOString(), triggerReason: 'Authorized' },
    transactionInfo: { transactionId: 'T1', chargingState: 'Charging' },
    ...{ evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'TAG2', type: 'ISO14443' } },
  });
  await second.tell('TransactionEvent', event('Started', 0));
  await when('they share', (now) => limits(now).every((limit) => limit === 16));
  expect(told.slice(-2)).toEqual([
    ['1.6', 16],
    ['2.0.1', 16],
  ]);
  expect(JSON.stringify(second.asked('SetChargingProfile').at(-1))).toContain('ChargingStationMaxProfile');

  // Somebody takes a limit back: it counts with all that it may draw until it has taken it again, and what it had is not forgotten.
  const before = told.length;
  expect((await app.api('DELETE', `/charge-points/${one.id}/charging-profiles?wait=true`)).status).toBe(202);
  await until('it is told again', () => told.length > before);
  await when('it has taken it', (now) => now.state === 'met' && limits(now).every((limit) => limit === 16));
  expect(told.slice(before)).toEqual([['1.6', 16]]);
  const { body: past } = await app.api<{ data: unknown[] }>('GET', `/sites/${site.id}/load/history`);
  const sent = [{ charge_point_id: one.id, limit: 16, why: 'lower' }];
  expect(past.data).toContainEqual(expect.objectContaining({ state: 'lowering', ceiling: 48, sent }));

  // Where nobody knows whether it gave it up, it counts so too, from the moment at which it was asked.
  clearing = undefined;
  const clear = { action: 'ClearChargingProfile', payload: {}, timeout_s: 5 };
  expect((await app.api('POST', `/charge-points/${one.id}/commands`, clear)).status).toBe(202);
  await until('it is asked', () => first.asked.filter(({ action }) => action === 'ClearChargingProfile').length === 2);
  await share({ cap: 32 });
  await when('it may draw all', (now) => of(now, one.id).ceiling === 32 && of(now, one.id).confirmed === null);
  await when('it has taken it', (now) => now.state === 'met' && limits(now).every((limit) => limit === 16));
  expect(told.slice(before)).toEqual([
    ['1.6', 16],
    ['1.6', 16],
  ]);

  // 12.5 A count as 13.2, the next step.
  await meter(12.5);
  const lowered = await when(
    'the house comes first',
    (now) => now.state === 'met' && limits(now).every((limit) => limit === 9.4),
  );
  expect(lowered).toMatchObject({ state: 'met', cap: 18.8, cap_reason: 'meter', meter: { draw: 12.5, stale: false } });

  // What an offline station was told last stays reserved.
  await second.close();
  await when('it is gone', (now) => of(now, second.id).reason === 'offline');
  await share({ cap: 40 });
  const alone = await when('the other gets the rest', (now) => of(now, one.id).confirmed?.limit === 17.8);
  expect(of(alone, second.id)).toMatchObject({ ceiling: 9.4, target: 9.4 });

  // Who refuses to be lowered keeps what he had, and that is told.
  accepts = false;
  await share({ cap: 20 });
  const unmet = await when('it refuses', (now) => now.state === 'unmet' && of(now, one.id).reason === 'refused');
  expect(unmet).toMatchObject({ cap: 7.2, ceiling: 27.2 });
  expect(of(unmet, one.id)).toMatchObject({ ceiling: 17.8, in_flight: [], confirmed: { limit: 17.8, unit: 'A' } });
  accepts = true;
  await app.db.prisma.loadLine.updateMany({ data: { retryAt: null } }); // the 15 s of its refusal are over

  await first.call('StopTransaction', { transactionId, meterStop: 10, timestamp: new Date().toISOString() });
  await share({ cap: 60 });
  await when('nobody charges there any more', (now) => of(now, one.id).evses.every((evse) => evse.state === 'idle'));

  // Whoever listens was told once that it is too much, and once that it is no more.
  const changes = await until('both are told', async () => {
    const rows = await app.db.prisma.domainEvent.findMany({
      where: { type: 'site.load_changed', siteId: site.id },
      orderBy: [{ tx: 'asc' }, { id: 'asc' }],
    });
    return rows.length < 2 ? undefined : rows;
  });
  const [over, within, ...more] = changes.map(
    ({ body }) => envelopeOf('site.load_changed').parse(JSON.parse(body)).data,
  );
  expect(over).toMatchObject({ state: 'unmet', cap: 7.2, cap_reason: 'meter', ceiling: 27.2, charge_point_id: null });
  expect(over?.not_lowered).toEqual(
    expect.arrayContaining([{ charge_point_id: second.id, reason: 'offline', ceiling: 9.4 }]),
  );
  expect(within).toMatchObject({ state: 'met', previous_state: 'unmet', cap: 45.6, unit: 'A' });
  expect(more).toEqual([]);

  const { body: history } = await app.api<{ data: { state: string; sent_count: number }[] }>(
    'GET',
    `/sites/${site.id}/load/history`,
  );
  expect(history.data.some((row) => row.state === 'unmet')).toBe(true);
  const rows = await app.db.prisma.auditEntry.findMany({ select: { operation: true } });
  const operations = rows.map(({ operation }) => operation);
  expect([operations.includes('putSiteLoad'), operations.includes('postSiteLoadMeter')]).toEqual([true, false]);

  // Nobody shares any more: what was set is taken back, however often that takes.
  clearing = { status: 'Accepted' };
  await share({ cap: 60, enabled: false });
  const line = () => app.db.prisma.loadLine.findUnique({ where: { chargePointId: one.id } });
  const clears = () => commands(one.id, 'ClearChargingProfile');
  const clearsHeard = () => first.asked.filter(({ action }) => action === 'ClearChargingProfile').length;
  const gaveUp = clearsHeard() + 1;
  await release();
  await until('it is asked', () => clearsHeard() === gaveUp);
  // Switched on again before that is forgotten: it holds no limit now, and is told one at once.
  const then = told.length;
  await share({ cap: 60 });
  await when('it has a limit again', (now) => now.state === 'met' && of(now, one.id).confirmed !== null);
  expect(told.length).toBeGreaterThan(then);
  clearing = { callError: 'InternalError' };
  const earlier = await clears();
  expect(clearsHeard()).toBe(earlier);
  await share({ cap: 60, enabled: false });
  await release();
  await until(
    'it refuses to give it up',
    async () =>
      (await app.db.prisma.command.count({
        where: { chargePointId: one.id, status: 'failed', requestedBy: 'system', action: 'ClearChargingProfile' },
      })) === 1,
  );
  await release();
  expect(await line()).not.toBeNull();
  expect(await clears()).toBe(earlier + 1); // not at once
  await app.db.prisma.command.updateMany({
    where: { chargePointId: one.id, status: 'failed', action: 'ClearChargingProfile' },
    data: { completedAt: new Date(Date.now() - 600_001) },
  });
  clearing = { status: 'Accepted' };
  await release();
  await until('it is asked once more', () => clearsHeard() === earlier + 2);
  await until('it is forgotten', async () => {
    await release();
    return (await line()) === null;
  });
  expect(await clears()).toBe(earlier + 2);
});
