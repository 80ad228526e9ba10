/** One update of one charger: every state by every move, the ways that it goes, and random orders of everything. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { edge, edges, failures, isOpen, moveOfStatus } from '../../src/firmware-updates/machine/edges.ts';
import { decide } from '../../src/firmware-updates/machine.ts';
import { type Move, type UpdateRow, type UpdateState, updateStatuses } from '../../src/firmware-updates/types.ts';
import { after, anything, isOpen as open, T0, wanted, world } from './support.ts';

describe('the table', () => {
  test.each(updateStatuses)('%s leads only to states that there are, and an end leads nowhere', (status) => {
    for (const to of Object.values(edges[status])) expect(updateStatuses).toContain(to);
    expect(isOpen(status)).toBe(Object.keys(edges[status]).length > 0);
    if (failures.has(status)) expect(isOpen(status)).toBe(false);
  });

  test('every state can be reached from scheduled, and from every open one the end that is wanted', () => {
    const reach = (from: string): Set<string> => {
      const seen = new Set([from]);
      for (const each of seen) for (const to of Object.values(edges[each as keyof typeof edges])) seen.add(to);
      return seen;
    };
    expect([...reach('scheduled')].sort()).toEqual([...updateStatuses].sort());
    for (const status of updateStatuses.filter(isOpen)) expect(reach(status)).toContain('installed');
  });

  test('what a charger says moves as the table has it, and else is counted and changes nothing', () => {
    for (const [said, move] of Object.entries(moveOfStatus)) {
      for (const status of updateStatuses) {
        const row: UpdateRow = { ...world().row(), status, attempts: 2, requestId: 7, dueAt: after(60) };
        const state: UpdateState = { updates: new Map([[row.id, row]]) };
        const common = { room: 'firmware_updates', chargePointId: 'cp_1', receivedAt: T0 } as const;
        const step = decide(state, { ...common, type: 'status_reported', requestId: 7, status: said }, T0);
        const to = edge(status, move as Move);
        expect([status, said, step.state.updates.get(row.id)?.status]).toEqual([status, said, to ?? status]);
        if (to !== undefined) continue;
        expect(step.state).toBe(state);
        expect(step.ignored).toBeDefined();
        expect(step.effects).toEqual([]);
      }
    }
  });
});

test('1.6: an empty answer begins nothing, the first Downloading does; the boot proves what was installed', () => {
  const it = world();
  it.send();
  expect(it.fed).toMatchObject([{ room: 'commands', type: 'requested', commandId: 'cmd_1', silent: true }]);
  it.answered(undefined);
  expect(it.events).toEqual([]);
  for (const status of ['Downloading', 'Downloading', 'Downloaded', 'Installing']) it.told(status);
  it.boot('2.0');
  it.told('Installed');
  expect(it.events).toEqual(['started', 'completed']);
  expect(it.row()).toMatchObject({ status: 'installed', verified: true, dueAt: null, bootedVersion: '2.0' });
  expect(it.row().history.map(({ status }) => status)).toEqual([
    ...['scheduled', 'sent', 'downloading', 'downloaded', 'installing', 'installed'],
  ]);
});

test('2.x: it begins with the answer, once, also when a status came before it', () => {
  const first = world();
  first.send();
  first.answered('Accepted');
  first.told('Downloading', T0, 7);
  const second = world();
  second.send();
  second.told('Downloading', T0, 7);
  second.answered('Accepted');
  expect([first.events, second.events]).toEqual([['started'], ['started']]);
});

test.each([
  ['Rejected', 'rejected', 'rejected'],
  ['InvalidCertificate', 'rejected', 'invalid_certificate'],
  ['RevokedCertificate', 'rejected', 'invalid_certificate'],
])('a charger that answers %s', (said, status, code) => {
  const it = world();
  it.send();
  it.answered(said, 'rejected');
  expect(it.row()).toMatchObject({ status, errorCode: code, endedAt: T0, failedAt: T0, dueAt: null });
  expect(it.events).toEqual(['failed']);
});

test.each([
  [
    'does not know the call',
    { chargerError: true, unknownAction: 'SignedUpdateFirmware' },
    'rejected',
    'not_supported',
  ],
  ['answers with a CALLERROR', { chargerError: true }, 'rejected', 'rejected'],
  ['was gone when it was asked', { neverSent: true }, 'scheduled', null],
  ['did not answer: it may be at it', {}, 'sent', null],
] as const)('a charger that %s', (_who, more, status, code) => {
  const it = world();
  it.send();
  it.say({ type: 'command_ended', commandId: 'cmd_1', status: 'failed', why: 'x', learned: undefined, ...more });
  expect(it.row()).toMatchObject({ status, errorCode: code, attempts: status === 'scheduled' ? 0 : 1 });
});

test('a failed fetch is tried again, later each time, and told once no try is left', () => {
  const it = world({ maxAttempts: 3 });
  it.send();
  it.told('Downloading');
  it.told('DownloadFailed');
  expect(it.row()).toMatchObject({ status: 'scheduled', dueAt: after(60), attempts: 1 });
  it.send(after(60));
  it.told('DownloadFailed', after(60));
  expect(it.row()).toMatchObject({ status: 'scheduled', dueAt: after(60 + 120), attempts: 2 });
  it.send(after(180));
  it.told('DownloadFailed', after(180));
  expect(it.row()).toMatchObject({ status: 'download_failed', attempts: 3, errorCode: 'download_failed' });
  expect(it.events).toEqual(['started', 'failed']);
});

test('a charger that tries again by itself is let go on; what it says of an earlier request is not heard', () => {
  const it = world();
  it.send();
  it.told('DownloadFailed', T0, 7);
  it.told('Downloading', after(5), 7);
  expect(it.status()).toBe('downloading');
  it.told('DownloadFailed', after(6), 99);
  expect([it.status(), it.ignored.at(-1)]).toEqual(['downloading', 'other_request']);
});

test('a charger that lies: Installed, but it boots with the version of before', () => {
  const it = world();
  it.send();
  it.told('Installed');
  expect(it.row()).toMatchObject({ status: 'installed', verified: null, failedAt: null });
  it.boot('1.0', after(60));
  expect(it.row()).toMatchObject({ verified: false, failedAt: after(60), endedAt: T0, dueAt: null });
  expect(it.events).toEqual(['started', 'completed', 'failed']);
});

test('a charger that booted with the version of before, then said Installed, and never boots again, lies too', () => {
  const it = world();
  it.send();
  it.told('Installing');
  it.boot('1.0', after(10));
  it.told('Installed', after(20));
  it.due(after(20 + 86_399));
  expect(it.row()).toMatchObject({ status: 'installed', verified: null });
  it.due(after(20 + 86_400));
  expect(it.row()).toMatchObject({ verified: false, errorCode: 'version_unchanged', dueAt: null });
  expect(it.events).toEqual(['started', 'completed', 'failed']);
});

test('a boot with the version of before, after which it said that it goes on installing, is held against nobody', () => {
  const it = world();
  it.send();
  it.told('Installing');
  it.boot('1.0', after(10));
  it.told('Installing', after(20));
  it.told('Installed', after(30));
  it.due(after(30 + 86_400));
  expect(it.row()).toMatchObject({ status: 'installed', verified: false, failedAt: null });
});

test('a charger that boots with the version of before while it installs: the boot after Installed decides', () => {
  for (const goesOn of [['Installing'], ['InstallRebooting', 'Installing'], []]) {
    const it = world();
    it.send();
    it.told('Installing');
    it.boot('1.0', after(10));
    for (const status of goesOn) it.told(status, after(20));
    if (goesOn.length > 0) it.due(after(700)); // it has said that it goes on, and may take its time
    it.told('Installed', after(800));
    expect(it.row()).toMatchObject({ status: 'installed', verified: null, failedAt: null });
    expect(it.row().dueAt).toEqual(after(800 + 86_400));
    it.boot('2.0', after(900));
    expect(it.row()).toMatchObject({ verified: true, bootedVersion: '2.0', dueAt: null, failedAt: null });
    expect(it.events).toEqual(['started', 'completed']);
  }
});

test('a boot after Installed proves it; without one in a day it stays unproven', () => {
  const proven = world();
  proven.send();
  proven.told('Installed');
  proven.boot('2.0.1-rc', after(60));
  expect(proven.row()).toMatchObject({ verified: true, dueAt: null, failedAt: null });
  const never = world();
  never.send();
  never.told('Installed');
  never.due(after(86_399));
  expect(never.row().verified).toBeNull();
  never.due(after(86_400));
  expect(never.row()).toMatchObject({ verified: false, dueAt: null, failedAt: null });
});

test('a boot in the middle: silence afterwards costs the attempt, a status does not', () => {
  const silent = world();
  silent.send();
  silent.told('Downloading');
  silent.boot('1.0', after(10));
  silent.due(after(609));
  expect(silent.status()).toBe('downloading');
  silent.due(after(610));
  expect(silent.row()).toMatchObject({ status: 'scheduled', attempts: 1 });
  const speaking = world();
  speaking.send();
  speaking.boot('1.0', after(10));
  speaking.told('Downloading', after(20));
  speaking.due(after(700));
  expect(speaking.status()).toBe('downloading');
  speaking.told('Installing', after(700));
  speaking.told('Installed', after(800));
  expect(speaking.row()).toMatchObject({ status: 'installed', verified: null });
});

test('a charger that never says Installed: by the version that it boots with', () => {
  const news = world();
  news.send();
  news.told('Downloading');
  news.boot('2.0', after(10));
  news.due(after(130));
  expect(news.row()).toMatchObject({ status: 'installed', verified: true });
  const old = world();
  old.send();
  old.told('Installing');
  old.boot('1.0', after(10));
  old.due(after(610));
  expect(old.row()).toMatchObject({ status: 'install_failed', errorCode: 'version_unchanged' });
});

test('a charger that boots with the new version between two tries has it, and is not sent it again', () => {
  const it = world();
  it.send();
  it.told('Downloading');
  it.due(after(3600)); // silence: it is to be tried again
  it.boot('1.0', after(3610));
  expect([it.status(), it.ignored.at(-1)]).toEqual(['scheduled', 'not_running']);
  it.boot('2.0', after(3620));
  expect(it.row()).toMatchObject({ status: 'installed', verified: true, bootedVersion: '2.0', dueAt: null });
  expect(it.events).toEqual(['started', 'completed']);
  const unasked = world();
  unasked.boot('2.0');
  expect(unasked.status()).toBe('scheduled');
  // The version that it had says nothing, also where it is the one that is wanted.
  const reflash = world({ targetVersion: '1.0' });
  reflash.send();
  reflash.due(after(3600));
  reflash.boot('1.0', after(3610));
  expect(reflash.status()).toBe('scheduled');
});

test('a second try is judged by the version of before the first', () => {
  const it = world();
  it.send();
  it.told('DownloadFailed');
  it.send(after(60), 'cmd_2', 8, '2.0-custom');
  it.told('Installed', after(90));
  it.boot('2.0-custom', after(100));
  expect(it.row()).toMatchObject({ fromVersion: '1.0', status: 'installed', verified: true, failedAt: null });
});

test.each([
  ['sent', [], 'scheduled'],
  ['downloading', ['Downloading'], 'scheduled'],
  ['downloaded', ['Downloaded'], 'scheduled'],
  ['installing', ['Installing'], 'timed_out'],
])('silence while it is %s ends the attempt; the last one ends it', (_at, said, next) => {
  const it = world();
  it.send();
  for (const status of said) it.told(status);
  it.due(after(3599));
  expect(it.status()).not.toBe(next);
  it.due(after(3600));
  expect(it.status()).toBe(next);
  const last = world({ maxAttempts: 1 });
  last.send();
  for (const status of said) last.told(status);
  last.due(after(3600));
  expect(last.row()).toMatchObject({ status: 'timed_out', errorCode: 'no_progress' });
});

test('dates that were asked for, and chargers that wait for a session, are waited for', () => {
  const it = world({ retrieveAt: after(7200), installAt: after(50_000) });
  it.send();
  expect(it.row().dueAt).toEqual(after(7200 + 3600));
  it.told('Downloaded', after(7300));
  expect(it.row().dueAt).toEqual(after(50_000 + 3600));
  it.told('InstallScheduled', after(7300));
  expect(it.row().dueAt).toEqual(after(50_000 + 3600 + 86_400));
});

test('a second update waits for nobody; one that was never sent expires or is called off', () => {
  const it = world();
  it.say({ type: 'requested', update: { ...wanted, id: 'fwu_2' } });
  expect(it.reply()).toEqual({ created: false, updateId: 'fwu_1' });
  it.say({ type: 'requested', update: wanted });
  expect(it.reply()).toEqual({ created: true, updateId: 'fwu_1' });
  it.due(after(3600));
  expect(it.status()).toBe('scheduled');
  it.due(after(86_400));
  expect(it.row()).toMatchObject({ status: 'timed_out', errorCode: 'never_sent' });
  const cancelled = world();
  cancelled.say({ type: 'cancel_requested', updateId: 'fwu_1' });
  expect([cancelled.reply(), cancelled.status(), cancelled.events]).toEqual([{ cancelled: true }, 'cancelled', []]);
  cancelled.send();
  expect([cancelled.reply(), cancelled.fed]).toEqual([{ sent: false }, []]);
  const sent = world();
  sent.send();
  sent.say({ type: 'cancel_requested', updateId: 'fwu_1' });
  expect(sent.reply()).toEqual({ cancelled: false, why: 'under_way' });
});

test('a request by hand that took its place ends it', () => {
  const it = world();
  it.send();
  it.answered('AcceptedCanceled', 'accepted', { commandId: 'cmd_by_hand' });
  expect(it.row()).toMatchObject({ status: 'cancelled', errorCode: 'superseded', failedAt: null });
});

test('in whatever order: told once each, attempts bounded, what has ended stays ended, what is open is due', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anything, fc.integer({ min: 0, max: 90_000 })), { maxLength: 40 }), (inputs) => {
      const it = world();
      let clock = 0;
      for (const [input, seconds] of inputs) {
        clock += seconds;
        const before = it.row();
        const step = it.say(input, after(clock));
        const row = it.row();
        if (!open(before.status)) {
          expect([row.status, row.endedAt, row.attempts]).toEqual([before.status, before.endedAt, before.attempts]);
        }
        if (row.status !== before.status) {
          expect(Object.values(edges[before.status])).toContain(row.status);
          expect(row.history.at(-1)?.status).toBe(row.status);
        }
        expect(row.attempts).toBeLessThanOrEqual(row.maxAttempts);
        expect(open(row.status)).toBe(row.endedAt === null);
        if (open(row.status)) expect(row.dueAt).not.toBeNull();
        if (failures.has(row.status)) expect(row.failedAt).not.toBeNull();
        if (step.ignored !== undefined) expect(row).toBe(before);
      }
      const count = (type: string) => it.events.filter((each) => each === type).length;
      expect(count('started')).toBe(it.row().startedAt === null ? 0 : 1);
      // What has begun is told to have ended, also when it was called off.
      const isCalledOff = it.row().status === 'cancelled' && it.row().startedAt !== null;
      expect(count('failed')).toBe(it.row().failedAt === null && !isCalledOff ? 0 : 1);
      expect(count('completed')).toBeLessThanOrEqual(it.row().status === 'installed' ? 1 : 0);
      if (count('completed') > 0) expect(it.events.indexOf('started')).toBeLessThan(it.events.indexOf('completed'));
    }),
    { numRuns: 200 },
  );
});
