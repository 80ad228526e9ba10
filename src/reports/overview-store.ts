/** What a fleet does at this moment: each part one statement, bounded by the fleet and by what is open, not by what has been. It never writes. */
import type { Database, Statement } from '../database/contract.ts';
import { connectorStatuses } from '../events/index.ts';

type Needs = Pick<Database, 'rows'>;
export type OverviewOf = {
  readonly organizationId: string;
  /** Of none but these charge points: what the caller's membership reaches; undefined: of all. */
  readonly reached: readonly string[] | undefined;
};
const valuesOf = ({ organizationId, reached }: OverviewOf) => [organizationId, reached ?? null];

type Status = (typeof connectorStatuses)[number];
export type FleetCounts = {
  readonly chargePoints: number;
  readonly connected: number;
  readonly neverConnected: number;
  /** Charge points one of whose connectors charges, or pauses. */
  readonly inUse: number;
  /** Charge points that are faulted, or one of whose connectors is. */
  readonly broken: number;
  readonly connectors: number;
  readonly unreachable: number;
} & Readonly<Record<Status, number>>;

/** 0, 0 is the charge point itself. */
export const IS_CONNECTOR = '(k.evse_id, k.connector_id) <> (0, 0)';
/** It charges, or pauses. */
export const IN_USE = `k.status IN ('charging', 'suspended_ev', 'suspended_evse') AND ${IS_CONNECTOR}`;
// Plan: charge_points_organization_id_id_idx, charge_point_states_pkey, connectors_pkey.
const FLEET: Statement = {
  name: 'reports_overview_fleet',
  text: `WITH mine AS (
           SELECT COALESCE(s.connected, false) AS connected, s.connected_at IS NULL AS is_new, t.*
             FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
            CROSS JOIN LATERAL (
              SELECT bool_or(${IN_USE}) AS in_use,
                     bool_or(k.status = 'faulted') AS broken, array_agg(k.status) FILTER (WHERE ${IS_CONNECTOR}) AS statuses
                FROM connectors k WHERE k.charge_point_id = c.id) t
            WHERE c.organization_id = $1 AND ($2::text[] IS NULL OR c.id = ANY($2)))
         SELECT * FROM
           (SELECT count(*)::int4 AS "chargePoints", count(*) FILTER (WHERE connected)::int4 AS connected,
                   count(*) FILTER (WHERE NOT connected AND is_new)::int4 AS "neverConnected",
                   count(*) FILTER (WHERE in_use)::int4 AS "inUse", count(*) FILTER (WHERE broken)::int4 AS broken FROM mine) stations,
           (SELECT count(*)::int4 AS connectors, count(*) FILTER (WHERE NOT connected)::int4 AS unreachable,
                   ${connectorStatuses.map((status) => `count(*) FILTER (WHERE status = '${status}')::int4 AS ${status}`).join(', ')}
              FROM mine CROSS JOIN LATERAL unnest(statuses) AS status) told`,
};
const NOTHING: FleetCounts = {
  ...{ chargePoints: 0, connected: 0, neverConnected: 0, inUse: 0, broken: 0, connectors: 0, unreachable: 0 },
  ...(Object.fromEntries(connectorStatuses.map((status) => [status, 0])) as Record<Status, number>), // the same keys
};
export const fleetCounts = async (db: Needs, of: OverviewOf): Promise<FleetCounts> =>
  (await db.rows<FleetCounts>(FLEET, valuesOf(of)))[0] ?? NOTHING;

// Plan: sessions_running.
const RUNNING: Statement = {
  name: 'reports_overview_running',
  text: `SELECT count(*)::int4 AS sessions, count(*) FILTER (WHERE status = 'active')::int4 AS active,
                COALESCE(round(sum(power_w)), 0)::float8 AS "powerW"
           FROM sessions WHERE organization_id = $1 AND ended_at IS NULL AND ($2::text[] IS NULL OR charge_point_id = ANY($2))`,
};
export type Running = { readonly sessions: number; readonly active: number; readonly powerW: number };
export const runningNow = async (db: Needs, of: OverviewOf): Promise<Running> =>
  (await db.rows<Running>(RUNNING, valuesOf(of)))[0] ?? { sessions: 0, active: 0, powerW: 0 };

// Groups belong to no charge point: who reaches some of them alone is told of the alerts of those. Plan: alerts_live.
const ALERTS: Statement = {
  name: 'reports_overview_alerts',
  text: `SELECT severity, count(*)::int4 AS count FROM alerts
          WHERE organization_id = $1 AND resolved_at IS NULL AND status <> 'pending' AND ($2::text[] IS NULL OR charge_point_id = ANY($2))
          GROUP BY severity`,
};
export async function openAlerts(db: Needs, of: OverviewOf): Promise<ReadonlyMap<string, number>> {
  const rows = await db.rows<{ severity: string; count: number }>(ALERTS, valuesOf(of));
  return new Map(rows.map(({ severity, count }) => [severity, count]));
}
