import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuthorizeReply, TokenInput } from '../../src/ingest/inputs.ts';
import { idTagInfo } from '../../src/ocpp/v16/words.ts';
import { decide } from '../../src/tokens/machine.ts';
import { type GroupRow, policies, type Standing, type TokenRow, type TokenState } from '../../src/tokens/types.ts';
import { after, aStart, stopped, T0 } from '../support/inputs.ts';

const standing: Standing = {
  status: 'active',
  validUntil: null,
  maxConcurrent: null,
  allowedSiteIds: [],
  allowedChargePointIds: [],
};
const token: TokenRow = { ...standing, id: 'tok_1', type: 'rfid', credit: null, group: null, maxConcurrent: 1 };
const group: GroupRow = { ...standing, id: 'tgr_1', parentIdTag: 'FLEET' };
const known = (more: Partial<TokenState> = {}): TokenState => ({
  policy: 'list',
  siteId: 'site_1',
  token,
  hasOwnTariff: false,
  sessionsElsewhere: { ofToken: 0, ofGroup: 0 },
  hasReservations: false,
  strangers: [],
  ...more,
});
const withToken = (more: Partial<TokenRow>, state: Partial<TokenState> = {}): TokenState =>
  known({ ...state, token: { ...token, ...more } });
const elsewhere = (ofToken: number, ofGroup = 0) => ({ sessionsElsewhere: { ofToken, ofGroup } });
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
const said = (state: TokenState, input: TokenInput): AuthorizeReply => {
  const [effect] = decide(state, input, { now: T0 }).effects;
  if (effect?.do === 'reply') return effect.value as AuthorizeReply;
  if (effect?.do === 'feed' && effect.input.room === 'sessions' && effect.input.type === 'started')
    return effect.input.authorized;
  if (effect?.do === 'feed' && effect.input.type === 'stopped' && effect.input.authorized !== undefined)
    return effect.input.authorized;
  throw new Error('neither answered nor fed');
};

const cases: readonly [string, TokenState, string, string?][] = [
  ['an unknown token', known({ token: undefined }), 'invalid'],
  ['an unknown token where the policy is open', known({ token: undefined, policy: 'open' }), 'accepted'],
  ['an unknown token where charging is free', known({ token: undefined, policy: 'free' }), 'accepted'],
  ['a blocked token where the policy is open', withToken({ status: 'blocked' }, { policy: 'open' }), 'blocked'],
  ['a blocked token where charging is free', withToken({ status: 'blocked' }, { policy: 'free' }), 'accepted'],
  ['an active token', known(), 'accepted'],
  ['a blocked token', withToken({ status: 'blocked' }), 'blocked'],
  ['a token that has expired', withToken({ validUntil: T0 }), 'expired'],
  ['a token that expires later', withToken({ validUntil: after(1) }), 'accepted'],
  ['a token of a blocked group', withToken({ group: { ...group, status: 'blocked' } }), 'blocked'],
  ['a token of a group that has expired', withToken({ group: { ...group, validUntil: T0 } }), 'expired'],
  [
    'a blocked token of a group that has expired',
    withToken({ status: 'blocked', group: { ...group, validUntil: T0 } }),
    'blocked',
  ],
  ['a token allowed at this site', withToken({ allowedSiteIds: ['site_1'] }), 'accepted'],
  [
    'a token allowed at this charge point',
    withToken({ allowedSiteIds: ['site_2'], allowedChargePointIds: ['cp_1'] }),
    'accepted',
  ],
  ['a token allowed elsewhere', withToken({ allowedSiteIds: ['site_2'] }), 'not_at_this_location'],
  [
    'a token of a group allowed elsewhere',
    withToken({ group: { ...group, allowedChargePointIds: ['cp_2'] } }),
    'not_at_this_location',
  ],
  ['a token that charges elsewhere', known(elsewhere(1)), 'accepted', 'concurrent_tx'],
  ['a token that charges elsewhere, where charging is free', known({ ...elsewhere(1), policy: 'free' }), 'accepted'],
  ['a token with room for one more session', withToken({ maxConcurrent: 2 }, elsewhere(1)), 'accepted'],
  ['a token without a limit', withToken({ maxConcurrent: null }, elsewhere(99)), 'accepted'],
  [
    'a token whose group charges as much as it may',
    withToken({ maxConcurrent: null, group: { ...group, maxConcurrent: 3 } }, elsewhere(0, 3)),
    'accepted',
    'concurrent_tx',
  ],
  [
    'a token whose group has room',
    withToken({ maxConcurrent: null, group: { ...group, maxConcurrent: 3 } }, elsewhere(2, 2)),
    'accepted',
  ],
  ['a blocked token that charges elsewhere', withToken({ status: 'blocked' }, elsewhere(1)), 'blocked'],
];
test.each(cases)('%s', (_name, state, answer, onStart = answer) => {
  expect(said(state, ask).authorization).toBe(answer);
  expect(said(state, start).authorization).toBe(onStart);
  expect(said(state, stop).authorization).toBe(answer);
});

test('the charger is told the earlier of two expiries and the tag of the group', () => {
  const state = withToken({ validUntil: after(20), group: { ...group, validUntil: after(10) } });
  expect(said(state, ask)).toEqual({ authorization: 'accepted', expiresAt: after(10), groupId: 'FLEET' });
  expect(idTagInfo(said(state, ask))).toEqual({
    status: 'Accepted',
    expiryDate: after(10).toISOString(),
    parentIdTag: 'FLEET',
  });
});

test('where charging is free no expiry is told: a charger would refuse by it', () => {
  expect(said(withToken({ validUntil: after(-5) }, { policy: 'free' }), ask)).toEqual({ authorization: 'accepted' });
});

test('in the words of OCPP 1.6 a token that may not charge here is Invalid', () => {
  expect(idTagInfo({ authorization: 'not_at_this_location' })).toEqual({ status: 'Invalid' });
});

describe('strangers', () => {
  const strangersAfter = (state: TokenState, input: TokenInput) => decide(state, input, { now: T0 }).state.strangers;

  test.each([
    ['list', ask],
    ['open', ask],
    ['list', start],
    ['list', stop],
  ] as const)('are collected where the policy is %s', (policy, input) => {
    expect(strangersAfter(known({ token: undefined, policy }), input)).toEqual([{ uid: 'TAG', at: input.receivedAt }]);
  });

  test('are not collected where charging is free, nor when they have no name, nor when they are none', () => {
    expect(strangersAfter(known({ token: undefined, policy: 'free' }), ask)).toEqual([]);
    expect(strangersAfter(known({ token: undefined }), { ...ask, tokenUid: ' ' })).toEqual([]);
    const state = known();
    expect(decide(state, ask, { now: T0 }).state).toBe(state);
  });
});

describe('a prepaid token (2.1 C17)', () => {
  const said = (state: TokenState, now = T0) => {
    const [effect] = decide(state, ask, { now }).effects;
    return effect?.do === 'reply' ? effect.value : undefined;
  };
  test('may charge while something is left, and nobody may remember that', () => {
    expect(said(withToken({ credit: '12.50' }))).toEqual({ authorization: 'accepted', expiresAt: T0, credit: '12.50' });
    expect(said(withToken({ credit: '0.00' }))).toMatchObject({ authorization: 'no_credit', expiresAt: T0 });
    // What is said to an Authorize and to the start after it agrees.
    expect(said(withToken({ credit: '12.50' }), after(299))).toMatchObject({ expiresAt: T0 });
    expect(said(withToken({ credit: '12.50' }), after(300))).toMatchObject({ expiresAt: after(300) });
    expect(said(withToken({ credit: '0', status: 'blocked' }))).toMatchObject({ authorization: 'blocked' });
    expect(said(withToken({ credit: '0' }, { policy: 'free' }))).toEqual({ authorization: 'accepted' });
  });
});

describe('a payment that was authorized elsewhere (2.1 C18, C24, C25)', () => {
  const event = (transactionId: string, more: object = {}) =>
    ({
      ...{ room: 'tokens', type: 'authorize_event', chargePointId: 'cp_1', receivedAt: T0 },
      event: {
        ...{ ocppTransactionId: transactionId, seqNo: 0, digest: 'd', kind: 'started', trigger: 'RemoteStart' },
        ...{
          at: { at: T0, raw: undefined, plausible: true, historical: false },
          offline: false,
          readings: [],
          flags: [],
        },
        token: { uid: 'psp-1', isTyped: false, asks: 'start', ...more },
      },
    }) as const satisfies TokenInput;
  const fedOf = (state: TokenState, input: TokenInput) => {
    const [effect] = decide(state, input, { now: T0 }).effects;
    return effect?.do === 'feed' && 'token' in effect.input ? effect.input.token?.authorized.authorization : undefined;
  };
  const paid = (used: boolean, until = after(1), isKept = true) =>
    known({ token: undefined, payment: { until, used, isKept, ocppTransactionId: used ? 'tx-1' : null } });

  test('begins one session, in time, and whatever else that session tells', () => {
    expect(fedOf(paid(false), event('tx-1'))).toBe('accepted');
    expect(fedOf(paid(false, after(-1)), event('tx-1'))).toBe('expired');
    expect(fedOf(paid(true), event('tx-1'))).toBe('accepted');
    expect(fedOf(paid(true), event('tx-2'))).toBe('concurrent_tx');
    expect(decide(paid(true), event('tx-2'), { now: T0 }).state.strangers).toEqual([]);
  });

  test('begins one also where that is told afterwards, unless so late that its limit is forgotten', () => {
    const late = event('tx-1');
    const told = (state: TokenState) => fedOf(state, { ...late, event: { ...late.event, offline: true } });
    expect(told(paid(false))).toBe('accepted');
    expect(told(paid(false, after(1), false))).toBe('expired');
    expect(fedOf(paid(false, after(1), false), event('tx-1'))).toBe('accepted');
  });

  test('of the terminal of the station nobody here was asked about', () => {
    const stranger = known({ token: undefined });
    expect(fedOf(stranger, event('tx-1', { isPayment: true }))).toBe('accepted');
    expect(decide(stranger, event('tx-1', { isPayment: true }), { now: T0 }).state.strangers).toEqual([]);
    expect(fedOf(stranger, event('tx-1'))).toBe('invalid');
  });
});

test('Authorize, Start and Stop agree, whatever is known; only a start is told ConcurrentTx, and only of a token that may charge', () => {
  const standings = fc.record({
    status: fc.constantFrom('active' as const, 'blocked' as const),
    validUntil: fc.option(fc.integer({ min: -5, max: 5 }).map(after)),
    maxConcurrent: fc.option(fc.integer({ min: 1, max: 3 })),
    allowedSiteIds: fc.subarray(['site_1', 'site_2']),
    allowedChargePointIds: fc.subarray(['cp_1', 'cp_2']),
  });
  const groups = standings.map((some) => ({ ...some, id: 'tgr_1', parentIdTag: 'FLEET' }));
  const tokens = fc
    .tuple(standings, fc.option(groups), fc.option(fc.constantFrom('0', '0.00', '12.50')))
    .map(([some, its, credit]) => ({ ...some, id: 'tok_1', type: 'rfid', credit, group: its }));
  const states: fc.Arbitrary<TokenState> = fc.record({
    policy: fc.constantFrom(...policies),
    siteId: fc.option(fc.constantFrom('site_1', 'site_2')),
    token: fc.option(tokens, { nil: undefined }),
    hasOwnTariff: fc.boolean(),
    sessionsElsewhere: fc.record({ ofToken: fc.nat(4), ofGroup: fc.nat(4) }),
    hasReservations: fc.boolean(),
    strangers: fc.constant([]),
  });
  fc.assert(
    fc.property(states, (state) => {
      const { hasOwnTariff, ...asked } = said(state, ask);
      const [started, stoppedBy] = [said(state, start), said(state, stop)];
      // Whoever merely asks is told whether there is a tariff to ask for.
      expect(hasOwnTariff).toBe(state.hasOwnTariff && state.token !== undefined ? true : undefined);
      expect(stoppedBy).toEqual(asked);
      expect(asked.authorization).not.toBe('concurrent_tx');
      if (started.authorization === 'concurrent_tx') {
        expect({ ...started, authorization: 'accepted' }).toEqual(asked);
        const { token: its, sessionsElsewhere } = state;
        const isFull =
          sessionsElsewhere.ofToken >= (its?.maxConcurrent ?? Number.POSITIVE_INFINITY) ||
          sessionsElsewhere.ofGroup >= (its?.group?.maxConcurrent ?? Number.POSITIVE_INFINITY);
        expect(isFull).toBe(true);
      } else expect(started).toEqual(asked);
      if (state.policy === 'free') expect(started.authorization).toBe('accepted');
    }),
    { numRuns: 2000 },
  );
});

describe('the token of a commissioning run', () => {
  const ofRun = (test: 'open' | 'ended', more: Partial<TokenState> = {}) => known({ token: undefined, test, ...more });
  test('may charge while the run is open, whatever the policy, and never afterwards; it is no stranger', () => {
    for (const policy of policies) {
      expect(said(ofRun('open', { policy }), ask)).toEqual({ authorization: 'accepted' });
      expect(said(ofRun('ended', { policy }), ask)).toEqual({ authorization: 'invalid' });
    }
    expect(decide(ofRun('ended'), ask, { now: T0 }).state.strangers).toEqual([]);
  });

  test.each(['open', 'ended'] as const)('a session that it begins is a test, and free: the run is %s', (state) => {
    const [effect] = decide(ofRun(state), start, { now: T0 }).effects;
    expect(effect).toMatchObject({ do: 'feed', input: { type: 'started', isFree: true, isTest: true } });
  });
});
