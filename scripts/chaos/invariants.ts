/** What must hold in the database after any fault, as SQL. Each query returns the rows that break the promise. */
import type { PoolClient } from 'pg';
import type { Database } from '../../src/database/index.ts';

/** What two hours of load have left takes longer to look through than anything that the server asks. */
const PATIENT: { readonly query_timeout: number } = { query_timeout: 15 * 60_000 };

/** In a transaction without the limits of the pool, which is rolled back. */
async function patiently<T>({ pool }: Pick<Database, 'pool'>, look: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let isWell = false;
  try {
    await client.query('BEGIN; SET LOCAL statement_timeout = 0');
    const seen = await look(client);
    await client.query('ROLLBACK');
    isWell = true;
    return seen;
  } finally {
    client.release(!isWell);
  }
}

export const lookThrough = <Row extends object>(
  db: Pick<Database, 'pool'>,
  text: string,
  values: unknown[] = [],
): Promise<{ rows: Row[] }> => patiently(db, (client) => client.query<Row>({ text, values, ...PATIENT }));

/** How often each session is told of. Counted first: after two hours of load a join of all sessions with all events would not end. */
const TOLD = (type: string): string => `
      SELECT charge_point_id, body::jsonb -> 'data' ->> 'session_id' AS session_id, count(*) AS times
        FROM domain_events WHERE type = '${type}' GROUP BY 1, 2`;

const invariants: Readonly<Record<string, string>> = {
  'a start exists once': `
    SELECT charge_point_id, connector_id, token_uid, started_at, meter_start_wh, count(*) FROM sessions
     WHERE start_key LIKE 'start|%' -- not those that were reconstructed from different stops
     GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1`,
  'every session is told to have started exactly once': `
    WITH told AS MATERIALIZED (${TOLD('session.started')})
    SELECT s.id, told.times FROM sessions s LEFT JOIN told ON told.session_id = s.id AND told.charge_point_id = s.charge_point_id
     WHERE told.times IS DISTINCT FROM 1`,
  'every ended session, and no other, is told to have ended exactly once': `
    WITH told AS MATERIALIZED (${TOLD('session.ended')})
    SELECT s.id, s.status, told.times FROM sessions s
      LEFT JOIN told ON told.session_id = s.id AND told.charge_point_id = s.charge_point_id
     WHERE coalesce(told.times, 0) <> (CASE WHEN s.ended_at IS NULL THEN 0 ELSE 1 END)`,
  'no event tells of a session that does not exist': `
    SELECT e.id FROM domain_events e
     WHERE e.type LIKE 'session.%' AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = e.body::jsonb -> 'data' ->> 'session_id')`,
  'sequences of a charge point have no gap and no repetition': `
    SELECT q.charge_point_id, q.last_sequence, count(e.id), max(e.sequence), count(DISTINCT e.sequence)
      FROM charge_point_sequences q LEFT JOIN domain_events e ON e.charge_point_id = q.charge_point_id
     GROUP BY 1, 2 HAVING count(e.id) <> q.last_sequence OR count(DISTINCT e.sequence) <> q.last_sequence`,
  'connected and disconnected take turns': `
    SELECT * FROM (
      SELECT charge_point_id, sequence, type, lag(type) OVER (PARTITION BY charge_point_id ORDER BY sequence) AS before
        FROM domain_events WHERE type IN ('charge_point.connected', 'charge_point.disconnected')) t
     WHERE type = before`,
  'every event has exactly one delivery for each endpoint that wants it': `
    SELECT e.id, w.id AS endpoint, count(d.id) FROM domain_events e
      JOIN webhook_endpoints w ON w.organization_id = e.organization_id AND w.created_at < e.created_at
                              AND (e.type = ANY(w.events) OR '*' = ANY(w.events))
      LEFT JOIN webhook_deliveries d ON d.event_id = e.id AND d.endpoint_id = w.id
     GROUP BY 1, 2 HAVING count(d.id) <> 1`,
  'no delivery is without its event': `
    SELECT d.id FROM webhook_deliveries d LEFT JOIN domain_events e ON e.id = d.event_id WHERE e.id IS NULL`,
  'the energy of a session is what its register gained': `
    SELECT id, energy_wh, meter_start_wh, meter_stop_wh FROM sessions
     WHERE status = 'ended' AND flags = '{}' AND energy_wh <> meter_stop_wh - meter_start_wh`,
  // it was acknowledged, and nothing came of it; what is the message's own fault has another reason (src/ocpp/inbound.ts)
  'no message was put in quarantine for a fault of ours': `
    SELECT id, action, reason FROM quarantined_messages WHERE reason LIKE 'internal: %'`,
};

/**
 * The broken promises, with some of the rows that break them; empty: all hold. On a connection that sorts and joins in memory, with
 * figures of what the tables hold now: after hours of load the planner's may be of the first minute.
 */
export const brokenInvariants = (db: Pick<Database, 'pool'>): Promise<Record<string, unknown[]>> =>
  patiently(db, async (client) => {
    const broken: Record<string, unknown[]> = {};
    await client.query(`SET LOCAL work_mem = '256MB'; ANALYZE sessions, domain_events, webhook_deliveries`);
    for (const [promise, text] of Object.entries(invariants)) {
      const { rows } = await client.query<object>({ text, ...PATIENT });
      if (rows.length > 0) broken[promise] = rows.slice(0, 5);
    }
    return broken;
  });
