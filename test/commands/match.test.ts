/** Which remote start led to a session: by its number where both have one, else by token, place and time. */
import { expect, test } from '@jest/globals';
import { matchRemoteStart, type RemoteStart, remoteStartsOf } from '../../src/commands/match.ts';
import { after } from '../support/inputs.ts';

const start = (commandId: string, more: Partial<RemoteStart> = {}): RemoteStart => ({
  commandId,
  connectorId: 1,
  tokenUid: 'TAG',
  remoteStartId: 7,
  askedAt: after(0),
  ...more,
});
const begun = { connectorId: 1, tokenUid: 'TAG', at: after(60) };

test('a number that the session names decides, whatever token and place it shows', () => {
  const candidates = [start('cmd_1'), start('cmd_2', { remoteStartId: 8, askedAt: after(1) })];
  const other = { connectorId: 2, tokenUid: null, remoteStartId: 7, at: after(60) };
  expect(matchRemoteStart(candidates, other)?.commandId).toBe('cmd_1');
  expect(matchRemoteStart(candidates, { ...begun, remoteStartId: 9 })).toBeUndefined();
});

test('without a number it is token and place, and a place that is not known yet may be any', () => {
  const candidates = [start('cmd_1'), start('cmd_2', { connectorId: 2 })];
  expect(matchRemoteStart(candidates, begun)?.commandId).toBe('cmd_1');
  expect(matchRemoteStart(candidates, { ...begun, connectorId: undefined })?.commandId).toBe('cmd_2');
  expect(matchRemoteStart(candidates, { ...begun, tokenUid: null })).toBeUndefined();
  expect(matchRemoteStart(candidates, { ...begun, tokenUid: 'OTHER' })).toBeUndefined();
});

test('what is too old is no start of this session', () => {
  expect(matchRemoteStart([start('cmd_1')], { ...begun, remoteStartId: 7, at: after(601) })).toBeUndefined();
});

test('what is told afterwards began when the charger says, as far as its clock is believed', () => {
  const replayed = (seconds: number, more: object = {}) =>
    matchRemoteStart([start('cmd_1')], { ...begun, at: after(seconds), isReplayed: true, ...more })?.commandId;
  expect([-61, -60, 0, 600, 601].map((at) => replayed(at))).toEqual([undefined, 'cmd_1', 'cmd_1', 'cmd_1', undefined]);
  // A number that it names was there before it.
  expect(replayed(-300, { remoteStartId: 7 })).toBe('cmd_1');
});

test('both versions are read from what was sent', () => {
  const asked = { createdAt: after(0), sentAt: null, status: 'accepted', sessionId: null, error: null } as const;
  expect(
    remoteStartsOf([
      { ...asked, id: 'cmd_16', action: 'RemoteStartTransaction', payload: { idTag: 'TAG', connectorId: 2 } },
      {
        ...asked,
        id: 'cmd_2x',
        sentAt: after(90),
        action: 'RequestStartTransaction',
        payload: { remoteStartId: 7, evseId: 1, idToken: { idToken: 'TAG', type: 'Central' } },
      },
      { ...asked, id: 'cmd_no', action: 'Reset', payload: {} },
    ]),
  ).toEqual([
    { commandId: 'cmd_16', connectorId: 2, tokenUid: 'TAG', remoteStartId: null, askedAt: after(0) },
    { commandId: 'cmd_2x', connectorId: 1, tokenUid: 'TAG', remoteStartId: 7, askedAt: after(90) },
  ]);
});
