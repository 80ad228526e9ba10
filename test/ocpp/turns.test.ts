import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLargeFrames } from '../../src/ocpp/large-frames.ts';
import { Line, type LineOwner, type Message } from '../../src/ocpp/line.ts';
import { defaultLimits } from '../../src/ocpp/needs.ts';
import { createTurns, type Taker, type Turns } from '../../src/ocpp/turns.ts';

/** Turns whose event loop is moved by hand; `gaps`: how long each round was made to wait. */
function byHand() {
  let now = 0;
  let due: (() => void) | undefined;
  const gaps: number[] = [];
  const turns = createTurns({
    monotonic: () => now,
    later: (run, ms) => {
      expect(due).toBeUndefined();
      due = run;
      gaps.push(ms);
    },
  });
  return {
    turns,
    gaps,
    wait: (ms: number) => {
      now += ms;
    },
    now: () => now,
    /** False: nobody has asked. */
    round: (): boolean => {
      const run = due;
      due = undefined;
      run?.();
      return run !== undefined;
    },
  };
}

function aTaker(turns: () => Turns, name: string, frames: number, taken: string[], cost = 1): Taker {
  let left = frames;
  const self: Taker = {
    get isBehind() {
      return left > 0;
    },
    takeTurn() {
      left -= 1;
      taken.push(name);
      if (left > 0) turns().ask(self);
      return cost;
    },
  };
  return self;
}

test('chargers that wait for a turn get one each, in the order of asking', () => {
  const { turns, round } = byHand();
  const taken: string[] = [];
  for (const [name, frames] of [
    ['a', 5],
    ['b', 2],
    ['c', 1],
  ] as const)
    turns.ask(aTaker(() => turns, name, frames, taken));
  while (round());
  expect(taken.join('')).toBe('abcabaaa');
});

test('while nobody else speaks nobody waits; while others speak they have the event loop between two rounds', () => {
  const { turns, round, gaps, wait, now } = byHand();
  const taken: string[] = [];
  const greedy = aTaker(() => turns, 'a', 1_000, taken);
  const polite: Taker = { isBehind: false, takeTurn: () => 1 };
  turns.spoke(greedy, now()); // by which it fell behind
  turns.ask(greedy);
  for (let i = 0; i < 5; i += 1) round();
  expect(gaps).toEqual([0, 0, 0, 0, 0, 0]);
  expect(taken).toHaveLength(5 * 8);
  turns.spoke(polite, now());
  turns.spoke(greedy, now()); // the one before counts as well
  gaps.length = 0;
  round();
  round();
  wait(1_000);
  round();
  expect(gaps).toEqual([4, 4, 0]);
  expect(taken).toHaveLength(8 * 8);
});

test('large frames count for more, and of many chargers more get a turn at once', () => {
  const { turns, round } = byHand();
  const taken: string[] = [];
  turns.ask(aTaker(() => turns, 'large', 100, taken, 4));
  round();
  expect(taken).toHaveLength(2);
  for (let i = 0; i < 799; i += 1) turns.ask(aTaker(() => turns, `${i}`, 10, taken));
  taken.length = 0;
  round();
  expect(taken).toHaveLength(100 - 3);
  expect(new Set(taken).size).toBe(taken.length);
});

/** A line whose owner works at one message until it is told to be done. */
function aCharger(
  { turns, now }: Pick<ReturnType<typeof byHand>, 'turns' | 'now'>,
  largeFrames = createLargeFrames({ most: 1, mostUnreadBytes: 1e6, turns }),
) {
  const limits = { ...defaultLimits, pauseAtMessages: 6, largeFrom: 100 };
  const sent: string[] = [];
  const read: string[] = [];
  let isPaused = false;
  let inWork: Message | undefined;
  let worked = 0;
  const work = (): void => {
    inWork ??= line.next();
  };
  const owner: LineOwner = {
    conduct: {
      limits,
      turns,
      largeFrames,
      now: () => new Date(0),
      monotonic: now,
    },
    socket: {
      pause() {
        isPaused = true;
      },
      resume() {
        isPaused = false;
      },
    },
    isGone: false,
    get isWorking() {
      return inWork !== undefined;
    },
    aliveAt: 0,
    read(data) {
      const raw = data.toString();
      read.push(raw);
      if (raw.startsWith('stray')) return false;
      line.put({
        frame: { is: 'send', id: raw, action: '', payload: {} },
        raw,
        bytes: raw.length,
        receivedAt: new Date(0),
        traceId: '',
      });
      if (inWork === undefined) work();
      else line.pauseIfFull();
      return true;
    },
    close: () => {
      throw new Error('it was closed');
    },
  };
  const line = new Line(owner);
  const done = (): void => {
    if (inWork === undefined) return;
    const message = inWork;
    inWork = undefined;
    line.done(message);
    worked += Number(message.raw.length > 100);
    work();
  };
  /** Large ones that were read and are not worked off. */
  const large = (): number => read.filter((raw) => raw.startsWith('call') && raw.length > 100).length - worked;
  return { sent, read, line, done, isPaused: () => isPaused, isWorking: () => inWork !== undefined, large };
}

test('who sends ahead is nobody that others make room for, also when its line is empty for a moment', () => {
  const hand = byHand();
  const { round, gaps, wait, now } = hand;
  const [polite, ...greedy] = [aCharger(hand), aCharger(hand), aCharger(hand)];
  const send = ({ line }: ReturnType<typeof aCharger>, count: number): void => {
    for (let i = 0; i < count; i += 1) line.arrived(Buffer.from(`call ${i}`), now());
  };
  for (const each of greedy) send(each, 3); // once, until nothing of it waits
  for (let i = 0; i < 3; i += 1) {
    for (const { done } of greedy) done();
    round();
  }
  expect(greedy.map(({ line }) => line.length)).toEqual([0, 0]);
  if (polite === undefined) throw new Error('there is nobody');
  send(polite, 1);
  wait(10);
  gaps.length = 0;
  for (const each of greedy) send(each, 3); // the first of each goes in at once, and moves nobody's place
  for (const { done } of greedy) done();
  round();
  expect(gaps[0]).toBe(4);
});

test('chargers that send large frames without end leave every other its turn', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 40, maxLength: 400, size: 'max' }), (order) => {
      const { turns, round, now } = byHand();
      const largeFrames = createLargeFrames({ most: 2, mostUnreadBytes: 1e6, turns });
      const chargers = Array.from({ length: 7 }, () => aCharger({ turns, now }, largeFrames));
      const endless = chargers.slice(0, 4);
      const others = chargers.slice(4);
      const send = ({ line }: ReturnType<typeof aCharger>): void =>
        line.arrived(Buffer.from(`call${' '.repeat(100)}`), now());
      for (const each of chargers) send(each);
      // Whoever is done first: an endless sender always has the next on its way.
      for (let i = 0; i < order.length && others.some(({ read }) => read.length === 0); i += 1) {
        for (const each of endless) if (!each.isPaused()) send(each);
        if (i % 2 === 0) round();
        const one = order[i] ?? 0;
        for (let j = 0; j < endless.length; j += 1) {
          const each = endless[(one + j) % endless.length];
          if (each?.isWorking()) {
            each.done();
            break;
          }
        }
        for (const { done } of others) done();
      }
      expect(others.map(({ read }) => read.length)).toEqual([1, 1, 1]);
    }),
    { numRuns: 50 },
  );
});

test('a place that is free goes to who has waited longest, not to who asks first again, nor to who is gone', () => {
  const { turns, round, now } = byHand();
  const largeFrames = createLargeFrames({ most: 1, mostUnreadBytes: 1e6, turns });
  const [greedy, gone, patient] = [1, 2, 3].map(() => aCharger({ turns, now }, largeFrames));
  if (greedy === undefined || gone === undefined || patient === undefined) throw new Error('there is nobody');
  const send = ({ line }: ReturnType<typeof aCharger>): void =>
    line.arrived(Buffer.from(`call${' '.repeat(100)}`), now());
  for (const each of [greedy, gone, patient]) send(each);
  round();
  expect([greedy, gone, patient].map(({ large }) => large())).toEqual([1, 0, 0]);
  send(greedy); // and so it asks before the others can
  greedy.done();
  gone.line.forget(); // to which the place had gone
  while (round());
  expect([greedy, gone, patient].map(({ large }) => large())).toEqual([0, 0, 1]);
  patient.done();
  while (round());
  expect(greedy.large()).toBe(1);
});

test('whatever comes in whichever order, it is read in its order, two ahead at most, large ones of two chargers, and nobody is passed over', () => {
  const event = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        is: fc.constant('frame' as const),
        by: fc.nat(3),
        stray: fc.boolean(),
        isLarge: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        is: fc.constant('done' as const),
        by: fc.nat(3),
        stray: fc.constant(false),
        isLarge: fc.constant(false),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ is: 'round' as const, by: 0, stray: false, isLarge: false }) },
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200, size: 'max' }), (events) => {
      const { turns, round, now } = byHand();
      const largeFrames = createLargeFrames({ most: 2, mostUnreadBytes: 1e6, turns });
      const chargers = Array.from({ length: 4 }, () => aCharger({ turns, now }, largeFrames));
      for (const [i, { is, by, stray, isLarge }] of events.entries()) {
        const charger = chargers[by];
        if (is === 'round') round();
        else if (is === 'done') charger?.done();
        else if (charger !== undefined && !charger.isPaused()) {
          const text = `${stray ? 'stray' : 'call'} ${i}${isLarge ? ' '.repeat(100) : ''}`;
          charger.sent.push(text);
          charger.line.arrived(Buffer.from(text), now());
        }
        for (const { sent, read, line, isPaused, isWorking } of chargers) {
          expect(read).toEqual(sent.slice(0, read.length));
          const unread = sent.length - read.length;
          expect(line.length - unread + Number(isWorking())).toBeLessThanOrEqual(2);
          expect(isPaused()).toBe(line.paused);
          expect(line.isBehind).toBe(unread > 0);
        }
        expect(chargers.filter(({ large }) => large() > 0).length).toBeLessThanOrEqual(2);
      }
      for (let more = true; more; ) {
        more = round();
        for (const { done, isWorking } of chargers) {
          more ||= isWorking();
          done();
        }
      }
      for (const { sent, read, isPaused } of chargers) {
        expect(read).toEqual(sent);
        expect(isPaused()).toBe(false);
      }
    }),
    { numRuns: 20 },
  );
});
