/** Which processes count as dead: never those that live, whatever clocks and the database do. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Input } from '../../src/ingest/inputs.ts';
import { createLostConnections } from '../../src/nodes/index.ts';

const BEGIN = Date.UTC(2026, 0, 1);

function anInstallation() {
  /** Wall clock and the one that nobody sets. */
  let wallMs = BEGIN;
  let monotonicMs = 0;
  const seen = new Map<string, number>();
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
      silentSince: (before) =>
        Promise.resolve([...seen].flatMap(([id, at]) => (at < before.getTime() ? [{ id, seenAt: new Date(at) }] : []))),
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
    live: (id: string) => seen.set(id, wallMs),
    agoMs: (id: string) => wallMs - (seen.get(id) ?? 0),
  };
}

test('the connections of a process that died are told to be gone a minute after its last sign of life, once', async () => {
  const { job, held, told, pass, live, agoMs } = anInstallation();
  for (let i = 0; i < 1_200; i += 1) held.set(`cp_${i}`, 'other');
  live('other');
  while (told.length === 0) {
    pass(5_000);
    live('own');
    await job();
    expect(agoMs('other')).toBeLessThanOrEqual(65_000);
  }
  expect(agoMs('other')).toBeGreaterThanOrEqual(60_000);
  expect(told.filter(({ type }) => type === 'disconnected')).toHaveLength(1_200);
  expect(told.filter(({ type }) => type === 'line_lost')).toHaveLength(1_200);
  expect(told[0]).toMatchObject({ type: 'disconnected', reason: 'node_lost', at: new Date(BEGIN) });
  pass(5_000);
  expect(await job()).toBe(0);
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
        // two looks, then both write: every 10 s, as they do
        for (let looks = 0; looks < 2; looks += 1) {
          pass(5_000);
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
