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
// Of all: without a condition that is true of all of them, by which the planner would expect a few and look each of ten thousand up by itself.
export const chosen = (reached: '' | '$2' | '$7') =>
  `c.organization_id = $1${reached === '' ? '' : ` AND c.id = ANY(${reached})`}`;
// Plan: of all, charge points by their index, states and connectors in one go (hashed); of some, charge_points_pkey, charge_point_states_pkey, connectors_pkey.
const fleet = (reached: '' | '$2'): Statement => ({
  name: reached === '' ? 'reports_overview_fleet' : 'reports_overview_fleet_within',
  text: `SELECT * FROM
           (SELECT count(*)::int4 AS "chargePoints", count(*) FILTER (WHERE s.connected)::int4 AS connected,
                   count(*) FILTER (WHERE s.connected IS NOT TRUE AND s.connected_at IS NULL)::int4 AS "neverConnected"
              FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
             WHERE ${chosen(reached)}) stations,
           (SELECT count(DISTINCT c.id) FILTER (WHERE ${IN_USE})::int4 AS "inUse",
                   count(DISTINCT c.id) FILTER (WHERE k.status = 'faulted')::int4 AS broken,
                   count(*) FILTER (WHERE ${IS_CONNECTOR})::int4 AS connectors,
                   count(*) FILTER (WHERE ${IS_CONNECTOR} AND s.connected IS NOT TRUE)::int4 AS unreachable,
                   ${connectorStatuses.map((status) => `count(*) FILTER (WHERE ${IS_CONNECTOR} AND k.status = '${status}')::int4 AS ${status}`).join(', ')}
              FROM charge_points c JOIN connectors k ON k.charge_point_id = c.id LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
             WHERE ${chosen(reached)}) told`,
});
const [FLEET, FLEET_WITHIN] = [fleet(''), fleet('$2')];
const NOTHING: FleetCounts = {
  ...{ chargePoints: 0, connected: 0, neverConnected: 0, inUse: 0, broken: 0, connectors: 0, unreachable: 0 },
  ...(Object.fromEntries(connectorStatuses.map((status) => [status, 0])) as Record<Status, number>), // the same keys
};
export async function fleetCounts(db: Needs, { organizationId, reached }: OverviewOf): Promise<FleetCounts> {
  const rows =
    reached === undefined
      ? await db.rows<FleetCounts>(FLEET, [organizationId])
      : await db.rows<FleetCounts>(FLEET_WITHIN, [organizationId, reached]);
  return rows[0] ?? NOTHING;
}

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
