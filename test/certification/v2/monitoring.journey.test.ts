/**
 * Monitoring (block N) and network profiles (block B) of OCA's 2.0.1 and 2.1 tests for a CSMS: monitors set, cleared and reported, events
 * kept, streams of values. In our own words, by their numbers.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { wireOf } from '../../support/scripted-variables.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const { station, closeAll, ask } = stationsOf(app);
afterEach(closeAll);
afterAll(() => app.stop());

type List<T = Record<string, unknown>> = { data: T[] };
type Named = Record<string, unknown>;
type Said = {
  readonly component: { readonly name: string; readonly instance?: string };
  readonly variable: { readonly name: string };
  readonly attributeValue?: unknown;
};
const TEMPERATURE = 'Connector@1.1.Temperature';
const wish = (more: object = {}) => ({ key: TEMPERATURE, type: 'upper_threshold', value: 70, severity: 4, ...more });
const get = <T = List>(at: { id: string }, path: string) => ask<T>(at, path, {}, 'GET');

/** A station that takes every monitor, and numbers it. */
const takesMonitors = (status: (n: number) => string = () => 'Accepted') => {
  let last = 100;
  return {
    SetVariableMonitoring: ({ setMonitoringData }: Named) => ({
      setMonitoringResult: (setMonitoringData as Named[]).map(({ type, severity, component, variable, id }, n) => {
        const said = status(n);
        return { status: said, type, severity, component, variable, ...(said === 'Accepted' && { id: id ?? ++last }) };
      }),
    }),
    ClearVariableMonitoring: ({ id }: Named) => ({
      clearMonitoringResult: (id as number[]).map((each, n) => ({ id: each, status: status(n) })),
    }),
  };
};

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (protocol) => {
  const is21 = protocol === 'ocpp2.1';
  const told = (id: number, more: object = {}) => ({
    ...{ id, transaction: false, value: 70, type: 'UpperThreshold', severity: 4 },
    ...(is21 && { eventNotificationType: 'PreconfiguredMonitor' }),
    ...more,
  });
  /** NotifyMonitoringReport in parts of one monitor each. */
  async function reportMonitors(
    at: ScriptedStation,
    requestId: unknown,
    monitors: readonly object[],
    order?: number[],
  ) {
    for (const seqNo of order ?? monitors.keys()) {
      const generatedAt = new Date().toISOString();
      const { component, variable } = wireOf(TEMPERATURE);
      const monitor = [{ component, variable, variableMonitoring: [monitors[seqNo]] }];
      const tbc = seqNo < monitors.length - 1;
      expect(await at.tell('NotifyMonitoringReport', { requestId, generatedAt, seqNo, tbc, monitor })).toEqual({});
    }
  }

  test('events in one message, 8,000 of them, are all kept, and what the newest says holds', async () => {
    const at = await station({ protocol });
    const [since, trigger] = [Date.now() - 8_000_000, 'Alerting'];
    const eventData = Array.from({ length: 8_000 }, (_, i) => ({
      ...{ eventId: i, timestamp: new Date(since + i * 1000).toISOString(), trigger, actualValue: String(i) },
      ...{ eventNotificationType: 'HardWiredNotification', component: { name: 'Cabinet' }, variable: { name: 'Fan' } },
      cleared: i === 7_999,
    }));
    const generatedAt = new Date().toISOString();
    expect(await at.tell('NotifyEvent', { generatedAt, seqNo: 0, tbc: false, eventData })).toEqual({});
    expect((await get(at, 'device-events?limit=1')).data).toMatchObject([{ value: '7999' }]);
    expect((await get(at, 'device-conditions')).data).toMatchObject([{ state: 'cleared', occurrences: 7_999 }]);
    const counted = `SELECT count(*)::int4 FROM device_events WHERE charge_point_id = $1`;
    expect((await app.db.pool.query(counted, [at.id])).rows).toEqual([{ count: 8_000 }]);
  });

  test.each([
    ['TC_N_01_CSMS by criteria', { criteria: ['threshold'] }, { monitoringCriteria: ['ThresholdMonitoring'] }],
    [
      'TC_N_02_CSMS by components',
      { components: [{ component: 'ChargingStation' }] },
      { componentVariable: [{ component: { name: 'ChargingStation' } }] },
    ],
    [
      'TC_N_03_CSMS, TC_N_60_CSMS by criteria and components',
      {
        criteria: ['delta', 'periodic'],
        components: [
          { component: 'EVSE', evse_id: 1, variable: 'Power' },
          { component: 'EVSE', evse_id: 2 },
        ],
      },
      {
        monitoringCriteria: ['DeltaMonitoring', 'PeriodicMonitoring'],
        componentVariable: [
          { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Power' } },
          { component: { name: 'EVSE', evse: { id: 2 } } },
        ],
      },
    ],
    ['TC_N_47_CSMS on all of them', {}, {}],
  ])('%s: a report on monitors is put together from its parts', async (_name, body, payload) => {
    const at = await station({ protocol });
    const asked = await ask<{ id: string }>(at, 'monitors/reports', body);
    const { requestId, ...rest } = await at.next('GetMonitoringReport');
    expect(rest).toEqual(payload);
    await reportMonitors(at, requestId, [told(1), told(2, { type: 'Delta', severity: 7 })], [1, 0]);
    await until('the report is complete', async () => {
      const report = await app.api<{ status: string }>('GET', `/device-reports/${asked.id}`);
      return report.body.status === 'completed';
    });
    expect((await get(at, 'monitors')).data).toMatchObject([
      { monitor_id: 1, key: TEMPERATURE, type: 'upper_threshold', value: 70, severity: 4 },
      { monitor_id: 2, type: 'delta', severity: 7, origin: is21 ? 'preconfigured_monitor' : null },
    ]);
  });

  test('a report on all monitors takes away those that the station has no more', async () => {
    const at = await station({ protocol });
    for (const monitors of [[told(1), told(2)], [told(2)]]) {
      const before = at.asked('GetMonitoringReport').length;
      const report = ask<{ status: string }>(at, 'monitors/reports?wait=true');
      const { requestId } = await at.next('GetMonitoringReport', before);
      await reportMonitors(at, requestId, monitors);
      expect(await report).toMatchObject({ status: 'completed' });
    }
    expect((await get(at, 'monitors')).data.map((each) => each['monitor_id'])).toEqual([2]);
  });

  test.each([
    ['all', 'All', 2],
    ['factory_default', 'FactoryDefault', 0],
    ['hard_wired_only', 'HardWiredOnly', 0],
  ])('TC_N_05_CSMS the base is set: %s', async (base, monitoringBase, left) => {
    const at = await station({ protocol, answers: takesMonitors() });
    await ask(at, 'monitors?wait=true', { monitors: [wish(), wish({ type: 'delta' })] });
    expect(await ask(at, 'monitoring/base?wait=true', { base })).toMatchObject({
      status: 'accepted',
      payload: { monitoringBase },
    });
    expect(await get(at, 'monitoring')).toMatchObject({ base, base_set_at: expect.any(String), level: null });
    expect((await get(at, 'monitors')).data).toHaveLength(left);
  });

  test('TC_N_08_CSMS a monitor is set', async () => {
    const at = await station({ protocol, answers: takesMonitors() });
    const { data } = await ask<List>(at, 'monitors?wait=true', { monitors: [wish({ transaction: true })] });
    expect(data).toMatchObject([{ key: TEMPERATURE, result: 'accepted', monitor_id: 101, reason: null }]);
    expect(at.asked('SetVariableMonitoring')).toEqual([
      {
        setMonitoringData: [
          { ...wireOf(TEMPERATURE), transaction: true, type: 'UpperThreshold', value: 70, severity: 4 },
        ],
      },
    ]);
    expect((await get(at, 'monitors')).data).toMatchObject([
      { monitor_id: 101, key: TEMPERATURE, transaction: true, origin: 'custom_monitor' },
    ]);
  });

  test('TC_N_09_CSMS several are set, no more at once than the station takes, each with its own result', async () => {
    const verdicts = ['Accepted', 'UnknownVariable', 'Duplicate'];
    const at = await station({ protocol, answers: takesMonitors((n) => verdicts[n] ?? 'Rejected') });
    await at.tell('NotifyReport', {
      ...{ requestId: 1, generatedAt: new Date().toISOString(), seqNo: 0 },
      reportData: [
        {
          ...wireOf('MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]'),
          variableAttribute: [{ value: '3', mutability: 'ReadOnly' }],
        },
      ],
    });
    const values = [1, 2, 3, 4, 5];
    const { data } = await ask<List>(at, 'monitors?wait=true', { monitors: values.map((value) => wish({ value })) });
    expect(data.map(({ result }) => result)).toEqual([
      'accepted',
      'not_supported',
      'duplicate',
      'accepted',
      'not_supported',
    ]);
    const sizes = at
      .asked('SetVariableMonitoring')
      .map(({ setMonitoringData }) => (setMonitoringData as unknown[]).length);
    expect(sizes).toEqual([3, 2]);
    expect((await get(at, 'monitors')).data.map(({ value }) => value)).toEqual([1, 4]);
  });

  test('what is no monitor is not sent', async () => {
    const at = await station({ protocol });
    for (const monitor of [
      wish({ key: 'Temperature' }),
      wish({ key: 'X.V/Target' }),
      wish({ severity: 10 }),
      wish({ type: 'x' }),
    ]) {
      expect(await ask(at, 'monitors', { monitors: [monitor] })).toMatchObject({
        error: { code: 'validation_failed' },
      });
    }
    expect(at.asked('SetVariableMonitoring')).toEqual([]);
  });

  test('TC_N_16_CSMS the level is set', async () => {
    const at = await station({ protocol });
    expect(await ask(at, 'monitoring/level?wait=true', { severity: 4 })).toMatchObject({ payload: { severity: 4 } });
    expect(await get(at, 'monitoring')).toMatchObject({ level: 4 });
  });

  test('TC_N_17_CSMS a level that the station refuses is not taken for set, and one out of range is not sent', async () => {
    const at = await station({ protocol, answers: { SetMonitoringLevel: { status: 'Rejected' } } });
    expect(await ask(at, 'monitoring/level?wait=true', { severity: 9 })).toMatchObject({ status: 'rejected' });
    expect(await get(at, 'monitoring')).toMatchObject({ level: null });
    expect(await ask(at, 'monitoring/level', { severity: 10 })).toMatchObject({ error: { code: 'validation_failed' } });
  });

  test('TC_N_18_CSMS, TC_N_44_CSMS monitors are cleared, so many at once as the station takes', async () => {
    const at = await station({ protocol, answers: takesMonitors() });
    const monitors = Array.from({ length: 12 }, (_, value) => wish({ value }));
    await ask(at, 'monitors?wait=true', { monitors });
    const ids = Array.from({ length: 12 }, (_, i) => 101 + i);
    at.answer(takesMonitors((n) => ['Accepted', 'Rejected', 'NotFound'][n] ?? 'Accepted'));
    const { data } = await ask<List>(at, 'monitors/clear?wait=true', { monitor_ids: ids });
    expect(at.asked('ClearVariableMonitoring')).toEqual([{ id: ids.slice(0, 10) }, { id: ids.slice(10) }]);
    expect(data.slice(0, 4).map(({ result, monitor_id: id }) => [id, result])).toEqual([
      [101, 'accepted'],
      [102, 'rejected'],
      [103, 'not_found'],
      [104, 'accepted'],
    ]);
    expect((await get(at, 'monitors')).data.map((each) => each['monitor_id'])).toEqual([102, 112]);
  });

  describe('events', () => {
    let last = 0;
    const event = (more: object = {}) => ({
      eventId: ++last,
      timestamp: new Date().toISOString(),
      trigger: 'Alerting',
      actualValue: '81',
      eventNotificationType: 'HardWiredMonitor',
      variableMonitoringId: 7,
      ...wireOf(TEMPERATURE),
      ...more,
    });
    const notify = (at: ScriptedStation, ...eventData: object[]) =>
      at.tell('NotifyEvent', { generatedAt: new Date().toISOString(), seqNo: 0, eventData });
    const conditions = (at: { id: string }, query = '') => get(at, `device-conditions${query}`);

    test('TC_N_21_CSMS an alert is kept and stands until it is cleared', async () => {
      const at = await station({ protocol });
      expect(await notify(at, event({ techCode: 'E7', techInfo: 'fan', ...(is21 && { severity: 2 }) }))).toEqual({});
      expect((await get(at, 'device-events')).data).toMatchObject([
        { trigger: 'alerting', key: TEMPERATURE, value: '81', tech_code: 'E7', monitor_id: 7, cleared: false },
      ]);
      expect((await conditions(at)).data).toMatchObject([
        {
          key: TEMPERATURE,
          monitor_id: 7,
          state: 'alerting',
          severity: is21 ? 2 : null,
          occurrences: 1,
          tech_code: 'E7',
        },
      ]);
      await notify(at, event());
      expect((await conditions(at)).data).toMatchObject([{ state: 'alerting', occurrences: 2 }]);
      await notify(at, event({ cleared: true, actualValue: '40' }));
      expect((await conditions(at)).data).toMatchObject([
        { state: 'cleared', value: '40', cleared_at: expect.any(String), occurrences: 2 },
      ]);
      expect((await conditions(at, '?state=alerting')).data).toEqual([]);
      expect((await get(at, 'device-events?trigger=alerting')).data).toHaveLength(3);
    });

    test('TC_G_20_CSMS a lock that fails is a problem of its connector, and no session', async () => {
      const at = await station({ protocol });
      const LOCK = 'ConnectorPlugRetentionLock@1.1.Problem';
      const lock = (actualValue: string, more: object = {}) =>
        event({ ...wireOf(LOCK), actualValue, eventNotificationType: 'HardWiredNotification', ...more });
      expect(await notify(at, lock('true'))).toEqual({});
      expect((await conditions(at, '?state=alerting')).data).toMatchObject([{ key: LOCK, value: 'true' }]);
      expect((await app.api<List>('GET', `/sessions?charge_point_id=${at.id}`)).body.data).toEqual([]);
      await notify(at, lock('false', { cleared: true }));
      expect((await conditions(at, '?state=alerting')).data).toEqual([]);
    });

    test.each([
      ['it is cleared', 'monitors/clear?wait=true', { monitor_ids: [101] }],
      ['a base is set that has it not', 'monitoring/base?wait=true', { base: 'factory_default' }],
    ])('what a monitor found ends with it: %s', async (_name, path, body) => {
      const at = await station({ protocol, answers: takesMonitors() });
      await ask(at, 'monitors?wait=true', { monitors: [wish({ severity: 3 })] });
      await notify(at, event({ variableMonitoringId: 101, eventNotificationType: 'CustomMonitor' }));
      await notify(at, event({ eventNotificationType: 'HardWiredMonitor' }));
      await ask(at, path, body);
      expect((await conditions(at, '?state=alerting')).data).toMatchObject([{ monitor_id: 7 }]);
      expect((await conditions(at, '?state=cleared')).data).toMatchObject([
        { monitor_id: 101, severity: 3, cleared_at: expect.any(String) },
      ]);
    });

    test('of what is over the last thousand are kept', async () => {
      const at = await station({ protocol });
      await notify(at, event());
      await app.db.pool.query(
        `INSERT INTO device_conditions (charge_point_id, key, monitor_id, organization_id, state, origin, opened_at, last_at, cleared_at,
                                        occurrences, event_id)
         SELECT charge_point_id, key, 1000 + n, organization_id, 'cleared', origin, opened_at, last_at,
                now() - n * interval '1 hour', 1, event_id
           FROM device_conditions, generate_series(1, 1005) n WHERE charge_point_id = $1`,
        [at.id],
      );
      await notify(at, event({ cleared: true }));
      const { rows } = await app.db.pool.query(
        `SELECT count(*)::int AS n, max(monitor_id) AS oldest FROM device_conditions WHERE charge_point_id = $1`,
        [at.id],
      );
      expect(rows).toEqual([{ n: 1000, oldest: 1999 }]);
    });

    test('an event that comes twice counts once, and an older one that was kept while offline undoes nothing', async () => {
      const at = await station({ protocol });
      const alert = event();
      await notify(at, alert, alert);
      await notify(at, alert);
      const earlier = new Date(Date.now() - 3600_000).toISOString();
      await notify(at, event({ cleared: true, timestamp: earlier }));
      expect((await conditions(at)).data).toMatchObject([{ state: 'alerting', occurrences: 1 }]);
      expect((await get(at, 'device-events')).data).toHaveLength(2);
    });

    test('an alert is over when its station says so, whatever became of its clock meanwhile', async () => {
      const at = await station({ protocol });
      await notify(at, event());
      await notify(at, event({ cleared: true, timestamp: new Date(Date.now() - 30_000).toISOString() }));
      expect((await conditions(at)).data).toMatchObject([{ state: 'cleared' }]);
    });

    test('of one message the newest event counts, in whichever order they stand', async () => {
      const at = await station({ protocol });
      const before = new Date(Date.now() - 1_000).toISOString();
      await notify(at, event({ cleared: true }), event({ timestamp: before }));
      expect((await conditions(at)).data).toMatchObject([{ state: 'cleared' }]);
    });

    test('TC_N_24_CSMS, TC_N_50_CSMS a periodic event is kept, and is no alert', async () => {
      const at = await station({ protocol });
      await notify(at, event({ trigger: 'Periodic' }), event({ trigger: 'Delta' }));
      expect((await get(at, 'device-events')).data.map(({ trigger }) => trigger)).toEqual(['delta', 'periodic']);
      expect((await conditions(at)).data).toEqual([]);
    });

    test('TC_N_48_CSMS an alert of what can only be written has no value', async () => {
      const at = await station({ protocol });
      await notify(
        at,
        event({ ...wireOf('Modem.Password'), actualValue: '' }),
        event({ ...wireOf('X.Blind'), actualValue: '' }),
      );
      const { data } = await get(at, 'device-events');
      expect(data.map(({ key, value }) => [key, value])).toEqual([
        ['X.Blind', ''],
        ['Modem.Password', null],
      ]);
    });

    test('TC_N_49_CSMS an alert that is over after a reboot is cleared', async () => {
      const at = await station({ protocol, answers: takesMonitors() });
      await ask(at, 'monitors?wait=true', { monitors: [wish({ severity: 3 })] });
      const of = { variableMonitoringId: 101, eventNotificationType: 'CustomMonitor' };
      await notify(at, event(of));
      expect((await conditions(at, '?severity=3')).data).toMatchObject([{ state: 'alerting', severity: 3 }]);
      await at.boot('RemoteReset');
      await notify(at, event({ ...of, cleared: true }));
      expect((await conditions(at)).data).toMatchObject([{ state: 'cleared', severity: 3 }]);
    });
  });

  describe('network profiles', () => {
    const profile = { slot: 2, url: 'wss://csms.example.com/ocpp', security_profile: 2 };

    test('TC_B_42_CSMS a profile is written to its slot, and shown without its secrets', async () => {
      const at = await station({ protocol });
      const secret = `s3cret-${protocol}`.slice(0, 20);
      const vpn = { server: 'vpn.example.com', user: 'u', password: secret, key: `${secret}-key`, type: 'IKEv2' };
      const apn = { apn: 'internet', user_name: 'u', password: secret, sim_pin: 47114711, authentication: 'AUTO' };
      const stored = await ask<Record<string, unknown>>(at, 'network-profiles?wait=true', { ...profile, apn, vpn });
      expect(stored).toMatchObject({ slot: 2, status: 'stored', profile: { vpn: { password: '***', key: '***' } } });
      expect(at.asked('SetNetworkProfile')).toMatchObject([
        {
          configurationSlot: 2,
          connectionData: {
            ...{ ocppCsmsUrl: profile.url, ocppTransport: 'JSON', ocppInterface: 'Wired0', messageTimeout: 30 },
            vpn,
            apn: {
              apn: 'internet',
              apnUserName: 'u',
              apnPassword: secret,
              simPin: 47114711,
              apnAuthentication: 'AUTO',
            },
          },
        },
      ]);
      await until('the frame is written', async () => {
        const { rows } = await app.db.pool.query(`SELECT 1 FROM frames WHERE action = 'SetNetworkProfile'`);
        return rows.length > 0;
      });
      for (const table of ['commands', 'network_profiles', 'frames', 'domain_events']) {
        const { rows } = await app.db.pool.query(
          `SELECT 1 FROM ${table} t WHERE t::text LIKE '%${secret}%' OR t::text LIKE '%47114711%'`,
        );
        expect([table, rows.length]).toEqual([table, 0]);
      }
      await ask(at, 'network-profiles?wait=true', { ...profile, security_profile: 3 });
      const { data } = await get(at, 'network-profiles?slot=2');
      expect(data.map(({ status }) => status)).toEqual(['stored', 'superseded']);
    });

    test.each([
      ['TC_B_44_CSMS', 'Failed'],
      ['refused', 'Rejected'],
    ])('%s what the station does not take leaves what it had', async (_name, status) => {
      const at = await station({ protocol });
      await ask(at, 'network-profiles?wait=true', profile);
      at.answer({ SetNetworkProfile: { status } });
      expect(await ask(at, 'network-profiles?wait=true', profile)).toMatchObject({
        status: 'rejected',
        why: `The charger answered ${status}`,
      });
      const { data } = await get(at, 'network-profiles');
      expect(data.map((each) => each['status'])).toEqual(['rejected', 'stored']);
    });

    test('TC_B_100_CSMS another name and password are for 2.1', async () => {
      const at = await station({ protocol });
      const body = { ...profile, identity: 'OTHER', basic_auth_password: 'sixteen-letters-1' };
      const answer = await ask<Record<string, unknown>>(at, 'network-profiles?wait=true', body);
      if (is21) {
        expect(answer).toMatchObject({ status: 'stored', profile: { identity: 'OTHER', basicAuthPassword: '***' } });
        expect(at.asked('SetNetworkProfile')).toMatchObject([
          { connectionData: { basicAuthPassword: 'sixteen-letters-1' } },
        ]);
      } else expect(answer).toMatchObject({ error: { code: 'validation_failed' } });
    });
  });
});

describe('OCPP 2.1', () => {
  const protocol = 'ocpp2.1';

  test('TC_B_105_CSMS a slot of the network profiles is written by variables, its secrets each by itself', async () => {
    const held = new Map<string, unknown>();
    const nameOf = ({ component, variable }: Said) => `${component.name}[${component.instance}].${variable.name}`;
    const at = await station({
      protocol,
      answers: {
        SetVariables: ({ setVariableData }) => ({
          setVariableResult: (setVariableData as Said[]).map((each) => {
            held.set(nameOf(each), each.attributeValue);
            return { component: each.component, variable: each.variable, attributeStatus: 'Accepted' };
          }),
        }),
        GetVariables: ({ getVariableData }) => ({
          getVariableResult: (getVariableData as Said[]).map((each) => {
            const known = held.get(nameOf(each));
            const { component, variable } = each;
            return known === undefined
              ? { component, variable, attributeStatus: 'UnknownVariable' }
              : { component, variable, attributeStatus: 'Accepted', attributeValue: known };
          }),
        }),
      },
    });
    const wanted = {
      'NetworkConfiguration[2].OcppCsmsUrl': 'wss://backup.example.com/ocpp',
      'NetworkConfiguration[2].OcppInterface': 'Wireless0',
      'NetworkConfiguration[2].OcppTransport': 'JSON',
      'NetworkConfiguration[2].MessageTimeout': '30',
      'NetworkConfiguration[2].SecurityProfile': '2',
      'NetworkConfiguration[2].Identity': 'OTHER',
      'NetworkConfiguration[2].BasicAuthPassword': 'password-of-the-slot',
      'NetworkConfiguration[2].Apn': 'internet',
      'NetworkConfiguration[2].ApnPassword': 'password-of-the-apn',
      'NetworkConfiguration[2].ApnEnabled': 'true',
      'NetworkConfiguration[2].VpnEnabled': 'false',
    };
    const done = await ask<Record<string, unknown>>(at, 'configuration?wait=true', wanted, 'PATCH');
    expect(done).toMatchObject({ status: 'completed' });
    expect(Object.fromEntries(held)).toEqual(wanted);
    const alone = at.asked('SetVariables').filter((each) => JSON.stringify(each).includes('password-of'));
    expect(alone.map(({ setVariableData }) => (setVariableData as Said[]).length)).toEqual([1, 1]);
    expect(JSON.stringify(done)).not.toContain('password-of');
    // The server's own password of this station is what it was.
    const { body } = await app.api('GET', `/charge-points/${at.id}`);
    expect(body).toMatchObject({ connected: true, key_rotation: null });
  });

  const open = (at: ScriptedStation, id: number, variableMonitoringId = 101) =>
    at.tell('OpenPeriodicEventStream', {
      constantStreamData: { id, variableMonitoringId, params: { interval: 5, values: 10 } },
    });
  const streams = (at: { id: string }) => get(at, 'event-streams');

  test('TC_N_104_CSMS a target delta is watched', async () => {
    const at = await station({ protocol, answers: takesMonitors() });
    const monitors = [wish({ type: 'target_delta' }), wish({ type: 'target_delta_relative' })];
    const { data } = await ask<List>(at, 'monitors?wait=true', { monitors });
    expect(data.map(({ result }) => result)).toEqual(['accepted', 'accepted']);
    const [asked] = at.asked('SetVariableMonitoring');
    expect(asked).toMatchObject({ setMonitoringData: [{ type: 'TargetDelta' }, { type: 'TargetDeltaRelative' }] });
  });

  test('TC_N_105_CSMS a periodic monitor is told as a stream, whose values are kept', async () => {
    const at = await station({ protocol, answers: takesMonitors() });
    const periodic = wish({ type: 'periodic', value: 1, stream: { interval_s: 5, values: 10 } });
    await ask(at, 'monitors?wait=true', { monitors: [periodic] });
    expect(at.asked('SetVariableMonitoring')).toMatchObject([
      { setMonitoringData: [{ type: 'Periodic', periodicEventStream: { interval: 5, values: 10 } }] },
    ]);
    expect(await open(at, 4)).toEqual({ status: 'Accepted' });
    const basetime = '2026-11-26T04:00:00.000Z';
    const data = [
      { t: 0, v: '20.5' },
      { t: 1.25, v: '20.6' },
    ];
    for (let twice = 0; twice < 2; twice += 1)
      at.notify('NotifyPeriodicEventStream', { id: 4, pending: 1, basetime, data });
    at.notify('NotifyPeriodicEventStream', { id: 5, pending: 0, basetime, data });
    await until('the values have come', async () => (await streams(at)).data[0]?.['received'] === 4);
    expect((await streams(at)).data).toMatchObject([
      { stream_id: 4, monitor_id: 101, interval_s: 5, values: 10, status: 'open', pending: 1 },
    ]);
    const values = (query: string) => get<List & { next_cursor: string | null }>(at, `event-stream-values${query}`);
    expect((await values('?stream_id=4')).data).toEqual([
      { stream_id: 4, at: '2026-11-26T04:00:01.250Z', value: '20.6' },
      { stream_id: 4, at: '2026-11-26T04:00:00.000Z', value: '20.5' },
    ]);
    const { next_cursor: cursor } = await values('?limit=1');
    expect((await values(`?limit=1&cursor=${cursor}`)).data).toMatchObject([{ value: '20.5' }]);
    expect((await values('?stream_id=5')).data).toEqual([]);
    expect(await at.tell('ClosePeriodicEventStream', { id: 4 })).toEqual({});
    expect((await streams(at)).data).toMatchObject([{ status: 'closed', closed_at: expect.any(String) }]);
  });

  test('no more streams are open than one station may have', async () => {
    const at = await station({ protocol });
    expect([await open(at, 1), await open(at, 2), await open(at, 2)]).toEqual(Array(3).fill({ status: 'Accepted' }));
    expect(await open(at, 3)).toMatchObject({ status: 'Rejected', statusInfo: { reasonCode: 'TooManyElements' } });
    await at.tell('ClosePeriodicEventStream', { id: 1 });
    expect(await open(at, 3)).toEqual({ status: 'Accepted' });
  });

  test('a station that numbers its streams on and on is let, as long as few are open', async () => {
    const at = await station({ protocol });
    const said: unknown[] = [];
    for (let id = 1; id <= 205; id += 1) {
      said.push((await open(at, id))['status']);
      await at.tell('ClosePeriodicEventStream', { id });
    }
    expect(new Set(said)).toEqual(new Set(['Accepted']));
    const { data } = await streams(at);
    expect([data.length, data[0]?.['stream_id'], data.at(-1)?.['stream_id']]).toEqual([200, 6, 205]);
  });

  test('TC_N_107_CSMS which streams are open is asked, and one of them is adjusted', async () => {
    const at = await station({ protocol });
    await open(at, 1);
    await open(at, 2);
    const constantStreamData = [{ id: 2, variableMonitoringId: 101, params: { interval: 60 } }];
    at.answer({ GetPeriodicEventStream: { constantStreamData } });
    expect(await ask(at, 'event-streams/refresh?wait=true')).toMatchObject({ status: 'accepted' });
    expect((await streams(at)).data).toMatchObject([
      { stream_id: 1, status: 'closed' },
      { stream_id: 2, status: 'open', interval_s: 60 },
    ]);
    const adjusted = await ask(at, 'event-streams/adjust?wait=true', { stream_id: 2, interval_s: 30 });
    expect(adjusted).toMatchObject({ status: 'accepted', payload: { id: 2, params: { interval: 30 } } });
    expect((await streams(at)).data).toMatchObject([{}, { interval_s: 30 }]);
  });
});
