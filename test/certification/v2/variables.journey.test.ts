/**
 * Variables, reports (block B) and the change of the password (A) of OCA's 2.0.1 tests for a CSMS: what is read, set and reported, and
 * what is made of it. In our own words, by their numbers.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { stationsOf } from '../../support/scripted-station.ts';
import { limits, report, variablesOf, wireOf } from '../../support/scripted-variables.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const { station, closeAll, ask, send } = stationsOf(app);
afterEach(closeAll);
afterAll(() => app.stop());

type Change = {
  id: string;
  status: string;
  error: string | null;
  rebooted: boolean;
  results: Record<string, unknown>[];
};
type Configuration = {
  settings: { key: string; value: string | null; readonly: boolean; secret: boolean }[];
  unknown_keys: string[];
  refresh: Change | null;
};
type Report = { id: string; status: string; request_id: number; parts_missing: number[] | null; error: string | null };
const INTERVAL = 'OCPPCommCtrlr.HeartbeatInterval';

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (protocol) => {
  const stationWith = async (values: readonly [string, string][], verdicts: Record<string, string> = {}) => {
    const held = new Map(values);
    const at = await station({ protocol, answers: variablesOf(held, verdicts) });
    return { at, held };
  };
  const configuration = (at: { id: string }, query = '') => ask<Configuration>(at, `configuration${query}`, {}, 'GET');
  const change = (at: { id: string }, settings: object, query = '?wait=true') =>
    ask<Change>(at, `configuration${query}`, settings, 'PATCH');
  const ended = ({ id }: Report) =>
    until('the report has ended', async () => {
      const { body } = await app.api<Report>('GET', `/device-reports/${id}`);
      return body.status === 'requested' || body.status === 'receiving' ? undefined : body;
    });
  const variables = (at: { id: string }, query = '') =>
    ask<{ data: Record<string, unknown>[]; next_cursor: string | null }>(
      at,
      `device-model/variables${query}`,
      {},
      'GET',
    );

  test('TC_B_06_CSMS one variable is read', async () => {
    const { at } = await stationWith([[INTERVAL, '300']]);
    const { settings, refresh } = await configuration(at, `?refresh=true&keys=${INTERVAL}`);
    expect(refresh).toMatchObject({ status: 'completed' });
    expect(settings).toMatchObject([{ key: INTERVAL, value: '300' }]);
    expect(at.asked('GetVariables')).toEqual([{ getVariableData: [wireOf(INTERVAL)] }]);
  });

  test('TC_B_07_CSMS several variables are read at once, what the station does not know is listed', async () => {
    const keys = [INTERVAL, 'EVSE@1.Power/MaxSet', 'Nothing.AtAll'];
    const { at } = await stationWith([...limits(10), [INTERVAL, '300'], ['EVSE@1.Power/MaxSet', '11000']]);
    const { settings, unknown_keys: unknown } = await configuration(at, `?refresh=true&keys=${keys.join(',')}`);
    expect(settings.map(({ key, value }) => [key, value])).toEqual([
      ['EVSE@1.Power/MaxSet', '11000'],
      [INTERVAL, '300'],
    ]);
    expect(unknown).toEqual(['Nothing.AtAll']);
    expect(at.asked('GetVariables').at(-1)).toEqual({ getVariableData: keys.map(wireOf) });
  });

  test('TC_B_08_CSMS no more variables are asked at once than the station takes', async () => {
    const names = ['A', 'B', 'C', 'D', 'E'].map((name) => `X.${name}`);
    const { at } = await stationWith([...limits(2), ...names.map((key): [string, string] => [key, '1'])]);
    const { settings } = await configuration(at, `?refresh=true&keys=${names.join(',')}`);
    expect(settings.map(({ key }) => key)).toEqual(names);
    const sizes = at.asked('GetVariables').map(({ getVariableData }) => (getVariableData as unknown[]).length);
    expect(Math.max(...sizes)).toBe(2);
    expect(sizes.slice(-3)).toEqual([2, 2, 1]);
  });

  test('TC_B_09_CSMS one variable is set and read back', async () => {
    const { at, held } = await stationWith([...limits(10), [INTERVAL, '300']]);
    const { status, results } = await change(at, { [INTERVAL]: '60' });
    expect([status, results]).toEqual([
      'completed',
      [expect.objectContaining({ key: INTERVAL, result: 'accepted', read_back: '60', mismatch: false })],
    ]);
    expect(held.get(INTERVAL)).toBe('60');
    expect((await variables(at)).data).toMatchObject([{ key: INTERVAL, value: '60', component: 'OCPPCommCtrlr' }]);
  });

  test('TC_B_10_CSMS several variables are set at once, each with its own verdict', async () => {
    const values: [string, string][] = ['X.A', 'X.B', 'X.C', 'X.D'].map((key) => [key, '1']);
    const { at } = await stationWith([...limits(10), ...values], { 'X.B': 'Rejected', 'X.C': 'RebootRequired' });
    const { results } = await change(at, { 'X.A': '2', 'X.B': '2', 'X.C': '2', 'X.D/Target': '2' });
    expect(results).toMatchObject([
      { key: 'X.A', result: 'accepted', read_back: '2' },
      { key: 'X.B', result: 'rejected', error: 'The station answered Rejected' },
      { key: 'X.C', result: 'reboot_required', read_back: '1' },
      { key: 'X.D/Target', result: 'not_supported' },
    ]);
    expect(at.asked('SetVariables')).toHaveLength(1);
    expect(await ask<Record<string, unknown>>(at, '', {}, 'GET')).toMatchObject({ reboot_pending: true });
  });

  test('a change that takes a reboot gets one where that is wanted', async () => {
    const { at } = await stationWith([...limits(10), ['X.A', '1']], { 'X.A': 'RebootRequired' });
    expect(await change(at, { 'X.A': '2' }, '?wait=true&reboot=now')).toMatchObject({
      status: 'completed',
      rebooted: true,
    });
    expect(at.asked('Reset')).toEqual([{ type: 'OnIdle' }]);
  });

  test('a secret goes to the station alone and is shown nowhere', async () => {
    const secret = `correct-horse-${protocol}`;
    const { at, held } = await stationWith([...limits(10), ['Modem.SimPassword', ''], ['X.A', '1']]);
    const { results } = await change(at, { 'X.A': '2', 'Modem.SimPassword': secret });
    expect(results).toMatchObject([{ result: 'accepted' }, { result: 'accepted', value: null, read_back: null }]);
    expect(held.get('Modem.SimPassword')).toBe(secret);
    await report(at, 77, [['Modem.SimPassword', secret]]);
    await configuration(at, '?refresh=true&keys=Modem.SimPassword');
    expect((await variables(at, '?q=simpassword')).data).toMatchObject([{ value: null, secret: true }]);
    await until('the frames are written', async () => {
      const { rows } = await app.db.pool.query(`SELECT 1 FROM frames WHERE raw LIKE '%SimPassword%***%'`);
      return rows.length >= 2;
    });
    const tables = [
      'commands',
      'configuration_changes',
      'charge_point_configuration',
      'frames',
      'device_variables',
      'domain_events',
    ];
    for (const table of tables) {
      const { rows } = await app.db.pool.query(`SELECT 1 FROM ${table} t WHERE t::text LIKE '%${secret}%'`);
      expect([table, rows.length]).toEqual([table, 0]);
    }
  });

  test('what names no variable, and the password of the station, are no settings', async () => {
    const { at } = await stationWith([]);
    for (const settings of [
      { HeartbeatInterval: '1' },
      { 'SecurityCtrlr.BasicAuthPassword': 'x' },
      { 'X.A': 'x'.repeat(2501) },
    ]) {
      expect(await change(at, settings)).toMatchObject({ error: { code: 'validation_failed' } });
    }
    expect(at.asked('SetVariables')).toEqual([]);
  });

  test.each([
    ['TC_B_12_CSMS', 'configuration_inventory', 'ConfigurationInventory'],
    ['TC_B_13_CSMS', 'full_inventory', 'FullInventory'],
    ['TC_B_14_CSMS', 'summary_inventory', 'SummaryInventory'],
  ])('%s a %s is asked for and put together from its parts, whatever their order', async (_id, base, reportBase) => {
    const { at } = await stationWith([]);
    const asked = await ask<Report>(at, 'device-model/reports', { base });
    expect(asked).toMatchObject({ status: 'requested', base });
    const { requestId, ...payload } = await at.next('GetBaseReport');
    expect(payload).toEqual({ reportBase });
    const told = [
      ['EVSE@1.Power', '0', { mutability: 'ReadOnly' }],
      ['EVSE@2.Power/MaxSet', '11000'],
      [INTERVAL, '300'],
    ] as const;
    await report(at, requestId, told, [2, 0, 0, 1]);
    expect(await ended(asked)).toMatchObject({ status: 'completed', parts_received: 3, items: 3 });
    expect((await variables(at)).data).toMatchObject([
      { key: 'EVSE@1.Power', evse_id: 1, mutability: 'read_only', data_type: 'string', supports_monitoring: true },
      { key: 'EVSE@2.Power/MaxSet', attribute: 'max_set', value: '11000' },
      { key: INTERVAL, value: '300' },
    ]);
    expect(await ask<Record<string, unknown>>(at, 'device-model', {}, 'GET')).toMatchObject({
      inventory: { base, firmware_version: '1.0.0' },
      attributes: 3,
      components: 3,
    });
    // What can be set is known to the configuration from now on.
    expect((await configuration(at)).settings.map(({ key }) => key)).toEqual(['EVSE@2.Power/MaxSet', INTERVAL]);
  });

  test('TC_B_18_CSMS a report by criteria and components', async () => {
    const { at } = await stationWith([]);
    const components = [
      { component: 'EVSE', evse_id: 1, variable: 'AvailabilityState' },
      { component: 'ChargingStation' },
    ];
    const asked = await ask<Report>(at, 'device-model/reports', { criteria: ['available', 'problem'], components });
    const { requestId, ...payload } = await at.next('GetReport');
    expect(payload).toEqual({
      componentCriteria: ['Available', 'Problem'],
      componentVariable: [
        { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'AvailabilityState' } },
        { component: { name: 'ChargingStation' } },
      ],
    });
    await report(at, requestId, [['EVSE@1.AvailabilityState', 'Available']]);
    expect(await ended(asked)).toMatchObject({ status: 'completed' });
  });

  test.each([
    ['EmptyResultSet', 'empty'],
    ['NotSupported', 'refused'],
    ['Rejected', 'refused'],
  ])('a station that answers %s: the report is %s', async (status, outcome) => {
    const at = await station({ protocol, answers: { GetReport: { status } } });
    const asked = await ask<Report>(at, 'device-model/reports?wait=true', { criteria: ['problem'] });
    expect(asked).toMatchObject({ status: outcome });
  });

  test('a report that loses a part times out, says which, and keeps what came', async () => {
    const { at } = await stationWith([]);
    const asked = await ask<Report>(at, 'device-model/reports', { base: 'full_inventory' });
    const { requestId } = await at.next('GetBaseReport');
    await report(
      at,
      requestId,
      [
        ['X.A', '1'],
        ['X.B', '1'],
        ['X.C', '1'],
      ],
      [0, 2],
    );
    await app.db.pool.query(`UPDATE device_reports SET due_at = now() WHERE id = $1`, [asked.id]);
    expect(await ended(asked)).toMatchObject({ status: 'timed_out', parts_missing: [1] });
    expect((await variables(at)).data.map(({ key }) => key)).toEqual(['X.A', 'X.C']);
  });

  test('changes are seen, and what a later full inventory does not name any more is gone', async () => {
    const { at } = await stationWith([]);
    const inventory = async (told: Parameters<typeof report>[2]) => {
      const before = at.asked('GetBaseReport').length;
      const asked = await ask<Report>(at, 'device-model/reports', { base: 'full_inventory' });
      const { requestId } = await at.next('GetBaseReport', before);
      await report(at, requestId, told);
      await ended(asked);
    };
    await inventory([
      ['X.A', '1'],
      ['X.B', '1'],
    ]);
    expect((await variables(at)).data).toMatchObject([{ changed_at: null }, { changed_at: null }]);
    await inventory([['X.A', '2']]);
    expect((await variables(at)).data).toMatchObject([
      { key: 'X.A', value: '2', previous_value: '1', changed_at: expect.any(String), gone_at: null },
      { key: 'X.B', gone_at: expect.any(String) },
    ]);
    expect((await variables(at, '?gone=true')).data.map(({ key }) => key)).toEqual(['X.B']);
    expect((await variables(at, '?component=x&variable=a')).data).toHaveLength(1);
    const [first] = [await variables(at, '?limit=1')];
    expect((await variables(at, `?limit=1&cursor=${first.next_cursor}`)).data).toMatchObject([{ key: 'X.B' }]);
  });

  test('an inventory in one message, of 12,000 variables, is whole, and none of them is gone', async () => {
    const { at } = await stationWith([]);
    const generatedAt = new Date().toISOString();
    const reportData = Array.from({ length: 12_000 }, (_, i) => ({
      component: { name: 'Component', evse: { id: 1 } },
      variable: { name: `Variable${i}` },
      variableAttribute: [{ type: 'Actual', value: '1', mutability: 'ReadOnly' }],
    }));
    for (const asking of [0, 1]) {
      const asked = await ask<Report>(at, 'device-model/reports', { base: 'full_inventory' });
      const { requestId } = await at.next('GetBaseReport', asking);
      expect(await at.tell('NotifyReport', { requestId, generatedAt, seqNo: 0, tbc: false, reportData })).toEqual({});
      expect(await ended(asked)).toMatchObject({ status: 'completed' });
    }
    expect((await variables(at, '?gone=true')).data).toEqual([]);
    expect((await variables(at, '?variable=Variable11999')).data).toMatchObject([{ value: '1', gone_at: null }]);
  });

  test('the whole configuration is read by a report, and the reading waits for its end', async () => {
    const { at } = await stationWith([]);
    const reading = configuration(at, '?refresh=true');
    const { requestId } = await at.next('GetBaseReport');
    expect(at.asked('GetBaseReport')).toMatchObject([{ reportBase: 'ConfigurationInventory' }]);
    await report(at, requestId, [
      ['X.A', '1'],
      ['X.B', '2'],
    ]);
    const { refresh, settings } = await reading;
    expect(refresh).toMatchObject({ status: 'completed', kind: 'read' });
    expect(settings.map(({ key, value }) => [key, value])).toEqual([
      ['X.A', '1'],
      ['X.B', '2'],
    ]);
  });

  test('a reading of a station that has no such report fails and says why', async () => {
    const at = await station({ protocol, answers: { GetBaseReport: { status: 'NotSupported' } } });
    const { refresh } = await configuration(at, '?refresh=true');
    expect(refresh).toMatchObject({ status: 'failed', error: 'The charger answered NotSupported' });
  });

  test('a template is applied at boot to what has drifted', async () => {
    const vendor = `Template ${protocol}`;
    const values = { 'X.A': '5', 'X.B': '1' };
    await app.api('POST', '/configuration-templates', { name: 'T', vendor, values, at_boot: true });
    const held = new Map<string, string>([...limits(10), ['X.A', '1'], ['X.B', '1']]);
    const at = await station({ protocol, boots: false, answers: variablesOf(held) });
    await at.tell('BootNotification', { reason: 'PowerUp', chargingStation: { model: 'M', vendorName: vendor } });
    await until('what drifted is set', () => held.get('X.A') === '5');
    expect(at.asked('SetVariables')).toEqual([{ setVariableData: [{ ...wireOf('X.A'), attributeValue: '5' }] }]);
  });

  describe('the password of the station', () => {
    const rotate = async (verdict: string) => {
      const at = await station({
        protocol,
        answers: {
          SetVariables: ({ setVariableData }) => ({
            setVariableResult: (setVariableData as Record<string, unknown>[]).map(({ component, variable }) => ({
              ...{ component, variable },
              attributeStatus: verdict,
            })),
          }),
        },
      });
      const answer = await ask<{ command_id: string; key_rotation: string | null }>(
        at,
        'rotate-key?via=ocpp&wait=true',
      );
      const [set] = at.asked('SetVariables') as [{ setVariableData: { attributeValue: string }[] }];
      const [{ attributeValue: key } = { attributeValue: '' }] = set.setVariableData;
      const opens = async (password: string) => {
        const again = await station({ protocol, again: { ...at, key: password }, boots: false }).then(
          () => true,
          () => false,
        );
        return again;
      };
      return { at, answer, key, set, opens };
    };

    test('TC_A_09_CSMS is changed: only the new one opens', async () => {
      const { at, answer, key, set, opens } = await rotate('Accepted');
      expect(set.setVariableData).toEqual([{ ...wireOf('SecurityCtrlr.BasicAuthPassword'), attributeValue: key }]);
      expect(key).toMatch(/^[A-Za-z0-9]{40}$/);
      expect(answer.key_rotation).toBeNull();
      expect([await opens(key), await opens(at.key)]).toEqual([true, false]);
      const { rows } = await app.db.pool.query('SELECT 1 FROM commands t WHERE t::text LIKE $1', [`%${key}%`]);
      expect(rows).toEqual([]);
    });

    test('TC_A_10_CSMS is refused: only the old one opens', async () => {
      const { at, key, opens } = await rotate('Rejected');
      expect([await opens(key), await opens(at.key)]).toEqual([false, true]);
    });

    test('is taken for after the next boot: either opens until the new one was used', async () => {
      const { at, answer, key, opens } = await rotate('RebootRequired');
      expect(answer.key_rotation).toBe('after_reboot');
      expect([await opens(at.key), await opens(key)]).toEqual([true, true]);
      await until('its use is noted', async () => {
        const shown = await ask<{ key_rotation: string | null }>(at, '', {}, 'GET');
        return shown.key_rotation === null;
      });
      expect(await opens(at.key)).toBe(false);
    });

    test('is not set by a raw command', async () => {
      const { at } = await stationWith([]);
      const setVariableData = [{ ...wireOf('SecurityCtrlr.BasicAuthPassword'), attributeValue: 'x' }];
      expect(await send(at, 'SetVariables', { setVariableData })).toMatchObject({
        error: { code: 'validation_failed' },
      });
    });
  });
});
