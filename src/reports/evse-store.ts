/** What the report of EVSEs is made of: which there are, when their stations were there, what was told of them, their sessions. It never writes. */
import type { Database, Statement } from '../database/contract.ts';
import type { MaintenanceWindow } from './maintenance.ts';
import type { Condition } from './usage.ts';

type Needs = Pick<Database, 'rows'>;

export type EvseRow = {
  readonly chargePointId: string;
  readonly identity: string;
  readonly siteId: string | null;
  readonly number: number;
  readonly evseId: number;
};
export type EvseKey = { readonly chargePointId: string; readonly evseId: number };
export type EvsesWanted = {
  readonly organizationId: string;
  readonly siteId?: string | undefined;
  readonly chargePointId?: string | undefined;
};

// Plan: charge_points_organization_id_id_idx, connectors_pkey.
const EVSES: Statement = {
  name: 'reports_evses',
  text: `SELECT DISTINCT c.id AS "chargePointId", c.identity, c.site_id AS "siteId", c.number, k.evse_id AS "evseId"
           FROM charge_points c JOIN connectors k ON k.charge_point_id = c.id AND k.evse_id > 0
          WHERE c.organization_id = $1 AND c.id >= $2 AND (c.id, k.evse_id) > ($2, $3)
            AND ($4::text IS NULL OR c.site_id = $4) AND ($5::text IS NULL OR c.id = $5)
          ORDER BY c.id, k.evse_id LIMIT $6`,
};

export async function evses(
  db: Needs,
  { organizationId, siteId, chargePointId }: EvsesWanted,
  page: { readonly after: EvseKey | undefined; readonly limit: number },
): Promise<EvseRow[]> {
  const { after, limit } = page;
  const key = [after?.chargePointId ?? '', after?.evseId ?? 0];
  return db.rows<EvseRow>(EVSES, [organizationId, ...key, siteId ?? null, chargePointId ?? null, limit]);
}

// Plan: charge_points_pkey, connectors_pkey.
const EVSES_OF: Statement = {
  name: 'reports_evses_of',
  text: `SELECT DISTINCT c.id AS "chargePointId", c.identity, c.site_id AS "siteId", c.number, k.evse_id AS "evseId"
           FROM charge_points c JOIN connectors k ON k.charge_point_id = c.id AND k.evse_id > 0
          WHERE c.organization_id = $1 AND c.id = ANY($2::text[]) ORDER BY c.id, k.evse_id LIMIT $3`,
};
export const evsesOf = (db: Needs, organizationId: string, chargePointIds: readonly string[], most: number) =>
  db.rows<EvseRow>(EVSES_OF, [organizationId, chargePointIds, most]);

type Span = { readonly from: Date; readonly to: Date };
export type ConnectionRow = { readonly number: number; readonly at: Date; readonly connected: boolean };

// Plan: connection_history_pkey, of the partitions of the range and, for what held before, backwards from its beginning.
const CONNECTIONS: Statement = {
  name: 'reports_connections',
  text: `(SELECT n.number, h.at, h.connected FROM unnest($1::int4[]) AS n(number) CROSS JOIN LATERAL (
            SELECT at, connected FROM connection_history h WHERE h.charge_point_number = n.number AND h.at < $2
             ORDER BY h.at DESC, h.connected DESC LIMIT 1) h)
         UNION ALL
         (SELECT charge_point_number, at, connected FROM connection_history
           WHERE charge_point_number = ANY($1::int4[]) AND at >= $2 AND at < $3)
         ORDER BY 2, 3 LIMIT $4`,
};

export const connectionsOf = (db: Needs, numbers: readonly number[], { from, to }: Span, most: number) =>
  db.rows<ConnectionRow>(CONNECTIONS, [numbers, from, to, most]);

export type ToldRow = {
  readonly number: number;
  readonly evseId: number;
  readonly connectorId: number;
  readonly at: Date;
  readonly condition: Condition;
};

/** What is received so long after the range is left out: it would have to be looked for until today. */
const LATEST_DAYS = 31;
const CONDITION = `CASE WHEN status IN ('charging', 'faulted', 'unavailable') THEN status ELSE 'other' END`;
// Only where what counts has changed: of a month with a thousand reports a hundred are left. Times of reception bound which
// partitions are read, and a report may come a day before its time by the charger's clock (ocpp/instants.ts).
// What held when the range began is what was applied last before it, or what a station that was offline told of that time later: not of
// any time, as of a clock that was never set everything is long ago.
// Plan: status_history_pkey of those partitions; for what held before, backwards from the beginning of the range.
const TOLD: Statement = {
  name: 'reports_told',
  text: `WITH told AS (
           (SELECT k.number, k.evse_id, k.connector_id, h.at, h.received_at, h.status
              FROM (SELECT c.number, k.evse_id, k.connector_id
                      FROM charge_points c JOIN connectors k ON k.charge_point_id = c.id WHERE c.number = ANY($1::int4[])) k
             CROSS JOIN LATERAL (
              SELECT at, received_at, status FROM status_history h
               WHERE h.charge_point_number = k.number AND h.evse_id = k.evse_id AND h.connector_id = k.connector_id
                 AND h.received_at < $2 AND h.at < $2 AND h.applied
               ORDER BY h.received_at DESC, h.at DESC LIMIT 1) h)
           UNION ALL
           (SELECT charge_point_number, evse_id, connector_id, at, received_at, status FROM status_history
             WHERE charge_point_number = ANY($1::int4[]) AND received_at >= $2::timestamptz - interval '1 day'
               AND received_at < $3::timestamptz + interval '${LATEST_DAYS} days'
               AND at >= CASE WHEN received_at < $2 THEN $2 ELSE $2::timestamptz - interval '${LATEST_DAYS} days' END AND at < $3)),
         conditions AS (SELECT number, evse_id, connector_id, at, received_at, ${CONDITION} AS condition FROM told),
         changes AS (
           SELECT *, lag(condition) OVER (PARTITION BY number, evse_id, connector_id ORDER BY at, received_at) AS before
             FROM conditions)
         SELECT number, evse_id AS "evseId", connector_id AS "connectorId", at, condition FROM changes
          WHERE condition IS DISTINCT FROM before ORDER BY at, received_at LIMIT $4`,
};

export const toldOf = (db: Needs, numbers: readonly number[], { from, to }: Span, most: number) =>
  db.rows<ToldRow>(TOLD, [numbers, from, to, most]);

// Those that are over before the range, and do not repeat, say nothing of it. Plan: maintenance_windows_organization_id_id_idx; 1,000 at most.
const MAINTENANCE: Statement = {
  name: 'reports_maintenance',
  text: `SELECT scope_id AS "scopeId", starts_at AS "startsAt", ends_at AS "endsAt", coalesce(anchor_at, starts_at) AS "anchorAt", repeats, timezone,
                created_at AS "createdAt"
           FROM maintenance_windows
          WHERE organization_id = $1 AND scope_id = ANY($2::text[]) AND (ends_at > $3 OR repeats <> 'never')
            AND (starts_at < $4 OR repeats <> 'never')
          LIMIT 1000`,
};

/** Of everywhere, and of these sites and charge points. */
export const maintenanceOf = (
  db: Needs,
  organizationId: string,
  scopeIds: readonly string[],
  { from, to }: Span,
): Promise<MaintenanceWindow[]> =>
  db.rows<MaintenanceWindow>(MAINTENANCE, [organizationId, ['', ...scopeIds], from, to]);

export type SessionSpan = {
  readonly chargePointId: string;
  readonly evseId: number;
  readonly from: Date;
  readonly to: Date;
};

/** A session that lasts longer counts from so long before the range on. */
export const LONGEST_DAYS = 31;

// Plan: sessions_charge_point_id_started_at_idx.
const SESSIONS: Statement = {
  name: 'reports_session_spans',
  text: `SELECT charge_point_id AS "chargePointId", evse_id AS "evseId", started_at AS "from", coalesce(ended_at, $5) AS "to"
           FROM sessions
          WHERE charge_point_id = ANY($1::text[]) AND organization_id = $2 AND NOT is_test AND started_at < $4
            AND started_at >= $3::timestamptz - interval '${LONGEST_DAYS} days' AND coalesce(ended_at, $5) > $3
          LIMIT $6`,
};

export const sessionSpansOf = (
  db: Needs,
  of: { readonly organizationId: string; readonly chargePointIds: readonly string[]; readonly now: Date },
  { from, to }: Span,
  most: number,
) => db.rows<SessionSpan>(SESSIONS, [of.chargePointIds, of.organizationId, from, to, of.now, most]);
