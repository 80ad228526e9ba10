/** Which processes count as dead: never those that live, whatever clocks and the database do. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Input } from '../../src/ingest/inputs.ts';
import {
  createLostConnections,
  GONE_AFTER_MS,
  LOOK_EVERY_MS,
  SIGN_EVERY_MS,
  STOPPED_AFTER_MS,
} from '../../src/nodes/index.ts';

const BEGIN = Date.UTC(2026, 0, 1);

function anInstallation() {
  /** Wall clock and the one that nobody sets. */
  let wallMs = BEGIN;
  let monotonicMs = 0;
  const seen = new Map<string, number>();
  const stopped = new Set<string>();
  /** How far its clock is ahead of this process's. */
  const aheadMs = new Map<string, number>();
  /** Who holds the connection of each charge point. */
  const held = new Map<string, string>();
  const told: Input[] = [];
  const job = createLostConnections({
    nodeId: 'own',
    now: () => new Date(wallMs),
    monotonic: () => monotonicMs,
    ingest: {
      submit: (input) => {
        told.push(input);
        if (input.type === 'disconnected') held.delete(input.chargePointId);
        return Promise.resolve();
      },
    },
    nodes: {
      signs: () =>
        Promise.resolve([...seen].map(([id, at]) => ({ id, seenAt: new Date(at), hasStopped: stopped.has(id) }))),
      orphaned: (ids, limit) =>
        Promise.resolve(
          [...held]
            .filter(([, node]) => ids.includes(node))
            .slice(0, limit)
            .map(([chargePointId, node]) => ({ chargePointId, generation: 1, lostAt: new Date(seen.get(node) ?? 0) })),
        ),
      forgetBefore: () => Promise.resolve([]),
    },
  });
  return {
    job,
    seen,
    held,
    told,
    pass: (ms: number) => {
      wallMs += ms;
      monotonicMs += ms;
    },
    setClock: (byMs: number) => {
      wallMs += byMs;
    },
    stopped,
    aheadMs,
    live: (id: string) => seen.set(id, wallMs + (aheadMs.get(id) ?? 0)),
    agoMs: (id: string) => wallMs + (aheadMs.get(id) ?? 0) - (seen.get(id) ?? 0),
  };
}

/** Looks at its times, the first `afterMs` after the last sign of life, until the connections are told to be lost: how long that took. */
async function lostAfter(installation: ReturnType<typeof anInstallation>, afterMs: number): Promise<number> {
  const { job, told, pass, live, agoMs } = installation;
  live('other');
  pass(afterMs);
  for (let looks = 0; told.length === 0 && looks < 100; looks += 1) {
    if (looks > 0) pass(LOOK_EVERY_MS);
    live('own');
    await job();
  }
  return agoMs('other');
}

test('the connections of a process that died are told to be lost at most 50 s after its last sign of life, once', async () => {
  for (const firstLookMs of [1, SIGN_EVERY_MS / 2, LOOK_EVERY_MS]) {
    const installation = anInstallation();
    const { job, held, told, pass } = installation;
    for (let i = 0; i < 1_200; i += 1) held.set(`cp_${i}`, 'other');
    const tookMs = await lostAfter(installation, firstLookMs);
    expect(tookMs).toBeGreaterThanOrEqual(GONE_AFTER_MS);
    expect(tookMs).toBeLessThanOrEqual(50_000);
    expect(told.filter(({ type }) => type === 'disconnected')).toHaveLength(1_200);
    expect(told.filter(({ type }) => type === 'line_lost')).toHaveLength(1_200);
    expect(told[0]).toMatchObject({ type: 'disconnected', reason: 'node_lost', at: new Date(BEGIN) });
    pass(LOOK_EVERY_MS);
    expect(await job()).toBe(0);
  }
});

test('at most 55 s where clocks of machines differ, whichever is ahead', async () => {
  for (const aheadMs of [3_600_000, 30_000, -30_000, -3_600_000])
    for (const firstLookMs of [1, LOOK_EVERY_MS]) {
      const installation = anInstallation();
      installation.held.set('cp_1', 'other');
      installation.aheadMs.set('other', aheadMs);
      expect(await lostAfter(installation, firstLookMs)).toBeLessThanOrEqual(55_000);
    }
});

test('who said goodbye has a minute for its chargers to come back; what died before this process began is lost soon after its beginning', async () => {
  const restarted = anInstallation();
  restarted.held.set('cp_1', 'other');
  restarted.stopped.add('other');
  const tookMs = await lostAfter(restarted, 1);
  expect(tookMs).toBeGreaterThanOrEqual(STOPPED_AFTER_MS);
  expect(tookMs).toBeLessThanOrEqual(STOPPED_AFTER_MS + LOOK_EVERY_MS);
  const late = anInstallation();
  late.held.set('cp_1', 'other');
  expect(await lostAfter(late, 600_000)).toBeLessThanOrEqual(600_000 + 3 * LOOK_EVERY_MS);
});

test('who lives is never lost, however clocks are set and however long the database is away', async () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant('set' as const), ms: fc.integer({ min: -7_200_000, max: 172_800_000 }) }),
    fc.record({ does: fc.constant('away' as const), ms: fc.integer({ min: 0, max: 600_000 }) }),
    fc.record({ does: fc.constant('live' as const), ms: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { job, held, told, pass, setClock, live } = anInstallation();
      held.set('cp_1', 'other');
      held.set('cp_2', 'own');
      for (const { does, ms } of steps) {
        if (does === 'set') setClock(ms);
        if (does === 'away') pass(ms); // nobody looks, nobody writes
        // two looks, then both write: half as often as they do
        for (let looks = 0; looks < 2; looks += 1) {
          pass(LOOK_EVERY_MS);
          await job();
        }
        live('own');
        live('other');
      }
      expect(told).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
