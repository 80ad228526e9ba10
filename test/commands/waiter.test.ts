import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createCommandWaiter } from '../../src/commands/index.ts';

const command = { id: 'cmd_1', chargePointId: 'cp_1' };

const opened: { stop(): void }[] = [];
afterEach(() => {
  for (const waiter of opened.splice(0)) waiter.stop();
  jest.useRealTimers();
});

/** A command that is open until it is said to have ended; counts how often somebody looked. */
function world({ pollMs = 60_000 } = {}) {
  const state = { open: true, looks: 0, broken: false };
  const waiter = createCommandWaiter({
    isOpen: () => {
      state.looks += 1;
      return state.broken ? Promise.reject(new Error('away')) : Promise.resolve(state.open);
    },
    pollMs,
  });
  opened.push(waiter);
  return { state, waiter };
}
const turns = async () => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};
/** Whether the promise is settled after some turns of the event loop. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await turns();
  return settled;
}

describe('waiting for the outcome of a command', () => {
  test('ends at once when the command has ended already', async () => {
    const { waiter, state } = world();
    state.open = false;
    await waiter.settled(command, { withinMs: 60_000 });
    expect(state.looks).toBe(1);
  });

  test('ends with the notification of its charge point, and only then', async () => {
    const { waiter, state } = world();
    const waited = waiter.settled(command, { withinMs: 60_000 });
    expect(await isSettled(waited)).toBe(false);
    waiter.notify('cp_2');
    waiter.notify('cp_1');
    expect(await isSettled(waited)).toBe(false);
    state.open = false;
    waiter.notify('cp_1');
    await waited;
    expect(state.looks).toBe(3);
  });

  test('does not miss an end that comes while it looks', async () => {
    const { waiter, state } = world();
    const waited = waiter.settled(command, { withinMs: 60_000 });
    state.open = false;
    waiter.notify('cp_1');
    await waited;
  });

  test('sees by its poll what another node has written, also after a fault of the database', async () => {
    jest.useFakeTimers();
    const { waiter, state } = world({ pollMs: 1000 });
    state.broken = true;
    const waited = waiter.settled(command, { withinMs: 60_000 });
    expect(await isSettled(waited)).toBe(false);
    Object.assign(state, { broken: false, open: false });
    await jest.advanceTimersByTimeAsync(1000);
    await waited;
  });

  test('ends when its time is over, when nobody waits any more, and when the server stops', async () => {
    jest.useFakeTimers();
    const { waiter } = world();
    const timed = waiter.settled(command, { withinMs: 5000 });
    const gone = new AbortController();
    const aborted = waiter.settled(command, { withinMs: 60_000, signal: gone.signal });
    const left = waiter.settled(command, { withinMs: 60_000 });
    await jest.advanceTimersByTimeAsync(5000);
    await timed;
    gone.abort();
    await aborted;
    expect(await isSettled(left)).toBe(false);
    waiter.stop();
    await left;
    await waiter.settled(command, { withinMs: 60_000 });
    expect(jest.getTimerCount()).toBe(0);
  });

  test('with a signal that was aborted before does not begin', async () => {
    const { waiter, state } = world();
    await waiter.settled(command, { withinMs: 60_000, signal: AbortSignal.abort() });
    expect(state.looks).toBe(0);
  });
});
