/** The dispatcher on a real database with a clock that is moved and a sender that obeys: long outages, and who gets how much. */
import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';
import {
  fakeSender,
  fresh,
  NEVER,
  OK,
  startDispatcher,
  statuses,
  stopDispatchers,
  toward,
} from './support/dispatcher.ts';
import { after, anEndpoint, counting, deliveries, deliveryRows } from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
afterEach(stopDispatchers);

const HOUR = 3600;
const EVENTS = 10_000;

test('a receiver that is away for 23 hours gets every event of them, each within 24 hours of its first attempt', async () => {
  const { organizationId } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const away = { from: 0, until: 23 * HOUR };
  let clockS = 0;
  let inFlight = 0;
  let most = 0;
  const { sender, sent } = fakeSender(async () => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight -= 1;
    if (clockS >= away.until) return OK;
    // then its load balancer answers for it
    return clockS < HOUR ? { kind: 'unanswered', why: 'connection_failed: ECONNREFUSED' } : { ...OK, status: 503 };
  });
  const counted = counting(db);
  const { dispatcher } = startDispatcher({ sender, on: counted.db, now: () => after(clockS), random: Math.random });
  /** All that is due at this moment is tried; not more than one sweep a second, as in production, and not more than it takes. */
  async function settle(): Promise<number> {
    let sweeps = 0;
    await until(
      `all that is due at ${clockS} s has been tried`,
      async () => {
        sweeps += 1;
        await dispatcher.sweep();
        return (
          (await db.prisma.webhookDelivery.count({
            where: { status: 'pending', nextAttemptAt: { lte: after(clockS) } },
          })) === 0
        );
      },
      { everyMs: 40 },
    );
    return sweeps;
  }

  const steps = 46; // every half hour
  let made = 0;
  for (let step = 0; step < steps; step += 1) {
    clockS = (step * away.until) / steps;
    const upTo = Math.round(((step + 1) * EVENTS) / steps);
    await deliveries(db, organizationId, endpoint, upTo - made, { createdAt: after(clockS) });
    made = upTo;
    await settle();
  }
  expect(await statuses(db, endpoint)).toEqual({ pending: EVENTS });
  const before = sent.length;
  clockS = away.until;
  for (; clockS <= 48 * HOUR; clockS += HOUR / 2) await settle();

  const rows = await deliveryRows(db, endpoint);
  expect(rows).toHaveLength(EVENTS);
  expect(await statuses(db, endpoint)).toEqual({ succeeded: EVENTS });
  const late = rows.filter(({ firstAttemptAt, completedAt }) => {
    const tookMs = (completedAt?.getTime() ?? Number.POSITIVE_INFINITY) - (firstAttemptAt?.getTime() ?? 0);
    return tookMs > 24 * HOUR * 1000;
  });
  expect(late).toEqual([]);
  expect(Math.max(...rows.map(({ attempts }) => attempts))).toBeLessThanOrEqual(6);
  // after it is back each comes once; no crowd, no attempt that nobody had planned, and few statements
  expect(sent.length - before).toBe(EVENTS);
  expect(most).toBeLessThanOrEqual(16);
  expect(sent).toHaveLength(rows.reduce((all, { attempts }) => all + attempts, 0));
  const perAttempt = ([...counted.statements.values()].reduce((all, count) => all + count, 0) - 46 - 50) / sent.length;
  expect(perAttempt).toBeLessThanOrEqual(0.1);
}, 600_000);

const backlogs = fc.array(fc.record({ waiting: fc.integer({ min: 1, max: 120 }), hangs: fc.boolean() }), {
  minLength: 1,
  maxLength: 24,
});

test('however much waits for whom: each endpoint gets a share of the first claim, and who answers gets all', async () => {
  await fc.assert(
    fc.asyncProperty(backlogs, async (endpoints) => {
      const { organizationId } = await fresh(db);
      const ids = await Promise.all(
        endpoints.map(({ hangs }, i) =>
          anEndpoint(db, organizationId, { url: `https://receiver.test/${i}${hangs ? '-hangs' : ''}` }),
        ),
      );
      for (const [i, { waiting }] of endpoints.entries()) await deliveries(db, organizationId, ids[i] ?? '', waiting);
      const { sender, sent } = fakeSender(({ url }) => (url.endsWith('-hangs') ? NEVER : OK));
      const { dispatcher } = startDispatcher({ sender, on: db, now: () => after(1) });
      await dispatcher.sweep(); // the only one
      for (const [i, { waiting, hangs }] of endpoints.entries()) {
        const path = `/${i}${hangs ? '-hangs' : ''}`;
        if (hangs) await until(`${path} was tried`, () => toward(path, sent).length >= 1);
        else await until(`${path} has all`, async () => (await statuses(db, ids[i] ?? ''))['succeeded'] === waiting);
        expect(toward(path, sent).length).toBeLessThanOrEqual(hangs ? 16 : waiting);
      }
      await stopDispatchers();
    }),
    { numRuns: 12 },
  );
});
