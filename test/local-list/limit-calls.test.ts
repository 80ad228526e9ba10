import { describe, expect, test } from '@jest/globals';
import { limitCalls } from '../../src/local-list/limit-calls.ts';
import { NEVER } from '../../src/local-list/store.ts';
import type { ListView } from '../../src/local-list/sync-store.ts';

const view = (more: Partial<ListView>): ListView => ({
  ...NEVER,
  ...{ organizationId: 'org_1', chargePointId: 'cp_1', identity: 'CP-1', siteId: null, isChecked: false },
  ...{ setting: 'manual', connected: true, revision: 1, protocol: 'ocpp2.1' },
  ...{ enabled: null, maxEntries: null, maxPerMessage: null, maxKeys: null, variables: [] },
  ...more,
});
const told = (key: string, value = '2', isFresh = true) => ({ key, value, maxLimit: null, isFresh });
/** The variables or keys of each call. */
const named = (more: Partial<ListView>): string[][] =>
  limitCalls(view(more)).map((call) => {
    if ('do' in call) return call.do === 'read_configuration' ? [...(call.keys ?? [])] : [];
    return (call.payload['getVariableData'] as { variable: { name: string } }[]).map(({ variable }) => variable.name);
  });

describe('a station of 2.x is asked (B06.FR.16)', () => {
  const ITEMS = 'DeviceDataCtrlr.ItemsPerMessage[GetVariables]';

  test.each([
    ['one at a time while it has not said how many it takes, that first', [], [1, 1, 1, 1, 1]],
    ['two at a time', [told(ITEMS, '2')], [2, 2]],
    ['three at a time', [told(ITEMS, '3', false)], [3, 1]],
    ['at once', [told(ITEMS, '50')], [4]],
    [
      'in as many bytes as it takes',
      [told(ITEMS, '50'), told('DeviceDataCtrlr.BytesPerMessage[GetVariables]', '450')],
      [2, 2],
    ],
    ['one at least', [told(ITEMS, '50'), told('DeviceDataCtrlr.BytesPerMessage[GetVariables]', '9')], [1, 1, 1, 1]],
  ])('%s', (_, variables, sizes) => {
    expect(named({ variables }).map(({ length }) => length)).toEqual(sizes);
  });

  test('only what it has not said since it booted', () => {
    const variables = [
      told('LocalAuthListCtrlr.Enabled', 'true'),
      told('LocalAuthListCtrlr.ItemsPerMessage', '2', false),
      told('LocalAuthListCtrlr.Entries'),
      told(ITEMS, '2', false),
    ];
    expect(named({ variables })).toEqual([['ItemsPerMessage', 'BytesPerMessage']]);
    const all = [...variables, told('LocalAuthListCtrlr.ItemsPerMessage'), told('LocalAuthListCtrlr.BytesPerMessage')];
    expect(named({ variables: all })).toEqual([]);
  });
});

test('a charger of 1.6 is asked for as many keys as it takes at once (§9.1)', () => {
  const keys = ['LocalAuthListEnabled', 'LocalAuthListMaxLength', 'SendLocalListMaxLength'];
  expect(named({ protocol: 'ocpp1.6' })).toEqual([keys]);
  expect(named({ protocol: 'ocpp1.6', maxKeys: '2' })).toEqual([keys.slice(0, 2), keys.slice(2)]);
});
