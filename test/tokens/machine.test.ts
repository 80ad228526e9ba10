import { expect, test } from '@jest/globals';
import type { TokenInput } from '../../src/ingest/inputs.ts';
import { decide } from '../../src/tokens/machine.ts';
import type { TokenRow, TokenState } from '../../src/tokens/types.ts';
import { after, aStart, stopped, T0 } from '../support/inputs.ts';

const token: TokenRow = { id: 'tok_1', groupId: null, status: 'active', validUntil: null, maxConcurrent: 1 };
const ask: TokenInput = { room: 'tokens', type: 'authorize', chargePointId: 'cp_1', receivedAt: T0, tokenUid: 'TAG' };
const start: TokenInput = {
  room: 'tokens',
  type: 'authorize_start',
  chargePointId: 'cp_1',
  receivedAt: T0,
  start: aStart(),
};
const stop: TokenInput = {
  room: 'tokens',
  type: 'authorize_stop',
  chargePointId: 'cp_1',
  receivedAt: T0,
  tokenUid: 'TAG',
  stop: stopped(),
};
const answer = (state: TokenState, input: TokenInput): string => {
  const [effect] = decide(state, input, { now: T0 }).effects;
  if (effect?.do === 'reply') return (effect.value as { authorization: string }).authorization;
  if (effect?.do === 'feed' && effect.input.room === 'sessions' && effect.input.type === 'started')
    return effect.input.authorized.authorization;
  if (effect?.do === 'feed' && effect.input.type === 'stopped') return effect.input.authorized?.authorization ?? '';
  throw new Error('neither answered nor fed');
};

const cases: readonly [string, TokenState, string, string][] = [
  ['an unknown token', { token: undefined, sessionsElsewhere: 0 }, 'invalid', 'invalid'],
  ['an active token', { token, sessionsElsewhere: 0 }, 'accepted', 'accepted'],
  ['a blocked token', { token: { ...token, status: 'blocked' }, sessionsElsewhere: 0 }, 'blocked', 'blocked'],
  ['a token that has expired', { token: { ...token, validUntil: T0 }, sessionsElsewhere: 0 }, 'expired', 'expired'],
  [
    'a token that expires later',
    { token: { ...token, validUntil: after(1) }, sessionsElsewhere: 0 },
    'accepted',
    'accepted',
  ],
  ['a token that charges elsewhere', { token, sessionsElsewhere: 1 }, 'accepted', 'concurrent_tx'],
  [
    'a token with room for one more session',
    { token: { ...token, maxConcurrent: 2 }, sessionsElsewhere: 1 },
    'accepted',
    'accepted',
  ],
  [
    'a token without a limit',
    { token: { ...token, maxConcurrent: null }, sessionsElsewhere: 99 },
    'accepted',
    'accepted',
  ],
];
test.each(cases)('%s', (_name, state, onAuthorize, onStart) => {
  expect(answer(state, ask)).toBe(onAuthorize);
  expect(answer(state, start)).toBe(onStart);
  expect(answer(state, stop)).toBe(onAuthorize);
});
