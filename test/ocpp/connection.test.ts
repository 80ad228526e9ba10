import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { UnusableMessage } from '../../src/ocpp/contract.ts';
import { AppError } from '../../src/platform/errors.ts';
import { until } from '../support/until.ts';
import { aRig } from './a-rig.ts';
import { type Charger, type Rig, upgradeRequest } from './rig.ts';

async function aCharger(rig: Rig, more: Parameters<Rig['charger']>[1] = {}): Promise<Charger> {
  rig.charger('CP', more);
  return rig.connect('CP');
}
/** A promise and its end. */
function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
/** Type and id, of a refusal also the code. */
const brief = (message: readonly unknown[] | undefined): unknown[] =>
  (message ?? []).slice(0, message?.[0] === 4 ? 3 : 2);
const start = { connectorId: 1, idTag: 'TAG', meterStart: 100, timestamp: '2026-01-01T00:00:00Z' };
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** A handshake by hand, for what a proper client cannot send. */
async function dialRaw(rig: Rig): Promise<{ socket: Socket; chunks: Buffer[] }> {
  const key = rig.charger('CP');
  const socket = connect(rig.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const authorization = `Basic ${Buffer.from(`CP:${key}`).toString('base64')}`;
  socket.write(upgradeRequest('/ocpp/CP', { Authorization: authorization }));
  await until('it is connected', () => rig.transport.isConnected('cp_CP'));
  return { socket, chunks };
}
const masked = (text: string): Buffer => Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);

// --------------------------------------------------------------------------------------------------------------- order

test('a connection is opened by the database before any of its messages is worked off', async () => {
  const rig = await aRig();
  const granted = gate<unknown>();
  rig.replies.set('stations.connected', () => granted.promise);
  rig.charger('CP');
  const charger = await rig.connect('CP', { early: true });
  charger.send([2, 'a', 'Heartbeat', {}]);
  charger.send([2, 'b', 'Authorize', { idTag: 'x' }]);
  await until('the messages arrived', () => rig.frames.length === 2);
  expect(rig.calls).toHaveLength(0);
  expect(rig.transport.size()).toBe(0);
  granted.open({ generation: 7, bootStatus: null, clockOffsetMs: null });
  await until('both are answered', () => charger.received.length === 2);
  expect(charger.messages.map((each) => each[1])).toEqual(['a', 'b']);
  expect(rig.calls[0]?.link).toMatchObject({
    generation: 7,
    identity: 'CP',
    protocol: 'ocpp1.6',
    chargePointId: 'cp_CP',
  });
  expect(rig.of('stations', 'connected')).toMatchObject([
    { chargePointId: 'cp_CP', nodeId: 'node_1', protocol: 'ocpp1.6', securityProfile: 1, remoteAddress: '127.0.0.1' },
  ]);
});

test('R5: several CALLs at once are worked off one at a time, in order, however long each takes', async () => {
  const rig = await aRig();
  let inWork = 0;
  rig.handlers.set('MeterValues', async () => {
    inWork += 1;
    expect(inWork).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    inWork -= 1;
    return {};
  });
  const charger = await aCharger(rig);
  const meterValue = [{ timestamp: start.timestamp, sampledValue: [{ value: '1' }] }];
  for (let i = 0; i < 60; i += 1)
    charger.send([2, `m${i}`, 'MeterValues', { connectorId: 1, transactionId: i, meterValue }]);
  await until('all are answered', () => charger.received.length === 60);
  expect(charger.messages.map((each) => each[1])).toEqual(Array.from({ length: 60 }, (_, i) => `m${i}`));
  expect(rig.calls.map((call) => call.payload['transactionId'])).toEqual(Array.from({ length: 60 }, (_, i) => i));
});

test('a fast talker does not keep others from their turn', async () => {
  const rig = await aRig({ limits: { pauseAtMessages: 5000, pauseAtBytes: 1e6 } });
  const { socket } = await dialRaw(rig);
  rig.charger('SLOW');
  const slow = await rig.connect('SLOW');
  const held = gate();
  rig.handlers.set('DataTransfer', async () => {
    await held.promise;
    return { status: 'Accepted' };
  });
  socket.write(masked('[2,"first","DataTransfer",{"vendorId":"V"}]'));
  socket.write(Buffer.concat(Array.from({ length: 1000 }, (_, i) => masked(`[2,"f${i}","Heartbeat",{}]`))));
  await until('all of them wait', () => rig.transport.pressure().messages === 1000);
  expect(rig.frames).toHaveLength(2); // the one in work and one behind it; nobody takes the trouble to read the others
  slow.send([2, 'slow', 'Heartbeat', {}]);
  const sentAt = performance.now();
  while (performance.now() - sentAt < 20); // so that it lies ready to be read
  held.open();
  await until('the slow one is answered', () => slow.received.length === 1);
  const turn = rig.calls.findIndex((call) => call.link.identity === 'SLOW');
  expect(turn).toBeLessThan(50);
  await until('all are worked off', () => rig.calls.length === 1002);
  const inOrder = rig.frames.filter(({ inbound, chargePointNumber }) => inbound && chargePointNumber === 1);
  expect(inOrder.map(({ messageId }) => messageId)).toEqual([
    'first',
    ...Array.from({ length: 1000 }, (_, i) => `f${i}`),
  ]);
  socket.destroy();
});

// ------------------------------------------------------------------------------------------- without a commit, no answer

test('back-pressure: while the ingest stands still nothing is answered, the socket is not read, memory is bounded', async () => {
  const rig = await aRig();
  const held = gate();
  rig.handlers.set('StartTransaction', async () => {
    await held.promise;
    return { transactionId: 5, idTagInfo: { status: 'Accepted' } };
  });
  const charger = await aCharger(rig);
  charger.send([2, 'start', 'StartTransaction', start]);
  const filler = { vendorId: 'V', data: 'x'.repeat(900) };
  for (let i = 0; i < 20_000; i += 1) charger.send([2, `d${i}`, 'DataTransfer', filler]);
  await until('the charger cannot get rid of its messages', () => charger.socket.bufferedAmount > 1_000_000);
  await settle();
  expect(charger.received).toEqual([]);
  expect(rig.frames.length).toBeLessThan(1000);
  rig.advance(120_000); // a socket that is not read is not silent
  expect(charger.closed).toBeUndefined();
  held.open();
  await until('all are answered', () => charger.received.length === 20_001);
  expect(charger.messages[0]).toEqual([3, 'start', { transactionId: 5, idTagInfo: { status: 'Accepted' } }]);
});

test('X14: while the database is away there is no answer, and the right one when it is back', async () => {
  const rig = await aRig({ limits: { retryMs: 5 } });
  let tries = 0;
  rig.handlers.set('StartTransaction', async () => {
    tries += 1;
    if (tries < 5) throw new AppError('unavailable', 'away');
    if (tries < 8) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    return { transactionId: 42, idTagInfo: { status: 'Accepted' } };
  });
  const charger = await aCharger(rig);
  expect(await charger.call('StartTransaction', start)).toEqual([
    3,
    'm1',
    { transactionId: 42, idTagInfo: { status: 'Accepted' } },
  ]);
  expect(tries).toBe(8);
  expect(rig.of('quarantine')).toEqual([]);
});

test('a charge point that was deleted meanwhile is told so and cut off', async () => {
  const rig = await aRig();
  rig.handlers.set('Heartbeat', () => Promise.reject(new AppError('not_found', 'gone')));
  const charger = await aCharger(rig);
  charger.send([2, 'a', 'Heartbeat', {}]);
  expect(await charger.gone()).toMatchObject({ code: 1008, reason: expect.stringContaining('registered') });
  expect(charger.received).toEqual([]);
});

// -------------------------------------------------------------------------------------------- nothing is refused for its content

test('a message beyond use is kept in quarantine, then gets the smallest valid answer', async () => {
  const rig = await aRig();
  rig.handlers.set('MeterValues', () => Promise.reject(new UnusableMessage('no meterValue at all')));
  const kept = gate();
  rig.replies.set('quarantine.quarantined', () => kept.promise);
  const charger = await aCharger(rig);
  charger.send('[2,"q1","MeterValues",{"connectorId":"none"}]');
  await until('it goes to quarantine', () => rig.of('quarantine').length === 1);
  await settle();
  expect(charger.received).toEqual([]); // not before it is kept
  kept.open();
  await until('it is answered', () => charger.received.length === 1);
  expect(charger.messages[0]).toEqual([3, 'q1', {}]);
  expect(rig.of('quarantine')[0]).toMatchObject({
    chargePointId: 'cp_CP',
    protocol: 'ocpp1.6',
    action: 'MeterValues',
    payload: '[2,"q1","MeterValues",{"connectorId":"none"}]',
    reason: 'no meterValue at all',
    quarantineId: expect.stringMatching(/^qua_/),
  });
});

test('a handler with a bug loses nothing: quarantine, minimal answer, an error in the log', async () => {
  const rig = await aRig();
  rig.handlers.set('StopTransaction', () => Promise.reject(new TypeError('x is undefined')));
  const charger = await aCharger(rig);
  const stop = { transactionId: 1, meterStop: 5, timestamp: start.timestamp };
  expect(await charger.call('StopTransaction', stop)).toEqual([3, 'm1', {}]);
  expect(rig.of('quarantine')).toMatchObject([{ reason: 'internal: TypeError' }]);
  expect(rig.logged.filter((line) => line.level === 'error')).toHaveLength(1);
  expect((await charger.call('Heartbeat'))[0]).toBe(3);
});

test('when not even quarantine takes it, the charger is not left waiting', async () => {
  const rig = await aRig();
  rig.handlers.set('MeterValues', () => Promise.reject(new Error('bug')));
  rig.replies.set('quarantine.quarantined', () => Promise.reject(new Error('also broken')));
  const charger = await aCharger(rig);
  expect(brief(await charger.call('MeterValues', {}))).toEqual([4, 'm1', 'InternalError']);
  expect((await charger.call('Heartbeat'))[0]).toBe(3);
});

test('ocpp-rpc fault, strict mode refuses real chargers, R7, R8: what can be mended is mended, processed and counted, and never refused', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  const answer = await charger.call('StartTransaction', {
    ...start,
    connectorId: '1',
    idTag: 'A'.repeat(21),
    reservationId: null,
    vendor: 'x',
  });
  expect(answer).toMatchObject([3, 'm1', { transactionId: 1 }]);
  expect(rig.calls[0]).toMatchObject({
    valid: true,
    payload: { ...start, connectorId: 1, idTag: 'A'.repeat(21), vendor: 'x' },
  });
  const [charged, action, deviations] = rig.deviations[0] ?? [];
  expect(charged).toMatchObject({ chargePointId: 'cp_CP', organizationId: 'org_1' });
  expect(action).toBe('StartTransaction');
  expect(deviations?.map(({ field }) => field).sort()).toEqual(['connectorId', 'idTag', 'reservationId', 'vendor']);
});

test('what cannot be mended comes to the handler as invalid', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  const nonsense = { connectorId: 1, errorCode: 'NoError', status: 'Nonsense' };
  expect(await charger.call('StatusNotification', nonsense)).toEqual([3, 'm1', {}]);
  expect((await charger.call('StatusNotification', 'NotAnObject'))[0]).toBe(3);
  expect(rig.calls.map((call) => [call.valid, call.payload['status']])).toEqual([
    [false, 'Nonsense'],
    [false, undefined],
  ]);
});

test('a result that breaks its schema is a failure in tests, and the minimal answer in production', async () => {
  const strict = await aRig();
  strict.handlers.set('Heartbeat', async () => ({ currentTime: 5 }));
  expect(brief(await (await aCharger(strict)).call('Heartbeat'))).toEqual([4, 'm1', 'InternalError']);
  const production = await aRig({ failOnBrokenResult: false });
  production.handlers.set('Heartbeat', async () => ({ currentTime: 5 }));
  expect(await (await aCharger(production)).call('Heartbeat')).toMatchObject([
    3,
    'm1',
    { currentTime: expect.any(String) },
  ]);
  for (const rig of [strict, production]) {
    expect(rig.logged.find((line) => line.level === 'error')).toMatchObject({
      fields: { action: 'Heartbeat', field: 'currentTime' },
    });
  }
});

// -------------------------------------------------------------------------------------------------- strict charge points

test.each([
  ['a missing field', 'StartTransaction', { connectorId: 1 }, 'OccurenceConstraintViolation'],
  ['a wrong type', 'StartTransaction', { ...start, connectorId: '1' }, 'TypeConstraintViolation'],
  [
    'a word that is none',
    'StatusNotification',
    { connectorId: 1, errorCode: 'NoError', status: 'Busy' },
    'PropertyConstraintViolation',
  ],
  ['a text that is too long', 'StartTransaction', { ...start, idTag: 'A'.repeat(21) }, 'PropertyConstraintViolation'],
  ['an instant that is none', 'StartTransaction', { ...start, timestamp: 'yesterday' }, 'PropertyConstraintViolation'],
  ['a field too many', 'Heartbeat', { rogue: 1 }, 'FormationViolation'],
  ['a payload that is no object', 'Heartbeat', 'NotAnObject', 'TypeConstraintViolation'],
])('ocpp-rpc fault, swapped spellings: strict 1.6 answers %s with its own code', async (_, action, payload, code) => {
  const rig = await aRig();
  const charger = await aCharger(rig, { strict: true });
  const answer = await charger.call(action, payload);
  expect(answer).toEqual([4, 'm1', code, expect.any(String), {}]);
  expect(String(answer[3]).length).toBeLessThanOrEqual(255);
  expect(rig.calls).toEqual([]);
});

test.each([
  ['a missing field', { connectorStatus: 'Available' }, 'OccurrenceConstraintViolation'],
  ['a field too many', { rogue: 1 }, 'FormatViolation'],
  ['a wrong type', { timestamp: 5 }, 'TypeConstraintViolation'],
])('strict 2.0.1 answers %s with the spelling of 2.x', async (_, change, code) => {
  const rig = await aRig({ protocols: ['ocpp2.0.1'] });
  rig.charger('CP', { strict: true });
  const charger = await rig.connect('CP', { protocols: ['ocpp2.0.1'] });
  const right = { timestamp: start.timestamp, connectorStatus: 'Available', evseId: 1, connectorId: 1 };
  const payload = code.startsWith('Occurrence') ? change : { ...right, ...change };
  expect(brief(await charger.call('StatusNotification', payload))).toEqual([4, 'm1', code]);
  expect(await charger.call('StatusNotification', right)).toEqual([3, 'm2', {}]);
});

test('a strict charge point is also held to the envelope', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig, { strict: true });
  expect(brief(await charger.call('Heartbeat', {}, 12345))).toEqual([4, 12345, 'ProtocolError']);
  charger.send('[2,"x","Heartbeat"]');
  await until('it is answered', () => charger.received.length === 2);
  expect(brief(charger.messages[1])).toEqual([4, 'x', 'ProtocolError']);
});

// ---------------------------------------------------------------------------------------------------------- the envelope

test('R7: a numeric message id is answered in the type that it came in', async () => {
  const charger = await aCharger(await aRig());
  expect(await charger.call('Heartbeat', null, 17)).toEqual([3, 17, { currentTime: expect.any(String) }]);
});

test.each([
  ['a byte order mark in front', '\ufeff[2,"a","StartTransaction",BODY]'],
  ['its terminator behind', '[2,"a","StartTransaction",BODY]\0'],
  ['both', '\ufeff[2,"a","StartTransaction",BODY]\0\0\0'],
])(
  'a message with %s is served and the deviation counted; of a strict charge point it is unreadable',
  async (_, text) => {
    const message = text.replace('BODY', JSON.stringify(start));
    const rig = await aRig();
    const charger = await aCharger(rig);
    charger.send(message);
    await until('it is answered', () => charger.received.length === 1);
    expect(charger.messages).toMatchObject([[3, 'a', { transactionId: 1 }]]);
    expect(rig.calls[0]).toMatchObject({ valid: true, payload: start });
    expect(rig.deviations).toMatchObject([
      [{ chargePointId: 'cp_CP' }, 'StartTransaction', [{ field: '', kind: 'envelope' }], expect.any(Date)],
    ]);
    const strict = await aRig();
    const other = await aCharger(strict, { strict: true });
    other.send(message);
    await until('it is answered', () => other.received.length === 1);
    expect(brief(other.messages[0]).slice(0, 3)).toEqual([4, expect.any(String), 'FormationViolation']);
    expect(strict.calls).toEqual([]);
  },
);

test('a message in an odd envelope is served, and the deviation counted', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  await charger.call('Heartbeat', {}, 17);
  expect(rig.deviations.map(([, action, found]) => [action, found])).toEqual([
    ['Heartbeat', [{ field: '', kind: 'envelope', example: 'the message id is not a string' }]],
  ]);
});

test('an unknown action is not implemented, in every version', async () => {
  const charger = await aCharger(await aRig());
  expect(brief(await charger.call('ThisActionDoesNotExist'))).toEqual([4, 'm1', 'NotImplemented']);
  expect(brief(await charger.call('constructor'))).toEqual([4, 'm2', 'NotImplemented']);
  expect(brief(await charger.call('__proto__'))).toEqual([4, 'm3', 'NotImplemented']);
});

test('T8: payloads of another version are refused, and a person is told once', async () => {
  const rig = await aRig({ protocols: ['ocpp2.0.1'] });
  rig.charger('CP');
  const charger = await rig.connect('CP', { protocols: ['ocpp2.0.1'] });
  await charger.call('StartTransaction', start);
  await charger.call('StopTransaction', {});
  expect(rig.logged.filter((line) => line.message.includes('another OCPP version'))).toHaveLength(1);
});

test('T13: empty frames and blanks are ignored', async () => {
  const charger = await aCharger(await aRig());
  for (const text of ['', ' ', '\r\n']) charger.send(text);
  await charger.call('Heartbeat');
  expect(charger.received).toHaveLength(1);
});

test('binary frames are read like text', async () => {
  const charger = await aCharger(await aRig());
  charger.socket.send(Buffer.from('[2,"bin","Heartbeat",{}]'));
  await until('it is answered', () => charger.received.length === 1);
  expect(brief(charger.messages[0])).toEqual([3, 'bin']);
});

test('bytes that are no UTF-8 do not keep a charger away', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  const boot = Buffer.from(
    '[2,"b","BootNotification",{"chargePointVendor":"M\xfcller","chargePointModel":"M"}]',
    'latin1',
  );
  charger.socket.send(boot, { binary: false });
  await until('it is answered', () => charger.received.length === 1);
  expect(rig.calls[0]?.payload['chargePointVendor']).toBe('M\ufffdller');
});

test.each([
  ['ocpp1.6', 'FormationViolation'],
  ['ocpp2.0.1', 'RpcFrameworkError'],
] as const)('an unreadable message gets %s: %s, with its id where there is one', async (protocol, code) => {
  const rig = await aRig({ protocols: [protocol] });
  rig.charger('CP');
  const charger = await rig.connect('CP', { protocols: [protocol] });
  charger.send('}{not json at all');
  charger.send('[2,"cut","Heartbeat",{"a":');
  charger.send('[]');
  await until('they are answered', () => charger.received.length === 3);
  expect(charger.messages.map(brief)).toEqual([
    [4, '-1', code],
    [4, 'cut', code],
    [4, '-1', code],
  ]);
});

test('R9: garbage in answer to our refusals is not answered for ever, and too much of it ends the connection', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  charger.socket.on('message', () => charger.send('what?')); // the peer answers every refusal with garbage
  charger.send('what?');
  await until('we fell silent', () => rig.frames.filter((frame) => frame.inbound).length === 6);
  await settle();
  expect(charger.received).toHaveLength(5);
  for (let i = 0; i < 60; i += 1) charger.send('what?');
  expect(await charger.gone()).toMatchObject({ code: 1008, reason: 'too many unreadable messages' });
});

test('answers that belong to nothing, broken answers and errors are never answered', async () => {
  const charger = await aCharger(await aRig());
  for (const text of [
    '[3,"fake",{}]',
    '[3,"fake"]',
    '[3,"fake",{"cut":',
    '[4,"fake","GenericError","",{}]',
    '[4,"fake"]',
    '[3]',
    '[4,null]',
  ]) {
    charger.send(text);
  }
  await charger.call('Heartbeat');
  expect(charger.received).toHaveLength(1);
});

test('ocpp-rpc fault, no types 5 and 6: 1.6 ignores what it does not know, 2.0.1 says so, 2.1 serves a SEND without an answer', async () => {
  const old = await aCharger(await aRig());
  for (const text of ['[99,"a","Foo",{}]', '[5,"a","GenericError","",{}]', '[6,"a","Foo",{}]', '[1,"a"]'])
    old.send(text);
  await old.call('Heartbeat');
  expect(old.received).toHaveLength(1);

  const v201 = await aRig({ protocols: ['ocpp2.0.1'] });
  v201.charger('CP');
  const newer = await v201.connect('CP', { protocols: ['ocpp2.0.1'] });
  newer.send('[99,"a","Foo",{}]');
  await newer.call('Heartbeat');
  expect(newer.messages.map(brief)).toEqual([
    [4, 'a', 'MessageTypeNotSupported'],
    [3, 'm1'],
  ]);

  const v21 = await aRig({ protocols: ['ocpp2.1'] });
  v21.charger('CP');
  const newest = await v21.connect('CP', { protocols: ['ocpp2.1'] });
  newest.send([
    6,
    's1',
    'NotifyPeriodicEventStream',
    { id: 1, pending: 0, basetime: start.timestamp, data: [{ t: 0, v: '1' }] },
  ]);
  newest.send('[5,"x","FormatViolation","",{}]');
  await newest.call('Heartbeat');
  expect(newest.received).toHaveLength(1);
  expect(v21.calls[0]).toMatchObject({ action: 'NotifyPeriodicEventStream', valid: true });
});

test('deep, huge and polluting payloads are harmless', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  charger.send(`[2,"deep","Heartbeat",${'{"a":'.repeat(500)}1${'}'.repeat(500)}]`);
  charger.send(
    '[2,"proto","DataTransfer",{"vendorId":"V","__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}]',
  );
  charger.send('[2,"dup","DataTransfer",{"vendorId":"first","vendorId":"second"}]');
  charger.send(`[2,"array","Heartbeat",{"data":[${Array.from({ length: 60_000 }, () => '""').join()}]}]`);
  await until('all are answered', () => charger.received.length === 4);
  expect(charger.messages.map((each) => [each[0], each[1]])).toEqual([
    [4, 'deep'],
    [3, 'proto'],
    [3, 'dup'],
    [3, 'array'],
  ]);
  expect(rig.calls[1]?.payload['vendorId']).toBe('second');
  expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
});

// ---------------------------------------------------------------------------------------------------------------- R3

test('R3: a message that is repeated under its id gets the same answer without a second effect', async () => {
  const rig = await aRig();
  let transactionId = 0;
  rig.handlers.set('StartTransaction', async () => {
    transactionId += 1;
    return { transactionId, idTagInfo: { status: 'Accepted' } };
  });
  const charger = await aCharger(rig);
  const first = await charger.call('StartTransaction', start, 'same');
  expect(await charger.call('StartTransaction', start, 'same')).toEqual(first);
  charger.send([2, 'same', 'StartTransaction', start]);
  charger.send([2, 'same', 'StartTransaction', start]);
  await until('all are answered', () => charger.received.length === 4);
  expect(new Set(charger.received).size).toBe(1);
  expect(transactionId).toBe(1);
});

test('R3: the same id with other content is a new message, and so is the same content under another id', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  await charger.call('StartTransaction', start, 'same');
  await charger.call('StartTransaction', { ...start, meterStart: 200 }, 'same');
  await charger.call('StartTransaction', start, 'other');
  await charger.call('Authorize', { idTag: 'TAG' }, 'same');
  expect(rig.calls).toHaveLength(4);
});

test('R3: a charger that uses one id for all its heartbeats is told the time of each', async () => {
  const rig = await aRig();
  let beats = 0;
  rig.handlers.set('Heartbeat', async () => {
    beats += 1;
    return { currentTime: new Date(beats * 1000).toISOString() };
  });
  const charger = await aCharger(rig);
  const [one, two] = [await charger.call('Heartbeat', {}, '1'), await charger.call('Heartbeat', {}, '1')];
  expect(one).not.toEqual(two);
});

test('R3: a charger that uses one id for all, and no timestamps, is heard when a connector is free again, and asked about each token', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  const status = { connectorId: 1, errorCode: 'NoError' };
  for (const said of ['Available', 'Preparing', 'Available'])
    await charger.call('StatusNotification', { ...status, status: said }, '1');
  expect(rig.calls.map(({ payload }) => payload['status'])).toEqual(['Available', 'Preparing', 'Available']);
  const authorize = () => charger.call('Authorize', { idTag: 'TAG' }, '1');
  expect(await authorize()).toEqual([3, '1', { idTagInfo: { status: 'Accepted' } }]);
  rig.handlers.set('Authorize', async () => ({ idTagInfo: { status: 'Blocked' } }));
  expect(await authorize()).toEqual([3, '1', { idTagInfo: { status: 'Blocked' } }]);
});

test('R3: after a while, or after several other messages, the same text is a new message', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  await charger.call('StartTransaction', start, '1');
  rig.advance(30_000);
  charger.socket.ping();
  await charger.call('StartTransaction', start, '1');
  expect(rig.calls).toHaveLength(1);
  for (let i = 0; i < 5; i += 1) {
    await charger.call('Heartbeat');
    rig.advance(30_000);
  }
  await charger.call('StartTransaction', start, '1');
  expect(rig.calls.filter((call) => call.action === 'StartTransaction')).toHaveLength(2);
});

// ----------------------------------------------------------------------------------------------------------- limits

/** A stop with the readings of a whole session, of about so many bytes. */
const longStop = (bytes: number, transactionId = 1) => {
  const sampledValue = Array.from({ length: 15 }, (_, i) => ({ value: `${i}.5`, measurand: 'Voltage', phase: 'L1-N' }));
  const meterValue = { timestamp: '2026-01-01T00:00:00Z', sampledValue };
  const count = Math.round(bytes / (JSON.stringify(meterValue).length + 1));
  const transactionData = Array.from({ length: count }, () => meterValue);
  return { transactionId, meterStop: 7000, timestamp: '2026-01-01T12:00:00Z', transactionData };
};

test('a stop with the readings of a whole session is taken, also behind one in work, and holds up no other for good', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  const held = gate();
  rig.handlers.set('MeterValues', () => held.promise.then(() => ({})));
  charger.send([2, 'held', 'MeterValues', { connectorId: 1, meterValue: [] }]);
  for (const id of ['one', 'two', 'three']) charger.send([2, id, 'StopTransaction', longStop(1_900_000)]);
  await settle();
  held.open();
  await until('all are answered', () => charger.received.length === 4);
  expect(charger.messages.map((each) => each.slice(0, 2))).toEqual(
    ['held', 'one', 'two', 'three'].map((id) => [3, id]),
  );
  expect((await charger.call('Heartbeat'))[0]).toBe(3);
  expect(rig.transport.pressure()).toMatchObject({ paused: 0, messages: 0 });
});

test('only a few chargers have a large frame in work; others are served meanwhile, and whose line breaks makes room', async () => {
  const rig = await aRig({ limits: { mostLarge: 1 } });
  for (const each of ['A', 'B', 'C', 'D']) rig.charger(each);
  const [a, b, c, d] = [await rig.connect('A'), await rig.connect('B'), await rig.connect('C'), await rig.connect('D')];
  const ends = [gate(), gate()];
  const stops = () => rig.calls.filter(({ action }) => action === 'StopTransaction').length;
  rig.handlers.set('StopTransaction', () => ends[stops() - 1]?.promise.then(() => ({})) ?? Promise.resolve({}));
  a.send([2, 'a', 'StopTransaction', longStop(400_000)]);
  await until('the first is in work', () => stops() === 1);
  for (const each of [b, c]) each.send([2, 'x', 'StopTransaction', longStop(400_000)]);
  await until('both came in', () => rig.transport.pressure().messages === 2);
  expect((await d.call('Heartbeat'))[0]).toBe(3);
  expect((await d.call('MeterValues', { connectorId: 1, meterValue: longStop(100_000).transactionData }))[0]).toBe(3);
  expect(stops()).toBe(1);
  b.socket.terminate(); // while it waits
  await until('it is told', () => rig.of('stations', 'disconnected').length === 1);
  ends[0]?.open();
  await until('the third is in work', () => stops() === 2);
  c.socket.terminate(); // while it is in work
  ends[1]?.open();
  a.send([2, 'again', 'StopTransaction', longStop(400_000)]);
  await until('all of its are answered', () => a.received.length === 2);
});

test('what lies unread of large frames is bounded over all chargers: whose frame is too much comes again later, and is heard', async () => {
  const rig = await aRig({ limits: { mostLarge: 1, maxLargeUnreadBytes: 1_500_000 } });
  for (const each of ['A', 'B', 'C', 'D']) rig.charger(each);
  const held = gate();
  const stops = () => rig.calls.filter(({ action }) => action === 'StopTransaction').length;
  rig.handlers.set('StopTransaction', () => held.promise.then(() => ({})));
  const connected = [];
  for (const each of ['A', 'B', 'C', 'D']) connected.push(await rig.connect(each));
  const [a, b, c, d] = connected;
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('there is nobody');
  a.send([2, 'a', 'StopTransaction', longStop(700_000)]);
  await until('the first is in work', () => stops() === 1);
  b.send([2, 'b', 'StopTransaction', longStop(700_000)]);
  await until('the second waits', () => rig.transport.pressure().messages === 1);
  c.send([2, 'c', 'StopTransaction', longStop(700_000)]);
  await until('the third waits', () => rig.transport.pressure().messages === 2);
  d.send([2, 'd', 'StopTransaction', longStop(700_000)]);
  expect(await d.gone()).toMatchObject({ code: 1013, reason: expect.stringContaining('try again later') });
  await until('it is told', () => rig.of('stations', 'disconnected').length === 1);
  expect(rig.of('stations', 'disconnected')).toMatchObject([{ chargePointId: 'cp_D', reason: 'overloaded' }]);
  expect([a, b, c].map(({ closed }) => closed)).toEqual([undefined, undefined, undefined]);
  c.socket.terminate(); // what was kept of it makes room
  await until('it is told as well', () => rig.of('stations', 'disconnected').length === 2);
  const again = await rig.connect('D');
  again.send([2, 'd', 'StopTransaction', longStop(700_000)]);
  await until('it waits', () => rig.transport.pressure().messages === 2);
  held.open();
  await until('all are answered', () => [a, b, again].every(({ received }) => received.length === 1));
  for (const id of ['x', 'y', 'z']) again.send([2, id, 'StopTransaction', longStop(700_000)]); // nothing is counted any more
  await until('these too', () => again.received.length === 4);
});

test('ocpp-rpc fault, 100 MiB frames: a message beyond 2 MiB closes with 1009', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  charger.send([2, 'big', 'DataTransfer', { vendorId: 'V', data: 'x'.repeat(2_090_000) }]);
  await until('it is answered', () => charger.received.length === 1);
  charger.send([2, 'bigger', 'DataTransfer', { vendorId: 'V', data: 'x'.repeat(2_100_000) }]);
  expect(await charger.gone()).toMatchObject({ code: 1009 });
  await until('it is told', () => rig.of('stations', 'disconnected').length === 1);
  expect(rig.of('stations', 'disconnected')).toMatchObject([{ reason: 'message_too_large', generation: 1 }]);
});

test('T9: compressed frames without negotiation close cleanly', async () => {
  const rig = await aRig();
  const { socket, chunks } = await dialRaw(rig);
  socket.write(Buffer.from([0xc1, 0x82, 0, 0, 0, 0, 0x4a, 0x04])); // FIN, RSV1, text
  await once(socket, 'end');
  socket.destroy();
  const close = Buffer.concat(chunks).subarray(-4);
  expect([close[0], close.readUInt16BE(2)]).toEqual([0x88, 1002]);
  await until('it is told', () => rig.of('stations', 'disconnected').length === 1);
  expect(rig.of('stations', 'disconnected')).toMatchObject([{ reason: 'protocol_error' }]);
});

test('compression is for 2.x only, and a deflate bomb is stopped at the limit', async () => {
  const rig = await aRig({ protocols: ['ocpp1.6', 'ocpp2.0.1'] });
  rig.charger('CP');
  const old = await rig.connect('CP', { perMessageDeflate: true });
  expect(old.socket.extensions).toBe('');
  const newer = await rig.connect('CP', { protocols: ['ocpp2.0.1'], perMessageDeflate: true });
  expect(newer.socket.extensions).toBe('permessage-deflate');
  expect((await newer.call('Heartbeat', { customData: { vendorId: 'x'.repeat(5000) } }))[0]).toBe(3);
  newer.send([2, 'bomb', 'Heartbeat', { customData: { vendorId: ' '.repeat(50_000_000) } }]);
  expect(await newer.gone()).toMatchObject({ code: 1009 });
});

test('ocpp-rpc fault, unbounded queues: more than can wait ends the connection with 1008', async () => {
  const rig = await aRig({ limits: { pauseAtMessages: 5, maxWaitingMessages: 50 } });
  rig.handlers.set('Heartbeat', () => new Promise(() => {}));
  const { socket, chunks } = await dialRaw(rig);
  // In one piece: the server reads it at once and cannot stop in between.
  socket.write(Buffer.concat(Array.from({ length: 500 }, (_, i) => masked(`[2,"${i}","Heartbeat",{}]`))));
  await until('it is told why', () => Buffer.concat(chunks).includes('too many messages at once'));
  socket.destroy();
  await until('it is over', () => rig.of('stations', 'disconnected').length === 1);
  expect(rig.of('stations', 'disconnected')).toMatchObject([{ reason: 'flooding' }]);
});

test('a charger that does not read is cut off when a megabyte waits for it', async () => {
  const rig = await aRig();
  rig.handlers.set('DataTransfer', async () => ({ status: 'Accepted', data: 'y'.repeat(60_000) }));
  const charger = await aCharger(rig);
  charger.socket.pause();
  let sent = 0;
  const feeding = setInterval(() => {
    for (const until = sent + 20; sent < until; sent += 1)
      charger.send([2, `d${sent}`, 'DataTransfer', { vendorId: 'V' }]);
  }, 1);
  try {
    await until('it is cut off', () => rig.of('stations', 'disconnected').length === 1);
  } finally {
    clearInterval(feeding);
  }
  expect(rig.of('stations', 'disconnected')).toMatchObject([{ reason: 'not_reading' }]);
});

test('every frame of both directions is kept, in order, with what it is', async () => {
  const rig = await aRig();
  const charger = await aCharger(rig);
  await charger.call('Heartbeat', {}, 'h1');
  charger.send('garbage');
  await until('it is answered', () => charger.received.length === 2);
  expect(rig.frames).toMatchObject([
    {
      chargePointNumber: 1,
      inbound: true,
      messageType: 2,
      messageId: 'h1',
      action: 'Heartbeat',
      raw: '[2,"h1","Heartbeat",{}]',
    },
    { inbound: false, messageType: 3, messageId: 'h1', action: 'Heartbeat', raw: charger.received[0] },
    { inbound: true, messageType: null, messageId: null, action: null, raw: 'garbage' },
    { inbound: false, messageType: 4, messageId: '-1', raw: charger.received[1] },
  ]);
});
