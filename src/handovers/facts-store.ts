/**
 * What has to be known of a charge point before it changes hands: one row each. What belongs to rooms that tell of running work
 * (sessions, firmware, alerts, commissioning) is asked for here and nowhere else in this room.
 */
import type { Statement, Tx } from '../database/contract.ts';
import type { Facts } from './types.ts';

const MOST = 200;
/** Alerts have a few rules each for every connector, and one for each variable that a monitor watches. */
const MOST_ALERTS = 1_000;

// Plan: primary keys and the partial indexes of open rows, all by charge point; the newest firmware request by its index.
const FACTS: Statement = {
  name: 'handovers_facts',
  text: `SELECT c.id, c.organization_id AS "organizationId", c.number, c.lifecycle, o.uncommissioned = 'pending' AS "wantsCommissioning",
                (SELECT count(*)::int4 FROM sessions s WHERE s.charge_point_id = c.id AND s.ended_at IS NULL) AS "openSessions",
                (SELECT s.id FROM sessions s WHERE s.charge_point_id = c.id AND s.ended_at IS NULL
                  ORDER BY s.started_at LIMIT 1) AS "openSessionId",
                (SELECT count(*)::int4 FROM held_transaction_events h WHERE h.charge_point_id = c.id) AS "heldEvents",
                EXISTS (SELECT FROM (SELECT f.status, f.updated_at FROM firmware_requests f
                                      WHERE f.charge_point_id = c.id AND f.kind = 'update' ORDER BY f.id DESC LIMIT 1) f
                         WHERE f.status IN ('Downloading', 'Downloaded', 'Installing', 'InstallRebooting', 'SignatureVerified',
                                            'DownloadScheduled', 'DownloadPaused', 'InstallScheduled')
                           AND f.updated_at > now() - interval '2 hours')
                  OR EXISTS (SELECT FROM firmware_updates u WHERE u.charge_point_id = c.id AND u.due_at IS NOT NULL
                                AND u.ended_at IS NULL AND u.status <> 'scheduled') AS "firmwareRunning",
                (SELECT count(*)::int4 FROM commands o
                  WHERE o.charge_point_id = c.id AND o.due_at IS NOT NULL AND o.status <> 'queued') AS "commandsInFlight",
                ARRAY(SELECT a.id FROM alerts a WHERE a.charge_point_id = c.id AND a.organization_id = c.organization_id
                         AND a.status IN ('triggered', 'acknowledged') AND a.severity = 'critical' AND a.resolved_at IS NULL
                       ORDER BY a.id LIMIT 20) AS "criticalAlerts",
                (c.security_profile IN (1, 2) OR coalesce(c.next_security_profile, 0) IN (1, 2)) AS "hasKey", c.key_hash AS "keyHash",
                c.next_key_command_id AS "offerCommandId", c.next_key_state AS "offerState",
                coalesce(s.connected, false) AS connected, coalesce(s.generation, 0) AS generation,
                coalesce((SELECT jsonb_agg(jsonb_build_object('id', q.id, 'action', q.action, 'status', q.status, 'requestedBy',
                                 q.requested_by, 'sessionId', q.session_id, 'waitingNode', q.waiting_node))
                            FROM (SELECT * FROM commands o WHERE o.charge_point_id = c.id AND o.due_at IS NOT NULL
                                     AND o.status <> 'cancelled' ORDER BY o.id LIMIT ${MOST}) q), '[]') AS "openCommands",
                coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'ocppId', r.ocpp_id, 'connectorId', r.connector_id,
                                 'tokenUid', r.token_uid, 'status', r.status,
                                 'expiresAtMs', extract(epoch FROM r.expires_at) * 1000))
                            FROM (SELECT * FROM reservations r WHERE r.charge_point_id = c.id AND r.due_at IS NOT NULL
                                   ORDER BY r.id LIMIT ${MOST}) r), '[]') AS "openReservations",
                coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.id, 'rule', a.rule, 'severity', a.severity, 'title', a.title,
                                 'siteId', a.site_id, 'evseId', a.evse_id, 'connectorId', a.connector_id,
                                 'triggeredAtMs', extract(epoch FROM a.triggered_at) * 1000))
                            FROM (SELECT * FROM alerts a WHERE a.charge_point_id = c.id AND a.organization_id = c.organization_id
                                     AND a.status IN ('triggered', 'acknowledged') AND a.resolved_at IS NULL
                                   ORDER BY a.id LIMIT ${MOST_ALERTS}) a), '[]') AS "openAlerts",
                coalesce((SELECT jsonb_agg(jsonb_build_object('id', u.id, 'rolloutId', u.rollout_id, 'fromVersion', u.from_version,
                                 'targetVersion', u.target_version, 'attempts', u.attempts))
                            FROM firmware_updates u WHERE u.charge_point_id = c.id AND u.organization_id = c.organization_id
                             AND u.due_at IS NOT NULL AND u.ended_at IS NULL AND u.started_at IS NOT NULL), '[]') AS "begunUpdates",
                EXISTS (SELECT FROM charging_profiles p WHERE p.charge_point_id = c.id
                           AND (p.status = 'pending' OR p.status = 'active')) AS "hasProfiles",
                EXISTS (SELECT FROM local_list_entries l WHERE l.charge_point_id = c.id) AS "hasLocalList",
                coalesce((SELECT array_agg(m.message_id ORDER BY m.message_id) FROM display_messages m
                           WHERE m.charge_point_id = c.id AND m.origin = 'csms'), '{}') AS "displayMessageIds"
           FROM charge_points c JOIN organizations o ON o.id = c.organization_id LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE c.id = ANY($1::text[])`,
};

type Row = Omit<Facts, 'offer' | 'openReservations' | 'openAlerts'> & {
  readonly openAlerts: readonly (Omit<Facts['openAlerts'][number], 'triggeredAt'> & {
    readonly triggeredAtMs: number;
  })[];
  readonly id: string;
  readonly offerCommandId: string | null;
  readonly offerState: string | null;
  readonly openReservations: readonly (Omit<Facts['openReservations'][number], 'expiresAt'> & {
    readonly expiresAtMs: number;
  })[];
};

/** By charge point. Its organization is compared by the machine; a route asks for charge points of its own only. */
export async function factsOf(tx: Tx, chargePointIds: readonly string[]): Promise<Map<string, Facts>> {
  const rows = await tx.rows<Row>(FACTS, [chargePointIds]);
  return new Map(
    rows.map(({ id, offerCommandId, offerState, openReservations, openAlerts: alerts, ...facts }) => {
      const offer =
        offerCommandId === null || offerState === null ? null : { commandId: offerCommandId, state: offerState };
      const reservations = openReservations.map(({ expiresAtMs, ...each }) => ({
        ...each,
        expiresAt: new Date(expiresAtMs),
      }));
      const openAlerts = alerts.map(({ triggeredAtMs, ...each }) => ({
        ...each,
        triggeredAt: new Date(triggeredAtMs),
      }));
      return [id, { ...facts, offer, openReservations: reservations, openAlerts }];
    }),
  );
}
