/** A charger of OCPP 1.6 loses its profiles, as by a factory reset: it has no report that tells it, only Unknown to what takes them back. */
import { afterAll, expect, test } from '@jest/globals';
import { startApp } from '../support/app.ts';
import { scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';

const app = await startApp();
const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await app.stop();
});

type Profile = { readonly status: string; readonly profile_id: number; readonly why: string | null };
type State = { readonly charge_points: readonly { readonly reason: string }[] };

test('a lost profile is in force no more once the charger answers Unknown, and overrules nobody', async () => {
  const { body: site } = await app.api<{ id: string }>('POST', '/sites', { name: 'Depot', timezone: 'Europe/Berlin' });
  const one = await app.chargePoint({ site_id: site.id });
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, ...one }, (action) => ({
    status: action === 'ClearChargingProfile' ? 'Unknown' : 'Accepted',
  }));
  open.push(charger);
  await charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
  const path = `/charge-points/${one.id}/charging-profiles`;
  const rival = await app.api<Profile>('POST', `${path}?wait=true`, {
    ...{ purpose: 'charge_point_max', profile_id: 5, stack_level: 50 },
    schedule: { unit: 'A', periods: [{ start_s: 0, limit: 10 }] },
  });
  expect(rival.body).toMatchObject({ status: 'active', profile_id: 5 });
  await app.api('PUT', `/sites/${site.id}/load`, { unit: 'A', hold_s: 0, cap: 32 });
  const reason = async () =>
    (await app.api<State>('GET', `/sites/${site.id}/load/state`)).body.charge_points[0]?.reason;
  await until('the charger counts with its maximum', async () => (await reason()) === 'overruled');

  const { body: command } = await app.api<{ status: string }>('DELETE', `${path}?profile_id=5&wait=true`);
  expect(command).toMatchObject({ status: 'rejected', payload: { id: 5 }, result: { status: 'Unknown' } });
  const { body: known } = await app.api<{ data: Profile[] }>('GET', path);
  expect(known.data.find(({ profile_id: number }) => number === 5)).toMatchObject({
    status: 'cleared',
    why: 'The charge point does not hold it any more',
  });
  // Of itself it is looked at within the minute; what happens there is a cause to look at once.
  await charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' });
  await until('the charger takes part again', async () => (await reason()) !== 'overruled');
});
