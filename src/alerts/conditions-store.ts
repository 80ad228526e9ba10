/**
 * What each rule looks for, as SQL: one row for each place where it is so now. Embedded into the sweep (sweep-store.ts), which
 * adds whose it is, what the organization set, maintenance windows and what is alerted already. Records that stay with an
 * organization when the charge point is handed over (src/handovers/fates.ts) name it as `owner`: they are no alerts of the next one.
 * Their parameters:
 *   $1 now · $2 since when a server runs · $3 the loosest threshold that anybody set · $4 the shortest for-timer
 * Each says by which index it is bounded. None may name a column of a hot table in a new index: that would end HOT updates.
 */
import { notLoweredReasons } from '../events/index.ts';
import { type RuleId, rules } from './rules/index.ts';
import { WINDOW_MS } from './storms.ts';
import { severities } from './types.ts';

const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Since when it is so, and how much. */
type Extent = { readonly since?: string; readonly measure?: string };
type Columns = Extent & {
  readonly at?: string;
  /** Whose record it is; without it, whoever holds the charge point. */
  readonly owner?: string;
  readonly evse?: string;
  readonly connector?: string;
  readonly subject?: string;
  readonly last?: string;
  /** By how bad it is: what is open rises with it. Without it, the rule's. */
  readonly severity?: string;
  /**
   * By which an alert that is open goes on, where that is another extent than the one by which it opens: that no server ran for a
   * while lets nothing open early, and ends nothing.
   */
  readonly open?: Extent;
  readonly evidence: Readonly<Record<string, string>>;
};

/** The columns of every condition, in one order. */
const select = (distinct: string, columns: Columns): string => {
  const {
    at = 's.charge_point_id',
    owner = 'NULL',
    evse = '0',
    connector = '0',
    subject = "''",
    since = 'NULL',
  } = columns;
  const { last = 'NULL', severity = 'NULL', measure = 'NULL', open = {}, evidence } = columns;
  const fields = Object.entries(evidence).map(([name, sql]) => `'${name}', ${sql}`);
  return `SELECT ${distinct} ${at} AS charge_point_id, ${owner}::text AS owner_id, ${evse}::int4 AS evse_id, ${connector}::int4 AS connector_id,
       ${subject}::text AS subject, ${since}::timestamptz AS since, ${last}::timestamptz AS last_at,
       ${severity}::text AS own_severity, (${measure})::float8 AS measure,
       ${open.since ?? since}::timestamptz AS open_since, (${open.measure ?? measure})::float8 AS open_measure,
       jsonb_build_object(${fields.join(', ')}) AS evidence`;
};
/** What a station lists no more is only trusted on (certificates/types.ts). */
const isHeld = (row: string): string => `(${row}.installed_at IS NOT NULL OR ${row}.reported_at IS NOT NULL)`;
/** To compare severities. */
export const rankOf = (severity: string): string =>
  `array_position(ARRAY[${severities.map((each) => `'${each}'`).join(', ')}], ${severity})`;
const seconds = (span: string): string => `extract(epoch FROM ${span})`;
/** Amounts of load management are kept in tenths of A, or in W. */
const outer = (column: string): string =>
  `CASE WHEN s.settings->>'unit' = 'A' THEN round(${column} / 10.0, 1) ELSE ${column} END`;
/**
 * That a group stands for its member `s`: away since it began, or soon after its last one went. A member that came back and goes
 * offline later is told of as any other.
 */
export const standsFor = (group: string): string =>
  `s.disconnected_at <= greatest(${group}.created_at, ${group}.last_at, ${group}.due_at) + interval '${WINDOW_MS} milliseconds'`;
const intervals = (since: string): string => `${seconds(`$1::timestamptz - ${since}`)} / s.heartbeat_interval_s`;
const FOR = `$4::float8 * interval '1 second'`;
const openSession = `FROM sessions s JOIN charge_point_states t ON t.charge_point_id = s.charge_point_id AND t.connected
                    WHERE s.ended_at IS NULL AND s.status = 'active'`;
const ODD = `s.flags && ARRAY['meter_backwards'::text, 'meter_reset'::text, 'orphan_stop'::text]
         AND s.started_at > $1::timestamptz - interval '30 days' AND s.updated_at > $1::timestamptz - interval '24 hours'`;
const ofConnector = { evse: 's.evse_id', connector: 's.connector_id' };

export const conditions: Readonly<Record<Exclude<RuleId, 'fleet_offline'>, string>> = {
  // Plan: charge_point_states_offline, alert_members_charge_point_id_idx.
  offline: `${select('', {
    since: 'greatest(s.disconnected_at, $2::timestamptz)',
    open: { since: 's.disconnected_at' },
    evidence: { disconnected_at: utc('s.disconnected_at'), last_seen_at: utc('s.last_seen_at') },
  })} FROM charge_point_states s
     WHERE NOT s.connected AND s.disconnected_at <= $1::timestamptz - ${FOR}
       AND NOT EXISTS (SELECT FROM alert_members m JOIN alerts g ON g.id = m.alert_id
                        WHERE m.charge_point_id = s.charge_point_id AND (g.resolved_at IS NULL OR g.holds) AND ${standsFor('g')})`,

  // Plan: Seq Scan on charge_point_states, once a minute: an index on last_message_at would cost more than all of them.
  heartbeat_overdue: `${select('', {
    since: 's.missed_since',
    measure: intervals('s.missed_since'),
    open: { since: 's.heard_at', measure: intervals('s.heard_at') },
    evidence: { last_message_at: utc('s.missed_since'), heartbeat_interval_s: 's.heartbeat_interval_s' },
  })} FROM (SELECT t.charge_point_id, coalesce(t.last_message_at, t.connected_at, $2::timestamptz) AS heard_at,
                   greatest(t.last_message_at, t.connected_at, $2::timestamptz) AS missed_since,
                   greatest(c.heartbeat_interval_s, 1) AS heartbeat_interval_s
              FROM charge_point_states t JOIN charge_points c ON c.id = t.charge_point_id WHERE t.connected) s
     WHERE s.heard_at < $1::timestamptz - s.heartbeat_interval_s * $3::float8 * interval '1 second'`,

  // Plan: Seq Scan on charge_point_states (one row per charge point), as for the next three.
  boot_loop: `${select('', {
    since: 's.booted_at',
    last: 's.booted_at',
    measure: 's.quick_boots',
    evidence: { quick_boots: 's.quick_boots', booted_at: utc('s.booted_at'), firmware_version: 's.firmware_version' },
  })} FROM charge_point_states s WHERE s.quick_boots >= $3::float8 AND s.booted_at > $1::timestamptz - interval '15 minutes'`,
  clock_skew: `${select('', {
    measure: 'abs(s.clock_offset_ms::float8) / 1000',
    evidence: { clock_offset_s: 'round(s.clock_offset_ms / 1000.0, 1)' },
  })} FROM charge_point_states s WHERE s.connected AND abs(s.clock_offset_ms::float8) >= $3::float8 * 1000`,
  command_failures: `${select('', { evidence: { call_timeouts: 's.call_timeouts' } })}
      FROM charge_point_states s WHERE s.degraded AND s.connected`,
  duplicate_identity: `${select('', {
    since: 's.taken_over_at',
    last: 's.taken_over_at',
    measure: 's.takeovers',
    evidence: { takeovers: 's.takeovers', taken_over_at: utc('s.taken_over_at'), remote_address: 's.remote_address' },
  })} FROM charge_point_states s
     WHERE s.takeovers >= $3::float8 AND s.taken_over_at > $1::timestamptz - interval '30 minutes'`,

  // Plan: schema_deviations_last_at_idx.
  schema_deviations: `${select('', {
    since: 'min(s.last_at)',
    measure: 'count(*)',
    evidence: {
      faults: 'count(*)',
      messages: 'sum(s.count)',
      actions: 'to_jsonb((array_agg(DISTINCT s.action))[1:10])',
    },
  })} FROM schema_deviations s WHERE s.last_at > $1::timestamptz - interval '24 hours'
     GROUP BY s.charge_point_id HAVING count(*) >= $3::float8`,

  // Plan: Seq Scan on connectors (a few rows per charge point): an index on status would end HOT updates of them.
  connector_faulted: `${select('', {
    ...ofConnector,
    since: 'coalesce(s.status_since, s.received_at)',
    last: 'coalesce(s.status_since, s.received_at)',
    evidence: {
      error_code: 's.error_code',
      info: 's.info',
      vendor_error_code: 's.vendor_error_code',
      reported_at: utc('s.status_at'),
    },
  })} FROM connectors s WHERE s.status = 'faulted'`,
  prepared_not_started: `${select('', {
    ...ofConnector,
    since: 'greatest(s.status_since, $2::timestamptz)',
    open: { since: 's.status_since' },
    evidence: { status: 's.status', reported_at: utc('s.status_at') },
  })} FROM connectors s JOIN charge_point_states t ON t.charge_point_id = s.charge_point_id AND t.connected
     WHERE s.connector_id > 0 AND (s.status = 'preparing' OR (s.status = 'occupied' AND s.activity IS NULL))
       AND s.status_since <= $1::timestamptz - ${FOR}
       AND NOT EXISTS (SELECT FROM sessions o WHERE o.charge_point_id = s.charge_point_id AND o.ended_at IS NULL
                          AND o.evse_id = s.evse_id)`,

  // Plan: sessions_open_by_charge_point, which holds open ones only; charge_point_states_pkey.
  silent_session: `${select('', {
    ...ofConnector,
    owner: 's.organization_id',
    subject: 's.id',
    since: 'greatest(coalesce(s.last_sample_at, s.started_at), s.created_at, t.connected_at, $2::timestamptz)',
    open: { since: 'coalesce(s.last_sample_at, s.started_at)' },
    evidence: {
      session_id: 's.id',
      started_at: utc('s.started_at'),
      last_reading_at: utc('s.last_sample_at'),
      energy_wh: 's.energy_wh',
    },
  })} ${openSession} AND coalesce(s.last_sample_at, s.started_at) <= $1::timestamptz - ${FOR}`,
  stalled_charge: `${select('', {
    ...ofConnector,
    owner: 's.organization_id',
    subject: 's.id',
    measure: 's.power_w',
    evidence: { session_id: 's.id', power_w: 's.power_w', energy_wh: 's.energy_wh', soc_percent: 's.soc_percent' },
  })} ${openSession} AND s.power_w <= $3::float8`,

  // Whoever was handed it waits for a session since then.
  // Plan: Seq Scan on charge_point_states, then sessions_charge_point_id_started_at_idx once for each: once a minute; of those that
  // were handed over handovers_charge_point_id_idx.
  no_session: `${select('', { since: 's.since', evidence: { last_session_at: utc('s.started_at') } })}
     FROM (SELECT t.charge_point_id, l.started_at, greatest(l.started_at, c.created_at, h.ended_at) AS since
             FROM charge_point_states t JOIN charge_points c ON c.id = t.charge_point_id
             LEFT JOIN LATERAL (SELECT o.started_at FROM sessions o
                                 WHERE o.charge_point_id = t.charge_point_id AND o.organization_id = c.organization_id
                                 ORDER BY o.started_at DESC LIMIT 1) l ON true
             LEFT JOIN LATERAL (SELECT max(o.ended_at) AS ended_at FROM handovers o
                                 WHERE o.charge_point_id = t.charge_point_id AND o.to_organization_id = c.organization_id
                                   AND o.status = 'completed') h ON c.handed_over
            WHERE t.connected AND c.created_at <= $1::timestamptz - ${FOR}) s
     WHERE s.since <= $1::timestamptz - ${FOR}`,

  // Plan: unknown_tokens_last_seen_at_idx.
  unknown_token_burst: `${select('', {
    at: 's.last_charge_point_id',
    owner: 's.organization_id',
    measure: 'count(*)',
    evidence: { tokens: 'count(*)', last_token: '(array_agg(s.uid ORDER BY s.last_seen_at DESC))[1]' },
  })} FROM unknown_tokens s WHERE s.last_seen_at > $1::timestamptz - interval '10 minutes'
     GROUP BY s.last_charge_point_id, s.organization_id HAVING count(*) >= $3::float8`,

  // Plan: sessions_odd, of flagged sessions that began in the last 30 days.
  meter_backwards: `${select('DISTINCT ON (s.charge_point_id, s.organization_id, s.evse_id, s.connector_id)', {
    ...ofConnector,
    owner: 's.organization_id',
    since: 's.created_at',
    last: 's.created_at',
    evidence: { session_id: 's.id', flags: 'to_jsonb(s.flags)' },
  })} FROM sessions s WHERE ${ODD} AND s.flags && ARRAY['meter_backwards'::text, 'meter_reset'::text]
     ORDER BY s.charge_point_id, s.organization_id, s.evse_id, s.connector_id, s.created_at DESC`,
  orphan_stop: `${select('DISTINCT ON (s.charge_point_id, s.organization_id)', {
    owner: 's.organization_id',
    since: 's.created_at',
    last: 's.created_at',
    evidence: { session_id: 's.id', energy_wh: 's.energy_wh' },
  })} FROM sessions s WHERE ${ODD} AND s.flags @> ARRAY['orphan_stop'::text]
     ORDER BY s.charge_point_id, s.organization_id, s.created_at DESC`,

  // Updates of ours fail also by what no charger tells: time-outs, lies. The others were asked for by hand.
  // Plan: firmware_updates_failed, firmware_updates_charge_point_id_id_idx; firmware_requests_updates_told, then
  // firmware_requests_charge_point_id_kind_id_idx.
  firmware_failed: `${select('DISTINCT ON (s.charge_point_id, s.organization_id)', {
    owner: 's.organization_id',
    since: 's.failed_at',
    last: 's.failed_at',
    evidence: {
      status: 's.status',
      location: 's.location',
      message: 's.message',
      update_id: 's.update_id',
      request_id: 's.request_id',
      command_id: 's.command_id',
    },
  })} FROM (
       SELECT u.charge_point_id, u.organization_id, u.failed_at, u.error_code AS status, 'version ' || u.target_version AS location,
              u.error_message AS message, u.id AS update_id, u.request_id, u.command_id
         FROM firmware_updates u
        WHERE u.failed_at > $1::timestamptz - interval '7 days'
          AND NOT EXISTS (SELECT FROM firmware_updates n WHERE n.charge_point_id = u.charge_point_id AND n.id > u.id)
          AND NOT EXISTS (SELECT FROM firmware_requests n WHERE n.charge_point_id = u.charge_point_id AND n.kind = 'update'
                                                          AND n.status_at > u.failed_at AND n.command_id <> u.command_id)
       UNION ALL
       SELECT r.charge_point_id, r.organization_id, r.status_at, r.status, r.location, NULL, NULL, r.request_id, r.command_id
         FROM firmware_requests r
        WHERE r.kind = 'update' AND r.status_at > $1::timestamptz - interval '7 days'
          AND r.status IN ('DownloadFailed', 'InstallationFailed', 'InvalidSignature', 'InvalidCertificate',
                           'InstallVerificationFailed', 'RevokedCertificate')
          AND NOT EXISTS (SELECT FROM firmware_requests n
                           WHERE n.charge_point_id = r.charge_point_id AND n.kind = 'update' AND n.id > r.id)
          AND NOT EXISTS (SELECT FROM firmware_updates u WHERE u.charge_point_id = r.charge_point_id
                                                          AND (u.command_id = r.command_id OR u.created_at > r.status_at))) s
     ORDER BY s.charge_point_id, s.organization_id, s.failed_at DESC`,

  // Plan: security_events_critical.
  critical_security_event: `${select('DISTINCT ON (s.charge_point_id, s.organization_id, s.type)', {
    owner: 's.organization_id',
    subject: 's.type',
    since: 's.received_at',
    last: 's.received_at',
    evidence: { type: 's.type', tech_info: 's.tech_info', security_event_id: 's.id', at: utc('s.at') },
  })} FROM security_events s WHERE s.severity = 'critical' AND s.received_at > $1::timestamptz - interval '1 hour'
     ORDER BY s.charge_point_id, s.organization_id, s.type, s.received_at DESC`,

  // Plan: installed_certificates_expires_at_idx, then the unique index by charge point and type.
  certificate_expiring: `${select('DISTINCT ON (s.charge_point_id, s.type)', {
    subject: 's.type',
    severity: `CASE WHEN s.expires_at <= $1::timestamptz + interval '3 days' THEN 'critical'
                    ELSE '${rules.certificate_expiring.severity}' END`,
    measure: `${seconds('s.expires_at - $1::timestamptz')} / 86400`,
    evidence: {
      type: 's.type',
      expires_at: utc('s.expires_at'),
      serial_number: 's.serial_number',
      subject: 's.subject',
    },
  })} FROM installed_certificates s
     WHERE s.expires_at <= $1::timestamptz + $3::float8 * interval '1 day' AND ${isHeld('s')}
       AND NOT EXISTS (SELECT FROM installed_certificates n WHERE n.charge_point_id = s.charge_point_id
                          AND n.type = s.type AND n.expires_at > s.expires_at AND ${isHeld('n')})
     ORDER BY s.charge_point_id, s.type, s.id`,

  // Plan: device_conditions_alerting.
  monitor_condition: `${select('', {
    evse: `coalesce(substring(s.key FROM '@([0-9]{1,4})')::int4, 0)`,
    connector: `coalesce(substring(s.key FROM '@[0-9]{1,4}\\.([0-9]{1,4})\\.')::int4, 0)`,
    subject: `s.key || '#' || s.monitor_id`,
    since: 'least(s.opened_at, $1::timestamptz)',
    last: 's.last_at',
    severity: `CASE WHEN s.severity <= 3 THEN 'critical' WHEN s.severity >= 7 THEN 'info'
                    ELSE '${rules.monitor_condition.severity}' END`,
    measure: 'coalesce(s.severity, 5)',
    evidence: {
      variable: 's.key',
      monitor_id: 'nullif(s.monitor_id, -1)',
      severity: 's.severity',
      value: 's.value',
      tech_code: 's.tech_code',
      tech_info: 's.tech_info',
      transaction_id: 's.transaction_id',
    },
  })} FROM device_conditions s WHERE s.state = 'alerting' AND coalesce(s.severity, 5) <= $3::float8`,

  // Plan: Seq Scan on site_loads (one row per site with load management); load_lines_site_id_idx of those that are unmet.
  site_load_unmet: `${select('', {
    at: 's.organization_id',
    subject: 's.site_id',
    since: 's.state_since',
    evidence: {
      site_id: 's.site_id',
      cap: outer('s.cap'),
      cap_reason: 's.cap_reason',
      ceiling: outer('s.ceiling'),
      unit: "s.settings->>'unit'",
      not_lowered: `(SELECT coalesce(jsonb_agg(jsonb_build_object('charge_point_id', b.charge_point_id, 'reason', b.reason, 'ceiling', ${outer('b.ceiling')})), '[]')
                       FROM (SELECT l.charge_point_id, l.reason, l.ceiling FROM load_lines l
                              WHERE l.site_id = s.site_id AND l.organization_id = s.organization_id AND l.ceiling > 0
                                AND l.reason IN (${notLoweredReasons.map((each) => `'${each}'`).join(', ')})
                              ORDER BY l.ceiling DESC, l.charge_point_id LIMIT 20) b)`,
    },
  })} FROM site_loads s WHERE s.enabled AND s.state = 'unmet'`,

  // Plan: Seq Scan on load_lines (one row per charger that shares a supply), then primary keys of what it found.
  load_limit_not_taken: `${select('', {
    measure: `CASE WHEN l.reason = 'overruled' THEN 1000 ELSE l.failures END`,
    since: 'l.sent_at',
    evidence: {
      reason: 'l.reason',
      failures: 'l.failures',
      target: outer('l.target'),
      ceiling: outer('l.ceiling'),
      unit: "s.settings->>'unit'",
      retry_at: utc('l.retry_at'),
    },
    at: 'l.charge_point_id',
  })} FROM load_lines l
     JOIN charge_points p ON p.id = l.charge_point_id AND p.site_id = l.site_id
     JOIN site_loads s ON s.site_id = l.site_id AND s.enabled
     JOIN charge_point_states t ON t.charge_point_id = l.charge_point_id AND t.connected
     WHERE l.reason <> 'unmanaged' AND (l.failures >= $3::float8 OR l.reason = 'overruled')`,

  // Measured by uptime.ts. Of an organization before nothing is counted.
  // Plan: Seq Scan on evse_uptimes (one row per EVSE), charge_points_pkey.
  uptime_below_target: `${select('', {
    evse: 's.evse_id',
    measure: 's.uptime',
    evidence: {
      uptime_percent: 'round(s.uptime::numeric, 2)',
      window_days: 's.window_days',
      observed_s: 's.observed_s',
      offline_s: 's.offline_s',
      faulted_s: 's.faulted_s',
      unavailable_s: 's.unavailable_s',
      excluded_s: 's.excluded_s',
      measured_at: utc('s.measured_at'),
    },
  })} FROM (SELECT u.*, 100 * (1 - (u.offline_s::float8 + u.faulted_s + u.unavailable_s - u.excluded_s) / u.observed_s) AS uptime
              FROM evse_uptimes u JOIN charge_points c ON c.id = u.charge_point_id AND c.organization_id = u.organization_id
             WHERE u.observed_s > 0 AND u.observed_s >= u.window_days * 43200) s
     WHERE s.uptime <= $3::float8`,

  // Plan: Seq Scan on webhook_endpoints (100 at most per organization).
  webhook_failing: `${select('', {
    at: 's.organization_id',
    subject: 's.id',
    since: 's.failing_since',
    measure: `CASE WHEN s.disabled_reason IS NOT NULL THEN 1000 ELSE ${seconds('$1::timestamptz - s.failing_since')} / 3600 END`,
    evidence: {
      endpoint_id: 's.id',
      // Not its path either, which is the secret of many receivers: alerts are read by whoever reads charge points.
      url: `substring(s.url FROM '^[^:]+://[^/?#]*')`,
      failing_since: utc('s.failing_since'),
      failures: 's.failures',
      disabled_reason: 's.disabled_reason',
    },
  })} FROM webhook_endpoints s
     WHERE s.deleted_at IS NULL
       AND (s.disabled_reason IS NOT NULL
            OR (s.active AND s.failures >= 10 AND s.failing_since <= $1::timestamptz - $3::float8 * interval '1 hour'))`,
};
