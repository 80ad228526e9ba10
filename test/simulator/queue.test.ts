import { expect, test } from '@jest/globals';
import { arranged, booted } from './arrange.ts';
import type { Heard } from './tiny-csms.ts';

const actions = (heard: readonly Heard[]): string[] =>
  heard.map(({ action }) => action).filter((action) => /Transaction|MeterValues/.test(action));

test('a session begun and ended offline is replayed in order after the reconnect, under the id its start is given then', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ speed: 600 }), csms);
    one.goOffline();
    const visit = one.charge({ token: 'T', seconds: 200 });
    await one.next('session_ended');
    expect(one.waiting()).toBe(5); // start, three readings, stop
    const caughtUp = one.next('caught_up');
    one.goOnline();
    await visit;
    expect(await caughtUp).toMatchObject({ messages: 5 });

    expect(actions(csms.heard)).toEqual([
      'StartTransaction',
      'MeterValues',
      'MeterValues',
      'MeterValues',
      'StopTransaction',
    ]);
    for (const { payload } of [...csms.of('MeterValues'), ...csms.of('StopTransaction')]) {
      expect(payload['transactionId']).toBe(101);
    }
    const stamps = csms
      .of('MeterValues')
      .map(({ payload }) => (payload['meterValue'] as { timestamp: string }[])[0]?.timestamp);
    expect(stamps).toEqual([...stamps].sort());
    const started = new Date(String(csms.of('StartTransaction')[0]?.payload['timestamp'])).getTime();
    const stopped = new Date(String(csms.of('StopTransaction')[0]?.payload['timestamp'])).getTime();
    expect(stopped - started).toBeGreaterThanOrEqual(200_000);
  }));

test('sessions queued behind one another keep their own ids', () =>
  arranged(async ({ csms, charger }) => {
    const one = await booted(charger({ speed: 600, connectors: 2 }), csms);
    one.goOffline();
    const visits = [
      one.charge({ connectorId: 1, token: 'A', seconds: 30 }),
      one.charge({ connectorId: 2, token: 'B', seconds: 90 }),
    ];
    await one.next('session_ended', { where: ({ session }) => session.token === 'B' });
    one.goOnline();
    await Promise.all(visits);
    const ids = new Map(csms.of('StopTransaction').map(({ payload }) => [payload['idTag'], payload['transactionId']]));
    expect(Object.fromEntries(ids)).toEqual({ A: 101, B: 102 });
  }));

test('a start that is never answered is sent again with a new message id until it is, and nothing overtakes it', () =>
  arranged(async ({ csms, charger }) => {
    csms.reply('StartTransaction', () =>
      csms.of('StartTransaction').length < 3 ? undefined : { transactionId: 9, idTagInfo: { status: 'Accepted' } },
    );
    const one = await booted(
      charger({ speed: 600, callTimeoutMs: 500, settings: { TransactionMessageRetryInterval: '6' } }),
      csms,
    );
    await one.charge({ token: 'T', seconds: 90 }); // half an interval after the reading that is looked for

    expect(actions(csms.heard).slice(0, 4)).toEqual([
      'StartTransaction',
      'StartTransaction',
      'StartTransaction',
      'MeterValues',
    ]);
    const starts = csms.of('StartTransaction');
    expect(new Set(starts.map(({ id }) => id)).size).toBe(3);
    expect(new Set(starts.map(({ payload }) => JSON.stringify(payload))).size).toBe(1);
    expect(csms.of('StopTransaction')[0]?.payload['transactionId']).toBe(9);
  }));

test('a line that breaks before the answer makes it send again on the next one', () =>
  arranged(async ({ csms, charger }) => {
    csms.reply('StopTransaction', ({ connection }) => {
      if (connection === 2) return {};
      csms.cut();
      return undefined;
    });
    const one = await booted(charger({ speed: 600 }), csms);
    await one.charge({ token: 'T', seconds: 30 });
    const [first, second] = csms.of('StopTransaction');
    expect(second?.payload).toEqual(first?.payload);
    expect(second?.id).not.toBe(first?.id);
    expect(csms.of('BootNotification')).toHaveLength(1);
  }));

test('a message refused by CALLERROR is given up after its attempts, with growing pauses, and the queue goes on', () =>
  arranged(async ({ csms, charger }) => {
    csms.reply('StartTransaction', () => ({ error: 'InternalError' }));
    const one = await booted(
      charger({
        speed: 600,
        settings: {
          TransactionMessageAttempts: '3',
          TransactionMessageRetryInterval: '12',
          MeterValueSampleInterval: '10',
        },
      }),
      csms,
    );
    const dropped = one.next('dropped');
    await one.charge({ token: 'T', seconds: 30 });

    expect(await dropped).toMatchObject({ action: 'StartTransaction', why: 'InternalError as told' });
    expect(csms.of('StartTransaction')).toHaveLength(3);
    expect(csms.of('StopTransaction')[0]?.payload['transactionId']).toBe(-1);
    expect(csms.of('MeterValues')[0]?.payload).not.toHaveProperty('transactionId');
  }));

test('one call at a time: the next one goes when the one before is answered', () =>
  arranged(async ({ csms, charger }) => {
    let held: (() => void) | undefined;
    csms.reply('Authorize', ({ id }) => {
      held = () => csms.send(JSON.stringify([3, id, { idTagInfo: { status: 'Accepted' } }]));
      return undefined;
    });
    const one = await booted(charger(), csms);
    const asked = one.authorize('T');
    await csms.count('Authorize', 1);
    one.fault(1, 'OtherError');
    expect(await csms.call('ClearCache', {})).toMatchObject([3, expect.any(String), { status: 'Accepted' }]); // a round trip
    expect(csms.of('StatusNotification')).toHaveLength(2);
    held?.();
    expect(await asked).toBe('Accepted');
    await csms.count('StatusNotification', 3);
  }));

test('offline nobody can be asked: the driver may charge or not, as the configuration says', () =>
  arranged(async ({ csms, charger }) => {
    const strict = await booted(charger({ settings: { AllowOfflineTxForUnknownId: 'false' } }), csms);
    strict.goOffline();
    expect(await strict.charge({ token: 'T', seconds: 5 })).toEqual({ outcome: 'refused', status: 'Offline' });
  }));
