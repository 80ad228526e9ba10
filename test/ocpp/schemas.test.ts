import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { createCallValidator } from '../../src/ocpp/call-validator.ts';
import type { Protocol, ToCharger } from '../../src/ocpp/contract.ts';
import { loadSchemas, meaningOf } from '../../src/ocpp/rpc.ts';
import { createSchemas } from '../../src/ocpp/schemas.ts';

const actions = (protocol: Protocol, direction: string): string[] =>
  [...loadSchemas(protocol).keys()].filter((key) => key.endsWith(` ${direction}`));

test('every action of every version has its schemas: 39, 64 and 91', () => {
  expect(actions('ocpp1.6', 'request')).toHaveLength(39);
  expect(actions('ocpp1.6', 'result')).toHaveLength(39);
  expect(actions('ocpp2.0.1', 'request')).toHaveLength(64);
  expect(actions('ocpp2.0.1', 'result')).toHaveLength(64);
  expect(actions('ocpp2.1', 'request')).toHaveLength(91);
  expect(actions('ocpp2.1', 'result')).toHaveLength(90); // NotifyPeriodicEventStream is sent without an answer
});

test.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)('all schemas of %s compile', (protocol) => {
  const schemas = createSchemas(protocol);
  for (const key of loadSchemas(protocol).keys()) {
    const [action = '', direction] = key.split(' ');
    expect(schemas.of(action, direction === 'result' ? 'result' : 'request')).toBeDefined();
  }
});

test('ocpp-rpc fault, 2.1 validation rejects everything: our 2.1 accepts what is right and finds what is wrong', () => {
  const boot = createSchemas('ocpp2.1').of('BootNotification', 'request');
  const chargingStation = { model: 'M', vendorName: 'V' };
  expect(boot?.check({ reason: 'PowerUp', chargingStation })).toBeUndefined();
  expect(boot?.check({ reason: 'Whim', chargingStation })).toMatchObject({ keyword: 'enum', field: 'reason' });
  const event = createSchemas('ocpp2.1').of('TransactionEvent', 'request');
  const right = {
    eventType: 'Started',
    timestamp: '2026-01-01T00:00:00Z',
    triggerReason: 'CablePluggedIn',
    seqNo: 0,
    transactionInfo: { transactionId: 'T1' },
  };
  expect(event?.check(right)).toBeUndefined();
  expect(event?.check({ ...right, seqNo: undefined })).toMatchObject({ keyword: 'required' });
});

test('a version has no schema for what is not its own', () => {
  expect(createSchemas('ocpp1.6').of('TransactionEvent', 'request')).toBeUndefined();
  expect(createSchemas('ocpp2.0.1').of('StartTransaction', 'request')).toBeUndefined();
});

test('0.3 counts as a multiple of 0.1', () => {
  const schedule = createSchemas('ocpp1.6').of('SetChargingProfile', 'request');
  const profile = (limit: number) => ({
    connectorId: 1,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
    },
  });
  for (const limit of [0.3, 16.1, 32, 0.7]) expect(schedule?.check(profile(limit))).toBeUndefined();
  expect(schedule?.check(profile(16.15))).toMatchObject({ keyword: 'multipleOf' });
});

test('the schema that is served is the one that the Open Charge Alliance published for StartTransaction', () => {
  expect(loadSchemas('ocpp1.6').get('StartTransaction request')).toMatchObject({
    required: ['connectorId', 'idTag', 'meterStart', 'timestamp'],
    properties: { idTag: { type: 'string', maxLength: 20 }, connectorId: { type: 'integer' } },
  });
});

test('the codes of a CALLERROR come with their meaning', () => {
  expect(meaningOf('NotImplemented')).toContain('not known');
  expect(meaningOf('FormationViolation')).toContain('syntactically incorrect');
});

test('only one file knows the library', () => {
  const src = new URL('../../src/', import.meta.url);
  const knowing = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => /['"`]ocpp-rpc/.test(readFileSync(new URL(name, src), 'utf8')));
  expect(knowing).toEqual(['ocpp/rpc.ts']);
});

const toCharger = new Map<string, ToCharger>([['Reset', { action: 'Reset', accepted: () => true, example: {} }]]);

test('a call of a person is told all that is wrong with it', () => {
  const validate = createCallValidator([{ protocol: 'ocpp1.6', toCharger }]);
  expect(validate('ocpp1.6', 'Reset', { type: 'Hard' })).toEqual([]);
  const faults = validate('ocpp1.6', 'Reset', { type: 'Harder', extra: 1 });
  expect(faults.map((fault) => fault.field).sort()).toEqual(['', 'type']);
  expect(faults.map((fault) => fault.message).join()).toContain('Hard');
  expect(validate('ocpp1.6', 'Heartbeat', {})).toHaveLength(1);
  expect(validate('ocpp2.1', 'Reset', { type: 'Immediate' })).toHaveLength(1);
});
