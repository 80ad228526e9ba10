/** SQL of the measured uptimes: whose turn it is, and what was measured. */
import type { Statement, Tx } from '../database/contract.ts';

const first = (column: string): string => `coalesce(own.${column}, place.${column}, whole.${column}`;

/**
 * Measured longer ago than an hour, or over another window than they have now; of those, the ones that wait longest.
 * $1 now · $2 at most · $3 the window where nobody set another, in days.
 * Plan: Seq Scan on charge_points, then evse_uptimes_pkey, connectors_pkey and alert_rules_pkey: once a minute.
 */
const DUE: Statement = {
  name: 'alerts_uptimes_due',
  text: `SELECT c.id AS "chargePointId", c.organization_id AS "organizationId", ${first('window_days')}, $3::int4) AS "windowDays"
           FROM charge_points c
           LEFT JOIN LATERAL (SELECT max(u.measured_at) AS at, max(u.window_days) AS days FROM evse_uptimes u
                               WHERE u.charge_point_id = c.id AND u.organization_id = c.organization_id) m ON true
           LEFT JOIN alert_rules own ON own.organization_id = c.organization_id AND own.rule = 'uptime_below_target' AND own.scope_id = c.id
           LEFT JOIN alert_rules place ON place.organization_id = c.organization_id AND place.rule = 'uptime_below_target' AND place.scope_id = c.site_id
           LEFT JOIN alert_rules whole ON whole.organization_id = c.organization_id AND whole.rule = 'uptime_below_target' AND whole.scope_id = ''
          WHERE c.lifecycle <> 'decommissioned' AND ${first('enabled')}, true)
            AND (m.at IS NULL OR m.at <= $1::timestamptz - interval '1 hour' OR m.days <> ${first('window_days')}, $3::int4))
            AND EXISTS (SELECT FROM connectors k WHERE k.charge_point_id = c.id AND k.evse_id > 0)
          ORDER BY m.at NULLS FIRST, c.id LIMIT $2::int4`,
};
export type Due = { readonly chargePointId: string; readonly organizationId: string; readonly windowDays: number };
export const uptimesDue = (
  db: Tx,
  { now, atMost, windowDays }: { readonly now: Date; readonly atMost: number; readonly windowDays: number },
): Promise<Due[]> => db.rows<Due>(DUE, [now, atMost, windowDays]);

/** Of charge points that are still the organization's. Plan: charge_points_pkey, evse_uptimes_pkey. */
const SAVE: Statement = {
  name: 'alerts_uptimes_save',
  text: `INSERT INTO evse_uptimes (charge_point_id, evse_id, organization_id, window_days, observed_s, offline_s, faulted_s,
                                   unavailable_s, excluded_s, measured_at)
         SELECT v.*, $8::timestamptz
           FROM (SELECT c.id, n.evse_id, c.organization_id, $2::int4, n.observed_s, n.offline_s, n.faulted_s, n.unavailable_s, n.excluded_s
                   FROM unnest($3::text[], $4::int4[], $5::int4[], $6::int4[], $7::int4[], $9::int4[], $10::int4[])
                     AS n(id, evse_id, observed_s, offline_s, faulted_s, unavailable_s, excluded_s)
                   JOIN charge_points c ON c.id = n.id AND c.organization_id = $1) v
         ON CONFLICT (charge_point_id, evse_id) DO UPDATE SET organization_id = excluded.organization_id,
           window_days = excluded.window_days, observed_s = excluded.observed_s, offline_s = excluded.offline_s,
           faulted_s = excluded.faulted_s, unavailable_s = excluded.unavailable_s, excluded_s = excluded.excluded_s, measured_at = excluded.measured_at`,
};
export type Measured = {
  readonly chargePointId: string;
  readonly evseId: number;
  readonly observedS: number;
  readonly offlineS: number;
  readonly faultedS: number;
  readonly unavailableS: number;
  readonly excludedS: number;
};
export async function saveUptimes(
  db: Tx,
  of: { readonly organizationId: string; readonly windowDays: number; readonly now: Date },
  all: readonly Measured[],
): Promise<void> {
  if (all.length === 0) return;
  await db.rows(SAVE, [
    ...[of.organizationId, of.windowDays],
    all.map(({ chargePointId }) => chargePointId),
    all.map(({ evseId }) => evseId),
    all.map(({ observedS }) => observedS),
    all.map(({ offlineS }) => offlineS),
    all.map(({ faultedS }) => faultedS),
    of.now,
    all.map(({ unavailableS }) => unavailableS),
    all.map(({ excludedS }) => excludedS),
  ]);
}
