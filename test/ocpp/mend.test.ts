import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Protocol } from '../../src/ocpp/contract.ts';
import { type Mended, mend } from '../../src/ocpp/mend.ts';
import { loadSchemas, type Schema } from '../../src/ocpp/rpc.ts';
import { createSchemas } from '../../src/ocpp/schemas.ts';

const schemaOf = (action: string, protocol: Protocol = 'ocpp1.6'): Schema =>
  loadSchemas(protocol).get(`${action} request`) ?? {};
const mended = (action: string, payload: unknown, protocol: Protocol = 'ocpp1.6'): Mended =>
  mend(schemaOf(action, protocol), payload);
const kinds = ({ deviations }: Mended): string[] => deviations.map(({ field, kind }) => `${kind} ${field}`);

const start = { connectorId: 1, idTag: 'TAG', meterStart: 100, timestamp: '2026-01-01T00:00:00Z' };

test('R7: numbers as text, text as numbers, with blanks around', () => {
  const result = mended('StartTransaction', { ...start, connectorId: '1', meterStart: ' 100 ', idTag: 4711 });
  expect(result).toMatchObject({ sound: true, payload: { connectorId: 1, meterStart: 100, idTag: '4711' } });
  expect(kinds(result)).toEqual(['type connectorId', 'type idTag', 'type meterStart']);
});

test('R7: null and "null" of what is optional is dropped, of what is required it stays and is unsound', () => {
  expect(mended('StartTransaction', { ...start, reservationId: null })).toMatchObject({
    sound: true,
    payload: start,
    deviations: [{ kind: 'null', field: 'reservationId' }],
  });
  const boot = { chargePointVendor: 'V', chargePointModel: 'M' };
  expect(mended('BootNotification', { ...boot, iccid: 'null' }).payload).toEqual(boot);
  expect(mended('StartTransaction', { ...start, idTag: null })).toMatchObject({
    sound: false,
    payload: { idTag: null },
  });
});

test('R7: extra fields are kept and told', () => {
  const result = mended('StartTransaction', { ...start, vendorThing: { a: 1 } });
  expect(result).toMatchObject({ sound: true, payload: { ...start, vendorThing: { a: 1 } } });
  expect(kinds(result)).toEqual(['unknown_field vendorThing']);
});

test('JSON where a free text is expected is kept as its text; a text of limited length that is none is left out', () => {
  for (const data of [{ a: { b: [1, 'x'] } }, ['x'], {}]) {
    const result = mended('DataTransfer', { vendorId: 'V', data });
    expect(result).toMatchObject({ sound: true, payload: { vendorId: 'V', data: JSON.stringify(data) } });
    expect(kinds(result)).toEqual(['type data']);
  }
  const boot = { chargePointVendor: 'V', chargePointModel: 'M' };
  expect(mended('BootNotification', { ...boot, iccid: {} })).toMatchObject({ sound: true, payload: boot });
  expect(mended('DataTransfer', { vendorId: 'V', data: { a: 1 } }, 'ocpp2.0.1')).toMatchObject({
    payload: { data: { a: 1 } },
    deviations: [],
  });
});

test('field names in another case are taken for what they mean', () => {
  const { timestamp, ...rest } = start;
  const result = mended('StartTransaction', { ...rest, timeStamp: timestamp, connectorID: 5 });
  expect(result.payload).toMatchObject({ connectorId: 1, timestamp, connectorID: 5 });
  expect(result.sound).toBe(true);
});

const sample = (more: object) => ({
  connectorId: 1,
  meterValue: [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '1', ...more }] }],
});
const firstOf = (result: Mended): unknown =>
  (result.payload as { meterValue: [{ sampledValue: [unknown] }] }).meterValue[0].sampledValue[0];

test('R8: words of an enumeration in another case or spelling, and units that OCPP forgot', () => {
  expect(firstOf(mended('MeterValues', sample({ unit: 'kwh' })))).toEqual({ value: '1', unit: 'kWh' });
  expect(firstOf(mended('MeterValues', sample({ measurand: 'energy_active_import_register' })))).toMatchObject({
    measurand: 'Energy.Active.Import.Register',
  });
  expect(firstOf(mended('MeterValues', sample({ unit: 'hz' })))).toMatchObject({ unit: 'Hertz' });
  expect(firstOf(mended('MeterValues', sample({ unit: 'Hertz' })))).toMatchObject({ unit: 'Hertz' });
  expect(mended('MeterValues', sample({ unit: 'Celcius' }))).toMatchObject({ sound: true, deviations: [] });
});

test('an unknown unit is kept, not dropped: 5 MWh must not become 5 Wh', () => {
  const result = mended('MeterValues', sample({ unit: 'MWh' }));
  expect(firstOf(result)).toEqual({ value: '1', unit: 'MWh' });
  expect(result).toMatchObject({
    sound: true,
    deviations: [{ kind: 'enum', field: 'meterValue[].sampledValue[].unit' }],
  });
});

test('an unknown word where one is required leaves the payload unsound', () => {
  const status = { connectorId: 1, errorCode: 'NoError', status: 'Occupied' };
  expect(mended('StatusNotification', status)).toMatchObject({ sound: false, payload: status });
});

test('R8: a token of 21 characters stays whole, other texts are cut to what the specification allows', () => {
  const idTag = 'A'.repeat(21);
  expect(mended('StartTransaction', { ...start, idTag })).toMatchObject({ sound: true, payload: { idTag } });
  expect(mended('StartTransaction', { ...start, idTag: 'A'.repeat(300) })).toMatchObject({ sound: false });
  const result = mended('BootNotification', {
    chargePointVendor: 'V'.repeat(30),
    chargePointModel: ` ${'M'.repeat(20)} `,
  });
  expect(result).toMatchObject({
    sound: true,
    payload: { chargePointVendor: 'V'.repeat(20), chargePointModel: 'M'.repeat(20) },
  });
  expect(result.deviations[0]?.example).toBe('V'.repeat(30));
});

test('a reading may be rounded, an id may not', () => {
  expect(mended('StartTransaction', { ...start, meterStart: 100.6 })).toMatchObject({
    sound: true,
    payload: { meterStart: 101 },
  });
  expect(mended('StartTransaction', { ...start, connectorId: 1.5 })).toMatchObject({
    sound: false,
    payload: { connectorId: 1.5 },
  });
});

test('what is optional and beyond mending is left out, so that the money in the message is not lost', () => {
  expect(mended('StartTransaction', { ...start, reservationId: 'abc' })).toMatchObject({ sound: true, payload: start });
  expect(
    mended('StopTransaction', { transactionId: 1, meterStop: 5, timestamp: start.timestamp, transactionData: 'x' }),
  ).toMatchObject({ sound: true, payload: { transactionId: 1 } });
});

test('B11: instants without a zone stay as they were said, seconds since 1970 are rewritten', () => {
  expect(mended('StartTransaction', { ...start, timestamp: '2026-01-01 00:00:00' })).toMatchObject({
    sound: true,
    payload: { timestamp: '2026-01-01 00:00:00' },
    deviations: [{ kind: 'format', field: 'timestamp' }],
  });
  expect(mended('StartTransaction', { ...start, timestamp: 1767225600 })).toMatchObject({
    payload: { timestamp: '2026-01-01T00:00:00.000Z' },
  });
  expect(
    mended('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: '' }),
  ).toMatchObject({
    sound: true,
    payload: { status: 'Available' },
  });
});

test('one element without its brackets is an array of one, and the other way round', () => {
  const result = mended('MeterValues', {
    connectorId: 1,
    meterValue: { timestamp: start.timestamp, sampledValue: { value: 5 } },
  });
  expect(result).toMatchObject({ sound: true, payload: { meterValue: [{ sampledValue: [{ value: '5' }] }] } });
});

test('what is missing is told and not invented', () => {
  const result = mended('StartTransaction', { connectorId: 1 });
  expect(result.sound).toBe(false);
  expect(kinds(result)).toEqual(['missing idTag', 'missing meterStart', 'missing timestamp']);
  expect(result.payload).toEqual({ connectorId: 1 });
});

test.each(['text', 5, null, [], true])('a payload that is %j counts as an empty one', (payload) => {
  expect(mended('StartTransaction', payload)).toMatchObject({ payload: {}, sound: false });
});

test('the list of deviations stays short, whatever a charger invents', () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`field${i}`, 'x'.repeat(1000)]));
  const result = mended('StartTransaction', { ...start, ...many });
  expect(result.deviations.length).toBeLessThanOrEqual(50);
  for (const { example, field } of result.deviations) expect(example.length + field.length).toBeLessThan(400);
});

/** The schema as far as mending promises to keep it: see Mended.sound. */
function promised(schema: Schema, required = true, field = ''): Schema {
  const { additionalProperties: _, format: __, ...kept } = schema;
  const { enum: words, ...wordless } = kept;
  const { maxLength, ...endless } = words !== undefined && !required ? wordless : kept;
  const open = /^(idTag|parentIdTag|idToken|transactionId)$/.test(field);
  return {
    ...endless,
    ...(maxLength !== undefined && { maxLength: open ? 255 : maxLength }),
    ...(schema.properties && {
      properties: Object.fromEntries(
        Object.entries(schema.properties).map(([name, property]) => [
          name,
          promised(property, schema.required?.includes(name) ?? false, name),
        ]),
      ),
    }),
    ...(schema.items && { items: promised(schema.items) }),
  };
}

test.each([
  'StartTransaction',
  'StopTransaction',
  'MeterValues',
  'StatusNotification',
  'BootNotification',
  'DataTransfer',
])(
  'property: whatever comes as %s, mending does not throw, and what it calls sound satisfies the schema',
  async (action) => {
    const { Ajv } = await import('ajv');
    const check = new Ajv({ strict: false, validateSchema: false, logger: false }).compile(promised(schemaOf(action)));
    const right: Record<string, object> = {
      StartTransaction: start,
      StopTransaction: {
        transactionId: 1,
        meterStop: 5,
        timestamp: start.timestamp,
        reason: 'Local',
        transactionData: [],
      },
      MeterValues: sample({ unit: 'Wh', context: 'Trigger' }),
      StatusNotification: { connectorId: 1, errorCode: 'NoError', status: 'Available', info: 'x' },
      BootNotification: { chargePointVendor: 'V', chargePointModel: 'M', iccid: '1' },
      DataTransfer: { vendorId: 'V', data: 'x' },
    };
    const odd = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        'null',
        '',
        '5',
        ' 5 ',
        '1e999',
        1.5,
        -1,
        2 ** 63,
        1e308,
        true,
        'true',
        [],
        {},
        [{}],
        'a'.repeat(600),
      ),
      fc.jsonValue(),
    );
    const mutate = (value: unknown, path: readonly number[], change: unknown): unknown => {
      const [index = 0, ...rest] = path;
      if (path.length === 0 || typeof value !== 'object' || value === null) return change;
      if (Array.isArray(value)) {
        return value.length === 0
          ? [change]
          : value.map((each, i) => (i === index % value.length ? mutate(each, rest, change) : each));
      }
      const entries = Object.entries(value);
      return Object.fromEntries(
        entries.map(([key, item], i) => [key, i === index % entries.length ? mutate(item, rest, change) : item]),
      );
    };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(fc.nat(5), { maxLength: 5 }), odd), { minLength: 1, maxLength: 3 }),
        (changes) => {
          let payload: unknown = right[action];
          for (const [path, change] of changes) payload = mutate(payload, path, change);
          const result = mended(action, payload);
          if (result.sound)
            expect([result.payload, check(result.payload), check.errors]).toEqual([result.payload, true, null]);
          JSON.stringify(result);
        },
      ),
      { numRuns: 1500 },
    );
  },
);

test('a payload that satisfies its schema comes out of mending as it went in', () => {
  const schemas = createSchemas('ocpp2.0.1');
  const event = {
    eventType: 'Updated',
    timestamp: '2026-01-01T00:00:00.000Z',
    triggerReason: 'MeterValuePeriodic',
    seqNo: 3,
    transactionInfo: { transactionId: 'T1', chargingState: 'Charging' },
    meterValue: [
      {
        timestamp: '2026-01-01T00:00:00Z',
        sampledValue: [{ value: 5.5, unitOfMeasure: { unit: 'kWh', multiplier: 3 } }],
      },
    ],
    customData: { vendorId: 'v', anything: [1] },
  };
  expect(schemas.of('TransactionEvent', 'request')?.check(event)).toBeUndefined();
  expect(mended('TransactionEvent', event, 'ocpp2.0.1')).toEqual({ payload: event, sound: true, deviations: [] });
});
