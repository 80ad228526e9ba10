/** One charger of a site: what else is known of it decides what it is told, in one whole server. */
import { expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { loadWorld } from './support.ts';

const { app, charger: connected, station: stationOf, release, commands } = await loadWorld();

type Member = {
  readonly target: number;
  readonly ceiling: number;
  readonly reason: string;
  readonly confirmed: { readonly limit: number } | null;
};
/** A site of its own; `looks` puts its settings once more, which is a cause to look at once. */
async function siteOfOne() {
  const { body: site } = await app.api<{ id: string }>('POST', '/sites', { name: 'Depot', timezone: 'Europe/Berlin' });
  const one = await app.chargePoint({ site_id: site.id });
  const state = async () =>
    (await app.api<{ charge_points: readonly Member[] }>('GET', `/sites/${site.id}/load/state`)).body.charge_points[0];
  return {
    one,
    looks: async () =>
      expect((await app.api('PUT', `/sites/${site.id}/load`, { unit: 'A', hold_s: 0, cap: 32 })).status).toBe(200),
    when: (what: string, is: (member: Member) => unknown): Promise<Member> =>
      until(what, async () => {
        const member = await state();
        return member !== undefined && is(member) ? member : undefined;
      }),
  };
}
const confirmed = (limit: number) => (member: Member) => member.confirmed?.limit === limit;

type Registered = Parameters<typeof connected>[0];
const charger = (one: Registered, clearing = (): Record<string, unknown> => ({ status: 'Accepted' })) =>
  connected(one, (action) => (action === 'ClearChargingProfile' ? clearing() : { status: 'Accepted' }));

test('whoever is managed no more has his limit taken back once, and is given one when he is managed again', async () => {
  const { one, looks, when } = await siteOfOne();
  let clearing: Record<string, unknown> = { status: 'Accepted' };
  const { asked } = await charger(one, () => clearing);
  const clears = () => commands(one.id, 'ClearChargingProfile');
  const sets = () => commands(one.id, 'SetChargingProfile');
  const manage = async (managed: boolean) =>
    expect((await app.api('PUT', `/charge-points/${one.id}/load-settings`, { managed })).status).toBe(200);
  const line = () => app.db.prisma.loadLine.findUnique({ where: { chargePointId: one.id } });
  await looks();
  await when('it has its limit', confirmed(0));
  await release();
  expect(await clears()).toBe(0);

  await manage(false);
  await when('it counts with its maximum', ({ reason, ceiling }) => reason === 'unmanaged' && ceiling === 32);
  await release();
  const askedBack = () => asked.filter(({ action }) => action === 'ClearChargingProfile');
  await until('it is asked to give it up', () => askedBack().length === 1);
  expect(askedBack()[0]?.payload).toEqual({ id: 2_147_483_647 });
  await when('it has given it up', (member) => member.confirmed === null);
  await until('that is known to be done', async () => {
    await release();
    return (await line())?.confirmed == null;
  });
  const told = await sets();
  await looks();
  await when('it is shown as before', ({ reason, ceiling }) => reason === 'unmanaged' && ceiling === 32);
  await release();
  await looks();
  await release();
  expect([await clears(), await sets()]).toEqual([1, told]);

  await manage(true);
  await when('it has a limit again', confirmed(0));

  // Managed again before it has given it up: nobody takes its limit back any more.
  clearing = { callError: 'InternalError' };
  await manage(false);
  await when('it counts with its maximum', ({ reason }) => reason === 'unmanaged');
  await release();
  const refused = { chargePointId: one.id, status: 'failed', action: 'ClearChargingProfile' };
  await until('it refuses', async () => (await app.db.prisma.command.count({ where: refused })) === 1);
  await looks();
  expect((await line())?.releaseCommandId).not.toBeNull();
  await manage(true);
  await when('it is steered', ({ reason, ceiling }) => reason === 'idle' && ceiling === 0);
  const completedAt = new Date(Date.now() - 600_001);
  await app.db.prisma.command.updateMany({ where: refused, data: { completedAt } });
  await release();
  expect(await clears()).toBe(2);
});

test('what is generated on the site limits nobody', async () => {
  const { one, looks, when } = await siteOfOne();
  const station = await stationOf({ protocol: 'ocpp2.1', evses: [1], again: one });
  await app.api('POST', '/tokens', { uid: 'SUN' });
  await station.tell('TransactionEvent', {
    ...{ eventType: 'Started', seqNo: 0, timestamp: new Date().toISOString(), triggerReason: 'Authorized' },
    transactionInfo: { transactionId: 'T1', chargingState: 'Charging' },
    ...{ evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'SUN', type: 'ISO14443' } },
  });
  const limit = (isLocalGeneration: boolean, amperes: number) =>
    station.tell('NotifyChargingLimit', {
      chargingLimit: { chargingLimitSource: isLocalGeneration ? 'SO' : 'EMS', isLocalGeneration },
      chargingSchedule: [
        { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: amperes }] },
      ],
    });
  await limit(true, 4);
  await looks();
  await when('it has all', confirmed(32));
  await limit(false, 8);
  await looks();
  await when('it is held to what others allow', confirmed(8));
});

test('a profile that is over, or far ahead, overrules nobody', async () => {
  const { one, looks, when } = await siteOfOne();
  await charger(one);
  await looks();
  await when('it has its limit', confirmed(0));
  const inMin = (min: number) => new Date(Date.now() + min * 60_000).toISOString();
  const rival = async (more: object, schedule: object = {}) => {
    const { status, body } = await app.api<{ status: string }>(
      'POST',
      `/charge-points/${one.id}/charging-profiles?wait=true`,
      {
        ...{ purpose: 'charge_point_max', profile_id: 5, stack_level: 50, ...more },
        schedule: { unit: 'A', periods: [{ start_s: 0, limit: 10 }], ...schedule },
      },
    );
    expect(status).toBe(202);
    expect(['active', 'expired']).toContain(body.status);
    await looks();
  };
  const overruled = () => when('it is overruled', ({ reason }) => reason === 'overruled');
  const steered = () => when('it takes part', ({ reason }) => reason === 'idle');

  await rival({});
  await overruled();
  await rival({ valid_from: inMin(-60), valid_to: inMin(-10) });
  await steered();
  await rival({ valid_from: inMin(-60), valid_to: inMin(-1) }); // by its clock it may hold still
  await overruled();
  await rival({ valid_from: inMin(30) });
  await steered();
  await rival({ valid_from: inMin(1) });
  await overruled();
  await rival({}, { start_at: inMin(-60), duration_s: 3000 });
  await steered();
  await rival({}, { start_at: inMin(-60), duration_s: 3540 });
  await overruled();
});

test('a session of which nobody knows the EVSE gets its share', async () => {
  const { one, looks, when } = await siteOfOne();
  const { call } = await charger(one);
  await app.api('POST', '/tokens', { uid: 'ANY' });
  await looks();
  await when('it has its limit', confirmed(0));
  const start = { connectorId: 0, idTag: 'ANY', meterStart: 0, timestamp: new Date().toISOString() };
  expect(await call('StartTransaction', start)).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  await when('it has all', confirmed(32));
});
