/**
 * What OCPP 2.1 adds to smart charging (block K from 100 on), bidirectional power transfer (block Q) and DER control (block R), as
 * OCA's tests for a CSMS look at them, in our own words, by their numbers.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { card, type Station2, station2 } from '../../support/station2.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
await app.api('POST', '/tokens', { uid: 'TAG', max_concurrent: null });
const stations: Station2[] = [];
afterEach(async () => {
  await Promise.all(stations.splice(0).map(({ charger }) => charger.close()));
});
afterAll(() => app.stop());

type Payload = Record<string, unknown>;
type Shown = Payload & { id: string; status: string; profile_id: number };
async function station(answers: Record<string, Payload> = {}): Promise<Station2> {
  const begun = await station2(app, 'ocpp2.1', (action) => answers[action] ?? { status: 'Accepted' });
  stations.push(begun);
  await begun.status('Available');
  return begun;
}
async function charging(answers: Record<string, Payload> = {}) {
  const cp = await station(answers);
  const tx = cp.transaction();
  await tx.event('Started', 'Authorized', { ...card('TAG'), transactionInfo: { chargingState: 'EVConnected' } });
  return { cp, tx, session: await cp.session() };
}
const at = (cp: Station2, path: string) => `/charge-points/${cp.id}/${path}`;
const post = async <T = Shown>(path: string, body: object) => (await app.api<T>('POST', path, body)).body;
const setProfile = (cp: Station2, body: object) => post(at(cp, 'charging-profiles?wait=true'), body);
const sent = (cp: Station2, action: string): Payload => cp.asked(action).at(-1) ?? {};
const profileSent = (cp: Station2): Payload => sent(cp, 'SetChargingProfile')['chargingProfile'] as Payload;
const wish = (period: object, more: object = {}) => ({
  purpose: 'tx_default',
  connector_id: 1,
  schedule: { unit: 'W', periods: [{ start_s: 0, ...period }] },
  ...more,
});

describe('profiles', () => {
  test.each<[string, object, Payload]>([
    [
      'TC_K_100_CSMS for so long without a connection',
      wish({ limit: 5000 }, { max_offline_s: 600, invalid_after_offline: true }),
      { maxOfflineDuration: 600, invalidAfterOfflineDuration: true },
    ],
    [
      'TC_K_101_CSMS with another operation mode',
      wish({ mode: 'central_setpoint', setpoint: -3000 }),
      { chargingSchedule: [{ chargingSchedulePeriod: [{ operationMode: 'CentralSetpoint', setpoint: -3000 }] }] },
    ],
    [
      'TC_K_102_CSMS beyond a state of charge less',
      {
        ...wish({}),
        schedule: { unit: 'W', limit_at_soc: { soc_percent: 80, limit: 3000 }, periods: [{ start_s: 0, limit: 9000 }] },
      },
      { chargingSchedule: [{ limitAtSoC: { soc: 80, limit: 3000 } }] },
    ],
    [
      'TC_K_104_CSMS for priority charging',
      wish({ limit: 22_000 }, { purpose: 'priority_charging' }),
      { chargingProfilePurpose: 'PriorityCharging' },
    ],
    [
      'TC_K_106_CSMS with a random delay, by local time',
      {
        ...wish({}),
        schedule: { unit: 'W', randomized_delay_s: 60, use_local_time: true, periods: [{ start_s: 0, limit: 1 }] },
      },
      { chargingSchedule: [{ randomizedDelay: 60, useLocalTime: true }] },
    ],
    [
      'TC_Q_111_CSMS with a setpoint from outside',
      wish({ mode: 'external_setpoint', limit: 5000, discharge_limit: -5000 }),
      {
        chargingSchedule: [{ chargingSchedulePeriod: [{ operationMode: 'ExternalSetpoint', dischargeLimit: -5000 }] }],
      },
    ],
    [
      'TC_Q_112_CSMS with limits from outside',
      wish({ mode: 'external_limits' }),
      { chargingSchedule: [{ chargingSchedulePeriod: [{ startPeriod: 0, operationMode: 'ExternalLimits' }] }] },
    ],
    [
      'TC_Q_117_CSMS with a frequency that we follow',
      wish({ mode: 'central_frequency', setpoint: 1000 }, { kind: 'dynamic' }),
      {
        chargingProfileKind: 'Dynamic',
        chargingSchedule: [{ chargingSchedulePeriod: [{ operationMode: 'CentralFrequency' }] }],
      },
    ],
    [
      'TC_Q_121_CSMS with a frequency that the station follows',
      wish({
        mode: 'local_frequency',
        v2x_baseline: 0,
        freq_watt_curve: [
          { frequency_hz: 49.8, power_w: 5000 },
          { frequency_hz: 50.2, power_w: -5000 },
        ],
      }),
      {
        chargingSchedule: [
          { chargingSchedulePeriod: [{ v2xBaseline: 0, v2xFreqWattCurve: [{ frequency: 49.8, power: 5000 }, {}] }] },
        ],
      },
    ],
    [
      'TC_Q_124_CSMS with loads that the station balances',
      wish({ mode: 'local_load_balancing' }),
      { chargingSchedule: [{ chargingSchedulePeriod: [{ operationMode: 'LocalLoadBalancing' }] }] },
    ],
  ])('%s', async (_name, body, expected) => {
    const cp = await station();
    expect(await setProfile(cp, body)).toMatchObject({ status: 'active' });
    expect(profileSent(cp)).toMatchObject(expected);
  });

  test('TC_K_109_CSMS its number is none that the station keeps for others', async () => {
    const cp = await station();
    await app.db.prisma.deviceVariable.create({
      data: {
        ...{
          chargePointId: cp.id,
          key: 'SmartChargingCtrlr.MaxExternalConstraintsId',
          attribute: 'actual',
          value: '5000',
        },
        ...{ component: 'SmartChargingCtrlr', variable: 'MaxExternalConstraintsId', secret: false },
        organizationId: (await app.db.prisma.chargePoint.findUniqueOrThrow({ where: { id: cp.id } })).organizationId,
        ...{ firstSeenAt: new Date(), seenAt: new Date() },
      },
    });
    const refused = await setProfile(cp, wish({ limit: 1 }, { profile_id: 5000 }));
    expect(refused['error']).toMatchObject({ details: [{ field: 'profile_id' }] });
    expect((await setProfile(cp, wish({ limit: 1 }))).profile_id).toBeGreaterThan(5000);
  });
});

describe('charging needs', () => {
  const needs = (more: Payload) => ({ evseId: 1, maxScheduleTuples: 1, chargingNeeds: more });
  const v2x = { maxChargePower: 11_000, minChargePower: 1000, maxDischargePower: -9000, evTargetEnergyRequest: 5000 };

  test('TC_K_113_CSMS TC_K_114_CSMS TC_K_115_CSMS of ISO 15118-20, in either control mode', async () => {
    const { cp, session } = await charging();
    const wants = { requestedEnergyTransfer: 'DC', v2xChargingParameters: v2x, controlMode: 'DynamicControl' };
    expect(await cp.charger.call('NotifyEVChargingNeeds', needs(wants))).toEqual({ status: 'Accepted' });
    await until('it is sent', () => cp.asked('SetChargingProfile').length === 1);
    expect(profileSent(cp)).toMatchObject({
      chargingProfilePurpose: 'TxProfile',
      chargingSchedule: [{ chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 11_000 }] }],
    });
    const { body } = await app.api('GET', `/sessions/${session.id}/smart-charging`);
    expect(body).toMatchObject({
      ocpp_transaction_id: session.ocpp_transaction_id,
      charging_needs: [{ control_mode: 'dynamic', max_power_w: 11_000, max_discharge_power_w: 9000, energy_wh: 5000 }],
    });
  });

  test('what others limit counts for the profile; what is generated on the site does not', async () => {
    const { cp } = await charging();
    const limit = (source: string, limit: number, isLocalGeneration: boolean) =>
      cp.charger.call('NotifyChargingLimit', {
        chargingLimit: { chargingLimitSource: source, isLocalGeneration },
        chargingSchedule: [{ id: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit }] }],
      });
    await limit('EMS', 7000, false);
    await limit('PV', 100, true);
    await cp.charger.call(
      'NotifyEVChargingNeeds',
      needs({ requestedEnergyTransfer: 'DC', v2xChargingParameters: v2x }),
    );
    await until('it is sent', () => cp.asked('SetChargingProfile').length === 1);
    expect(profileSent(cp)).toMatchObject({ chargingSchedule: [{ chargingSchedulePeriod: [{ limit: 7000 }] }] });
  });

  test('TC_K_117_CSMS the profile is adjusted while it charges', async () => {
    const { cp, session } = await charging();
    await cp.charger.call(
      'NotifyEVChargingNeeds',
      needs({ requestedEnergyTransfer: 'DC', v2xChargingParameters: v2x }),
    );
    await until('it is sent', () => cp.asked('SetChargingProfile').length === 1);
    await until('the station has taken it', async () => {
      const { body } = await app.api<{ data: { status: string }[] }>('GET', at(cp, 'charging-profiles'));
      return body.data.some(({ status }) => status === 'active');
    });
    const less = {
      purpose: 'tx',
      session_id: session.id,
      schedule: { unit: 'W', periods: [{ start_s: 0, limit: 4000 }] },
    };
    expect(await setProfile(cp, less)).toMatchObject({ status: 'active' });
    expect(profileSent(cp)).toMatchObject({ transactionId: session.ocpp_transaction_id });
  });

  test('TC_K_126_CSMS TC_Q_103_CSMS there is no profile for it, or it may not charge so', async () => {
    const { cp } = await charging();
    const settings = (charging_needs: string) =>
      app.api('PATCH', at(cp, 'smart-charging-settings'), { charging_needs });
    await settings('none');
    const wants = needs({ requestedEnergyTransfer: 'DC_BPT', v2xChargingParameters: v2x });
    expect(await cp.charger.call('NotifyEVChargingNeeds', wants)).toEqual({ status: 'NoChargingProfile' });
    await settings('reject');
    expect(await cp.charger.call('NotifyEVChargingNeeds', wants)).toEqual({ status: 'Rejected' });
  });

  test('TC_Q_102_CSMS TC_Q_107_CSMS it charges only, until discharging is allowed; then it is told how', async () => {
    const { cp, session } = await charging();
    const wants = {
      requestedEnergyTransfer: 'DC',
      availableEnergyTransfer: ['DC', 'DC_BPT'],
      v2xChargingParameters: v2x,
    };
    await cp.charger.call('NotifyEVChargingNeeds', needs(wants));
    await until('it is sent', () => cp.asked('SetChargingProfile').length === 1);
    expect(JSON.stringify(profileSent(cp))).not.toContain('discharge');
    const allowed = await post(`/sessions/${session.id}/energy-transfer?wait=true`, { modes: ['dc', 'dc_bpt'] });
    expect(allowed.status).toBe('accepted');
    expect(sent(cp, 'NotifyAllowedEnergyTransfer')).toEqual({
      transactionId: session.ocpp_transaction_id,
      allowedEnergyTransfer: ['DC', 'DC_BPT'],
    });
    const { body } = await app.api('GET', `/sessions/${session.id}/smart-charging`);
    expect(body).toMatchObject({
      allowed_energy_transfer: ['dc', 'dc_bpt'],
      charging_needs: [{ available_modes: ['dc', 'dc_bpt'] }],
    });
  });

  test('TC_Q_108_CSMS it discharges by a schedule of ours', async () => {
    const { cp, session } = await charging();
    const body = {
      purpose: 'tx',
      session_id: session.id,
      schedule: {
        unit: 'W',
        periods: [
          { start_s: 0, mode: 'central_setpoint', setpoint: 5000 },
          { start_s: 3600, mode: 'central_setpoint', setpoint: -5000, discharge_limit: -6000 },
        ],
      },
    };
    expect(await setProfile(cp, body)).toMatchObject({ status: 'active' });
    expect(profileSent(cp)).toMatchObject({
      chargingSchedule: [{ chargingSchedulePeriod: [{ setpoint: 5000 }, { setpoint: -5000, dischargeLimit: -6000 }] }],
    });
  });
});

describe('dynamic profiles', () => {
  const dynamic = wish(
    { mode: 'central_setpoint', setpoint: 1000, limit: 9000 },
    { kind: 'dynamic', update_interval_s: 60 },
  );
  const values = (cp: Station2, id: string) => at(cp, `charging-profiles/${id}/values?wait=true`);

  test('TC_Q_109_CSMS new values are pushed, and kept when they are taken', async () => {
    const cp = await station();
    const { id, profile_id: number } = await setProfile(cp, dynamic);
    const pushed = await post<{ command: { status: string } }>(values(cp, id), { setpoint: -2000 });
    expect(pushed.command.status).toBe('accepted');
    expect(sent(cp, 'UpdateDynamicSchedule')).toEqual({
      chargingProfileId: number,
      scheduleUpdate: { setpoint: -2000 },
    });
    const pull = { chargingProfileId: number };
    expect(await cp.charger.call('PullDynamicScheduleUpdate', pull)).toEqual({
      status: 'Accepted',
      scheduleUpdate: { setpoint: -2000, limit: 9000 },
    });
  });

  test('TC_K_121_CSMS TC_Q_110_CSMS new values wait until they are fetched', async () => {
    const cp = await station();
    const { id, profile_id: number } = await setProfile(cp, dynamic);
    const kept = await app.api('POST', values(cp, id), { setpoint: 700, push: false });
    expect([kept.status, kept.body['command']]).toEqual([200, null]);
    expect(cp.asked('UpdateDynamicSchedule')).toEqual([]);
    expect(await cp.charger.call('PullDynamicScheduleUpdate', { chargingProfileId: number })).toMatchObject({
      status: 'Accepted',
      scheduleUpdate: { setpoint: 700 },
    });
    expect(await cp.charger.call('PullDynamicScheduleUpdate', { chargingProfileId: 3 })).toMatchObject({
      status: 'Rejected',
    });
  });

  test('what is refused is not kept; what is not dynamic has no values', async () => {
    const cp = await station({ UpdateDynamicSchedule: { status: 'Rejected' } });
    const { id, profile_id: number } = await setProfile(cp, dynamic);
    await post(values(cp, id), { setpoint: 1 });
    expect(await cp.charger.call('PullDynamicScheduleUpdate', { chargingProfileId: number })).toMatchObject({
      scheduleUpdate: { setpoint: 1000 },
    });
    const other = await setProfile(cp, wish({ limit: 5 }, { stack_level: 3 }));
    expect((await app.api('POST', values(cp, other.id), { limit: 1 })).status).toBe(409);
  });
});

test('TC_K_118_CSMS priority charging is begun from here, and told by the station', async () => {
  const { cp, tx, session } = await charging();
  const state = async () => (await app.api('GET', `/sessions/${session.id}/smart-charging`)).body['priority_charging'];
  expect(await state()).toBeNull();
  expect((await post(`/sessions/${session.id}/priority-charging?wait=true`, {})).status).toBe('accepted');
  expect(sent(cp, 'UsePriorityCharging')).toEqual({ transactionId: tx.id, activate: true });
  expect(await state()).toBe(true);
  expect(await cp.charger.call('NotifyPriorityCharging', { transactionId: tx.id, activated: false })).toEqual({});
  expect(await state()).toBe(false);
  await tx.event('Ended', 'EVDeparted', { transactionInfo: { stoppedReason: 'EVDisconnected' } });
  await cp.session(({ status }) => status === 'ended');
  expect((await app.api('POST', `/sessions/${session.id}/priority-charging`, {})).status).toBe(409);
});

test('TC_Q_120_CSMS a frequency signal is passed on, to one or to a site', async () => {
  const cp = await station();
  expect((await post(at(cp, 'afrr-signal?wait=true'), { signal: 40 })).status).toBe('accepted');
  expect(sent(cp, 'AFRRSignal')).toEqual({ signal: 40, timestamp: expect.stringMatching(/^\d{4}-/) });
  const site = await post('/sites', { name: 'Depot' });
  await app.api('PATCH', `/charge-points/${cp.id}`, { site_id: site.id });
  const { bulk_id: id } = await post<{ bulk_id: string }>(`/sites/${site.id}/afrr-signal`, { signal: -7 });
  await until('it is passed on', () => cp.asked('AFRRSignal').length === 2);
  expect(sent(cp, 'AFRRSignal')).toMatchObject({ signal: -7 });
  expect((await app.api('GET', `/commands/bulk/${id}`)).status).toBe(200);
});

describe('DER control', () => {
  const limit = {
    type: 'limit_max_discharge',
    control_id: 'limit-1',
    priority: 1,
    start_at: '2099-11-30T18:00:00.000Z',
    duration_s: 3600,
    limit_max_discharge: { pct_max_discharge_power: 50 },
  };
  const list = async (cp: Station2) => (await app.api<{ data: Shown[] }>('GET', at(cp, 'der-controls'))).body.data;

  test('TC_R_107_CSMS controls are set, reported, taken back', async () => {
    const cp = await station();
    expect(await post(at(cp, 'der-controls?wait=true'), limit)).toMatchObject({
      status: 'active',
      control_id: 'limit-1',
    });
    expect(sent(cp, 'SetDERControl')).toEqual({
      isDefault: false,
      controlId: 'limit-1',
      controlType: 'LimitMaxDischarge',
      limitMaxDischarge: {
        priority: 1,
        pctMaxDischargePower: 50,
        startTime: '2099-11-30T18:00:00.000Z',
        duration: 3600,
      },
    });
    const curve = {
      points: [
        { x: 95, y: 30 },
        { x: 105, y: -30 },
      ],
      y_unit: 'pct_max_var',
    };
    expect(await post(at(cp, 'der-controls?wait=true'), { type: 'volt_var', is_default: true, curve })).toMatchObject({
      status: 'active',
      is_default: true,
      settings: { curve },
    });

    const { id } = await post(at(cp, 'der-control-reports'), { is_default: false });
    const { requestId } = await until('it is asked', () => cp.asked('GetDERControl')[0]);
    const content = { priority: 1, pctMaxDischargePower: 40 };
    const each = { id: 'limit-1', isDefault: false, isSuperseded: false, limitMaxDischarge: content };
    expect(await cp.charger.call('ReportDERControl', { requestId, tbc: true, limitMaxDischarge: [each] })).toEqual({});
    const other = {
      id: 'f',
      isDefault: false,
      isSuperseded: true,
      fixedVar: { priority: 2, setpoint: 1, unit: 'PctMaxVar' },
    };
    expect(await cp.charger.call('ReportDERControl', { requestId, fixedVar: [other] })).toEqual({});
    expect((await app.api('GET', at(cp, `der-control-reports/${id}`))).body).toMatchObject({
      status: 'complete',
      drift: [
        { control_id: 'f', kind: 'unknown' },
        { control_id: 'limit-1', kind: 'different' },
      ],
    });
    expect((await list(cp)).map(({ status }) => status).sort()).toEqual(['active', 'active', 'superseded']);

    const { body } = await app.api('DELETE', at(cp, 'der-controls?wait=true&control_id=limit-1'));
    expect(body).toMatchObject({ status: 'accepted' });
    expect(sent(cp, 'ClearDERControl')).toEqual({ isDefault: false, controlId: 'limit-1' });
    expect((await list(cp)).find((row) => row['control_id'] === 'limit-1')?.status).toBe('cleared');
  });

  test('TC_R_108_CSMS what the station tells of them is kept', async () => {
    const cp = await station();
    await post(at(cp, 'der-controls?wait=true'), limit);
    const timestamp = new Date().toISOString();
    const alarm = { controlType: 'HVMustTrip', gridEventFault: 'OverVoltage', timestamp };
    expect(await cp.charger.call('NotifyDERAlarm', alarm)).toEqual({});
    await cp.charger.call('NotifyDERAlarm', alarm);
    expect(await cp.charger.call('NotifyDERAlarm', { ...alarm, alarmEnded: true })).toEqual({});
    expect(await cp.charger.call('NotifyDERStartStop', { controlId: 'limit-1', started: true, timestamp })).toEqual({});
    expect(await list(cp)).toMatchObject([{ status: 'active', is_started: true }]);
    expect(await cp.charger.call('NotifyDERStartStop', { controlId: 'limit-1', started: false, timestamp })).toEqual(
      {},
    );
    expect(await list(cp)).toMatchObject([{ status: 'ended', is_started: false }]);
    const { body } = await app.api<{ data: Payload[] }>('GET', at(cp, 'der-events'));
    expect(body.data.map((event) => event['kind'])).toEqual(['stopped', 'started', 'alarm_ended', 'alarm']);
    expect(body.data.at(-1)).toMatchObject({ fault: 'OverVoltage', control_type: 'hv_must_trip' });
  });

  test('a control whose span is over has ended, also while the station says nothing more', async () => {
    const cp = await station();
    const { id } = await post(at(cp, 'der-controls?wait=true'), limit);
    const timestamp = new Date().toISOString();
    await cp.charger.call('NotifyDERStartStop', { controlId: 'limit-1', started: true, timestamp });
    expect(await list(cp)).toMatchObject([{ status: 'active', is_started: true }]);
    const begunAgo = async (ms: number): Promise<void> => {
      const startAt = new Date(Date.now() - ms).toISOString();
      const { control } = await app.db.prisma.derControl.findUniqueOrThrow({ where: { id } });
      await app.db.prisma.derControl.update({ where: { id }, data: { control: { ...(control as object), startAt } } });
    };
    await begunAgo(7_100_000);
    expect(await list(cp)).toMatchObject([{ status: 'active', is_started: true }]);
    await begunAgo(7_300_000);
    expect(await list(cp)).toMatchObject([{ status: 'ended', is_started: false }]);
    const { body } = await app.api<{ data: Shown[] }>('GET', at(cp, 'der-controls?status=active'));
    expect(body.data.map(({ status }) => status)).toEqual(['ended']);
  });

  test('what OCPP forbids is refused by its field, and nothing is sent', async () => {
    const cp = await station();
    for (const [body, field] of [
      [{ ...limit, is_default: true }, 'start_at'],
      [{ ...limit, type: 'gradients' }, 'limit_max_discharge'],
      [{ type: 'freq_watt', curve: { points: [{ x: 1, y: 1 }] } }, 'curve.y_unit'],
      [{ type: 'freq_watt' }, 'curve'],
    ] as const) {
      const { error } = await post<{ error: { details: { field: string }[] } }>(at(cp, 'der-controls'), body);
      expect(error.details[0]?.field).toBe(field);
    }
    expect(cp.asked('SetDERControl')).toEqual([]);
  });
});
