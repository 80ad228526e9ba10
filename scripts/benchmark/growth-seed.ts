/**
 * What a fleet of 10,000 chargers leaves in the database in 23 months: N meter samples, five a session, and whatever else belongs to
 * their sessions, as far as it is kept. In the order in which it would have come, partition by partition, beside a stopped server.
 */
import pg from 'pg';
import { startEmbeddedServer } from '../../src/database/embedded/server.ts';
import { maintainPartitions, unitStart } from '../../src/database/partitions.ts';
import { createPool, rowsOn, transactionOn } from '../../src/database/pool.ts';
import { sumSessions } from '../../src/reports/index.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export const CHARGERS = 10_000;
export const SAMPLES_EACH = 5;
const MONTHS = 23;
const SITES = 200;
const TOKENS = 2 * CHARGERS;
const DAY_MS = 86_400_000;

/** Nothing of it survives a crash, and nothing has to: the server that is measured runs with its own settings. */
const LOADING = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '16GB',
  checkpoint_timeout: '1h',
  shared_buffers: '1GB',
  maintenance_work_mem: '768MB',
  autovacuum: 'off',
};

/** As platform/ids.ts makes them: their order is that of time. */
const ULID_DIGITS = [45, 40, 35, 30, 25, 20, 15, 10, 5, 0]
  .map((shift) => `substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + ((ms >> ${shift}) & 31)::int, 1)`)
  .join(' || ');
/** `n` sessions, the first at `first`, each a `step` behind the one before; of them `lo` to `hi`. Of few, a charge point has a hundred nevertheless. */
const HELPERS = [
  `CREATE FUNCTION growth_id(prefix text, ms int8, rest text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
     SELECT prefix || ${ULID_DIGITS} || upper(left(md5(rest), 16)) $$`,
  `CREATE FUNCTION growth_sessions(n int, first timestamptz, step interval, lo int, hi int)
     RETURNS TABLE (i int, place int, at timestamptz, ms int8, runs bool, evse int, token int) LANGUAGE sql STABLE AS $$
     SELECT i, i % places, at, (extract(epoch FROM at) * 1000)::int8, i > n - 300 AND (i % places > 1000 OR places < ${CHARGERS}),
            i / places % 2 + 1, (i * 7919::int8 % (2 * places))::int + 1
       FROM (SELECT least(${CHARGERS}, greatest(1, n / 100)) AS places) p CROSS JOIN generate_series(lo, hi) i CROSS JOIN LATERAL (SELECT date_trunc('milliseconds', first + (i - 1) * step) AS at) t OFFSET 0 $$`,
];

const FLEET = [
  `INSERT INTO sites (id, organization_id, name)
   SELECT 'site_' || upper(left(md5('site' || i), 26)), o.id, 'Site ' || i FROM organizations o, generate_series(0, ${SITES - 1}) i`,
  `INSERT INTO charge_points (id, organization_id, identity, lifecycle)
   SELECT 'cp_' || upper(left(md5('cp' || i), 26)), o.id, 'GROWN-' || i, 'commissioned'
     FROM organizations o, generate_series(1, ${CHARGERS} - (SELECT count(*)::int FROM charge_points)) i`,
  `UPDATE charge_points SET site_id = 'site_' || upper(left(md5('site' || number % ${SITES}), 26))`,
  `INSERT INTO charge_point_states (charge_point_id, organization_id, connected, disconnected_at, last_seen_at, booted_at)
   SELECT id, organization_id, false, now() - interval '1 hour', now() - interval '1 hour', now() - interval '1 day' FROM charge_points
   ON CONFLICT DO NOTHING`,
  `INSERT INTO connectors (charge_point_id, organization_id, evse_id, connector_id, status, raw_status, status_at, received_at)
   SELECT id, organization_id, e, 1, CASE WHEN number % 100 = 0 THEN 'faulted' ELSE 'available' END, 'Available', now(), now()
     FROM charge_points, generate_series(1, 2) e ON CONFLICT DO NOTHING`,
  `INSERT INTO tokens (id, organization_id, uid, uid_key)
   SELECT 'tok_' || upper(left(md5('tok' || i), 26)), o.id, 'GROWN' || i, 'grown' || i FROM organizations o, generate_series(1, ${TOKENS}) i`,
  `CREATE UNLOGGED TABLE growth_places AS
   SELECT row_number() OVER (ORDER BY number) - 1 AS place, id, number, identity, site_id, organization_id FROM charge_points`,
  'CREATE UNIQUE INDEX ON growth_places (place)',
  `INSERT INTO webhook_endpoints (id, organization_id, url, events, active, created_at, updated_at)
   SELECT 'whe_' || upper(left(md5('growth'), 26)), id, 'https://growth.example/', ARRAY['*'], false, now(), now() FROM organizations`,
];

/** The last 300 still run, on chargers that the load does not use. Every thousandth was closed by us, every hundredth is odd. */
const SESSIONS = `
  INSERT INTO sessions (id, transaction_id, ocpp_transaction_id, start_key, organization_id, site_id, charge_point_id, charge_point_number,
                        charge_point_identity, evse_id, connector_id, status, token_uid, token_id, "authorization", started_at, ended_at,
                        meter_start_wh, meter_stop_wh, last_register_wh, last_sample_at, energy_wh, stop_reason, flags, is_priced,
                        updated_at, created_at)
  SELECT growth_id('ses_', s.ms, s.i::text), s.i, CASE WHEN p.place % 5 = 0 THEN 'TX-' || s.i END, 'start:' || s.i, p.organization_id, p.site_id, p.id, p.number,
         p.identity, s.evse, 1, CASE WHEN s.runs THEN 'active' WHEN s.i % 1000 = 7 THEN 'closed_by_system' ELSE 'ended' END,
         'GROWN' || s.token, 'tok_' || upper(left(md5('tok' || s.token), 26)), 'accepted', s.at,
         CASE WHEN NOT s.runs THEN s.at + interval '50 minutes' END, s.i * 10::int8, CASE WHEN NOT s.runs THEN s.i * 10::int8 + 9000 END,
         s.i * 10::int8 + 9000, s.at + interval '45 minutes', 9000, CASE WHEN NOT s.runs THEN 'EVDisconnected' END,
         CASE WHEN s.i % 100 = 3 THEN ARRAY['meter_reset'] ELSE ARRAY[]::text[] END, NOT s.runs, s.at + interval '50 minutes', s.at
    FROM growth_sessions($1, $2, $3, $4, $5) s JOIN growth_places p ON p.place = s.place`;
const COSTS = `
  INSERT INTO session_costs (session_id, organization_id, currency, timezone, tally, total_excl_tax, total_tax, total_incl_tax,
                             is_final, review_status, created_at, updated_at)
  SELECT growth_id('ses_', s.ms, s.i::text), (SELECT id FROM organizations LIMIT 1), 'EUR', 'Europe/Berlin', '{}', '3.71', '0.70', '4.41', true,
         CASE WHEN s.i % 1000 = 3 THEN 'open' END, s.at, s.at FROM growth_sessions($1, $2, $3, $4, $5) s WHERE NOT s.runs`;

/** Into a partition that is not attached yet, for the sessions $4 to $5 and the instants $6 to $7. */
const LOGS: Readonly<Record<string, string>> = {
  meter_samples: `
    SELECT p.number, s.evse::int2, 1::int2, t.at, 0::int2, s.i, s.i * 10::int8 + j * 1800, 9000::real, 13::real, 230::real, NULL::real, NULL::jsonb
      FROM growth_sessions($1, $2, $3, $4, $5) s JOIN growth_places p ON p.place = s.place
     CROSS JOIN generate_series(1, ${SAMPLES_EACH}) j CROSS JOIN LATERAL (SELECT s.at + j * interval '10 minutes' - interval '5 minutes' AS at) t
     WHERE t.at >= $6 AND t.at < $7`,
  status_history: `
    SELECT p.number, s.evse, 1, t.at, t.at, CASE j WHEN 0 THEN 'charging' ELSE 'available' END, CASE j WHEN 0 THEN 'Charging' ELSE 'Available' END,
           NULL::text, NULL::text, NULL::text, true
      FROM growth_sessions($1, $2, $3, $4, $5) s JOIN growth_places p ON p.place = s.place
     CROSS JOIN generate_series(0, 1) j CROSS JOIN LATERAL (SELECT s.at + j * interval '51 minutes' AS at) t
     WHERE t.at >= $6 AND t.at < $7`,
  connection_history: `
    SELECT p.number, t.at, j % 2 = 1
      FROM growth_places p CROSS JOIN generate_series(0, 7) j
     CROSS JOIN LATERAL (SELECT $6::timestamptz + j * ($7::timestamptz - $6) / 8 + p.place * interval '1 second' AS at) t
     WHERE $5::int > $4::int AND t.at >= $6 AND t.at < $7 AND t.at < $2::timestamptz + $1::int * $3::interval`,
  transaction_events: `
    SELECT p.number, 'TX-' || s.i, j, t.at, md5(s.i || ' ' || j), CASE j WHEN 0 THEN 'started' WHEN 6 THEN 'ended' ELSE 'updated' END,
           'MeterValuePeriodic', 'charging', false, t.at, 'applied'
      FROM growth_sessions($1, $2, $3, $4, $5) s JOIN growth_places p ON p.place = s.place AND p.place % 5 = 0
     CROSS JOIN generate_series(0, 6) j CROSS JOIN LATERAL (SELECT s.at + j * interval '8 minutes' AS at) t
     WHERE t.at >= $6 AND t.at < $7`,
  frames: `
    SELECT p.number, t.at, nextval('frames_seq_seq'), j % 2 = 0, (2 + j % 2)::int2, s.i || '-' || j / 2, 'MeterValues',
           '[2,"' || s.i || '-' || j / 2 || '","MeterValues",{"connectorId":1,"transactionId":' || s.i || ',"meterValue":[{"timestamp":"2026-11-26T12:00:00.000Z","sampledValue":[{"value":"12345","measurand":"Energy.Active.Import.Register"},{"value":"9000","measurand":"Power.Active.Import"}]}]}]'
      FROM growth_sessions($1, $2, $3, $4, $5) s JOIN growth_places p ON p.place = s.place
     CROSS JOIN generate_series(0, 19) j CROSS JOIN LATERAL (SELECT s.at + j * interval '150 seconds' AS at) t
     WHERE t.at >= $6 AND t.at < $7`,
};

const EVENTS = `
  INSERT INTO domain_events (id, organization_id, type, charge_point_id, sequence, occurred_at, created_at, body, site_id)
  SELECT growth_id('evt_', s.ms + j * 600000, s.i || ' ' || j), p.organization_id, CASE j WHEN 0 THEN 'session.started' WHEN 5 THEN 'session.ended' ELSE 'connector.status_changed' END,
         p.id, s.i * 6::int8 + j, t.at, t.at, '{"session_id":"' || s.i || '","charge_point_id":"' || p.id || '","text":"' || repeat('x', 400) || '"}', p.site_id
    FROM growth_sessions($1, $2, $3, $4, $5) s JOIN growth_places p ON p.place = s.place
   CROSS JOIN generate_series(0, 5) j CROSS JOIN LATERAL (SELECT s.at + j * interval '10 minutes' AS at) t
   WHERE t.at < now()`;
const DELIVERIES = [
  `INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, status, attempts, response_status, created_at,
                                   first_attempt_at, completed_at)
   SELECT 'whd_' || substr(id, 5), organization_id, 'whe_' || upper(left(md5('growth'), 26)), id, type, 'succeeded', 1, 200, created_at,
          created_at, created_at FROM domain_events WHERE created_at < now() - interval '10 minutes' AND length(body) > 400 ORDER BY id`,
  `INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms, url, response_status)
   SELECT id, 1, created_at, 12, 'https://growth.example/', 200 FROM webhook_deliveries ORDER BY id`,
];

async function hearTriggers(pool: pg.Pool, what: 'DISABLE' | 'ENABLE'): Promise<void> {
  for (const table of ['sessions', 'session_costs']) await pool.query(`ALTER TABLE ${table} ${what} TRIGGER USER`);
}

export type Seeded = { readonly sessions: number; readonly seconds: number };

/** `eventDays` and `frameDays` are what the server keeps by default. The server of `dataDir` must not run. */
export async function seedGrowth(dataDir: string, samples: number, say: (text: string) => void): Promise<Seeded> {
  const begun = performance.now();
  const sessions = Math.ceil(samples / SAMPLES_EACH);
  const server = await startEmbeddedServer({ dataDir, log: quiet, onFatal: say, settings: LOADING });
  // no time limit: the largest table is filled by one statement
  const pool = new pg.Pool({ ...server.connection, max: 3 }).on('error', () => undefined);
  const own = createPool({ connection: server.connection, size: 1, log: quiet });
  try {
    const now = new Date();
    const first = unitStart('month', now, -MONTHS);
    const last = new Date(now.getTime() - 3_600_000);
    const range = [sessions, first, `${(last.getTime() - first.getTime()) / Math.max(1, sessions)} milliseconds`];
    const numberAt = (at: Date) =>
      Math.min(
        sessions,
        Math.max(0, Math.ceil(((at.getTime() - first.getTime()) / (last.getTime() - first.getTime())) * sessions)),
      );
    const between = (from: Date, to: Date, marginMs = 0) => [
      numberAt(new Date(from.getTime() - marginMs)) + 1,
      numberAt(to),
    ];
    await fleet(pool);
    await hearTriggers(pool, 'DISABLE'); // nothing is added up yet that could change
    const db = { rows: rowsOn(own), transaction: transactionOn(own) };
    const forever = { meterMonths: 0, statusMonths: 0, frameDays: 0 };
    const work: (() => Promise<void>)[] = [];
    const timed = (name: string, run: (client: pg.PoolClient) => Promise<unknown>) =>
      work.push(async () => {
        const client = await pool.connect();
        const at = performance.now();
        try {
          await client.query(
            // one session after the other: a hash join would shuffle them
            'SET plan_cache_mode = force_custom_plan; SET enable_hashjoin = off; SET enable_mergejoin = off',
          );
          await run(client);
        } finally {
          client.release();
        }
        const seconds = (performance.now() - at) / 1000;
        if (seconds > 5) say(`  ${name}: ${seconds.toFixed(1)} s`);
      });
    timed('sessions', (client) =>
      indexedLater(client, 'sessions', () => client.query(SESSIONS, [...range, 1, sessions])),
    );
    timed('session_costs', (client) =>
      indexedLater(client, 'session_costs', () => client.query(COSTS, [...range, 1, sessions])),
    );
    for (const [table, text] of Object.entries(LOGS)) {
      const unit = table === 'frames' ? 'day' : 'month';
      const oldest = table === 'frames' ? unitStart('day', now, -14) : first;
      for (let from = oldest, i = 0; from <= now; from = unitStart(unit, oldest, ++i)) {
        const to = unitStart(unit, from, 1);
        const name = `${table}_${from
          .toISOString()
          .slice(0, unit === 'day' ? 10 : 7)
          .replaceAll('-', '_')}`;
        timed(name, (client) =>
          partition(client, table, name, [from, to], () =>
            client.query(`INSERT INTO ${name} ${text}`, [...range, ...between(from, to, 3_600_000), from, to]),
          ),
        );
      }
    }
    timed('domain_events', async (client) => {
      await indexedLater(client, 'domain_events', () =>
        client.query(EVENTS, [...range, ...between(new Date(now.getTime() - 30 * DAY_MS), now)]),
      );
      for (const text of DELIVERIES) await client.query(text);
    });
    const lane = async () => {
      for (let next = work.shift(); next !== undefined; next = work.shift()) await next();
    };
    await Promise.all([lane(), lane()]);
    await maintainPartitions(db, { ...forever, now });
    await pool.query(`SELECT setval('transaction_id_blocks', ${Math.ceil(sessions / 100) * 100 + 1})`);
    await pool.query(`INSERT INTO charge_point_sequences SELECT id, ${sessions * 6 + 6} FROM growth_places
                      ON CONFLICT (charge_point_id) DO UPDATE SET last_sequence = excluded.last_sequence`);
    await pool.query('DROP TABLE growth_places');
    await pool.query('DROP FUNCTION growth_sessions, growth_id');
    const analyzed = performance.now();
    await hearTriggers(pool, 'ENABLE');
    await pool.query('VACUUM (FREEZE, ANALYZE, PARALLEL 2)');
    say(`  vacuum: ${((performance.now() - analyzed) / 1000).toFixed(1)} s`);
    const summing = performance.now();
    // Its clock stands: what the server does for 20 s of each minute is done at once, as if it had run all those months.
    const days = await sumSessions({ db, nodeId: 'bench', now: () => new Date(), monotonic: () => 0 });
    await pool.query('VACUUM (FREEZE, ANALYZE) session_sums, session_sum_days');
    say(`  sums of ${days} days: ${((performance.now() - summing) / 1000).toFixed(1)} s`);
  } finally {
    await own.end();
    await pool.end();
    await server.stop();
  }
  return { sessions, seconds: (performance.now() - begun) / 1000 };
}

async function fleet(pool: pg.Pool): Promise<void> {
  for (const text of [...HELPERS, ...FLEET]) await pool.query(text);
  const { rows } = await pool.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
      WHERE inhparent = ANY($1::regclass[]) AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT' AND c.relkind = 'r'`,
    [Object.keys(LOGS)],
  );
  for (const { name } of rows) await pool.query(`DROP TABLE ${name}`);
}

async function within(client: pg.PoolClient, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  await work();
  await client.query('COMMIT');
}

/** An empty table that is filled first and indexed then. */
const indexedLater = (client: pg.PoolClient, table: string, fill: () => Promise<unknown>): Promise<void> =>
  within(client, async () => {
    const { rows } = await client.query<{
      index: string;
      text: string;
      constraint: string | null;
      definition: string | null;
    }>(
      `SELECT i.indexrelid::regclass::text AS index, pg_get_indexdef(i.indexrelid) AS text, c.conname AS constraint,
              pg_get_constraintdef(c.oid) AS definition
         FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid WHERE i.indrelid = $1::regclass`,
      [table],
    );
    await client.query(`TRUNCATE ${table}`);
    for (const { index, constraint } of rows)
      await client.query(
        constraint === null ? `DROP INDEX ${index}` : `ALTER TABLE ${table} DROP CONSTRAINT ${constraint}`,
      );
    await fill();
    for (const { text, constraint, definition } of rows)
      await client.query(
        constraint === null ? text : `ALTER TABLE ${table} ADD CONSTRAINT ${constraint} ${definition}`,
      );
  });

/** Filled, then attached: that is when its indexes are made. */
const partition = (
  client: pg.PoolClient,
  table: string,
  name: string,
  [from, to]: readonly [Date, Date],
  fill: () => Promise<unknown>,
): Promise<void> =>
  within(client, async () => {
    await client.query(
      `CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMPRESSION INCLUDING STORAGE)`,
    );
    await fill();
    await client.query(
      `ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from.toISOString()}') TO ('${to.toISOString()}')`,
    );
  });
