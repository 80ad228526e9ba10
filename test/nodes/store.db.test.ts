/** What rows of processes say when a clock was wrong for a while and has been set right. */
import { beforeEach, expect, test } from '@jest/globals';
import { claimJob, nodeStore, servingSince } from '../../src/nodes/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';

const db = await testDatabase();
const signs = nodeStore(db);
const at = (seconds: number) => new Date(Date.UTC(2026, 5, 1) + seconds * 1000);
const HOURS_8 = 8 * 3600;
const startedAt = (seconds: number) => ({ id: newId('node'), host: 'test', pid: 1, startedAt: at(seconds) });
beforeEach(async () => void (await db.prisma.node.deleteMany()));

test('after a clock that was ahead for a minute a process serves since it was set right, not from the wrong hour on', async () => {
  const node = startedAt(0);
  for (let second = 0; second <= 100; second += 5) await signs.seen(node, at(second));
  expect(await servingSince(db, at(101))).toEqual(at(0));
  for (let second = 105; second <= 165; second += 5) await signs.seen(node, at(second + HOURS_8));
  expect(await servingSince(db, at(166 + HOURS_8))).toEqual(at(105 + HOURS_8));
  for (let second = 170; second <= 300; second += 5) await signs.seen(node, at(second));
  expect(await servingSince(db, at(301))).toEqual(at(170));
});

test('so does one that was started by a clock that was ahead, whether that was set right after its first sign of life or before', async () => {
  const node = startedAt(HOURS_8);
  await signs.seen(node, at(HOURS_8 + 1));
  for (let second = 5; second <= 60; second += 5) await signs.seen(node, at(second));
  expect(await servingSince(db, at(61))).toEqual(at(5));
  await db.prisma.node.deleteMany();
  const other = startedAt(HOURS_8);
  for (let second = 5; second <= 60; second += 5) await signs.seen(other, at(second));
  expect(await servingSince(db, at(61))).toEqual(at(5));
});

test('a claim that a clock made which was hours ahead holds nobody up once that is set right; clocks may differ by minutes', async () => {
  const claim = (nodeId: string, second: number) =>
    claimJob(db, { name: 'alerts', nodeId, now: at(second), everyMs: 10_000 });
  expect(await claim('node_before', HOURS_8)).toBe(true);
  expect(await claim('node_after', 100)).toBe(true);
  expect(await claim('node_other', 101)).toBe(false);
  expect(await claim('node_after', 290)).toBe(true);
  expect(await claim('node_other', 1)).toBe(false);
});
