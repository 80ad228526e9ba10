import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLanes, defaultLimits, type LaneLimits, type Lanes, type Verdict } from '../../src/webhooks/lanes.ts';

type Item = { readonly endpoint: string; readonly n: number };
const lanesWith = (limits: Partial<LaneLimits> = {}) => createLanes<Item>({ ...defaultLimits, ...limits }, () => 0);

function fill(lanes: Lanes<Item>, endpoint: string, count: number): void {
  for (let n = 0; n < count; n += 1) lanes.add(endpoint, { endpoint, n });
}
function takeAll(lanes: Lanes<Item>): Item[] {
  const taken: Item[] = [];
  for (let item = lanes.take(); item !== undefined; item = lanes.take()) taken.push(item);
  return taken;
}
const countOf = (items: readonly Item[], endpoint: string) => items.filter((item) => item.endpoint === endpoint).length;

function finish(lanes: Lanes<Item>, items: readonly Item[], verdict: Verdict): void {
  for (const { endpoint } of items) {
    lanes.answered(endpoint, verdict);
    lanes.saved();
  }
}

test('an endpoint has at most 16 in flight, in the order in which they came', () => {
  const lanes = lanesWith();
  fill(lanes, 'a', 40);
  const taken = takeAll(lanes);
  expect(taken.map(({ n }) => n)).toEqual(Array.from({ length: 16 }, (_, n) => n));
  lanes.answered('a', 'answered');
  expect(lanes.take()).toEqual({ endpoint: 'a', n: 16 });
  expect(lanes.take()).toBeUndefined();
});

test('time-outs halve what an endpoint may have in flight down to one; answers give it back one by one', () => {
  const lanes = lanesWith();
  fill(lanes, 'a', 500);
  for (const expected of [16, 1]) {
    const taken = takeAll(lanes);
    expect(taken).toHaveLength(expected);
    finish(lanes, taken, 'silent');
  }
  for (const expected of [1, 2, 4, 8, 16, 16]) {
    const taken = takeAll(lanes);
    expect(taken).toHaveLength(expected);
    finish(lanes, taken, 'answered');
  }
});

test('quick faults cost an endpoint nothing', () => {
  const lanes = lanesWith();
  fill(lanes, 'a', 100);
  finish(lanes, takeAll(lanes), 'fault');
  expect(takeAll(lanes)).toHaveLength(16);
});

test('a hundred endpoints that never answer leave room for one that does', () => {
  const lanes = lanesWith();
  fill(lanes, 'well', 1);
  finish(lanes, takeAll(lanes), 'answered');
  for (let i = 0; i < 100; i += 1) fill(lanes, `dead${i}`, 50);
  const hung = takeAll(lanes);
  expect(hung.length).toBeLessThanOrEqual(192); // three quarters
  expect(new Set(hung.map(({ endpoint }) => endpoint)).size).toBe(100);
  fill(lanes, 'well', 16);
  expect(countOf(takeAll(lanes), 'well')).toBeGreaterThanOrEqual(12);
});

test('endpoints that answered until now and then all hang leave something to newcomers', () => {
  const lanes = lanesWith();
  const names = Array.from({ length: 50 }, (_, i) => `hangs${i}`);
  for (const name of names) fill(lanes, name, 1);
  finish(lanes, takeAll(lanes), 'answered');
  for (const name of names) fill(lanes, name, 50);
  takeAll(lanes);
  fill(lanes, 'well', 5);
  expect(countOf(takeAll(lanes), 'well')).toBeGreaterThanOrEqual(1);
});

test('what is answered but not saved still counts for all, not for its endpoint', () => {
  const lanes = lanesWith({ inFlight: 4, perEndpoint: 2 });
  fill(lanes, 'a', 1);
  finish(lanes, takeAll(lanes), 'answered');
  fill(lanes, 'a', 10);
  for (let i = 0; i < 4; i += 1) {
    expect(lanes.take()).toBeDefined();
    lanes.answered('a', 'answered');
  }
  expect(lanes.inFlight()).toBe(4);
  expect(lanes.take()).toBeUndefined();
  lanes.saved();
  expect(lanes.take()).toBeDefined();
});

test('an unknown endpoint may have as much in memory as in flight; one that answers a window of 256', () => {
  const lanes = lanesWith();
  expect(lanes.room('a')).toBe(16);
  fill(lanes, 'a', 16);
  expect(lanes.room('a')).toBe(0);
  finish(lanes, takeAll(lanes), 'answered');
  expect(lanes.room('a')).toBe(256);
});

test('endpoints that do not answer cannot fill the memory', () => {
  const lanes = lanesWith({ waiting: 64 });
  fill(lanes, 'well', 1);
  finish(lanes, takeAll(lanes), 'answered');
  for (let i = 0; i < 10; i += 1) fill(lanes, `dead${i}`, lanes.room(`dead${i}`));
  expect(lanes.room('dead11')).toBe(0);
  expect(lanes.totalRoom()).toBe(16);
  expect(lanes.room('well')).toBe(16);
});

test('a hundred endpoints that answered until now and then all hang leave memory to one that answers', () => {
  const lanes = lanesWith();
  const names = ['well', ...Array.from({ length: 100 }, (_, i) => `dead${i}`)];
  for (const name of names) {
    fill(lanes, name, 1);
    finish(lanes, takeAll(lanes), 'answered');
  }
  for (let round = 0; round < 20; round += 1) for (const name of names.slice(1)) fill(lanes, name, lanes.room(name));
  expect(lanes.room('well')).toBeGreaterThanOrEqual(16);
  expect(lanes.room('newcomer')).toBe(0); // it has to be claimed: three quarters are full
});

test('an endpoint of which there is more is hungry once half of its window is free', () => {
  const lanes = lanesWith();
  fill(lanes, 'a', 16);
  lanes.setMore('a', true);
  expect(lanes.isHungry('a')).toBe(false);
  const taken = takeAll(lanes);
  expect(lanes.isHungry('a')).toBe(true);
  finish(lanes, taken, 'answered');
  expect(lanes.hungry()).toEqual(new Map([['a', 256]]));
  lanes.setMore('a', false);
  expect(lanes.hungry().size).toBe(0);
});

test('what is removed is not sent, and lanes without work are forgotten', () => {
  const lanes = lanesWith();
  fill(lanes, 'a', 20);
  fill(lanes, 'b', 2);
  expect(lanes.remove(({ endpoint }) => endpoint === 'a')).toHaveLength(20);
  const taken = takeAll(lanes);
  expect(taken.map(({ endpoint }) => endpoint)).toEqual(['b', 'b']);
  finish(lanes, taken, 'answered');
  lanes.prune(-1);
  expect(lanes.rooms().size).toBe(0);
});

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('add' as const), endpoint: fc.integer({ min: 0, max: 5 }), count: fc.nat(20) }),
    fc.record({ do: fc.constant('take' as const), count: fc.nat(30) }),
    fc.record({
      do: fc.constant('finish' as const),
      count: fc.nat(20),
      verdict: fc.constantFrom('answered' as const, 'silent' as const, 'fault' as const),
    }),
    fc.record({ do: fc.constant('remove' as const), endpoint: fc.integer({ min: 0, max: 5 }) }),
  ),
  { maxLength: 60 },
);

test('in any order of things: limits hold, nothing is lost or sent twice, and in the end all can be sent', () => {
  fc.assert(
    fc.property(steps, (life) => {
      const limits = { perEndpoint: 4, inFlight: 12, waiting: 1000 };
      const lanes = createLanes<Item>(limits, () => 0);
      const flying: Item[] = [];
      const expected = new Map<string, number[]>();
      let n = 0;
      const take = (): boolean => {
        const item = lanes.take();
        if (item === undefined) return false;
        expect(expected.get(item.endpoint)?.shift()).toBe(item.n);
        flying.push(item);
        expect(flying.length).toBeLessThanOrEqual(limits.inFlight);
        expect(countOf(flying, item.endpoint)).toBeLessThanOrEqual(limits.perEndpoint);
        return true;
      };
      for (const step of life) {
        if (step.do === 'add')
          for (let i = 0; i < step.count; i += 1) {
            const endpoint = `e${step.endpoint}`;
            lanes.add(endpoint, { endpoint, n });
            expected.set(endpoint, [...(expected.get(endpoint) ?? []), n]);
            n += 1;
          }
        else if (step.do === 'take') for (let i = 0; i < step.count; i += 1) take();
        else if (step.do === 'finish') finish(lanes, flying.splice(0, step.count), step.verdict);
        else {
          const endpoint = `e${step.endpoint}`;
          expect(lanes.remove((item) => item.endpoint === endpoint).map((item) => item.n)).toEqual(
            expected.get(endpoint) ?? [],
          );
          expected.set(endpoint, []);
        }
        expect(lanes.inFlight()).toBe(flying.length);
      }
      for (let i = 0; i < 5000 && [...expected.values()].some((left) => left.length > 0); i += 1)
        if (!take()) {
          expect(flying.length).toBeGreaterThan(0); // with nothing in flight somebody may always start
          finish(lanes, flying.splice(0, 1), 'answered');
        }
      expect([...expected.values()].flat()).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
