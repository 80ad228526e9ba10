/** What rooms are told of a command that ended without an answer, and what it may have left at the charger. */
import { expect, test } from '@jest/globals';
import { tellFollowers } from '../../src/commands/followers.ts';
import { mayRaiseProfile, profileSettingsOf } from '../../src/commands/raised-profile.ts';
import type { CommandError, CommandRow } from '../../src/commands/types.ts';
import { aCommand, aState, overdue, T0 } from './support.ts';

const raise = { action: 'ChangeConfiguration', payload: { key: 'securityProfile', value: '2' } };
const variable = (component: string, name: string, attributeValue: string, more: object = {}) => ({
  ...{ component: { name: component }, variable: { name }, attributeValue },
  ...more,
});
const setting = (...setVariableData: object[]) => ({ action: 'SetVariables', payload: { setVariableData } });
const lost: CommandError = { code: 'connection_lost', message: '' };

test.each<[string, Partial<CommandRow>, boolean]>([
  ['the line went', { status: 'failed', error: lost }, true],
  ['no answer in time', { status: 'timed_out', error: { ...lost, code: 'no_answer' } }, true],
  ['called off after it had been sent', { status: 'cancelled', error: { ...lost, code: 'abandoned' } }, true],
  ['accepted', { status: 'accepted' }, false],
  ['rejected', { status: 'rejected' }, false],
  ['not known to the charger', { status: 'failed', error: { ...lost, code: 'charger_error' } }, false],
  ['never sent', { status: 'timed_out', error: { ...lost, code: 'not_sent' }, sentAt: null }, false],
])('a raise that ended so: %s', (_how, how, isUnanswered) => {
  const sent = aCommand({ ...raise, sentAt: T0, status: 'sent' });
  const told = tellFollowers(aState([sent]), aState([{ ...sent, ...how }]), overdue(T0));
  const toKeys = told.flatMap((effect) =>
    effect.do === 'feed' && effect.input.room === 'charger_keys' && effect.input.type === 'command_ended'
      ? [effect.input]
      : [],
  );
  const held = { isUnanswered: true, mayHold: [{ key: 'securityProfile', value: '2' }] };
  expect(toKeys).toMatchObject([isUnanswered ? held : {}]);
  for (const name of Object.keys(held)) expect(name in (toKeys[0] ?? {})).toBe(isUnanswered);
});

test('2.x: of several variables those that may raise the profile', () => {
  const order = variable('OCPPCommCtrlr', 'NetworkConfigurationPriority', '2,1');
  const own = variable('SecurityCtrlr', 'SecurityProfile', '2', { attributeType: 'Actual' });
  const other = variable('OCPPCommCtrlr', 'HeartbeatInterval', '300');
  expect(profileSettingsOf(setting(other, order, own))).toEqual([
    { key: 'OCPPCommCtrlr.NetworkConfigurationPriority', value: '2,1' },
    { key: 'SecurityCtrlr.SecurityProfile', value: '2' },
  ]);
  expect(mayRaiseProfile(aCommand(setting(other)))).toBe(false);
  expect(mayRaiseProfile(aCommand(setting({ ...own, attributeType: 'MinSet' })))).toBe(false);
});
