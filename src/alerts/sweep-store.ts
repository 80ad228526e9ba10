/** SQL of the sweep: what is to be told to the machines of alerts, rule by rule; groups of chargers; what was left behind. */
import type { Statement, Tx } from '../database/contract.ts';
import { inBatches } from '../database/in-batches.ts';
import { conditions, rankOf } from './conditions-store.ts';
import { type Rule, type RuleId, rules } from './rules/index.ts';
import type { Found } from './rules/rule.ts';
import type { Severity } from './types.ts';

/** Something that the machine of this place has to hear. */
export type Finding =
  | (Found & {
      readonly type: 'observed';
      /** null: nothing is alerted there yet. */
      readonly alertId: string | null;
      readonly organizationId: string;
      readonly siteId: string | null;
      readonly severity: Severity;
      /** What is open and says less gives way to it: the severity is by what was found, and something may open there now. */
      readonly mayRise: boolean;
      readonly forS: number;
    })
  | { readonly type: 'recovered'; readonly alertId: string; readonly chargePointId: string };

const KEY = `a.organization_id = j.organization_id AND a.charge_point_id = j.charge_point_id AND a.evse_id = j.evse_id
         AND a.connector_id = j.connector_id AND a.subject = j.subject`;
const LIVE = '(a.resolved_at IS NULL OR a.holds)';
const SCOPES = ['own', 'place', 'whole'] as const;
const set = (column: string, fallback: string): string =>
  `coalesce(${SCOPES.map((scope) => `${scope}.${column}`).join(', ')}, ${fallback})`;
/** By what a rule is of: whose a finding is. */
const ROOTS = {
  charge_point: 'charge_points c ON c.id = f.charge_point_id',
  organization: `(SELECT id, id AS organization_id, NULL::text AS site_id, 'commissioned' AS lifecycle FROM organizations) c
                 ON c.id = f.charge_point_id`,
  site: `(SELECT organization_id AS id, organization_id, id AS site_id, 'commissioned' AS lifecycle FROM sites) c
                 ON c.id = f.charge_point_id AND c.site_id = f.subject`,
} as const;

/** It is being tried out, or the organization asks for that first (commissioning). */
export const UNCOMMISSIONED = `(c.lifecycle = 'commissioning' OR (c.lifecycle = 'registered' AND EXISTS (
                 SELECT FROM organizations o WHERE o.id = c.organization_id AND o.uncommissioned = 'pending')))`;

/**
 * $1 now · $2 serving since · $3 loosest threshold · $4 shortest for-timer · $5 rule · $6 at most · $7 its for-timer, $8 its
 * threshold, $9 its severity, where nobody set another.
 * Plan: the condition's own, charge_points_pkey (organizations_pkey, sites_pkey) and alert_rules_pkey of what it found, alerts_live_by_rule.
 */
function sweepOf(id: Exclude<RuleId, 'fleet_offline'>, rule: Rule): Statement {
  const limit = set('threshold', '$8::float8');
  const sign = rule.threshold?.alerts === 'at_most' ? '<=' : '>=';
  const forS = set('for_s', '$7::int4');
  const suffices = (since: string, measure: string): string =>
    `(f.${measure} IS NULL OR f.${measure} ${sign} ${limit})
           AND (f.${since} IS NULL OR f.${since} + ${forS} * interval '1 second' <= $1::timestamptz)`;
  return {
    name: `alerts_sweep_${id}`,
    text: `WITH given AS (SELECT $2::timestamptz, $3::float8, $4::float8),
      found AS MATERIALIZED (${conditions[id]}),
      judged AS MATERIALIZED (
        SELECT f.*, c.organization_id, c.site_id, ${set('severity', 'coalesce(f.own_severity, $9::text)')} AS severity,
               f.own_severity IS NOT NULL AND ${set('severity', 'NULL')} IS NULL AS is_own,
               ${forS} AS for_s, ${suffices('since', 'measure')} AS opens,
               ${UNCOMMISSIONED} OR EXISTS (
                 SELECT FROM maintenance_windows w WHERE w.organization_id = c.organization_id
                    AND w.starts_at <= $1::timestamptz AND w.ends_at > $1::timestamptz
                    AND w.scope_id IN ('', c.site_id, c.id)) AS suppressed
          FROM found f JOIN ${ROOTS[rule.of ?? 'charge_point']}
          LEFT JOIN alert_rules own ON own.organization_id = c.organization_id AND own.rule = $5 AND own.scope_id = c.id
          LEFT JOIN alert_rules place ON place.organization_id = c.organization_id AND place.rule = $5 AND place.scope_id = c.site_id
          LEFT JOIN alert_rules whole ON whole.organization_id = c.organization_id AND whole.rule = $5 AND whole.scope_id = ''
         WHERE (f.owner_id IS NULL OR f.owner_id = c.organization_id)
           AND c.lifecycle <> 'decommissioned' AND ${set('enabled', 'true')}
           AND ${suffices('open_since', 'open_measure')}
      )
      (SELECT 'observed' AS type, a.id AS "alertId", j.charge_point_id AS "chargePointId", j.organization_id AS "organizationId",
              j.site_id AS "siteId", j.evse_id AS "evseId", j.connector_id AS "connectorId", j.subject, j.severity,
              j.is_own AND NOT coalesce(j.suppressed, false) AS "mayRise", j.for_s AS "forS", j.since, j.last_at AS "lastAt",
              j.measure, j.evidence
         FROM judged j LEFT JOIN alerts a ON a.rule = $5 AND ${KEY} AND ${LIVE}
        WHERE CASE WHEN a.id IS NULL THEN j.opens AND NOT coalesce(j.suppressed, false)
                   WHEN a.status = 'pending' THEN a.due_at <= $1::timestamptz AND NOT coalesce(j.suppressed, false)
                   WHEN a.status = 'resolved' THEN j.last_at > a.last_at AND NOT coalesce(j.suppressed, false)
                   ELSE a.due_at IS NOT NULL OR j.last_at > a.last_at
                        OR (j.is_own AND NOT coalesce(j.suppressed, false)
                            AND ${rankOf('j.severity')} > ${rankOf('a.severity')}) END
        LIMIT $6::int4)
      UNION ALL
      (SELECT 'recovered', a.id, a.charge_point_id, a.organization_id, NULL, 0, 0, '', '', false, 0, NULL, NULL, NULL, NULL
         FROM alerts a LEFT JOIN judged j ON ${KEY}
        WHERE a.rule = $5 AND ${LIVE} AND j.charge_point_id IS NULL
          AND (a.status IN ('pending', 'resolved') OR a.due_at IS NULL OR a.due_at <= $1::timestamptz)
        LIMIT $6::int4)`,
  };
}

const SWEEPS = new Map(
  (Object.keys(conditions) as Exclude<RuleId, 'fleet_offline'>[]).map((id) => [id, sweepOf(id, rules[id])]), // as: its own keys
);

/** The loosest that any organization set of each rule: conditions need not look beyond it. */
const LIMITS: Statement = {
  name: 'alerts_limits',
  text: `SELECT rule, min(for_s) AS "leastForS", min(threshold) AS "leastThreshold", max(threshold) AS "mostThreshold"
           FROM alert_rules GROUP BY rule`,
};
export type Limits = {
  readonly rule: string;
  readonly leastForS: number | null;
  readonly leastThreshold: number | null;
  readonly mostThreshold: number | null;
};
export const limitsOfRules = (db: Tx): Promise<Limits[]> => db.rows<Limits>(LIMITS, []);

/** What is to be told, of one rule. */
export async function sweepRule(
  db: Tx,
  id: Exclude<RuleId, 'fleet_offline'>,
  options: { readonly now: Date; readonly serving: Date; readonly limits: Limits | undefined; readonly atMost: number },
): Promise<Finding[]> {
  const { now, serving, limits, atMost } = options;
  const rule = rules[id];
  const statement = SWEEPS.get(id);
  if (statement === undefined) throw new Error(`the rule ${id} has no condition`);
  const own = rule.threshold?.value ?? 0;
  const loosest =
    rule.threshold?.alerts === 'at_most'
      ? Math.max(own, limits?.mostThreshold ?? own)
      : Math.min(own, limits?.leastThreshold ?? own);
  return db.rows<Finding>(statement, [
    now,
    serving,
    loosest,
    Math.min(rule.forS, limits?.leastForS ?? rule.forS),
    id,
    atMost,
    rule.forS,
    own,
    rule.severity,
  ]);
}

/** A deleted charge point has no door any more through which its alerts could end. Plan: alerts_live_by_charge_point. */
const CLOSE_ORPHANS: Statement = {
  name: 'alerts_close_orphans',
  text: `UPDATE alerts a SET status = 'resolved', resolution = 'superseded', resolved_at = $1, holds = false, due_at = NULL, updated_at = $1
          WHERE ${LIVE} AND NOT EXISTS (SELECT FROM charge_points c WHERE c.id = a.charge_point_id)
            AND NOT EXISTS (SELECT FROM organizations o WHERE o.id = a.charge_point_id)`,
};
export const closeOrphans = (db: Tx, now: Date): Promise<unknown> => db.rows(CLOSE_ORPHANS, [now]);

/** Plan: alerts_resolved_at_idx; comments and members go with them. */
const FORGET: Statement = {
  name: 'alerts_forget',
  text: `WITH old AS (SELECT id FROM alerts a WHERE a.resolved_at < $1 AND NOT a.holds LIMIT 5000),
              said AS (DELETE FROM alert_comments c USING old WHERE c.alert_id = old.id),
              held AS (DELETE FROM alert_members m USING old WHERE m.alert_id = old.id)
         DELETE FROM alerts a USING old WHERE a.id = old.id RETURNING 1 AS gone`,
};
export const forgetAlerts = (db: Tx, before: Date): Promise<unknown> =>
  inBatches(5000, async () => (await db.rows(FORGET, [before])).length);
