import { expect, test } from '@jest/globals';
import type { CommandEnded, NetworkProfileInput } from '../../src/ingest/inputs.ts';
import { decide } from '../../src/network-profiles/machine.ts';
import type { ProfileState } from '../../src/network-profiles/types.ts';

const T0 = new Date('2026-03-01T10:00:00.000Z');
const about = { room: 'network_profiles', chargePointId: 'cp_1', receivedAt: T0 } as const;
const asked = (n: number, slot = 1): NetworkProfileInput => ({
  ...about,
  type: 'requested',
  ...{ id: `npr_${n}`, commandId: `cmd_${n}`, slot, profile: {}, requestedBy: 'key_1' },
});
const ended = (n: number, status: CommandEnded['status']): NetworkProfileInput => ({
  ...about,
  type: 'command_ended',
  ...{ commandId: `cmd_${n}`, status, why: 'why', learned: undefined },
});
const run = (...inputs: NetworkProfileInput[]): Record<string, string> => {
  let state: ProfileState = { rows: new Map() };
  for (const input of inputs) state = decide(state, input, T0).state;
  return Object.fromEntries([...state.rows.values()].map(({ id, status }) => [id, status]));
};

test.each<[string, NetworkProfileInput[], Record<string, string>]>([
  ['is pending until the station answers', [asked(1)], { npr_1: 'pending' }],
  ['is stored when it agrees', [asked(1), ended(1, 'accepted')], { npr_1: 'stored' }],
  ['is rejected when it does not', [asked(1), ended(1, 'rejected')], { npr_1: 'rejected' }],
  ['fails when it does not answer', [asked(1), ended(1, 'timed_out')], { npr_1: 'failed' }],
  ['is stored by a late answer', [asked(1), ended(1, 'timed_out'), ended(1, 'accepted')], { npr_1: 'stored' }],
  [
    'takes the place of what its slot held',
    [asked(1), ended(1, 'accepted'), asked(2), ended(2, 'accepted')],
    { npr_1: 'superseded', npr_2: 'stored' },
  ],
  [
    'leaves other slots alone',
    [asked(1, 1), ended(1, 'accepted'), asked(2, 2), ended(2, 'accepted')],
    { npr_1: 'stored', npr_2: 'stored' },
  ],
  [
    'that is refused leaves what its slot holds',
    [asked(1), ended(1, 'accepted'), asked(2), ended(2, 'rejected')],
    { npr_1: 'stored', npr_2: 'rejected' },
  ],
  ['is written once', [asked(1), ended(1, 'accepted'), asked(1)], { npr_1: 'stored' }],
  ['of nobody is ignored', [ended(9, 'accepted')], {}],
])('a profile %s', (_what, inputs, statuses) => {
  expect(run(...inputs)).toEqual(statuses);
});
