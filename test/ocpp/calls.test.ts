import { expect, test } from '@jest/globals';
import type { CommandOutcome } from '../../src/ingest/inputs.ts';
import type { Protocol } from '../../src/ocpp/contract.ts';
import { until } from '../support/until.ts';
import { of as strictnessOf } from '../v2/strict-support.ts';
import { aRig } from './a-rig.ts';
import type { Charger, Rig } from './rig.ts';

type Queued = {
  commandId: string;
  action: string;
  payload: Record<string, unknown>;
  timeoutS?: number;
  unchecked?: boolean;
  sealed?: string;
};

/** A charger that has booted, and a queue of commands for it. */
async function aLine({ boot = true, ...options }: Parameters<typeof aRig>[0] & { boot?: boolean } = {}): Promise<{
  rig: Rig;
  charger: Charger;
  queue: Queued[];
  give: (...commands: Queued[]) => void;
}> {
  const rig = await aRig(options);
  const queue: Queued[] = [];
  rig.replies.set('commands.next', () => {
    const command = queue.shift();
    return command === undefined ? null : { timeoutS: 30, unchecked: false, sealed: null, ...command };
  });
  rig.charger('CP');
  const charger = await rig.connect('CP');
  if (boot) await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }, 'boot');
  const give = (...commands: Queued[]): void => {
    queue.push(...commands);
    rig.transport.wake({ wake: 'commands', chargePointId: 'cp_CP' });
  };
  return { rig, charger, queue, give };
}
const reset = (commandId: string, more: Partial<Queued> = {}): Queued => ({
  commandId,
  action: 'Reset',
  payload: { type: 'Soft' },
  ...more,
});
const answers = (rig: Rig): [string, CommandOutcome][] =>
  rig.of('commands', 'answered').map((input) => {
    if (input.type !== 'answered') throw new Error('not an answer');
    return [input.commandId, input.answer];
  });
const outcomes = async (rig: Rig, count: number): Promise<[string, CommandOutcome][]> => {
  await until(`${count} outcomes`, () => answers(rig).length >= count);
  return answers(rig);
};
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

test('a command goes out when the charger is woken, and its answer comes back as it came, with whether it agreed', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1'));
  const asked = await charger.asked();
  expect(asked).toMatchObject({ action: 'Reset', payload: { type: 'Soft' } });
  expect(asked.id.length).toBeLessThanOrEqual(36);
  charger.send([3, asked.id, { status: 'Accepted' }]);
  expect(await outcomes(rig, 1)).toEqual([
    ['cmd_1', { outcome: 'result', payload: { status: 'Accepted' }, accepted: true }],
  ]);
  expect(rig.of('commands', 'next').every((input) => input.type === 'next' && input.generation === 1)).toBe(true);
});

test('a secret is put into the payload on the wire only; one that does not open any more ends its command, and the next goes out', async () => {
  const { rig, charger, give } = await aLine();
  const change = { action: 'ChangeConfiguration', payload: { key: 'WifiPassword', value: '***' } };
  give(
    { commandId: 'cmd_1', ...change, sealed: 'no JSON' },
    { commandId: 'cmd_2', ...change, sealed: '{"value":"x"}' },
  );
  const asked = await charger.asked();
  expect(asked.payload).toEqual({ key: 'WifiPassword', value: 'x' });
  charger.send([3, asked.id, { status: 'Accepted' }]);
  expect(await outcomes(rig, 2)).toMatchObject([
    ['cmd_1', { outcome: 'unsent', why: 'secret_lost' }],
    ['cmd_2', { outcome: 'result', accepted: true }],
  ]);
});

test('one call at a time is on the line, in the order of the queue', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1'), reset('cmd_2'), reset('cmd_3'));
  for (let i = 1; i <= 3; i += 1) {
    await until('the next call', () => charger.messages.filter((each) => each[0] === 2).length === i);
    await pause();
    const sent = charger.messages.filter((each) => each[0] === 2);
    expect(sent).toHaveLength(i);
    charger.send([3, sent[i - 1]?.[1], { status: i === 2 ? 'Rejected' : 'Accepted' }]);
  }
  expect((await outcomes(rig, 3)).map(([id, answer]) => [id, answer.outcome === 'result' && answer.accepted])).toEqual([
    ['cmd_1', true],
    ['cmd_2', false],
    ['cmd_3', true],
  ]);
});

test('ocpp-rpc fault, an aborted queued call is still sent later: what is taken from the queue in time never goes out', async () => {
  const { charger, queue, give } = await aLine();
  give(reset('cmd_1'), reset('cmd_2'));
  const first = await charger.asked();
  queue.length = 0; // cancelled by a person
  charger.send([3, first.id, { status: 'Accepted' }]);
  await pause();
  expect(charger.messages.filter((each) => each[0] === 2)).toHaveLength(1);
});

test('ocpp-rpc fault, an accepted result with an extra field counts as a failure: it is accepted', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1'));
  charger.send([3, (await charger.asked()).id, { status: 'Accepted', vendorHint: 'x' }]);
  expect(await outcomes(rig, 1)).toEqual([
    ['cmd_1', { outcome: 'result', payload: { status: 'Accepted', vendorHint: 'x' }, accepted: true }],
  ]);
});

test('a result in odd spelling is understood and kept as it came', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1'));
  charger.send([3, (await charger.asked()).id, { status: 'ACCEPTED' }]);
  expect(await outcomes(rig, 1)).toEqual([
    ['cmd_1', { outcome: 'result', payload: { status: 'ACCEPTED' }, accepted: true }],
  ]);
});

test('R2: a CALLERROR of four elements is an error answer', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1'));
  charger.send(`[4,"${(await charger.asked()).id}","NotSupported","cannot"]`);
  expect(await outcomes(rig, 1)).toEqual([
    ['cmd_1', { outcome: 'error', code: 'NotSupported', description: 'cannot', details: {} }],
  ]);
});

test('R1: a truncated JSON answer fails that call at once', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1'), reset('cmd_2'));
  charger.send(`[3,"${(await charger.asked()).id}",{"status":"Acc`);
  expect(await outcomes(rig, 1)).toMatchObject([['cmd_1', { outcome: 'error', code: 'UnreadableAnswer' }]]);
  await until('the next one goes out', () => charger.messages.filter((each) => each[0] === 2).length === 2);
});

test('a call without an answer times out; ocpp-rpc fault, R4: an answer that comes late still completes it', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1', { timeoutS: 5 }), reset('cmd_2'));
  const first = await charger.asked();
  rig.advance(4000);
  expect(answers(rig)).toEqual([]);
  rig.advance(2000);
  expect(await outcomes(rig, 1)).toEqual([['cmd_1', { outcome: 'timeout' }]]);
  await until('the next one goes out', () => charger.messages.filter((each) => each[0] === 2).length === 2);
  charger.send([3, first.id, { status: 'Accepted' }]);
  expect((await outcomes(rig, 2))[1]).toEqual([
    'cmd_1',
    { outcome: 'result', payload: { status: 'Accepted' }, accepted: true },
  ]);
  charger.send([3, first.id, { status: 'Accepted' }]); // once is enough
  await pause();
  expect(answers(rig)).toHaveLength(2);
});

test('while we do not read a charger its answer cannot be late', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1', { timeoutS: 5 }));
  const { id } = await charger.asked();
  let release: (() => void) | undefined;
  rig.handlers.set('DataTransfer', () =>
    new Promise<void>((resolve) => {
      release = resolve;
    }).then(() => ({ status: 'Accepted' })),
  );
  for (let i = 0; i < 5000; i += 1)
    charger.send([2, `d${i}`, 'DataTransfer', { vendorId: 'V', data: 'x'.repeat(900) }]);
  charger.send([3, id, { status: 'Accepted' }]);
  await until('the line is full', () => rig.transport.pressure().messages > 20);
  await pause();
  expect(charger.socket.bufferedAmount).toBeGreaterThan(100_000);
  rig.advance(60_000);
  await pause();
  expect(answers(rig)).toEqual([]);
  rig.handlers.delete('DataTransfer');
  release?.();
  expect(await outcomes(rig, 1)).toMatchObject([['cmd_1', { outcome: 'result' }]]);
});

test('R4: after ten minutes a late answer is nobody’s any more, and the memory of them is bounded', async () => {
  const { rig, charger, give } = await aLine({ limits: { silenceMs: 1e9 } });
  give(...Array.from({ length: 30 }, (_, i) => reset(`cmd_${i}`, { timeoutS: 1 })));
  const ids: unknown[] = [];
  for (let i = 0; i < 30; i += 1) {
    await until('the next call', () => charger.messages.filter((each) => each[0] === 2).length === i + 1);
    ids.push(charger.messages.filter((each) => each[0] === 2)[i]?.[1]);
    rig.advance(2000);
    await until('it timed out', () => answers(rig).length === i + 1);
  }
  charger.send([3, ids[0], { status: 'Accepted' }]); // pushed out by newer ones
  charger.send([3, ids[29], { status: 'Accepted' }]);
  await until('one is matched', () => answers(rig).length === 31);
  rig.advance(601_000);
  charger.send([3, ids[28], { status: 'Accepted' }]);
  await charger.call('Heartbeat');
  expect(answers(rig)).toHaveLength(31);
  expect(answers(rig)[30]?.[0]).toBe('cmd_29');
});

test('B2: commands wait for the answer to the boot', async () => {
  const { rig, charger, give } = await aLine({ boot: false });
  let finish: (() => void) | undefined;
  rig.handlers.set('BootNotification', async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
  });
  give(reset('cmd_1'));
  charger.send([2, 'boot', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }]);
  await until('the boot is in work', () => finish);
  await pause();
  expect(charger.received).toEqual([]);
  finish?.();
  await charger.asked('Reset');
  expect(charger.messages.map((each) => each[1])[0]).toBe('boot');
});

test('B2: while a boot is in work nothing is sent, however long it takes', async () => {
  const { rig, charger, give } = await aLine({ boot: false });
  let finish: (() => void) | undefined;
  rig.handlers.set('BootNotification', async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { status: 'no such status' }; // so that the boot is not accepted after all
  });
  charger.send([2, 'boot', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }]);
  await until('the boot is in work', () => finish);
  give(reset('cmd_1'));
  rig.advance(30_000);
  await pause();
  expect(charger.received).toEqual([]);
  finish?.();
  await until('the boot is answered', () => charger.received.length === 1);
  expect(charger.messages[0]?.slice(0, 3)).toEqual([4, 'boot', 'InternalError']);
  rig.advance(1_000);
  await charger.asked('Reset');
});

test('B1, B2: a charger that comes back without booting is called after 20 seconds', async () => {
  const { rig, charger, give } = await aLine({ boot: false });
  give(reset('cmd_1'));
  charger.socket.ping();
  rig.advance(19_000);
  await pause();
  expect(charger.received).toEqual([]);
  rig.advance(2_000);
  await charger.asked('Reset');
});

test('what was queued while nobody was connected is looked for after the boot, without a wake', async () => {
  const { queue, charger } = await aLine({ boot: false });
  queue.push(reset('cmd_1'));
  await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  await charger.asked('Reset');
});

test('OCPP 1.6 §4.2: a rejected charger is not called, a pending one may be', async () => {
  const { rig, charger, give } = await aLine({ boot: false });
  const boot = (status: string) => async () => ({ status, currentTime: new Date().toISOString(), interval: 300 });
  const vendor = { chargePointVendor: 'V', chargePointModel: 'M' };
  rig.handlers.set('BootNotification', boot('Rejected'));
  await charger.call('BootNotification', vendor);
  give(reset('cmd_1'));
  rig.advance(25_000);
  await pause();
  expect(charger.messages.filter((each) => each[0] === 2)).toEqual([]);
  rig.handlers.set('BootNotification', boot('Pending'));
  await charger.call('BootNotification', vendor);
  await charger.asked('Reset');
});

test('a call that breaks its schema is not sent, unless a laboratory wants that', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1', { payload: { type: 'Harder' } }), reset('cmd_2', { action: 'NoSuchCall' }));
  expect(await outcomes(rig, 2)).toMatchObject([
    ['cmd_1', { outcome: 'unsent', why: 'invalid_call', message: expect.stringContaining('type') }],
    ['cmd_2', { outcome: 'unsent', why: 'invalid_call' }],
  ]);
  expect(charger.messages.filter((each) => each[0] === 2)).toEqual([]);
  give(reset('cmd_3', { payload: { type: 'Harder' }, unchecked: true }));
  expect(await charger.asked()).toMatchObject({ payload: { type: 'Harder' } });
});

test('when the line breaks the room is told once; a call on a replaced connection is lost by name', async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1'));
  await charger.asked();
  await rig.connect('CP');
  expect(await outcomes(rig, 1)).toEqual([['cmd_1', { outcome: 'lost' }]]);
  expect(rig.of('commands', 'line_lost')).toEqual([]);

  const second = await aLine();
  second.give(reset('cmd_2'));
  await second.charger.asked();
  second.charger.socket.terminate();
  await until('it is told', () => second.rig.of('commands', 'line_lost').length === 1);
  await pause();
  expect(answers(second.rig)).toEqual([]);
});

test('a fault of the queue does not end the handing over for ever', async () => {
  const { rig, charger, queue, give } = await aLine();
  const well = rig.replies.get('commands.next');
  rig.replies.set('commands.next', () => Promise.reject(new Error('bug')));
  give();
  await until('it is said', () => rig.logged.some((line) => line.level === 'error'));
  if (well) rig.replies.set('commands.next', well);
  queue.push(reset('cmd_1'));
  give();
  await charger.asked('Reset');
});

// ----------------------------------------------------------------------------------------------------------------- B5

const triggers = (charger: Charger): unknown[] => charger.messages.filter((each) => each[2] === 'TriggerMessage');

test('B5: a charger that booted and reports no status within 20 seconds is asked once, and only once', async () => {
  const { rig, charger } = await aLine();
  rig.advance(19_000);
  await pause();
  expect(triggers(charger)).toEqual([]);
  rig.advance(2_000);
  const asked = await charger.asked('TriggerMessage');
  expect(asked.payload).toEqual({ requestedMessage: 'StatusNotification' });
  charger.send([4, asked.id, 'NotImplemented', '', {}]);
  await until('its health is told', () => rig.of('stations', 'call_answered').length === 1);
  charger.socket.ping();
  rig.advance(40_000);
  await pause();
  expect(triggers(charger)).toHaveLength(1);
  expect(answers(rig)).toEqual([]);
});

test('B5: a charger that reports by itself, or never booted, is not asked', async () => {
  const talks = await aLine();
  await talks.charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
  const silent = await aLine({ boot: false });
  for (const { rig, charger } of [talks, silent]) {
    charger.socket.ping();
    rig.advance(44_000);
    await pause();
    expect(triggers(charger)).toEqual([]);
  }
});

test.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
  'B5: a station of %s that reports by NotifyEvent is not asked',
  async (protocol) => {
    const rig = await aRig({ protocols: [protocol], serve: strictnessOf(protocol).serve });
    rig.charger('CP');
    rig.replies.set('stations.booted', () => ({ status: 'accepted', intervalS: 300 }));
    const charger = await rig.connect('CP', { protocols: [protocol] });
    const chargingStation = { vendorName: 'V', model: 'M' };
    await charger.call('BootNotification', { reason: 'PowerUp', chargingStation }, 'boot');
    const timestamp = new Date().toISOString();
    const component = { name: 'Connector', evse: { id: 1, connectorId: 1 } };
    const told = { eventId: 1, timestamp, trigger: 'Delta', actualValue: 'Available', component };
    const eventNotificationType = 'HardWiredNotification';
    const eventData = [{ ...told, variable: { name: 'AvailabilityState' }, eventNotificationType }];
    await charger.call('NotifyEvent', { generatedAt: timestamp, seqNo: 0, eventData }, 'event');
    charger.socket.ping();
    rig.advance(44_000);
    await pause();
    expect(rig.of('stations', 'status_reported')).toHaveLength(1);
    expect(triggers(charger)).toEqual([]);
  },
);

test('B5, B1: a charger that was accepted before and comes back silently is asked too', async () => {
  const rig = await aRig();
  rig.replies.set('stations.connected', () => ({ generation: 2, bootStatus: 'accepted', clockOffsetMs: null }));
  rig.charger('CP');
  const charger = await rig.connect('CP');
  rig.advance(42_000);
  await charger.asked('TriggerMessage');
});

test.each([
  ['ocpp2.0.1', [], [{ id: 1, connectorId: 1 }]],
  [
    'ocpp2.1',
    [
      { evseId: 1, connectorId: 1 },
      { evseId: 1, connectorId: 2 },
      { evseId: 2, connectorId: 1 },
    ],
    [
      { id: 1, connectorId: 1 },
      { id: 1, connectorId: 2 },
      { id: 2, connectorId: 1 },
    ],
  ],
] as const)(
  'B5: a silent station of %s is asked for the status of each known connector',
  async (protocol, places, asked) => {
    const rig = await aRig({ protocols: [protocol], places });
    rig.charger('CP');
    const charger = await rig.connect('CP', { protocols: [protocol] });
    await charger.call(
      'BootNotification',
      { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } },
      'boot',
    );
    rig.advance(21_000);
    for (const [i, evse] of asked.entries()) {
      const call = await until(
        'it is asked',
        () => triggers(charger)[i] as [number, string, string, unknown] | undefined,
      );
      expect(call[3]).toEqual({ requestedMessage: 'StatusNotification', evse });
      const [evseId, connectorId] = [evse.id, evse.connectorId];
      const told = { timestamp: new Date().toISOString(), connectorStatus: 'Available', evseId, connectorId };
      await charger.call('StatusNotification', told, `status-${i}`);
      charger.send([3, call[1], { status: 'Accepted' }]);
    }
    await until('all answers are told', () => rig.of('stations', 'call_answered').length === asked.length);
    charger.socket.ping();
    rig.advance(40_000);
    await pause();
    expect(triggers(charger)).toHaveLength(asked.length);
  },
);

test("an answer with a terminator behind it reaches its command; a terminator alone is nobody's message", async () => {
  const { rig, charger, give } = await aLine();
  give(reset('cmd_1'));
  const { id } = await charger.asked();
  const before = charger.received.length;
  charger.send('\0');
  charger.send(`\ufeff[3,"${id}",{"status":"Accepted"}]\0`);
  expect(await outcomes(rig, 1)).toMatchObject([['cmd_1', { outcome: 'result', accepted: true }]]);
  expect(charger.received).toHaveLength(before);
});

test('T5: a trigger that is never answered counts as a call that timed out', async () => {
  const { rig, charger } = await aLine({ limits: { silenceMs: 1e9 } });
  rig.advance(21_000);
  await charger.asked('TriggerMessage');
  rig.advance(31_000);
  await until('it is told', () => rig.of('stations', 'call_timed_out').length === 1);
});

/** A station of 2.x that has been asked for a reset; the id of that call. */
async function askedStation(protocol: Protocol, strict: boolean): Promise<{ rig: Rig; charger: Charger; id: unknown }> {
  const rig = await aRig({ protocols: [protocol] });
  rig.charger('CP', { strict });
  const charger = await rig.connect('CP', { protocols: [protocol] });
  const queue = [{ commandId: 'cmd_1', action: 'Reset', payload: { type: 'Immediate' }, timeoutS: 30 }];
  rig.replies.set('commands.next', () => {
    const command = queue.shift();
    return command === undefined ? null : { unchecked: false, sealed: null, ...command };
  });
  const chargingStation = { vendorName: 'V', model: 'M' };
  await charger.call('BootNotification', { reason: 'PowerUp', chargingStation }, 'boot');
  rig.transport.wake({ wake: 'commands', chargePointId: 'cp_CP' });
  const call = await until('the call', () => charger.messages.find(([type]) => type === 2));
  return { rig, charger, id: call[1] };
}

test.each([
  ['ocpp2.1', false, {}, [[5, 'OccurrenceConstraintViolation']]],
  ['ocpp2.1', false, { status: 'Accepted', vendorField: 1 }, []], // odd, and clear enough
  ['ocpp2.1', true, { status: 'Accepted', vendorField: 1 }, [[5, 'FormatViolation']]],
  ['ocpp2.1', false, 'nonsense', [[5, 'TypeConstraintViolation']]],
  ['ocpp2.0.1', false, {}, []],
] as const)('%s, strict %s: what is told a result that reads %j', async (protocol, strict, answer, told) => {
  const { rig, charger, id } = await askedStation(protocol, strict);
  charger.send([3, id, answer]);
  await outcomes(rig, 1);
  await charger.call('Heartbeat', {}, 'after');
  const errors = charger.messages.filter(([type]) => type === 5);
  expect(errors.map(([type, , code]) => [type, code])).toEqual(told);
  expect(errors.every(([, of]) => of === id)).toBe(true);
});
