/** Which days are to be added up next, and which ones nobody asks for any more. */
import type { Statement, Tx } from '../database/contract.ts';

/** Of an installation that has more, those are taken whose ids come first. */
const MOST_ORGANIZATIONS = 20_000;
const ORGANIZATIONS: Statement = {
  name: 'reports_sums_organizations',
  text: `SELECT id, timezone AS zone FROM organizations ORDER BY id LIMIT ${MOST_ORGANIZATIONS}`,
};
export type Calendar = { readonly id: string; readonly zone: string };
export const calendars = (db: Tx) => db.rows<Calendar>(ORGANIZATIONS, []);

export type Next = {
  readonly id: string;
  readonly zone: string;
  /** What is added up so far; null: nothing. */
  readonly oldest: Date | null;
  readonly newest: Date | null;
  /** Where a session began or ended after that, and before it. */
  readonly after: Date | null;
  readonly before: Date | null;
};
const edge = (bound: string, order: 'ASC' | 'DESC'): string =>
  ['started_at', 'ended_at']
    .map(
      (time) => `(SELECT ${time} AS at FROM sessions WHERE organization_id = v.id AND ${bound.replaceAll('TIME', time)}
                      ORDER BY ${time} ${order} LIMIT 1)`,
    )
    .join(' UNION ALL ');
// Plan: for each organization session_sum_days_organization_id_zone_starts_at_key from both ends, sessions_organization_id_started_at_id_idx and
// sessions_ended from where that ends.
const NEXT: Statement = {
  name: 'reports_sums_next',
  text: `SELECT v.id, v.zone, first.starts_at AS oldest, last.ends_at AS newest, a.at AS after, b.at AS before
           FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS v(id, zone, until)
           LEFT JOIN LATERAL (SELECT starts_at FROM session_sum_days WHERE organization_id = v.id AND zone = v.zone
                               ORDER BY starts_at LIMIT 1) first ON true
           LEFT JOIN LATERAL (SELECT ends_at FROM session_sum_days WHERE organization_id = v.id AND zone = v.zone
                               ORDER BY starts_at DESC LIMIT 1) last ON true
          CROSS JOIN LATERAL (SELECT min(at) AS at FROM (${edge('TIME >= last.ends_at AND TIME < v.until', 'ASC')}) t) a
          CROSS JOIN LATERAL (SELECT max(at) AS at FROM (${edge('TIME < coalesce(first.starts_at, v.until)', 'DESC')}) t) b
          WHERE a.at IS NOT NULL OR b.at IS NOT NULL`,
};
/** `until`: of each organization, the end of what may be added up. */
export const nextDays = (db: Tx, of: readonly (Calendar & { readonly until: Date })[]) =>
  db.rows<Next>(NEXT, [of.map(({ id }) => id), of.map(({ zone }) => zone), of.map(({ until }) => until)]);

const FEW = 100;
/** Of a calendar that is the organization's no more. Plan: session_sum_days_organization_id_zone_starts_at_key beside what holds; session_sums_pkey. */
const FORGET_DAYS: Statement = {
  name: 'reports_sums_forget_days',
  text: `WITH old AS (
           SELECT d.id FROM organizations o CROSS JOIN LATERAL (
             (SELECT id FROM session_sum_days WHERE organization_id = o.id AND zone < o.timezone LIMIT ${FEW})
             UNION ALL (SELECT id FROM session_sum_days WHERE organization_id = o.id AND zone > o.timezone LIMIT ${FEW})) d LIMIT ${FEW}),
         sums AS (DELETE FROM session_sums USING old WHERE day_id = old.id)
         DELETE FROM session_sum_days d USING old WHERE d.id = old.id RETURNING 1 AS gone`,
};
/** Some of them; returns whether there may be more. */
export const forgetDays = async (db: Tx): Promise<boolean> => (await db.rows(FORGET_DAYS, [])).length === FEW;
