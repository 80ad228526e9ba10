import { expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { arranged, booted } from './arrange.ts';

test('it authenticates with its identity and key, boots, and tells the status of the station and of every connector', () =>
  arranged(async ({ csms, charger }) => {
    await booted(charger({ connectors: 2 }), csms);

    expect(csms.upgrades[0]).toMatchObject({
      url: '/ocpp/SIM-1',
      headers: {
        authorization: `Basic ${Buffer.from('SIM-1:secret').toString('base64')}`,
        'sec-websocket-protocol': 'ocpp1.6',
      },
    });
    expect(csms.heard.map(({ action, payload }) => [action, payload['connectorId'], payload['status']])).toEqual([
      ['BootNotification', undefined, undefined],
      ['StatusNotification', 0, 'Available'],
      ['StatusNotification', 1, 'Available'],
      ['StatusNotification', 2, 'Available'],
    ]);
  }));

test('while its boot is pending or rejected it says nothing but the boot, at the interval it was told', () =>
  arranged(async ({ csms, charger }) => {
    const said = ['Pending', 'Rejected', 'Accepted'];
    csms.reply('BootNotification', () => ({
      status: said.shift(),
      currentTime: new Date().toISOString(),
      interval: 3,
    }));
    const begun = performance.now();
    const one = charger();
    one.start();
    one.plug(1);
    await one.whenBooted();

    expect(performance.now() - begun).toBeGreaterThan(90); // 2 × 3 s at 60 times the speed
    await csms.count('StatusNotification', 2);
    // accepted at an interval of 3 s, it may have shown by then that it lives
    expect(csms.heard.map(({ action }) => action).filter((action) => action !== 'Heartbeat')).toEqual([
      'BootNotification',
      'BootNotification',
      'BootNotification',
      'StatusNotification',
      'StatusNotification',
    ]);
    expect(csms.of('StatusNotification').map(({ payload }) => payload['status'])).toEqual(['Available', 'Preparing']);
  }));

test('a driver who comes while the boot is pending has to wait for it', () =>
  arranged(async ({ csms, charger }) => {
    let status = 'Pending';
    csms.reply('BootNotification', () => ({ status, currentTime: new Date().toISOString(), interval: 3 }));
    const one = charger();
    one.start();
    await one.next('booted');
    const asked = one.authorize('T');
    await csms.call('ClearCache', {}); // a round trip
    expect(csms.of('Authorize')).toEqual([]);
    status = 'Accepted';
    expect(await asked).toBe('Accepted');
  }));

test('a pending charger answers calls and sends what is triggered; a rejected one stays silent', () =>
  arranged(async ({ csms, charger }) => {
    let status = 'Pending';
    csms.reply('BootNotification', () => ({ status, currentTime: new Date().toISOString(), interval: 600 }));
    const one = charger({ speed: 1 });
    one.start();
    await one.next('booted');

    expect(await csms.call('TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 1 })).toMatchObject(
      [3, expect.any(String), { status: 'Accepted' }],
    );
    await csms.count('StatusNotification', 1);
    expect(await csms.call('RemoteStartTransaction', { idTag: 'T' })).toMatchObject([
      3,
      expect.any(String),
      { status: 'Rejected' },
    ]);

    status = 'Rejected';
    const rejected = one.next('booted');
    await csms.call('TriggerMessage', { requestedMessage: 'BootNotification' });
    await rejected;
    const asked = one.next('asked');
    csms.send('[2,"x","ClearCache",{}]');
    expect(await asked).toMatchObject({ answered: 'never' });
  }));

test('it keeps its heartbeat at the interval of the boot answer', () =>
  arranged(async ({ csms, charger }) => {
    csms.reply('BootNotification', () => ({ status: 'Accepted', currentTime: new Date().toISOString(), interval: 6 }));
    await booted(charger(), csms);
    const beats = await csms.count('Heartbeat', 3);
    expect(beats[0]?.text).toMatch(/^\[2,"[0-9a-f-]{36}","Heartbeat",\{\}\]$/);
  }));

test('after a broken line it comes back without a boot, and tells only what changed meanwhile', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ connectors: 2 }), csms);
    const before = csms.heard.length;
    one.goOffline();
    one.fault(2, 'GroundFailure');
    one.goOnline();

    await csms.count('StatusNotification', 4);
    expect(csms.heard.slice(before)).toMatchObject([
      {
        connection: 2,
        action: 'StatusNotification',
        payload: { connectorId: 2, status: 'Faulted', errorCode: 'GroundFailure' },
      },
    ]);
  }));

test('a refused charger tries again and again, later each time, and gets in when it may', () =>
  arranged(async ({ csms, charger }) => {
    csms.refuseWith(401);
    const one = charger({ reconnect: { minMs: 4, maxMs: 1000 } });
    one.start();
    await until('four knocks', () => csms.upgrades.length >= 4);
    csms.refuseWith(undefined);
    await one.whenBooted();
    expect(one.isOnline()).toBe(true);
  }));

test('a heartbeat without an answer makes it open a new line', () =>
  arranged(async ({ csms, charger }) => {
    csms.reply('BootNotification', () => ({ status: 'Accepted', currentTime: new Date().toISOString(), interval: 6 }));
    csms.reply('Heartbeat', ({ connection }) =>
      connection === 1 ? undefined : { currentTime: new Date().toISOString() },
    );
    const one = charger({ callTimeoutMs: 1000 });
    const breaks = one.next('disconnected');
    await booted(one, csms);
    await breaks;
    await until('a second line', () => csms.of('Heartbeat').some(({ connection }) => connection === 2));
    expect(csms.of('BootNotification')).toHaveLength(1);
  }));

test('close leaves nothing open and nothing to come', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger(), csms);
    const visit = one.charge({ token: 'T', energyWh: 1_000_000 });
    const waiting = one.next('rebooting');
    await csms.count('StartTransaction', 1);
    await Promise.all([
      one.close(),
      expect(visit).rejects.toThrow('closed'),
      expect(waiting).rejects.toThrow('closed'),
    ]);
    await until('no socket', () => csms.open() === 0);
    const { length } = csms.heard;
    expect(csms.heard).toHaveLength(length);
  }));
