/** What organizations want otherwise than the rules' defaults. */
import type { Database, Statement } from '../database/contract.ts';
import type { Severity } from './types.ts';

export type RuleSettings = {
  readonly enabled: boolean | null;
  readonly severity: Severity | null;
  readonly forS: number | null;
  readonly threshold: number | null;
  readonly windowDays: number | null;
};
export type RuleRow = RuleSettings & { readonly rule: string; readonly scopeId: string; readonly updatedAt: Date };

// Plan: alert_rules_pkey.
const OF_SCOPE: Statement = {
  name: 'alerts_rules_of_scope',
  text: `SELECT rule, scope_id AS "scopeId", enabled, severity, for_s AS "forS", threshold, window_days AS "windowDays", updated_at AS "updatedAt"
           FROM alert_rules WHERE organization_id = $1 AND scope_id = ANY($2::text[])`,
};
/** Of the widest scope and of those named. */
export const rulesOf = (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  scopes: readonly string[],
): Promise<RuleRow[]> => db.rows<RuleRow>(OF_SCOPE, [organizationId, scopes]);

const PUT: Statement = {
  name: 'alerts_put_rule',
  text: `INSERT INTO alert_rules (organization_id, rule, scope_id, enabled, severity, for_s, threshold, window_days, updated_at, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (organization_id, rule, scope_id) DO UPDATE SET enabled = excluded.enabled, severity = excluded.severity,
           for_s = excluded.for_s, threshold = excluded.threshold, window_days = excluded.window_days,
           updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
};
export async function putRule(
  db: Pick<Database, 'rows'>,
  row: RuleSettings & {
    readonly organizationId: string;
    readonly rule: string;
    readonly scopeId: string;
    readonly now: Date;
    readonly by: string;
  },
): Promise<void> {
  const { organizationId, rule, scopeId, enabled, severity, forS, threshold, windowDays, now, by } = row;
  await db.rows(PUT, [organizationId, rule, scopeId, enabled, severity, forS, threshold, windowDays, now, by]);
}

/** Plan: charge_points_pkey. */
const SITE_OF: Statement = {
  name: 'alerts_site_of',
  text: 'SELECT site_id AS "siteId" FROM charge_points WHERE id = $1 AND organization_id = $2',
};
export async function siteOf(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  chargePointId: string,
): Promise<string | null> {
  const [row] = await db.rows<{ siteId: string | null }>(SITE_OF, [chargePointId, organizationId]);
  return row?.siteId ?? null;
}
