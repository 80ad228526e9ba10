/**
 * What a look sees of the chargers: connection, record, connectors, and what became of the command, the change and the session that
 * their open runs wait for. It only reads, in the transaction that decides; all statements are sent at once.
 */
import { expectedOf } from '../configuration/index.ts';
import type { Statement, Tx } from '../database/contract.ts';
import type { Facts, SeenChange, SeenCommand, SeenOutlet, SeenSession } from './types.ts';

/** Of the charge points of $1 that have one: the open run. */
const OPEN = `commissioning_runs r JOIN unnest($1::text[]) AS v(id) ON r.charge_point_id = v.id AND r.due_at IS NOT NULL`;

// Plans: primary keys; frames_pkey for the minutes since the step began; sessions_open_by_charge_point.
const STATIONS: Statement = {
  name: 'commissioning_facts',
  text: `SELECT c.id AS "chargePointId", coalesce(s.connected, false) AS connected, s.protocol,
                s.connected_profile AS "securityProfile", s.connected_at AS "connectedAt", s.booted_at AS "bootedAt",
                c.registration, s.boot_status AS "bootStatus", coalesce(s.boot_count, 0) AS "bootCount", c.vendor, c.model,
                c.serial_number AS "serialNumber", s.reported_vendor AS "reportedVendor", s.reported_model AS "reportedModel",
                s.reported_serial AS "reportedSerial", s.firmware_version AS "firmwareVersion",
                c.heartbeat_interval_s AS "heartbeatIntervalS", s.clock_offset_ms AS "clockOffsetMs",
                (SELECT max(f.at) FROM frames f WHERE r.phase = 'listening' AND f.charge_point_number = c.number
                    AND f.at > r.phase_at AND f.inbound AND f.message_type IN (2, 6)) AS "heardAt",
                ARRAY(SELECT x.evse_id FROM sessions x
                       WHERE x.charge_point_id = c.id AND x.ended_at IS NULL AND NOT x.is_test LIMIT 1000) AS "busyEvses"
           FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
           LEFT JOIN commissioning_runs r ON r.charge_point_id = c.id AND r.due_at IS NOT NULL
          WHERE c.id = ANY($1::text[])`,
};
const OUTLETS: Statement = {
  name: 'commissioning_outlets',
  text: `SELECT charge_point_id AS "chargePointId", evse_id AS "evseId", connector_id AS "connectorId", status,
                error_code AS "errorCode", received_at AS "receivedAt"
           FROM connectors WHERE charge_point_id = ANY($1::text[]) ORDER BY charge_point_id, evse_id, connector_id`,
};
const COMMANDS: Statement = {
  name: 'commissioning_commands',
  text: `SELECT r.charge_point_id AS "chargePointId", k.id, k.action, k.status, k.result, k.error, k.completed_at AS "completedAt"
           FROM ${OPEN} JOIN commands k ON k.id = r.command_id AND k.charge_point_id = r.charge_point_id`,
};
const CHANGES: Statement = {
  name: 'commissioning_changes',
  text: `SELECT r.charge_point_id AS "chargePointId", k.id, k.status, k.items, k.error
           FROM ${OPEN} JOIN configuration_changes k ON k.id = r.change_id AND k.charge_point_id = r.charge_point_id`,
};
const SESSION_FIELDS = `x.id, x.transaction_id AS "transactionId", x.ocpp_transaction_id AS "ocppTransactionId",
  x.evse_id AS "evseId", x.status, x."authorization", x.started_at AS "startedAt", x.created_at AS "createdAt",
  x.ended_at AS "endedAt", x.last_sample_at AS "lastSampleAt", x.energy_wh AS "energyWh", x.stop_reason AS "stopReason"`;
// The session of the remote start, or one with its token: an answer may be lost, and a 2.x transaction may name neither at first.
// Plans: commands_pkey, sessions_pkey; sessions_charge_point_id_started_at_idx for the few of the last minutes.
const SESSIONS: Statement = {
  name: 'commissioning_sessions',
  text: `SELECT r.charge_point_id AS "chargePointId", s.*
           FROM ${OPEN}
          CROSS JOIN LATERAL (
            SELECT ${SESSION_FIELDS} FROM sessions x
             WHERE r.session_id IS NOT NULL AND x.id = r.session_id AND x.charge_point_id = r.charge_point_id
            UNION ALL
            SELECT ${SESSION_FIELDS} FROM commands k JOIN sessions x ON x.id = k.session_id AND x.charge_point_id = r.charge_point_id
             WHERE r.session_id IS NULL AND k.id = r.command_id AND r.phase = 'starting'
            UNION ALL
            SELECT * FROM (SELECT ${SESSION_FIELDS} FROM sessions x
             WHERE r.session_id IS NULL AND r.phase = 'starting' AND x.charge_point_id = r.charge_point_id AND x.is_test
               AND lower(btrim(x.token_uid)) = r.test_token_key
             ORDER BY x.started_at DESC LIMIT 1) newest
            LIMIT 1) s`,
};
// Settings are wanted until they are set. Plans: configuration_templates_pkey; the templates of one organization.
const WANTED: Statement = {
  name: 'commissioning_wanted',
  text: `SELECT r.charge_point_id AS "chargePointId", w.key, w.value
           FROM ${OPEN}
          CROSS JOIN LATERAL (
            SELECT j.key, j.value FROM configuration_templates t CROSS JOIN LATERAL jsonb_each_text(t.values) j
             WHERE t.id = r.template_id AND t.organization_id = r.organization_id
            UNION ALL
            SELECT e.key, e.expected FROM charge_points c JOIN charge_point_states s ON s.charge_point_id = c.id
             CROSS JOIN LATERAL (${expectedOf()}) e
             WHERE r.template_id IS NULL AND c.id = r.charge_point_id) w
          WHERE r.phase IN ('listening', 'applying', 'resetting', 'rebooting', 'verifying')
          ORDER BY 1, 2`,
};
const TEMPLATES_GONE: Statement = {
  name: 'commissioning_templates_gone',
  text: `SELECT r.charge_point_id AS "chargePointId" FROM ${OPEN}
          WHERE r.template_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM configuration_templates t WHERE t.id = r.template_id AND t.organization_id = r.organization_id)`,
};

type Of<T> = T & { readonly chargePointId: string };
type Station = Omit<Facts, 'outlets' | 'command' | 'change' | 'wanted' | 'session'>;
type Wanted = NonNullable<Facts['wanted']>[number];

export async function loadFacts(tx: Tx, ids: readonly string[]): Promise<Map<string, Facts>> {
  const [stations, outlets, commands, changes, sessions, wanted, gone] = await Promise.all([
    tx.rows<Of<Station>>(STATIONS, [ids]),
    tx.rows<Of<SeenOutlet>>(OUTLETS, [ids]),
    tx.rows<Of<SeenCommand>>(COMMANDS, [ids]),
    tx.rows<Of<SeenChange>>(CHANGES, [ids]),
    tx.rows<Of<SeenSession>>(SESSIONS, [ids]),
    tx.rows<Of<Wanted>>(WANTED, [ids]),
    tx.rows<Of<object>>(TEMPLATES_GONE, [ids]),
  ]);
  const outletsOf = grouped(outlets);
  const wantedOf = grouped(wanted);
  const commandOf = new Map(commands.map((row) => [row.chargePointId, row]));
  const changeOf = new Map(changes.map((row) => [row.chargePointId, row]));
  const sessionOf = new Map(sessions.map((row) => [row.chargePointId, row]));
  const isGone = new Set(gone.map(({ chargePointId }) => chargePointId));
  return new Map(
    stations.map(({ chargePointId, ...station }) => [
      chargePointId,
      {
        ...station,
        outlets: outletsOf.get(chargePointId) ?? [],
        command: commandOf.get(chargePointId),
        change: changeOf.get(chargePointId),
        session: sessionOf.get(chargePointId),
        wanted: isGone.has(chargePointId) ? undefined : (wantedOf.get(chargePointId) ?? []),
      },
    ]),
  );
}

function grouped<T extends { readonly chargePointId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.chargePointId);
    if (group === undefined) groups.set(row.chargePointId, [row]);
    else group.push(row);
  }
  return groups;
}
