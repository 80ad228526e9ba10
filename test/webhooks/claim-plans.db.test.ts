/** The statements of the queue with 200,000 waiting rows of one endpoint among 100: none of them may read more than it brings. */
import { beforeAll, expect, test } from '@jest/globals';
import { createDeliveryStore } from '../../src/webhooks/delivery-store.ts';
import { createHealthStore } from '../../src/webhooks/health-store.ts';
import { failedIn } from '../../src/webhooks/recovery-step-store.ts';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';
import { after, anEndpoint, anOrganization } from './support/world.ts';

const ROWS = 200_000;
const KEYS = 1000;
const db = await testDatabase({ poolSize: 1 }); // its counters are those of its connection
const names = { organization: '', free: '', ordered: '', others: [] as string[] };

/** What one statement read of the table, and in which way. */
async function pagesRead(work: () => Promise<unknown>): Promise<{ buffers: number; seqScans: number; ms: number }> {
  const stats = async () => {
    await db.pool.query('SELECT pg_stat_force_next_flush()');
    const { rows } =
      await db.pool.query(`SELECT s.seq_scan::int AS seq, (io.heap_blks_read + io.heap_blks_hit)::int AS heap
      FROM pg_stat_user_tables s JOIN pg_statio_user_tables io USING (relid) WHERE s.relname = 'webhook_deliveries'`);
    return rows[0] as { seq: number; heap: number };
  };
  const before = await stats();
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  const now = await stats();
  return { buffers: now.heap - before.heap, seqScans: now.seq - before.seq, ms };
}

const isAlone = async (): Promise<boolean> => {
  const { rows } = await db.pool.query(
    'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL',
  );
  return rows.length === 0;
};

beforeAll(async () => {
  const organizationId = await anOrganization(db);
  names.organization = organizationId;
  names.free = await anEndpoint(db, organizationId);
  names.ordered = await anEndpoint(db, organizationId, { ordered: true });
  for (let i = 0; i < 98; i += 1) names.others.push(await anEndpoint(db, organizationId));
  const fill = (endpoint: string, prefix: string, count: number, key: string) =>
    db.pool.query(
      `WITH made AS (SELECT i, '${prefix}' || lpad(i::text, 20, '0') AS n FROM generate_series(1, $3::int) i), events AS (
         INSERT INTO domain_events (id, organization_id, type, charge_point_id, sequence, occurred_at, created_at, body)
         SELECT 'evt_' || n, $1, 'session.started', 'cp', i, $4, $4, '{}' FROM made)
       INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, status, attempts, created_at,
                                       next_attempt_at, ordered_key, sequence)
       SELECT 'whd_' || n, $1, $2, 'evt_' || n, 'session.started', 'pending', 0, $4, $4, ${key}, i FROM made`,
      [organizationId, endpoint, count, after(-60)],
    );
  await fill(names.free, 'FREE', ROWS, 'NULL');
  await fill(names.ordered, 'ORDR', ROWS, `'cp_' || lpad((i % ${KEYS})::text, 6, '0')`);
  for (const [i, endpoint] of names.others.entries()) await fill(endpoint, `OTH${i}`, 5, 'NULL');
  // The counters are those of the table, whoever reads it: an autovacuum in the midst of a claim would count as the claim's.
  await db.pool.query('ALTER TABLE webhook_deliveries SET (autovacuum_enabled = false)');
  await db.pool.query('VACUUM ANALYZE webhook_deliveries, domain_events, webhook_endpoints');
});

const store = createDeliveryStore(db);
let tokens = 0;
const claim = () => ({ now: after(0), limit: 1000, leaseToken: `t${tokens++}`, leaseMs: 600_000 });

test.each([
  [
    'the claim of all',
    // 16 of each big one, 5 of each other: read, locked, written
    () => store.claimAll({ ...claim(), after: '', rooms: new Map(), roomOfUnknown: 16 }),
    16 + 16 + 98 * 5,
  ],
  ['a claim of one endpoint', () => store.claimOf({ ...claim(), rooms: new Map([[names.free, 256]]) }), 256],
  [
    'a claim of one in order, in the midst of its charge points',
    () =>
      store.claimOf({
        ...claim(),
        rooms: new Map([[names.ordered, 100]]),
        afterKeys: new Map([[names.ordered, 'cp_000500']]),
      }),
    100,
  ],
  [
    'the next of a charge point',
    () => store.claimNext({ ...claim(), keys: [{ endpointId: names.ordered, orderedKey: 'cp_000900' }] }),
    1,
  ],
] as const)('%s reads what it brings, seven times over and again', async (_what, work, expected) => {
  const most = expected * 12 + 100;
  const claimed = async () => {
    let rows: readonly unknown[] = [];
    const read = await pagesRead(async () => {
      rows = await work();
    });
    await db.pool.query(
      'UPDATE webhook_deliveries SET lease_token = NULL, leased_until = NULL WHERE lease_token IS NOT NULL',
    );
    return { ...read, count: rows.length };
  };
  for (let i = 0; i < 7; i += 1) {
    let read = await claimed();
    if (i === 0) expect(read.count).toBe(expected);
    if (read.buffers >= most) {
      // What another session's snapshot keeps (an ANALYZE of autovacuum) every reader goes through: the first one after it prunes it.
      await until('nobody else has a snapshot', isAlone);
      await claimed();
      read = await claimed();
    }
    expect(read.seqScans).toBe(0);
    expect(read.buffers).toBeLessThan(most);
  }
});

test('a recovery that brings forward 2,000 retries reads those', async () => {
  await db.pool.query(
    `UPDATE webhook_deliveries SET attempts = 1, next_attempt_at = $2 WHERE endpoint_id = $1 AND sequence <= 2000`,
    [names.free, after(50)],
  );
  const { buffers, seqScans } = await pagesRead(() =>
    createHealthStore(db).pullForward({
      endpointId: names.free,
      after: after(0),
      until: after(60),
      from: after(0),
      limit: 1000,
      gapMs: 4,
      retries: 5,
    }),
  );
  expect(seqScans).toBe(0);
  expect(buffers).toBeLessThan(20_000);
});

test('last retries that may come early are found without those that may not', async () => {
  await db.pool.query(
    `UPDATE webhook_deliveries SET attempts = 5, may_come_early = true, next_attempt_at = $2 WHERE endpoint_id = ANY($1) AND sequence <= 2000`,
    [[names.free, names.ordered], after(50_000)],
  );
  await db.prisma.webhookEndpoint.updateMany({ data: { wellSince: after(-3600), lastSuccessAt: after(0) } });
  const { buffers, seqScans } = await pagesRead(async () =>
    expect(await createHealthStore(db).bringLastForward(after(0))).toBe(120),
  );
  expect(seqScans).toBe(0);
  expect(buffers).toBeLessThan(120 * 12 + 500);
});

test('what waits in order is gone through once when its endpoint becomes ordered, and not every half minute', async () => {
  expect(await store.adoptOrder(after(120), 1000)).toBe(0);
  await store.settleOrder(after(120));
  for (const work of [
    () => store.adoptOrder(after(150), 1000),
    () => store.settleOrder(after(150)),
    () => store.adoptOrderOf({ id: names.ordered, organizationId: names.organization }, 1000), // as a PATCH does
    () => store.adoptOrderOf({ id: names.free, organizationId: names.organization }, 1000),
  ]) {
    const { buffers, seqScans } = await pagesRead(work);
    expect(seqScans).toBe(0);
    expect(buffers).toBeLessThan(100);
  }
});

test('of what is held for paused endpoints no more is read than ends', async () => {
  await db.prisma.webhookEndpoint.updateMany({
    where: { id: { in: [names.free, names.ordered] } },
    data: { active: false },
  });
  const ended = async (seconds: number, expected: number) => {
    const { buffers, seqScans } = await pagesRead(async () =>
      expect(await store.endHeld(after(seconds), 1000)).toBe(expected),
    );
    expect(seqScans).toBe(0);
    expect(buffers).toBeLessThan(expected * 12 + 500); // and a probe or two of each endpoint
  };
  await ended(3600, 0);
  await ended(86_401, 1000);
});

test('a step of a recovery reads those that failed of its events, not all', async () => {
  await db.pool.query(
    `UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL WHERE endpoint_id = $1`,
    [names.ordered],
  );
  await db.pool.query('VACUUM ANALYZE webhook_deliveries');
  const { organization: organizationId, ordered: endpointId } = names;
  for (const after of ['evt_', `evt_ORDR${String(ROWS - 1000).padStart(20, '0')}`]) {
    const { buffers, seqScans } = await pagesRead(async () =>
      expect(await failedIn(db, { organizationId, endpointId, after, before: 'evt_Z', limit: 1000 })).toHaveLength(
        1000,
      ),
    );
    expect(seqScans).toBe(0);
    expect(buffers).toBeLessThan(1000 * 6 + 100);
  }
});
