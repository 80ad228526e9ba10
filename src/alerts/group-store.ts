/** SQL of grouped alerts: who is offline together, and which groups are over. */
import type { Statement, Tx } from '../database/contract.ts';
import { standsFor } from './conditions-store.ts';
import { type Away, type Open, WINDOW_MS } from './storms.ts';
import { UNCOMMISSIONED } from './sweep-store.ts';

/**
 * Time in which no server ran ($5) does not count. Who has had an alert of its own for longer than the window is another story.
 * Plan: charge_point_states_offline, then primary keys and alerts_live_by_rule. At most $4 of all.
 */
const AWAY: Statement = {
  name: 'alerts_away',
  text: `SELECT s.charge_point_id AS "chargePointId", c.site_id AS "siteId", c.organization_id AS "organizationId",
                greatest(s.disconnected_at, $5::timestamptz) AS "disconnectedAt"
           FROM charge_point_states s JOIN charge_points c ON c.id = s.charge_point_id
          WHERE NOT s.connected AND greatest(s.disconnected_at, $5::timestamptz) > $2::timestamptz
            AND s.disconnected_at IS NOT NULL AND c.organization_id = ANY($1::text[])
            AND c.lifecycle <> 'decommissioned' AND NOT ${UNCOMMISSIONED}
            AND NOT EXISTS (SELECT FROM maintenance_windows w WHERE w.organization_id = c.organization_id
                               AND w.starts_at <= $3::timestamptz AND w.ends_at > $3::timestamptz
                               AND w.scope_id IN ('', c.site_id, c.id))
            AND NOT EXISTS (SELECT FROM alert_members m JOIN alerts g ON g.id = m.alert_id
                             WHERE m.charge_point_id = s.charge_point_id AND (g.resolved_at IS NULL OR g.holds)
                               AND ${standsFor('g')})
            AND NOT EXISTS (SELECT FROM alert_rules r WHERE r.organization_id = c.organization_id AND r.rule = 'offline'
                               AND r.scope_id IN (c.site_id, c.id) AND NOT r.enabled)
            AND NOT EXISTS (SELECT FROM alerts o WHERE o.rule = 'offline' AND o.charge_point_id = s.charge_point_id
                               AND (o.resolved_at IS NULL OR o.holds) AND o.created_at < $2::timestamptz)
          ORDER BY s.disconnected_at, s.charge_point_id LIMIT $4::int4`,
};
export type AwayRow = Away & { readonly organizationId: string };
export const awayTogether = (
  db: Tx,
  organizationIds: readonly string[],
  when: { readonly since: Date; readonly serving: Date; readonly now: Date; readonly atMost: number },
): Promise<AwayRow[]> => db.rows<AwayRow>(AWAY, [organizationIds, when.since, when.now, when.atMost, when.serving]);

/** Plan: charge_points_organization_id_id_idx. Asked for only when something went offline. */
const SIZES: Statement = {
  name: 'alerts_fleet_sizes',
  text: `SELECT organization_id AS "organizationId", site_id AS "siteId", count(*)::int4 AS size FROM charge_points
          WHERE organization_id = ANY($1::text[]) AND lifecycle <> 'decommissioned' GROUP BY organization_id, site_id`,
};
export type SizeRow = { readonly organizationId: string; readonly siteId: string | null; readonly size: number };
export const fleetSizes = (db: Tx, organizationIds: readonly string[]): Promise<SizeRow[]> =>
  db.rows<SizeRow>(SIZES, [organizationIds]);

/** What the organizations set of the rule. Plan: alert_rules_pkey. */
const SETTINGS: Statement = {
  name: 'alerts_group_settings',
  text: `SELECT organization_id AS "organizationId", enabled, threshold, severity FROM alert_rules
          WHERE organization_id = ANY($1::text[]) AND rule = 'fleet_offline' AND scope_id = ''`,
};
export type GroupSettings = {
  readonly organizationId: string;
  readonly enabled: boolean | null;
  readonly threshold: number | null;
  readonly severity: 'info' | 'warning' | 'critical' | null;
};
export const groupSettings = (db: Tx, organizationIds: readonly string[]): Promise<GroupSettings[]> =>
  db.rows<GroupSettings>(SETTINGS, [organizationIds]);

/**
 * Groups that are open, how many of each are still away, and until when who goes offline joins it: soon after it began, or while it
 * flaps. Not for ever: a few that never come back keep it open. Plan: alerts_live_by_rule, alert_members_pkey and primary keys.
 */
const OPEN: Statement = {
  name: 'alerts_open_groups',
  text: `SELECT a.id AS "alertId", a.organization_id AS "organizationId", a.site_id AS "siteId", a.subject, a.status, a.due_at AS "dueAt",
                a.members, a.evidence, greatest(a.created_at, a.due_at) + interval '${WINDOW_MS} milliseconds' AS until,
                (SELECT count(*)::int4 FROM alert_members m JOIN charge_point_states s ON s.charge_point_id = m.charge_point_id
                   JOIN charge_points c ON c.id = m.charge_point_id
                  WHERE m.alert_id = a.id AND NOT s.connected AND c.lifecycle <> 'decommissioned' AND ${standsFor('a')}) AS away
           FROM alerts a WHERE a.rule = 'fleet_offline' AND (a.resolved_at IS NULL OR a.holds)`,
};
export type OpenGroup = Open & {
  readonly organizationId: string;
  readonly subject: string;
  readonly status: string;
  readonly dueAt: Date | null;
  readonly members: number;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly away: number;
};
export const openGroups = (db: Tx): Promise<OpenGroup[]> => db.rows<OpenGroup>(OPEN, []);

/** Alerts of single charge points that a group stands for. Plan: alerts_live_by_rule, primary keys, alert_members_charge_point_id_idx. */
const FOLDED: Statement = {
  name: 'alerts_folded',
  text: `SELECT a.id AS "alertId", a.charge_point_id AS "chargePointId"
           FROM alerts a JOIN charge_point_states s ON s.charge_point_id = a.charge_point_id
          WHERE a.rule = 'offline' AND a.resolved_at IS NULL
            AND EXISTS (SELECT FROM alert_members m JOIN alerts g ON g.id = m.alert_id
                         WHERE m.charge_point_id = a.charge_point_id AND g.resolved_at IS NULL AND ${standsFor('g')}) LIMIT $1::int4`,
};
export const foldedAlerts = (
  db: Tx,
  atMost: number,
): Promise<{ readonly alertId: string; readonly chargePointId: string }[]> => db.rows(FOLDED, [atMost]);
