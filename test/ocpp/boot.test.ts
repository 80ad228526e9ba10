import { describe, expect, test } from '@jest/globals';
import { createV16 } from '../../src/ocpp/v16/index.ts';
import { aRig as anyRig } from './a-rig.ts';
import type { Rig } from './rig.ts';

async function aRig(...options: Parameters<typeof anyRig>): Promise<Rig> {
  const made = await anyRig(...options);
  made.charger('CP');
  return made;
}
const boot = { chargePointVendor: 'V', chargePointModel: 'M' };
const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' };
const answerBoot = (rig: Rig, said: string): void =>
  void rig.handlers.set('BootNotification', async () => ({
    status: said,
    currentTime: new Date().toISOString(),
    interval: 60,
  }));

test.each(['Pending', 'Rejected'])(
  'while its boot is %s a charger is served nothing but another boot, and the socket stays',
  async (said) => {
    const rig = await aRig();
    answerBoot(rig, said);
    const charger = await rig.connect('CP');
    expect(await charger.call('BootNotification', boot)).toMatchObject([3, 'm1', { status: said }]);
    expect((await charger.call('StatusNotification', status)).slice(0, 3)).toEqual([4, 'm2', 'SecurityError']);
    expect((await charger.call('Heartbeat')).slice(0, 3)).toEqual([4, 'm3', 'SecurityError']);
    expect((await charger.call('Heartbeat', 'nonsense')).slice(0, 3)).toEqual([4, 'm4', 'SecurityError']);
    answerBoot(rig, 'Accepted');
    await charger.call('BootNotification', boot);
    expect((await charger.call('StatusNotification', status))[0]).toBe(3);
  },
);

test('it also holds after a reconnect without a boot: the charger was told to wait', async () => {
  const rig = await aRig();
  rig.replies.set('stations.connected', () => ({ generation: 1, bootStatus: 'pending', clockOffsetMs: null }));
  const charger = await rig.connect('CP');
  expect((await charger.call('Heartbeat')).slice(0, 3)).toEqual([4, 'm1', 'SecurityError']);
});

test.each([null, 'accepted'])(
  'B1: a charger whose boot is %s before is served after a reconnect without a boot',
  async (bootStatus) => {
    const rig = await aRig();
    rig.replies.set('stations.connected', () => ({ generation: 1, bootStatus, clockOffsetMs: null }));
    const charger = await rig.connect('CP');
    expect((await charger.call('StatusNotification', status))[0]).toBe(3);
  },
);

/** A charger of which the boot is pending, and which was asked for this. */
async function pendingAndAsked(action: string, payload: object) {
  const rig = await aRig();
  answerBoot(rig, 'Pending');
  const queue = [{ commandId: 'cmd_1', action, payload, timeoutS: 30, unchecked: true, sealed: null }];
  rig.replies.set('commands.next', () => queue.shift() ?? null);
  const charger = await rig.connect('CP');
  await charger.call('BootNotification', boot);
  charger.send([3, (await charger.asked(action)).id, { status: 'Accepted' }]);
  return charger;
}

test('what we asked a pending charger for is served: a triggered status, not an untriggered transaction', async () => {
  const charger = await pendingAndAsked('TriggerMessage', { requestedMessage: 'StatusNotification' });
  expect((await charger.call('StatusNotification', status))[0]).toBe(3);
  expect((await charger.call('Authorize', { idTag: 'x' })).slice(0, 3)).toEqual([4, 'm3', 'SecurityError']);
});

test.each([
  ['ExtendedTriggerMessage', ['FirmwareStatusNotification', 'SignedFirmwareStatusNotification']],
  ['TriggerMessage', ['FirmwareStatusNotification']],
])('%s for the status of the firmware: a pending charger may answer with %j', async (action, served) => {
  const charger = await pendingAndAsked(action, { requestedMessage: 'FirmwareStatusNotification' });
  for (const said of ['FirmwareStatusNotification', 'SignedFirmwareStatusNotification'])
    expect((await charger.call(said, { status: 'Idle' }))[0]).toBe(served.includes(said) ? 3 : 4);
});

describe('a boot of 1.6 that we asked for', () => {
  const toTrigger = {
    commandId: 'cmd_1',
    action: 'TriggerMessage',
    payload: { requestedMessage: 'BootNotification' },
    timeoutS: 30,
    unchecked: false,
    sealed: null,
  };
  /** A charger that has been accepted, and was asked for its boot if `asked`. */
  async function aCharger({ asked = true, registration = 'accepted' } = {}) {
    const rig = await aRig({
      serve: (submit) =>
        createV16({
          ...{ submit, newId: (prefix) => `${prefix}_1`, clock: { now: () => new Date() } },
          nextTransactionId: () => Promise.resolve(1),
        }),
    });
    const queue = asked ? [toTrigger] : [];
    rig.replies.set('commands.next', () => queue.shift() ?? null);
    rig.replies.set('stations.booted', () => ({ status: registration, intervalS: 60 }));
    const charger = await rig.connect('CP');
    await charger.call('BootNotification', boot);
    if (asked) charger.send([3, (await charger.asked('TriggerMessage')).id, { status: 'Accepted' }]);
    return { rig, charger };
  }
  const boots = (rig: Rig) =>
    rig.of('stations', 'booted').map((input) => input.type === 'booted' && input.isTriggered === true);

  test('is no reboot; the one after it is', async () => {
    const { rig, charger } = await aCharger();
    await charger.call('BootNotification', boot);
    await charger.call('BootNotification', boot);
    expect(boots(rig)).toEqual([false, true, false]);
  });
  test('is its own when it comes more than a minute after', async () => {
    const { rig, charger } = await aCharger();
    rig.advance(31_000);
    await charger.call('Heartbeat');
    rig.advance(30_000);
    await charger.call('BootNotification', boot);
    expect(boots(rig)).toEqual([false, false]);
  });
  test('is a reboot by another connection', async () => {
    const { rig } = await aCharger();
    const again = await rig.connect('CP');
    await again.call('BootNotification', boot);
    expect(boots(rig)).toEqual([false, false]);
  });
  test.each([
    ['nobody asked for it', { asked: false }],
    ['it waits for its acceptance', { registration: 'pending' }],
  ])('is none where %s', async (_, how) => {
    const { rig, charger } = await aCharger(how);
    await charger.call('BootNotification', boot);
    expect(boots(rig)).toEqual([false, false]);
  });
});
