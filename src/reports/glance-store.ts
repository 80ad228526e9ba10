/** What each charge point does at this moment, since when and with what power: one statement, the most urgent first. It never writes. */
import type { Database, Statement } from '../database/contract.ts';
import { chosen, IN_USE, IS_CONNECTOR, type OverviewOf } from './overview-store.ts';

/** The most urgent first; a list is sorted by it. */
export const glances = [
  'faulted',
  'charging',
  'occupied',
  'offline',
  'unavailable',
  'available',
  'never_connected',
] as const;
export type Glance = (typeof glances)[number];
const rankOf = (state: Glance): number => glances.indexOf(state);

export type GlanceRow = {
  readonly id: string;
  readonly identity: string;
  readonly name: string | null;
  readonly siteId: string | null;
  readonly rank: number;
  /** null: it was never connected, or has not told. */
  readonly since: Date | null;
  readonly sessions: number | null;
  readonly startedAt: Date | null;
  readonly powerW: number | null;
};
export type GlanceKey = readonly [rank: number, id: string];
export type GlancePage = { readonly after: GlanceKey | undefined; readonly limit: number };
export type GlanceOf = OverviewOf & { readonly state: Glance | undefined; readonly seesSessions: boolean };

const since = (condition: string): string => `min(COALESCE(k.status_since, k.status_at)) FILTER (WHERE ${condition})`;
const BUSY = `k.status IN ('preparing', 'finishing', 'occupied', 'reserved') AND ${IS_CONNECTOR}`;
// Plan: of all, charge points by their index, states and connectors in one go (hashed); of some, charge_points_pkey, charge_point_states_pkey,
// connectors_pkey; of those shown sessions_open_by_charge_point.
const glancesOf = (reached: '' | '$7'): Statement => ({
  name: reached === '' ? 'reports_glances' : 'reports_glances_within',
  text: `WITH told AS (
           SELECT c.id, ${since("k.status = 'faulted'")} AS broken, ${since(IN_USE)} AS used, ${since(BUSY)} AS busy,
                  max(COALESCE(k.status_since, k.status_at)) AS latest, bool_or(k.status = 'unavailable' AND NOT ${IS_CONNECTOR}) AS is_shut,
                  bool_and(k.status = 'unavailable') FILTER (WHERE ${IS_CONNECTOR}) AS are_shut
             FROM charge_points c LEFT JOIN connectors k ON k.charge_point_id = c.id
            WHERE ${chosen(reached)} GROUP BY c.id),
         shown AS (
           SELECT c.id, c.identity, c.name, c.site_id, r.rank,
                  CASE r.rank WHEN ${rankOf('faulted')} THEN t.broken WHEN ${rankOf('charging')} THEN t.used WHEN ${rankOf('occupied')} THEN t.busy
                              WHEN ${rankOf('offline')} THEN s.disconnected_at WHEN ${rankOf('never_connected')} THEN NULL
                              ELSE greatest(t.latest, s.connected_at) END AS since
             FROM told t JOIN charge_points c ON c.id = t.id AND ${chosen(reached)} LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
            CROSS JOIN LATERAL (
              SELECT CASE WHEN s.connected_at IS NULL THEN ${rankOf('never_connected')} WHEN NOT s.connected THEN ${rankOf('offline')}
                          WHEN t.broken IS NOT NULL THEN ${rankOf('faulted')} WHEN t.used IS NOT NULL THEN ${rankOf('charging')}
                          WHEN t.busy IS NOT NULL THEN ${rankOf('occupied')} WHEN t.is_shut OR t.are_shut THEN ${rankOf('unavailable')}
                          ELSE ${rankOf('available')} END AS rank) r
            WHERE ($2::int4 IS NULL OR r.rank = $2) AND ($3::int4 IS NULL OR (r.rank, c.id) > ($3, $4))
            ORDER BY r.rank, c.id LIMIT $5)
         SELECT shown.id, shown.identity, shown.name, shown.site_id AS "siteId", shown.rank, shown.since,
                n.sessions, n.started_at AS "startedAt", n.power_w AS "powerW"
           FROM shown
           LEFT JOIN LATERAL (
             SELECT count(*)::int4 AS sessions, min(started_at) AS started_at, round(sum(power_w))::float8 AS power_w
               FROM sessions WHERE charge_point_id = shown.id AND ended_at IS NULL AND organization_id = $1) n ON $6
          ORDER BY shown.rank, shown.id`,
});
const [ALL, WITHIN] = [glancesOf(''), glancesOf('$7')];
export const listGlances = (
  db: Pick<Database, 'rows'>,
  { organizationId, reached, state, seesSessions }: GlanceOf,
  { after, limit }: GlancePage,
): Promise<GlanceRow[]> =>
  db.rows<GlanceRow>(reached === undefined ? ALL : WITHIN, [
    ...[organizationId, state === undefined ? null : rankOf(state), after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    ...[seesSessions, ...(reached === undefined ? [] : [reached])],
  ]);
