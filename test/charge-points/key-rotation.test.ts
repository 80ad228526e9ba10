import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide, type KeyState } from '../../src/charge-points/key-rotation.ts';
import type { ChargerKeyInput, CommandEnded, KeyHash } from '../../src/ingest/inputs.ts';

const common = {
  room: 'charger_keys',
  chargePointId: 'cp_1',
  receivedAt: new Date('2026-03-01T10:00:00.000Z'),
} as const;
const keyNamed = (name: string): KeyHash => ({ hash: Buffer.from(name), salt: Buffer.from('salt'), kid: 'k' });
const offered = (commandId: string, key = keyNamed(commandId)): ChargerKeyInput => ({
  ...common,
  type: 'offered',
  commandId,
  key,
  sealed: 'sealed',
  action: 'ChangeConfiguration',
  payload: { key: 'AuthorizationKey', value: '***' },
  timeoutS: 30,
  requestedBy: 'key_1',
});
const ended = (
  commandId: string,
  status: CommandEnded['status'],
  more: Partial<CommandEnded> = {},
): ChargerKeyInput => ({
  ...common,
  type: 'command_ended',
  commandId,
  status,
  why: undefined,
  learned: undefined,
  ...more,
});
const used = (key: 'current' | 'next', offer: string): ChargerKeyInput => ({ ...common, type: 'used', key, offer });
const profiles = { current: 1, next: null, slots: new Map() };
const start: KeyState = { hasKeys: true, current: keyNamed('old'), offer: null, profiles };
const run = (inputs: readonly ChargerKeyInput[], from = start): KeyState =>
  inputs.reduce((state, input) => decide(state, input).state, from);
const nameOf = (key: KeyHash | null | undefined): string | undefined =>
  key === null || key === undefined ? undefined : Buffer.from(key.hash).toString();
const opening = (state: KeyState): (string | undefined)[] => [nameOf(state.current), nameOf(state.offer?.key)];

describe('which keys open', () => {
  const offer = offered('new');
  test.each<[string, ChargerKeyInput[], (string | undefined)[]]>([
    ['while it is on its way: both', [offer], ['old', 'new']],
    ['accepted: the new one', [offer, ended('new', 'accepted')], ['new', undefined]],
    ['rejected: the old one', [offer, ended('new', 'rejected')], ['old', undefined]],
    ['never sent: the old one', [offer, ended('new', 'failed', { neverSent: true })], ['old', undefined]],
    [
      'cancelled before it was sent: the old one',
      [offer, ended('new', 'cancelled', { neverSent: true })],
      ['old', undefined],
    ],
    ['abandoned: both', [offer, ended('new', 'cancelled')], ['old', 'new']],
    ['no answer: both', [offer, ended('new', 'timed_out')], ['old', 'new']],
    [
      'no answer, then the old one was used: that',
      [offer, ended('new', 'failed'), used('current', 'new')],
      ['old', undefined],
    ],
    [
      'no answer, then the new one was used: that',
      [offer, ended('new', 'failed'), used('next', 'new')],
      ['new', undefined],
    ],
    [
      'no answer, then a late Accepted: the new one',
      [offer, ended('new', 'timed_out'), ended('new', 'accepted')],
      ['new', undefined],
    ],
    ['the old one was used before the command had ended: both', [offer, used('current', 'new')], ['old', 'new']],
    [
      'the use of another offer says nothing',
      [offer, ended('new', 'failed'), used('current', 'before')],
      ['old', 'new'],
    ],
  ])('%s', (_what, inputs, keys) => {
    expect(opening(run(inputs))).toEqual(keys);
  });

  test('after RebootRequired the old one opens until the new one was used', () => {
    const setting = { key: 'AuthorizationKey', value: null, secret: true, outcome: 'reboot_required' } as const;
    const stored = ended('new', 'accepted', { learned: { about: 'settings_changed', changes: [setting] } });
    expect(opening(run([offer, stored, used('current', 'new')]))).toEqual(['old', 'new']);
    expect(opening(run([offer, stored, used('next', 'new')]))).toEqual(['new', undefined]);
  });
});

test('a second offer is refused while one is open, and a charger without keys takes none', () => {
  const again = decide(run([offered('new')]), offered('other'));
  expect(again.effects).toEqual([{ do: 'reply', value: { refused: 'offered' } }]);
  expect(nameOf(again.state.offer?.key)).toBe('new');
  expect(decide({ ...start, hasKeys: false }, offered('new')).effects).toEqual([
    { do: 'reply', value: { refused: 'no_key' } },
  ]);
});

test('whatever gets lost, the key that the charger has always opens', () => {
  const step = fc.constantFrom(
    'offer',
    'accept',
    'refuse',
    'lose',
    'take and lose',
    'late',
    'never sent',
    'log in',
    'log in',
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let state = start;
      let has = 'old'; // the charger's key
      let open: string | undefined; // the command that it has not answered
      let lost: { command: string; taken: boolean } | undefined;
      let drawn = 0;
      const feed = (input: ChargerKeyInput): void => {
        state = decide(state, input).state;
      };
      for (const each of steps) {
        const command = open;
        if (each === 'offer' && command === undefined) {
          drawn += 1;
          feed(offered(`key${drawn}`));
          if (state.offer?.commandId === `key${drawn}`) open = `key${drawn}`;
        } else if (each === 'log in') {
          const { offer } = state;
          if (offer !== null) feed(used(nameOf(offer.key) === has ? 'next' : 'current', offer.commandId));
          lost = undefined; // late answers come on the same connection only
        } else if (each === 'late' && lost?.taken === true) feed(ended(lost.command, 'accepted'));
        else if (command !== undefined && each !== 'offer' && each !== 'late') {
          open = undefined;
          if (each === 'accept' || each === 'take and lose') has = command;
          if (each === 'accept') feed(ended(command, 'accepted'));
          else if (each === 'refuse') feed(ended(command, 'rejected'));
          else if (each === 'never sent') feed(ended(command, 'failed', { neverSent: true }));
          else {
            feed(ended(command, 'timed_out'));
            lost = { command, taken: each === 'take and lose' };
          }
        }
        expect(opening(state)).toContain(has);
      }
    }),
    { numRuns: 3000 },
  );
});
