/** Transactions that go on after an interruption (2.1 E17; block E of OCA's tests for a CSMS). In our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
await app.api('POST', '/tokens', { uid: 'TAG', max_concurrent: null });
const { station, closeAll, ask } = stationsOf(app);
afterEach(closeAll);
afterAll(() => app.stop());

const protocol = 'ocpp2.1';
let made = 0;
type Session = { readonly id: string; readonly status: string; readonly charging_state: string };
const sessionsOf = async (at: ScriptedStation) =>
  (await app.api<{ data: Session[] }>('GET', `/sessions?charge_point_id=${at.id}`)).body.data;

/** Somebody charges; `goOn` is what the station tells once its power is back. */
async function charging() {
  const at = await station({ protocol });
  let line = at;
  made += 1;
  const transactionId = `tx-${made}`;
  const tell = (seqNo: number, eventType: string, triggerReason: string, more: object = {}) =>
    line.tell('TransactionEvent', {
      ...{ eventType, triggerReason, seqNo, timestamp: new Date().toISOString() },
      transactionInfo: { transactionId, chargingState: 'Charging' },
      ...more,
    });
  const first = { evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'TAG', type: 'ISO14443' } };
  expect(await tell(0, 'Started', 'Authorized', first)).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
  const feed = (seqNo: number, actualValue: string) =>
    line.tell('NotifyEvent', {
      ...{ generatedAt: new Date().toISOString(), seqNo, tbc: false },
      eventData: [
        {
          ...{ eventId: seqNo + 1, timestamp: new Date().toISOString(), trigger: 'Delta', actualValue, severity: 3 },
          ...{ transactionId, eventNotificationType: 'HardWiredNotification' },
          ...{ component: { name: 'ElectricalFeed' }, variable: { name: 'Problem' } },
        },
      ],
    });
  async function goOn(): Promise<ScriptedStation> {
    await at.close();
    const back = await station({ protocol, boots: false, again: at });
    line = back;
    expect(await back.boot()).toMatchObject({ status: 'Accepted' });
    await back.status(1, 'Occupied');
    const startup = { type: 'StartupOfTheDevice', timestamp: new Date().toISOString() };
    expect(await back.tell('SecurityEventNotification', startup)).toEqual({});
    expect([await feed(0, 'true'), await feed(1, 'false')]).toEqual([{}, {}]);
    expect(await tell(1, 'Updated', 'TxResumed')).toEqual({});
    return back;
  }
  return { at, transactionId, tell, goOn };
}

const limit = { purpose: 'tx', connector_id: 1, schedule: { unit: 'W', periods: [{ start_s: 0, limit: 7000 }] } };

describe('after a power cut', () => {
  test('TC_E_113_CSMS the session goes on as the same one', async () => {
    const { at, goOn, tell } = await charging();
    const [before] = await sessionsOf(at);
    const back = await goOn();
    expect(await sessionsOf(at)).toMatchObject([{ id: before?.id, status: 'active', charging_state: 'charging' }]);
    expect(back.asked('SetChargingProfile')).toEqual([]);
    await tell(2, 'Ended', 'StopAuthorized');
    expect(await sessionsOf(at)).toMatchObject([{ id: before?.id, status: 'ended' }]);
  });

  test('TC_E_117_CSMS it is limited again as it was before', async () => {
    const { at, transactionId, goOn } = await charging();
    const set = await ask<{ id: string; status: string }>(at, 'charging-profiles?wait=true', limit);
    expect(set.status).toBe('active');
    const [sent] = at.asked('SetChargingProfile');
    const back = await goOn();
    expect(await back.next('SetChargingProfile')).toEqual(sent);
    expect(sent).toMatchObject({ evseId: 1, chargingProfile: { transactionId } });
    const profiles = await until('it holds the new one', async () => {
      const { data } = await ask<{ data: { id: string; status: string }[] }>(at, 'charging-profiles', {}, 'GET');
      return data.some(({ id, status }) => id === set.id && status === 'superseded') ? data : undefined;
    });
    expect(profiles.map(({ status }) => status)).toEqual(['active', 'superseded']);
  });
});
