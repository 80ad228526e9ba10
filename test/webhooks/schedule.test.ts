/** A million lives of deliveries whose every attempt fails, by the real rule and machine. Plain loops: fast-check would take minutes. */
import { expect, test } from '@jest/globals';
import { decide } from '../../src/webhooks/machine.ts';
import { defaultOffsetsS, HORIZON_S, isPastHorizon, parseRetryAfter, retryRule } from '../../src/webhooks/retry.ts';
import type { DeliveryState, Outcome } from '../../src/webhooks/types.ts';

const LIVES = 1_000_000;
const T0 = Date.UTC(2026, 10, 23, 12);
const rule = retryRule();

// looking a global up costs a hundred times more under jest
const { imul, floor } = Math;
const Instant = Date;

/** mulberry32: the same lives in every run. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What receivers put into Retry-After, the senseless included. */
const retryAfters = [
  ...[
    '0',
    '1',
    '120',
    '3600',
    '7200',
    '50000',
    '86400',
    '9999999999',
    '-1',
    'soon',
    '',
    'Tue, 24 Nov 2026 11:00:00 GMT',
  ],
].map((text) => parseRetryAfter(text, new Instant(T0)));
const NO_ANSWER: Outcome = { kind: 'unanswered', why: 'timeout' };

type Life = { readonly plannedS: number[]; readonly madeS: number[]; readonly end: DeliveryState };

/** `lagS`: how long after it was due an attempt begins; most are punctual, some wait for an outage of our own. */
function live(chance: () => number): Life {
  const plannedS: number[] = [];
  const madeS: number[] = [];
  let state: DeliveryState = {
    status: 'pending',
    attempts: 0,
    firstAttemptAt: null,
    nextAttemptAt: new Instant(T0),
    notBefore: null,
    responseStatus: null,
    lastError: null,
  };
  while (state.status === 'pending' && madeS.length < 10) {
    const lagS = chance() < 0.9 ? chance() * 2 : chance() < 0.9 ? chance() * 600 : chance() * 100_000;
    const startedAt: Date = new Instant(state.nextAttemptAt.getTime() + lagS * 1000);
    const due = decide(
      state,
      { type: 'due', now: startedAt, isPastHorizon: isPastHorizon(state.firstAttemptAt, startedAt) },
      rule,
    );
    state = due.state;
    if (due.effects.length === 0) break;
    madeS.push((startedAt.getTime() - T0) / 1000);
    const finishedAt = new Instant(startedAt.getTime() + chance() * 30_000);
    const asked = floor(chance() * retryAfters.length * 2);
    const outcome: Outcome =
      asked < retryAfters.length ? { kind: 'answered', status: 503, retryAfterS: retryAfters[asked] } : NO_ANSWER;
    state = decide(state, { type: 'attempted', outcome, startedAt, finishedAt, random: chance() }, rule).state;
    if (state.status === 'pending') plannedS.push((state.nextAttemptAt.getTime() - T0) / 1000);
  }
  return { plannedS, madeS, end: state };
}

test('a million failing deliveries: each ends, after at most six attempts, in order, apart, and none later than 24 hours after the first', () => {
  const chance = chances(20_261_123);
  const broken: Record<string, Life> = {};
  const ends = new Map<string, number>();
  for (let i = 0; i < LIVES; i += 1) {
    const life = live(chance);
    const { plannedS, madeS, end } = life;
    const [first = 0] = madeS;
    if (end.status !== 'failed') broken['it does not end'] = life;
    if (madeS.length > 6) broken['more than six attempts'] = life;
    for (const [k, planned] of plannedS.entries()) {
      if (planned < (madeS[k] ?? 0) + 30) broken['a retry follows at once'] = life;
      if (planned - first > HORIZON_S) broken['planned past 24 hours'] = life;
      if (planned - first < (defaultOffsetsS[k] ?? 0) * 0.9 - 0.001 && planned - first < HORIZON_S - 61)
        broken['earlier than its offset'] = life;
    }
    for (const [k, made] of madeS.entries()) {
      if (k > 0 && made <= (madeS[k - 1] ?? 0)) broken['out of order'] = life;
      if (made - first > HORIZON_S) broken['attempted past 24 hours'] = life;
    }
    const key = String(madeS.length);
    ends.set(key, (ends.get(key) ?? 0) + 1);
  }
  expect(broken).toEqual({});
  // the lives are worth something: those with all six attempts, and those that an outage or a Retry-After cut short
  expect(ends.get('6')).toBeGreaterThan(LIVES / 4);
  expect([...ends.keys()].toSorted()).toEqual(['1', '2', '3', '4', '5', '6']);
});

test('a receiver that is back within 23 hours gets everything, whatever chance says', () => {
  const chance = chances(7);
  let lost = 0;
  for (let i = 0; i < 100_000; i += 1) {
    let state: DeliveryState = {
      status: 'pending',
      attempts: 0,
      firstAttemptAt: null,
      nextAttemptAt: new Instant(T0),
      notBefore: null,
      responseStatus: null,
      lastError: null,
    };
    while (state.status === 'pending' && state.nextAttemptAt.getTime() < T0 + 23 * 3600_000) {
      const startedAt: Date = state.nextAttemptAt;
      const outcome: Outcome = { kind: 'unanswered', why: 'connection_failed' };
      state = decide(
        state,
        { type: 'attempted', outcome, startedAt, finishedAt: new Instant(startedAt.getTime() + 5), random: chance() },
        rule,
      ).state;
    }
    if (state.status !== 'pending') lost += 1;
  }
  expect(lost).toBe(0);
});
