// Many charge points with sites, connectors, sessions and alerts, written as rows beside the running server.
import pg from 'pg';
import { useEmbeddedServer } from '../../../dist/src/database/embedded/server.js';

/** Thirteen digits of a ULID that sort as the numbers do, then what tells it from those of other tables. */
const ID = (prefix, number) =>
  `'${prefix}_' || lpad(${number}::text, 13, '0') || upper(left(md5('${prefix}' || ${number}), 13))`;

const statements = ({ points, sites, sessions, alerts }) => [
  `INSERT INTO sites (id, organization_id, name, city, latitude, longitude)
   SELECT ${ID('site', 'i')}, o.id, 'Site ' || i, 'City ' || i % 40, (47 + (i * 37 % 700) / 100.0)::text, (6 + (i * 91 % 900) / 100.0)::text
     FROM organizations o, generate_series(1, ${sites}) i`,
  `INSERT INTO charge_points (id, organization_id, identity, name, vendor, model, lifecycle, site_id)
   SELECT ${ID('cp', 'i')}, o.id, 'MANY-' || i, CASE WHEN i % 3 = 0 THEN 'Bay ' || i END, 'Quay', 'Model ' || i % 7, 'commissioned', ${ID('site', `(i % ${sites} + 1)`)}
     FROM organizations o, generate_series(1, ${points}) i`,
  `INSERT INTO charge_point_states (charge_point_id, organization_id, connected, disconnected_at, last_seen_at, booted_at)
   SELECT id, organization_id, false, now() - interval '1 hour', now() - interval '1 hour', now() - interval '1 day' FROM charge_points
       ON CONFLICT DO NOTHING`,
  `INSERT INTO connectors (charge_point_id, organization_id, evse_id, connector_id, status, raw_status, status_at, received_at)
   SELECT id, organization_id, e, e, CASE WHEN number % 100 = 0 THEN 'faulted' ELSE 'available' END, 'Available', now(), now()
     FROM charge_points, generate_series(1, 2) e ON CONFLICT DO NOTHING`,
  `INSERT INTO sessions (id, transaction_id, start_key, organization_id, site_id, charge_point_id, charge_point_number, charge_point_identity,
                         evse_id, connector_id, status, token_uid, "authorization", started_at, ended_at, meter_start_wh, meter_stop_wh,
                         last_register_wh, energy_wh, flags, updated_at, created_at)
   SELECT ${ID('ses', 'i')}, 1000000 + i, 'many:' || i, p.organization_id, p.site_id, p.id, p.number, p.identity, 1, 1, 'ended', 'MANY' || i % 500,
          'accepted', t.at, t.at + interval '50 minutes', 0, 9000, 9000, 9000, ARRAY[]::text[], t.at, t.at
     FROM generate_series(1, ${sessions}) i CROSS JOIN LATERAL (SELECT now() - interval '2 days' + i * interval '20 seconds' AS at) t
     JOIN charge_points p ON p.id = ${ID('cp', `(i % ${points} + 1)`)}`,
  `INSERT INTO alerts (id, organization_id, rule, charge_point_id, site_id, evse_id, connector_id, subject, status, severity, title, reason,
                       evidence, holds, since, last_at, occurrences, streak, created_at, triggered_at, updated_at)
   SELECT ${ID('alr', 'i')}, p.organization_id, 'offline', p.id, p.site_id, 0, 0, '', 'triggered', 'warning', p.identity || ' is offline',
          'It has not been heard of for an hour.', '{}', true, now(), now(), 1, 1, now(), now(), now()
     FROM generate_series(1, ${alerts}) i JOIN charge_points p ON p.id = ${ID('cp', `(i + 1000)`)}`,
  'ANALYZE sites, charge_points, charge_point_states, connectors, sessions, alerts',
];

export async function seed(dataDir, sizes) {
  const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
  const server = await useEmbeddedServer({ dataDir, log, onFatal: console.error });
  const client = new pg.Client(server.connection);
  await client.connect();
  try {
    for (const statement of statements(sizes)) await client.query(statement);
  } finally {
    await client.end();
    await server.stop(); // another process runs it: that goes on
  }
}
