import { expect, test } from '@jest/globals';
import { mayHoldOf, mayRaiseProfile } from '../../src/commands/raised-profile.ts';
import type { CommandError, CommandRow } from '../../src/commands/types.ts';
import { aCommand, T0 } from './support.ts';

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
])('a raise that ended so: %s', (_how, how, mayHold) => {
  const held = mayHoldOf(aCommand({ ...raise, sentAt: T0, ...how }));
  expect(held).toEqual(mayHold ? [{ key: 'securityProfile', value: '2' }] : []);
});

test('2.x: of several variables those that may raise the profile', () => {
  const order = variable('OCPPCommCtrlr', 'NetworkConfigurationPriority', '2,1');
  const own = variable('SecurityCtrlr', 'SecurityProfile', '2', { attributeType: 'Actual' });
  const other = variable('OCPPCommCtrlr', 'HeartbeatInterval', '300');
  const command = aCommand({ ...setting(other, order, own), sentAt: T0, status: 'failed', error: lost });
  expect(mayHoldOf(command)).toEqual([
    { key: 'OCPPCommCtrlr.NetworkConfigurationPriority', value: '2,1' },
    { key: 'SecurityCtrlr.SecurityProfile', value: '2' },
  ]);
  expect(mayRaiseProfile(aCommand(setting(other)))).toBe(false);
  expect(mayRaiseProfile(aCommand(setting({ ...own, attributeType: 'MinSet' })))).toBe(false);
});
