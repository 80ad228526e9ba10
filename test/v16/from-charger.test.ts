import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDataTransfers } from '../../src/data-transfer/index.ts';
import { UnusableMessage } from '../../src/ocpp/contract.ts';
import { AppError } from '../../src/platform/errors.ts';
import { aCall, aLink, expectSound, NOW, recorder } from './support.ts';

const stamp = '2026-03-01T09:59:58.000Z';
const now = { at: new Date(stamp), raw: stamp, plausible: true, historical: false };
const received = { at: NOW, plausible: false, historical: false };
const from = { chargePointId: 'cp_1', receivedAt: NOW };

describe('BootNotification', () => {
  test('tells what the charger is and answers what the room decided', async () => {
    const { handle, inputs } = recorder({ booted: { status: 'pending', intervalS: 90 } });
    const result = await handle('BootNotification', {
      chargePointVendor: 'Dynamo',
      chargePointModel: 'One',
      chargeBoxSerialNumber: 'B-1',
      firmwareVersion: '1.2.3',
      iccid: '',
      imsi: null,
      meterType: 7,
      meterSerialNumber: ' M-1 ',
    });
    expect(result).toEqual({ status: 'Pending', currentTime: NOW.toISOString(), interval: 90 });
    expect(inputs).toEqual([
      {
        room: 'stations',
        type: 'booted',
        ...from,
        vendor: 'Dynamo',
        model: 'One',
        serial: 'B-1',
        firmwareVersion: '1.2.3',
        meterType: '7',
        meterSerial: 'M-1',
      },
    ]);
  });

  test('the serial of the charge point goes before the one of its box', async () => {
    const { handle, inputs } = recorder();
    await handle('BootNotification', { chargePointSerialNumber: 'P-1', chargeBoxSerialNumber: 'B-1' });
    expect(inputs).toMatchObject([{ serial: 'P-1' }]);
  });

  test('is taken with nothing in it, and before any boot', async () => {
    const { handle, handler } = recorder();
    expect(await handle('BootNotification', {})).toMatchObject({ status: 'Accepted', interval: 300 });
    expect(handler('BootNotification').beforeBoot).toBe(true);
  });
});

test('a heartbeat is answered with the time and submits nothing', async () => {
  const { handle, inputs } = recorder();
  expect(await handle('Heartbeat', {})).toEqual({ currentTime: NOW.toISOString() });
  expect(inputs).toEqual([]);
});

describe('StatusNotification', () => {
  test('carries the status in our words and as it was said', async () => {
    const { handle, inputs } = recorder();
    const result = await handle('StatusNotification', {
      connectorId: 1,
      status: 'SuspendedEVSE',
      errorCode: 'groundfailure',
      info: 'leak',
      vendorId: 'org.v',
      vendorErrorCode: '0x17',
      timestamp: stamp,
    });
    expect(result).toEqual({});
    expect(inputs).toEqual([
      {
        room: 'stations',
        type: 'status_reported',
        ...from,
        evseId: 1,
        connectorId: 1,
        status: 'suspended_evse',
        rawStatus: 'SuspendedEVSE',
        errorCode: 'GroundFailure',
        info: 'leak',
        vendorId: 'org.v',
        vendorErrorCode: '0x17',
        at: now,
      },
    ]);
  });

  test('without a time, of a charger two hours ahead, is by the clock that its session began by', async () => {
    const { handle, inputs } = recorder();
    const call = { link: aLink(), traceId: '0'.repeat(31).concat('2') };
    const timestamp = new Date(NOW.getTime() + 7_200_000).toISOString();
    await handle('StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp }, call);
    const receivedAt = new Date(NOW.getTime() + 60_000);
    const status = { connectorId: 1, status: 'SuspendedEV', errorCode: 'NoError' };
    await handle('StatusNotification', status, { ...call, receivedAt, traceId: '0'.repeat(31).concat('3') });
    expect(inputs.find(({ type }) => type === 'authorize_start')).toMatchObject({
      start: { at: { at: new Date(timestamp) } },
    });
    expect(inputs.at(-1)).toMatchObject({
      status: 'suspended_ev',
      at: { at: new Date(NOW.getTime() + 7_260_000), ours: receivedAt },
    });
  });

  test.each([
    ['Available', 'available'],
    ['Preparing', 'preparing'],
    ['Charging', 'charging'],
    ['SuspendedEV', 'suspended_ev'],
    ['SuspendedEVSE', 'suspended_evse'],
    ['Finishing', 'finishing'],
    ['Reserved', 'reserved'],
    ['Unavailable', 'unavailable'],
    ['Faulted', 'faulted'],
    ['Occupied', 'occupied'],
    ['suspended_ev', 'suspended_ev'],
    ['Dreaming', 'unknown'],
  ])('%s is %s', async (said, status) => {
    const { handle, inputs } = recorder();
    await handle('StatusNotification', { connectorId: 1, status: said, errorCode: 'NoError' });
    expect(inputs).toMatchObject([{ status, rawStatus: said, at: received }]);
  });

  test('no error code means no error, an unknown one is kept, connector 0 is the charge point (B7)', async () => {
    const { handle, inputs } = recorder();
    await handle('StatusNotification', { connectorId: 0, status: 'Available' });
    await handle('StatusNotification', { connectorId: '2', status: 'Faulted', errorCode: 'Rats' });
    expect(inputs).toMatchObject([
      { connectorId: 0, evseId: 0, errorCode: 'NoError' },
      { connectorId: 2, evseId: 2, errorCode: 'Rats' },
    ]);
  });

  test.each([
    ['a connector of −1', { connectorId: -1, status: 'Available' }],
    ['no connector', { status: 'Available' }],
    ['half a connector', { connectorId: 1.5, status: 'Available' }],
    ['a connector of 2³¹', { connectorId: 2 ** 31, status: 'Available' }],
    ['no status', { connectorId: 1 }],
    ['a status that is an object', { connectorId: 1, status: {} }],
  ])('%s is beyond use', async (_, payload) => {
    const { handle, inputs } = recorder();
    await expect(handle('StatusNotification', payload)).rejects.toThrow(UnusableMessage);
    expect(inputs).toEqual([]);
  });
});

describe('Authorize', () => {
  test('asks for the trimmed token and answers in the words of OCPP', async () => {
    const expiresAt = new Date('2027-01-01T00:00:00Z');
    const { handle, inputs } = recorder({ authorize: { authorization: 'expired', expiresAt, groupId: 'FLEET' } });
    expect(await handle('Authorize', { idTag: ' 04a1B2 \u0000' })).toEqual({
      idTagInfo: { status: 'Expired', expiryDate: '2027-01-01T00:00:00.000Z', parentIdTag: 'FLEET' },
    });
    const asked = { room: 'tokens', type: 'authorize', ...from, tokenUid: '04a1B2', readsPrice: true };
    expect(inputs).toEqual([asked]);
  });

  test.each([
    ['accepted', 'Accepted'],
    ['blocked', 'Blocked'],
    ['expired', 'Expired'],
    ['invalid', 'Invalid'],
    ['concurrent_tx', 'ConcurrentTx'],
  ])('%s is %s', async (authorization, status) => {
    const { handle } = recorder({ authorize: { authorization } });
    expect(await handle('Authorize', { idTag: 'TAG' })).toEqual({ idTagInfo: { status } });
  });

  test('a group that is longer than an IdToken is left out of the answer', async () => {
    const { handle } = recorder({ authorize: { authorization: 'accepted', groupId: 'x'.repeat(21) } });
    expect(await handle('Authorize', { idTag: 'TAG' })).toEqual({ idTagInfo: { status: 'Accepted' } });
  });

  test('21 characters are asked for whole, blanks are invalid without asking, nothing is beyond use', async () => {
    const { handle, inputs } = recorder();
    await handle('Authorize', { idTag: 'ABCDEFGHIJKLMNOPQRSTU' });
    expect(inputs).toMatchObject([{ tokenUid: 'ABCDEFGHIJKLMNOPQRSTU' }]);
    expect(await handle('Authorize', { idTag: '  ' })).toEqual({ idTagInfo: { status: 'Invalid' } });
    expect(inputs).toHaveLength(1);
    await expect(handle('Authorize', {})).rejects.toThrow(UnusableMessage);
  });
});

describe('StartTransaction', () => {
  const payload = { connectorId: 1, idTag: 'TAG', meterStart: 1200, timestamp: stamp };

  test('becomes a start with fresh ids, and is answered with the id of the room', async () => {
    const { handle, inputs } = recorder({
      authorize_start: { transactionId: 7, sessionId: 'ses_7', authorization: 'concurrent_tx', groupId: 'G' },
    });
    expect(await handle('StartTransaction', { ...payload, reservationId: 3 })).toEqual({
      transactionId: 7,
      idTagInfo: { status: 'ConcurrentTx', parentIdTag: 'G' },
    });
    expect(inputs).toEqual([
      {
        room: 'tokens',
        type: 'authorize_start',
        ...from,
        start: {
          evseId: 1,
          connectorId: 1,
          tokenUid: 'TAG',
          meterStartWh: 1200,
          at: now,
          reservationId: 3,
          sessionId: 'ses_fresh',
          transactionId: 901,
          flags: [],
        },
      },
    ]);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['meterStart −1', { meterStart: -1 }, { meterStartWh: 0, flags: ['meter_start_invalid'] }],
    ['meterStart 1e308', { meterStart: 1e308 }, { meterStartWh: 0, flags: ['meter_start_invalid'] }],
    ['meterStart as text', { meterStart: '1200' }, { meterStartWh: 1200, flags: [] }],
    ['meterStart with a fraction', { meterStart: 12.6 }, { meterStartWh: 13, flags: ['meter_start_rounded'] }],
    ['meterStart −0', { meterStart: -0 }, { meterStartWh: 0, flags: [] }],
    ['no meterStart', { meterStart: undefined }, { meterStartWh: 0, flags: ['meter_start_missing'] }],
    ['an object as meterStart', { meterStart: {} }, { meterStartWh: 0, flags: ['meter_start_invalid'] }],
    ['no timestamp', { timestamp: undefined }, { at: received }],
    ['a clock of 1970', { timestamp: '1970-01-01T00:00:00Z' }, { at: { at: NOW, plausible: false } }],
    ['a blank token', { idTag: '  ' }, { tokenUid: '', flags: ['token_missing'] }],
    ['NUL in the token', { idTag: 'T\u0000AG' }, { tokenUid: 'TAG' }],
    ['connector −1', { connectorId: -1 }, { connectorId: 0, evseId: 0, flags: ['connector_unknown'] }],
    ['connector 0', { connectorId: 0 }, { connectorId: 0, flags: ['connector_unknown'] }],
    ['reservation 0', { reservationId: 0 }, { reservationId: undefined }],
    ['reservation −1', { reservationId: -1 }, { reservationId: undefined }],
  ])('%s is taken in', async (_, change, start) => {
    const { handle, inputs } = recorder();
    await handle('StartTransaction', { ...payload, ...change });
    expect(inputs).toMatchObject([{ type: 'authorize_start', start }]);
  });

  test('only what names neither connector nor token is beyond use', async () => {
    const { handle, inputs } = recorder();
    await expect(handle('StartTransaction', { meterStart: 1, timestamp: stamp })).rejects.toThrow(UnusableMessage);
    expect(inputs).toEqual([]);
  });

  test('without a transaction id from the database there is no answer (X14)', async () => {
    const away = new AppError('unavailable', 'away');
    const { handle, inputs } = recorder({}, { nextTransactionId: () => Promise.reject(away) });
    await expect(handle('StartTransaction', payload)).rejects.toBe(away);
    expect(inputs).toEqual([]);
  });
});

describe('MeterValues', () => {
  const meterValue = [{ timestamp: stamp, sampledValue: [{ value: '1250' }] }];

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['of a transaction', { connectorId: 1, transactionId: 7 }, { evseId: 1, connectorId: 1, transactionId: 7 }],
    ['without one (M1)', { connectorId: 1 }, { connectorId: 1, transactionId: undefined }],
    ['of transaction −1', { connectorId: 1, transactionId: -1 }, { transactionId: undefined }],
    ['of transaction 0', { connectorId: 1, transactionId: 0 }, { transactionId: undefined }],
    ['of transaction "7"', { connectorId: 1, transactionId: '7' }, { transactionId: 7 }],
    ['of the charge point', { connectorId: 0 }, { evseId: 0, connectorId: 0 }],
    ['without a connector', { transactionId: 7 }, { connectorId: 0, transactionId: 7 }],
  ])('%s are passed on', async (_, ids, expected) => {
    const { handle, inputs } = recorder();
    expect(await handle('MeterValues', { ...ids, meterValue })).toEqual({});
    expect(inputs).toMatchObject([
      { room: 'sessions', type: 'metered', ...expected, readings: [{ energyWh: 1250, at: now }] },
    ]);
  });

  test('empty ones change nothing and are answered (M4)', async () => {
    const { handle, inputs } = recorder();
    await handle('MeterValues', { connectorId: 1, meterValue: [{ timestamp: stamp, sampledValue: [] }] });
    await handle('MeterValues', { connectorId: 1, meterValue: [] });
    expect(inputs).toEqual([]);
  });

  test.each([
    ['no list', { connectorId: 1 }],
    ['text for a list', { connectorId: 1, meterValue: 'x' }],
    ['neither connector nor transaction', { meterValue }],
  ])('%s is beyond use', async (_, payload) => {
    await expect(recorder().handle('MeterValues', payload)).rejects.toThrow(UnusableMessage);
  });
});

describe('StopTransaction', () => {
  const payload = { transactionId: 7, meterStop: 5200, timestamp: stamp };

  test('carries all it says', async () => {
    const { handle, inputs } = recorder();
    const result = await handle('StopTransaction', {
      ...payload,
      idTag: ' TAG',
      reason: 'evdisconnected',
      transactionData: [{ timestamp: stamp, sampledValue: [{ value: '5200', context: 'Transaction.End' }] }],
    });
    expect(result).toEqual({ idTagInfo: { status: 'Accepted' } });
    expect(inputs).toMatchObject([{ room: 'tokens', type: 'authorize_stop', ...from, tokenUid: 'TAG' }]);
    expect(inputs.map((input) => (input.type === 'authorize_stop' ? input.stop : input))).toEqual([
      {
        room: 'sessions',
        type: 'stopped',
        ...from,
        transactionId: 7,
        rawTransactionId: '7',
        meterStopWh: 5200,
        at: now,
        reason: 'EVDisconnected',
        tokenUid: 'TAG',
        readings: [{ at: now, context: 'transaction_end', energyWh: 5200 }],
        spare: { sessionId: 'ses_fresh', transactionId: 901 },
        flags: [],
      },
    ]);
  });

  test('without a token says nothing of one', async () => {
    expect(await recorder().handle('StopTransaction', payload)).toEqual({});
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['transaction −1', { transactionId: -1 }, { transactionId: undefined, rawTransactionId: '-1' }],
    ['transaction 0', { transactionId: 0 }, { transactionId: undefined, rawTransactionId: '0' }],
    [
      'transaction 2⁶³',
      { transactionId: 2 ** 63 },
      { transactionId: undefined, rawTransactionId: '9223372036854776000' },
    ],
    ['transaction "7"', { transactionId: '7' }, { transactionId: 7, rawTransactionId: '7' }],
    ['transaction "abc"', { transactionId: 'abc' }, { transactionId: undefined, rawTransactionId: 'abc' }],
    ['no transaction', { transactionId: undefined }, { transactionId: undefined, rawTransactionId: '' }],
    ['meterStop −1', { meterStop: -1 }, { meterStopWh: undefined, flags: ['meter_stop_invalid'] }],
    ['meterStop with a fraction', { meterStop: 5200.4 }, { meterStopWh: 5200, flags: ['meter_stop_rounded'] }],
    ['no meterStop', { meterStop: undefined }, { meterStopWh: undefined, flags: ['meter_stop_missing'] }],
    ['no timestamp', { timestamp: '' }, { at: received }],
    ['no reason', {}, { reason: 'Local' }],
    ['an unknown reason', { reason: 'Lightning' }, { reason: 'Lightning' }],
    ['odd transactionData', { transactionData: 'x' }, { readings: [] }],
  ])('%s is never refused', async (_, change, expected) => {
    const { handle, inputs } = recorder();
    await handle('StopTransaction', { ...payload, ...change });
    expect(inputs).toMatchObject([{ type: 'stopped', ...expected }]);
  });

  test('what says nothing at all is beyond use', async () => {
    await expect(recorder().handle('StopTransaction', {})).rejects.toThrow(UnusableMessage);
  });
});

describe('DataTransfer', () => {
  const heard: unknown[] = [];
  const dataTransfers = [
    {
      vendorId: 'org.Vendor',
      messageId: 'Ping',
      handle: ({ data, messageId }: { data: unknown; messageId: string | undefined }) => {
        heard.push({ data, messageId });
        return Promise.resolve({ status: 'Accepted' as const, data: 'pong' });
      },
    },
    { vendorId: 'org.all', handle: () => Promise.resolve({ status: 'Rejected' as const }) },
  ];

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'a known message',
      { vendorId: 'ORG.vendor', messageId: ' ping', data: { a: 1 } },
      { status: 'Accepted', data: 'pong' },
    ],
    ['another message of its vendor', { vendorId: 'org.Vendor', messageId: 'x' }, { status: 'UnknownMessageId' }],
    ['a vendor without a message', { vendorId: 'org.Vendor' }, { status: 'UnknownMessageId' }],
    ['any message of a vendor who takes all', { vendorId: 'org.all', messageId: 'x' }, { status: 'Rejected' }],
    ['another vendor', { vendorId: 'constructor' }, { status: 'UnknownVendorId' }],
    ['no vendor', {}, { status: 'UnknownVendorId' }],
  ])('%s', async (_, payload, answer) => {
    const { handle } = recorder({}, { dataTransfers: createDataTransfers(dataTransfers) });
    expect(await handle('DataTransfer', payload)).toEqual(answer);
  });

  test('the handler gets the data as it came', () => {
    expect(heard).toEqual([{ data: { a: 1 }, messageId: 'ping' }]);
  });
});

describe.each([
  ['FirmwareStatusNotification', 'firmware_status_reported', 'installation_failed', 'InstallationFailed'],
  ['DiagnosticsStatusNotification', 'diagnostics_status_reported', 'uploadFailed', 'UploadFailed'],
])('%s', (action, type, said, status) => {
  test('is passed on in its official spelling, unknown words as they are', async () => {
    const { handle, inputs } = recorder();
    expect(await handle(action, { status: said })).toEqual({});
    await handle(action, { status: 'Baking' });
    expect(inputs).toMatchObject([
      { room: 'stations', type, status },
      { room: 'stations', type, status: 'Baking' },
    ]);
    await expect(handle(action, {})).rejects.toThrow(UnusableMessage);
  });
});

describe.each([
  ['LogStatusNotification', 'diagnostics_status_reported', 'uploadfailure', 'UploadFailure'],
  ['SignedFirmwareStatusNotification', 'firmware_status_reported', 'signature_verified', 'SignatureVerified'],
])('%s', (action, type, said, status) => {
  test('is passed on with the request it belongs to', async () => {
    const { handle, inputs } = recorder();
    expect(await handle(action, { status: said, requestId: 12 })).toEqual({});
    await handle(action, { status: 'Baking', requestId: 'x' });
    expect(inputs).toEqual([
      { room: 'stations', type, ...from, status, requestId: 12 },
      { room: 'stations', type, ...from, status: 'Baking', requestId: undefined },
    ]);
    await expect(handle(action, {})).rejects.toThrow(UnusableMessage);
  });
});

describe('SecurityEventNotification', () => {
  test('is passed on with its time and what it says', async () => {
    const { handle, inputs } = recorder();
    const payload = { type: 'TamperDetectionActivated', timestamp: stamp, techInfo: 'cover' };
    expect(await handle('SecurityEventNotification', payload)).toEqual({});
    await handle('SecurityEventNotification', { type: 'com.example.Odd' });
    const about = { room: 'security_events', type: 'security_event_reported', ...from, securityEventId: 'sev_fresh' };
    expect(inputs).toMatchObject([
      { ...about, eventType: 'TamperDetectionActivated', techInfo: 'cover', at: now },
      { ...about, eventType: 'com.example.Odd', at: received },
    ]);
    await expect(handle('SecurityEventNotification', { timestamp: stamp })).rejects.toThrow(UnusableMessage);
  });
});

describe('SignCertificate', () => {
  test.each(['accepted', 'rejected'] as const)('is answered as the signer says: %s', async (said) => {
    const asked: unknown[] = [];
    const signCertificate = (request: { csr: string }) => {
      asked.push(request.csr);
      return Promise.resolve(said);
    };
    const { handle } = recorder({}, { signCertificate });
    const status = said === 'accepted' ? 'Accepted' : 'Rejected';
    expect(await handle('SignCertificate', { csr: '-----BEGIN CERTIFICATE REQUEST-----' })).toEqual({ status });
    expect(asked).toEqual(['-----BEGIN CERTIFICATE REQUEST-----']);
    expect(await handle('SignCertificate', { csr: 'x'.repeat(10_001) })).toEqual({ status: 'Rejected' });
    expect(asked).toHaveLength(1);
    await expect(handle('SignCertificate', { csr: ' ' })).rejects.toThrow(UnusableMessage);
  });

  test('is refused where nobody signs', async () => {
    expect(await recorder().handle('SignCertificate', { csr: 'x' })).toEqual({ status: 'Rejected' });
  });
});

describe('every handler', () => {
  const actions = [...recorder().version.fromCharger.keys()];

  test.each(actions)('%s has a minimal answer that satisfies its schema', (action) => {
    expectSound(
      action,
      recorder()
        .handler(action)
        .minimal(aCall(action, {}, { valid: false })),
    );
  });

  test.each(actions)('%s takes any payload: a sound answer or UnusableMessage, nothing else', async (action) => {
    const names = [
      'csr', 'type', 'techInfo', 'requestId',
      'connectorId', 'idTag', 'meterStart', 'meterStop', 'timestamp', 'transactionId', 'status', 'errorCode', 'vendorId',
      'meterValue', 'transactionData', 'reason', 'reservationId', 'chargePointVendor', 'firmwareVersion', 'data', 'info',
    ]; // biome-ignore format: a list of words
    const payloads = fc.record(
      Object.fromEntries(names.map((name) => [name, fc.oneof(fc.anything(), fc.integer(), fc.string())])),
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        const { handle, inputs } = recorder();
        try {
          await handle(action, payload, { valid: false });
        } catch (cause) {
          expect(cause).toBeInstanceOf(UnusableMessage);
        }
        expect(JSON.stringify(inputs)).not.toMatch(/\\u0000|\\ud[89a-f]|null/);
      }),
      { numRuns: 300 },
    );
  });

  test.each(actions.filter((action) => !['Heartbeat', 'DataTransfer', 'SignCertificate'].includes(action)))(
    '%s is not answered while the database is away',
    async (action) => {
      const away = new AppError('unavailable', 'away');
      const { handle } = recorder({}, { submit: () => Promise.reject(away) });
      const meterValue = [{ timestamp: stamp, sampledValue: [{ value: '1' }] }];
      const payload = {
        type: 'X',
        connectorId: 1,
        idTag: 'TAG',
        status: 'Available',
        transactionId: 1,
        meterStop: 1,
        meterValue,
      };
      await expect(handle(action, payload)).rejects.toBe(away);
    },
  );
});
