/** Hostile content through the whole server: every call gets exactly one answer, nothing poisons a transaction, the promises hold. */
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { brokenInvariants } from '../../scripts/chaos/invariants.ts';
import { startApp } from '../support/app.ts';
import { until } from '../support/until.ts';

const MESSAGES = Number(process.env['FUZZ_MESSAGES'] ?? 1500); // more of them: npm run fuzz
const CHARGERS = 6;

const app = await startApp();
const sockets: WebSocket[] = [];
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await app.stop();
});

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    'null',
    -1,
    0,
    1,
    2,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 53,
    2 ** 63,
    0.1,
    true,
    [],
    {},
    [[]],
    'NaN',
    'Infinity',
    '\u0000',
    'a\u0000b',
    "'; DROP TABLE sessions; --",
    '<script>',
    '\r\nSet-Cookie: x',
    '\ud800',
    '💥',
    'x'.repeat(5000),
    '1970-01-01T00:00:00Z',
    '2026-00-00T00:00:00Z',
    '222222017-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'yesterday',
    '__proto__',
    '{1,2}',
    '\\N',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double(),
);
const instant = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString());
const maybe = (sane: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 4, arbitrary: sane }, { weight: 1, arbitrary: hostile });
const sampled = maybe(
  fc.record(
    {
      value: maybe(fc.integer().map(String)),
      measurand: maybe(
        fc.constantFrom('Energy.Active.Import.Register', 'Power.Active.Import', 'SoC', 'Current.Import'),
      ),
      unit: maybe(fc.constantFrom('Wh', 'kWh', 'W', 'A')),
      phase: maybe(fc.constantFrom('L1', 'L2', 'L3')),
      context: maybe(fc.constantFrom('Sample.Periodic', 'Transaction.End')),
    },
    { requiredKeys: [] },
  ),
);
const meterValue = maybe(
  fc.array(
    maybe(
      fc.record(
        { timestamp: maybe(instant), sampledValue: maybe(fc.array(sampled, { maxLength: 4 })) },
        { requiredKeys: [] },
      ),
    ),
    { maxLength: 4 },
  ),
);
const connectorId = maybe(fc.integer({ min: 0, max: 3 }));
const idTag = maybe(fc.constantFrom('TAG-1', 'tag-1 ', 'TAG-2', 'UNKNOWN'));
const wh = maybe(fc.integer({ min: 0, max: 100_000 }));
const transactionId = maybe(fc.integer({ min: -1, max: 400 }));
const loose = (shape: Record<string, fc.Arbitrary<unknown>>) => fc.record(shape, { requiredKeys: [] });
const calls: fc.Arbitrary<[string, unknown]> = fc.oneof(
  fc.tuple(
    fc.constant('StartTransaction'),
    loose({ connectorId, idTag, meterStart: wh, timestamp: maybe(instant), reservationId: transactionId }),
  ),
  fc.tuple(
    fc.constant('StopTransaction'),
    loose({
      transactionId,
      idTag,
      meterStop: wh,
      timestamp: maybe(instant),
      reason: maybe(fc.constant('Local')),
      transactionData: meterValue,
    }),
  ),
  fc.tuple(fc.constant('MeterValues'), loose({ connectorId, transactionId, meterValue })),
  fc.tuple(
    fc.constant('StatusNotification'),
    loose({
      connectorId,
      status: maybe(fc.constantFrom('Available', 'Charging', 'SuspendedEV', 'Faulted')),
      errorCode: maybe(fc.constant('NoError')),
      info: hostile,
      vendorId: hostile,
      vendorErrorCode: hostile,
      timestamp: maybe(instant),
    }),
  ),
  fc.tuple(
    fc.constant('BootNotification'),
    loose({
      chargePointVendor: hostile,
      chargePointModel: hostile,
      firmwareVersion: hostile,
      iccid: hostile,
      meterType: hostile,
    }),
  ),
  fc.tuple(
    fc.constantFrom(
      'Authorize',
      'DataTransfer',
      'FirmwareStatusNotification',
      'DiagnosticsStatusNotification',
      'Heartbeat',
    ),
    loose({ idTag, vendorId: hostile, messageId: hostile, data: hostile, status: maybe(fc.constant('Idle')) }),
  ),
  fc.tuple(fc.constantFrom('Authorize', 'StartTransaction', 'MeterValues', 'Nonsense'), hostile),
);

test(`${MESSAGES} messages of hostile content get one answer each, and leave a database in which every promise holds`, async () => {
  await app.api('POST', '/tokens', { uid: 'TAG-1', max_concurrent: null });
  await app.api('POST', '/tokens', { uid: 'TAG-2' });
  await app.api('POST', '/webhooks/endpoints', {
    url: 'https://127.0.0.1:9/nobody',
    events: ['session.started', 'session.ended'],
  });
  const answered = new Map<string, number>();
  const codes = new Map<string, number>();
  let sent = 0;
  for (let i = 0; i < CHARGERS; i += 1) {
    const { identity } = await app.chargePoint({ security_profile: 0, strict: i === 0 });
    const socket = new WebSocket(`${app.ocppUrl}/${identity}`, ['ocpp1.6']);
    sockets.push(socket);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.on('message', (data) => {
      const [type, id, code] = JSON.parse(data.toString()) as [number, string, string];
      if (type === 2) return;
      answered.set(id, (answered.get(id) ?? 0) + 1);
      if (type === 4 && i > 0) codes.set(code, (codes.get(code) ?? 0) + 1);
    });
  }
  for (const [n, [action, payload]] of fc.sample(calls, MESSAGES).entries()) {
    sockets[n % CHARGERS]?.send(JSON.stringify([2, `m${n}`, action, payload]));
    sent += 1;
    if (n % 300 === 299) await until('the line is short', () => answered.size >= sent - 60);
  }
  await until('all are answered', () => answered.size === sent);
  expect([...answered.values()].every((count) => count === 1)).toBe(true);
  expect([...codes.keys()]).toEqual(['NotImplemented']); // of those that are not strict: only for what no OCPP knows
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  expect(metrics).not.toMatch(/dynamo_ingest_poisoned_total\{.*\} [1-9]/);
  expect(sockets.every((socket) => socket.readyState === WebSocket.OPEN)).toBe(true);
  expect(await brokenInvariants(app.db)).toEqual({});
});
