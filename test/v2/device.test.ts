/** What the adapter of OCPP 2.x makes of messages about variables, however odd they are. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { noParts, takePart } from '../../src/platform/parts.ts';
import { variableOfKey } from '../../src/platform/variable-key.ts';
import { recorder, versionOf } from './support.ts';

const report = (
  more: object,
  { component = { name: 'X' }, variable = { name: 'V' } }: { component?: object; variable?: object } = {},
) => ({
  requestId: 5,
  generatedAt: '2026-11-24T12:00:00Z',
  seqNo: 0,
  reportData: [{ component, variable, variableAttribute: [{ value: '1' }], ...more }],
});
const told = async (payload: Record<string, unknown>) => {
  const { send, inputs } = recorder('ocpp2.1');
  expect(await send('NotifyReport', payload)).toEqual({});
  const [input] = inputs;
  if (input?.room !== 'device_model' || input.type !== 'report_part' || input.kind !== 'variables')
    throw new Error('no part came in');
  return input;
};

describe('NotifyReport', () => {
  test('tells every attribute of a variable with its characteristics', async () => {
    const { attributes, part, requestId } = await told(
      report(
        {
          variableAttribute: [
            { value: '5', mutability: 'ReadOnly', persistent: true, constant: true },
            { type: 'MaxSet', value: '9' },
          ],
          variableCharacteristics: {
            dataType: 'OptionList',
            unit: 'W',
            minLimit: 1.5,
            maxLimit: 20,
            maxElements: 3,
            valuesList: 'a,b',
            supportsMonitoring: true,
          },
        },
        { component: { name: 'EVSE', instance: 'i', evse: { id: 1, connectorId: 2 } } },
      ),
    );
    const characteristics = {
      ...{ dataType: 'option_list', unit: 'W', minLimit: 1.5, maxLimit: 20, maxElements: 3, valuesList: 'a,b' },
      supportsMonitoring: true,
    };
    expect([requestId, part]).toEqual([5, { seqNo: 0, tbc: false, items: 2 }]);
    expect(attributes).toEqual([
      {
        ...{
          key: 'EVSE[i]@1.2.V',
          value: '5',
          secret: false,
          mutability: 'read_only',
          persistent: true,
          constant: true,
        },
        characteristics,
      },
      {
        ...{ key: 'EVSE[i]@1.2.V/MaxSet', value: '9', secret: false, mutability: 'read_write', persistent: false },
        ...{ constant: false, characteristics },
      },
    ]);
  });

  test('tells all that a message of 2 MiB holds', async () => {
    const reportData = Array.from({ length: 12_000 }, (_, i) => ({
      component: { name: 'Component', evse: { id: 1 } },
      variable: { name: `Variable${i}` },
      variableAttribute: [{ type: 'Actual', value: '1', mutability: 'ReadOnly' }],
    }));
    const { attributes, part } = await told({ ...report({}), reportData });
    expect([attributes.length, part.items]).toEqual([12_000, 12_000]);
    expect(attributes.at(-1)?.key).toBe('Component@1.Variable11999');
  });

  test('a list that is cut is too much, never taken for all that there is', async () => {
    const reportData = Array.from({ length: 60_000 }, (_, i) => ({
      component: { name: 'X' },
      variable: { name: `V${i}` },
      variableAttribute: [{}],
    }));
    const { attributes, part } = await told({ ...report({}), reportData });
    expect(attributes.length).toBeLessThan(60_000);
    expect(takePart(noParts, part).verdict).toBe('too_many');
  });

  test('never tells the value of a secret, nor of what can only be written', async () => {
    const secret = await told(report({}, { variable: { name: 'BasicAuthPassword' } }));
    expect(secret.attributes).toMatchObject([{ value: null, secret: true }]);
    const blind = await told(report({ variableAttribute: [{ value: 'x', mutability: 'WriteOnly' }] }));
    expect(blind.attributes).toMatchObject([{ value: null, secret: false, mutability: 'write_only' }]);
  });

  test('leaves out what names no variable, and reads the rest', async () => {
    const payload = report({});
    const { attributes, part } = await told({
      ...payload,
      reportData: [{}, null, 7, ...payload.reportData],
      tbc: true,
    });
    expect(attributes.map(({ key }) => key)).toEqual(['X.V']);
    expect(part).toEqual({ seqNo: 0, tbc: true, items: 1 });
  });

  test('that names no request and tells nothing is beyond use', async () => {
    await expect(told({ reportData: [] })).rejects.toThrow('names no request');
  });

  test('whatever it holds, what is told can be stored and named', async () => {
    const junk = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null), fc.jsonValue());
    const component = fc.record(
      { name: junk, instance: junk, evse: fc.record({ id: junk, connectorId: junk }) },
      { requiredKeys: [] },
    );
    const attribute = fc.record({ type: junk, value: junk, mutability: junk, persistent: junk }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(
        component,
        fc.record({ name: junk }),
        fc.array(attribute),
        async (of, variable, variableAttribute) => {
          const { attributes } = await told(report({ variableAttribute }, { component: of, variable }));
          for (const { key, value } of attributes) {
            expect(variableOfKey(key)).toBeDefined();
            expect(value ?? '').not.toMatch(/\0|\p{Surrogate}/u);
          }
        },
      ),
    );
  });
});

describe('other lists', () => {
  const name = (i: number) => ({ component: { name: 'X' }, variable: { name: `V${i}` } });

  test('NotifyEvent: all that a message of 2 MiB holds are kept', async () => {
    const { send, inputs } = recorder('ocpp2.0.1');
    const eventData = Array.from({ length: 10_000 }, (_, eventId) => ({
      ...{ eventId, timestamp: '2026-11-24T12:00:00Z', trigger: 'Delta', actualValue: '1', ...name(eventId) },
    }));
    expect(await send('NotifyEvent', { generatedAt: '2026-11-24T12:00:00Z', seqNo: 0, eventData })).toEqual({});
    const events = inputs.flatMap((input) => (input.type === 'events_reported' ? input.events : []));
    expect(events.map(({ eventId }) => eventId)).toEqual(eventData.map(({ eventId }) => eventId));
  });

  test('NotifyEvent: of thousands of statuses the last count as such, and all are kept as events', async () => {
    const { send, inputs } = recorder('ocpp2.0.1');
    const component = { name: 'Connector', evse: { id: 1, connectorId: 1 } };
    const eventData = Array.from({ length: 2_000 }, (_, eventId) => ({
      ...{
        eventId,
        timestamp: '2026-11-24T12:00:00Z',
        trigger: 'Delta',
        component,
        variable: { name: 'AvailabilityState' },
      },
      actualValue: eventId === 1_999 ? 'Faulted' : 'Available',
    }));
    await send('NotifyEvent', { generatedAt: '2026-11-24T12:00:00Z', seqNo: 0, eventData });
    expect(inputs.flatMap((input) => (input.type === 'events_reported' ? input.events : []))).toHaveLength(2_000);
    const statuses = inputs.flatMap((input) => (input.type === 'status_reported' ? [input.status] : []));
    expect([statuses.length, statuses.at(-1)]).toEqual([500, 'faulted']);
  });

  test('NotifyMonitoringReport: what is cut is too much, never taken for all that there is', async () => {
    const send = async (count: number) => {
      const { send, inputs } = recorder('ocpp2.0.1');
      const monitor = Array.from({ length: count }, (_, id) => ({
        ...name(id),
        variableMonitoring: [{ id, type: 'Delta', value: 1, severity: 5, transaction: false }],
      }));
      await send('NotifyMonitoringReport', { requestId: 5, seqNo: 0, generatedAt: '2026-11-24T12:00:00Z', monitor });
      return inputs.flatMap((input) => (input.type === 'report_part' ? [input.part] : []));
    };
    expect(await send(12_000)).toMatchObject([{ items: 12_000 }]);
    const [part] = await send(60_000);
    expect(part && takePart(noParts, part).verdict).toBe('too_many');
  });

  test('NotifyPeriodicEventStream, which nobody answers: all values are kept', async () => {
    const { send, inputs } = recorder('ocpp2.1');
    const data = Array.from({ length: 60_000 }, (_, t) => ({ t, v: '1' }));
    const payload = { id: 1, pending: 0, basetime: '2026-11-24T12:00:00Z', data };
    await send('NotifyPeriodicEventStream', payload);
    expect(inputs.flatMap((input) => (input.type === 'stream_values' ? input.values : []))).toHaveLength(60_000);
  });

  test('ReportChargingProfiles: profiles by the thousand are told, and none is taken for gone', async () => {
    const { send, inputs } = recorder('ocpp2.0.1');
    const chargingProfile = Array.from({ length: 5_000 }, (_, id) => ({
      ...{ id, stackLevel: 0, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Relative' },
      chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] }],
    }));
    await send('ReportChargingProfiles', { requestId: 5, chargingLimitSource: 'CSO', evseId: 1, chargingProfile });
    expect(inputs.flatMap((input) => (input.type === 'profiles_reported' ? input.profiles : []))).toHaveLength(5_000);
  });
});

describe('what the answers tell', () => {
  const { toCharger } = versionOf('ocpp2.0.1');
  const named = (component: string, variable: string, more: object = {}) => ({
    component: { name: component },
    variable: { name: variable },
    ...more,
  });

  test('GetVariables: what is not in the answer is unknown, whatever else is', () => {
    const payload = {
      getVariableData: [named('X', 'A'), named('X', 'B'), named('X', 'C'), named('X', 'D'), named('X', 'Pin')],
    };
    const getVariableResult = [
      named('x', 'a', { attributeStatus: 'Accepted', attributeValue: '1' }),
      named('X', 'B', { attributeStatus: 'UnknownVariable' }),
      named('X', 'C', { attributeStatus: 'Rejected' }),
      named('X', 'Other', { attributeStatus: 'Accepted', attributeValue: '1' }),
      named('X', 'A', { attributeStatus: 'Accepted', attributeValue: 'second' }),
    ];
    expect(toCharger.get('GetVariables')?.learn?.(payload, { getVariableResult })).toEqual({
      about: 'configuration_read',
      settings: [
        { key: 'X.A', value: '1', readonly: undefined, secret: false },
        { key: 'X.C', value: null, readonly: undefined, secret: false },
      ],
      unknown: ['X.B', 'X.D', 'X.Pin'],
    });
  });

  test('SetVariables: a verdict that nobody knows, or none, is a refusal', () => {
    const set = (name: string) => named('X', name, { attributeValue: '1' });
    const payload = { setVariableData: ['A', 'B', 'C', 'D'].map(set) };
    const reason = { reasonCode: 'TooBig', additionalInfo: 'at most 5' };
    const setVariableResult = [
      named('X', 'A', { attributeStatus: 'RebootRequired' }),
      named('X', 'B', { attributeStatus: 'Perhaps' }),
      named('X', 'C', { attributeStatus: 'Rejected', attributeStatusInfo: reason }),
    ];
    expect(toCharger.get('SetVariables')?.learn?.(payload, { setVariableResult })).toMatchObject({
      changes: [
        { key: 'X.A', outcome: 'reboot_required', why: undefined },
        { key: 'X.B', outcome: 'rejected', why: 'The station answered Perhaps' },
        { key: 'X.C', outcome: 'rejected', why: 'The station answered Rejected: TooBig: at most 5' },
        { key: 'X.D', outcome: 'rejected', why: 'The station did not say what became of it' },
      ],
    });
  });
});
