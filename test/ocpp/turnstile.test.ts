import { expect, test } from '@jest/globals';
import { createThrottle } from '../../src/ocpp/throttle.ts';
import { createTurnstile } from '../../src/ocpp/turnstile.ts';

test('T15: a burst passes at once, who comes too early waits in line, who finds the line full is turned away', async () => {
  let now = 0;
  const turnstile = createTurnstile({ perSecond: 100, burst: 3, capacity: 2, maxWaitMs: 60_000, monotonic: () => now });
  expect([turnstile.enter('a'), turnstile.enter('a'), turnstile.enter('a')]).toEqual([true, true, true]);
  const [fourth, fifth] = [turnstile.enter('a'), turnstile.enter('a')];
  expect(turnstile.enter('a')).toBe(false);
  expect(turnstile.waiting()).toBe(2);
  now += 10; // one more may pass
  expect(await fourth).toBe(true);
  expect(turnstile.waiting()).toBe(1);
  now += 10;
  expect(await fifth).toBe(true);
  turnstile.close();
});

test('T15: a storm of 500 passes at the rate that was set, in order', async () => {
  let now = 0;
  const passed: number[] = [];
  const turnstile = createTurnstile({
    perSecond: 1000,
    burst: 100,
    capacity: 1000,
    maxWaitMs: 60_000,
    monotonic: () => now,
  });
  const all = Array.from({ length: 500 }, async (_, i) => {
    if (await turnstile.enter('a')) passed.push(i);
  });
  while (turnstile.waiting() > 0) {
    now += 10;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(all);
  expect(passed).toEqual(Array.from({ length: 500 }, (_, i) => i));
  expect(now).toBeGreaterThanOrEqual(390);
  turnstile.close();
});

test('whoever floods the line waits behind himself: others take turns with him, also where it is full', async () => {
  let now = 0;
  const turnstile = createTurnstile({
    perSecond: 100,
    burst: 1,
    capacity: 50,
    maxWaitMs: 60_000,
    monotonic: () => now,
  });
  expect(turnstile.enter('flood')).toBe(true);
  const passed: string[] = [];
  const enter = async (source: string): Promise<void> => {
    passed.push(`${source} ${(await turnstile.enter(source)) ? 'in' : 'away'}`);
  };
  const all = Array.from({ length: 80 }, () => enter('flood'));
  await new Promise(setImmediate);
  expect(passed).toEqual(Array.from({ length: 30 }, () => 'flood away'));
  for (const source of ['b', 'c', 'b']) all.push(enter(source));
  expect(turnstile.waiting()).toBe(50);
  await new Promise(setImmediate);
  expect(passed.splice(0)).toEqual(Array.from({ length: 33 }, () => 'flood away'));
  while (turnstile.waiting() > 0) {
    now += 10;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(all);
  expect(passed.filter((each) => !each.startsWith('flood'))).toEqual(['b in', 'c in', 'b in']);
  expect(passed.lastIndexOf('b in')).toBeLessThan(6);
  expect(passed).toHaveLength(50);
  turnstile.close();
});

test('who waited for too long, or when the gate closes, is turned away', async () => {
  let now = 0;
  const turnstile = createTurnstile({ perSecond: 0.001, burst: 1, capacity: 10, maxWaitMs: 50, monotonic: () => now });
  expect(turnstile.enter('a')).toBe(true);
  const waiting = turnstile.enter('a');
  now = 100;
  expect(await waiting).toBe(false);
  const other = turnstile.enter('a');
  turnstile.close();
  expect(await other).toBe(false);
  expect(turnstile.enter('a')).toBe(false);
});

test('wrong keys are throttled per source and identity, and per source; other sources are not concerned', async () => {
  const throttle = createThrottle({ perCharger: 3, perSource: 5, windowS: 60 });
  const tries = async (source: string, identity: string, times: number): Promise<boolean[]> => {
    const throttled: boolean[] = [];
    for (let i = 0; i < times; i += 1) throttled.push((await throttle.wrong(source, identity)) !== undefined);
    return throttled;
  };
  expect(await tries('192.0.2.1', 'A', 4)).toEqual([false, false, false, true]);
  expect(await tries('192.0.2.1', 'B', 2)).toEqual([false, true]); // the sixth of this source
  expect(await tries('192.0.2.2', 'A', 1)).toEqual([false]);
  expect(await throttle.wrong('192.0.2.1', 'A')).toBeGreaterThan(0);
});

test('an IPv6 host cannot use up its network to get more tries', async () => {
  const throttle = createThrottle({ perCharger: 100, perSource: 2, windowS: 60 });
  await throttle.wrong('2001:db8:1:2::1', 'A');
  await throttle.wrong('2001:db8:1:2::2', 'B');
  expect(await throttle.wrong('2001:db8:1:2:ffff::3', 'C')).toBeDefined();
  expect(await throttle.wrong('2001:db8:1:3::1', 'A')).toBeUndefined();
});
