/** SQL of what a membership of some sites, or of an installer, reaches. */
import type { Database, Statement } from '../database/contract.ts';
import type { ReachedKind } from '../platform/principal.ts';

type Rows = Pick<Database, 'rows'>;
export type Bounds = {
  readonly organizationId: string;
  /** null: any. */
  readonly siteIds: readonly string[] | null;
  /** An installer, who sees his jobs only; null: no installer. */
  readonly installerId: string | null;
};
const valuesOf = ({ organizationId, siteIds, installerId }: Bounds) => [organizationId, siteIds, installerId];

/** By where the charge point is now, and whose it is now. Plan: charge_points_pkey, installer_jobs_pkey. */
const REACHED = `c.organization_id = $1 AND ($2::text[] IS NULL OR c.site_id = ANY($2))
  AND ($3::text IS NULL OR EXISTS (
        SELECT 1 FROM installer_jobs j WHERE j.organization_id = $1 AND j.user_id = $3 AND j.charge_point_id = c.id))`;
const SITE_REACHED = `s.organization_id = $1 AND ($2::text[] IS NULL OR s.id = ANY($2))
  AND ($3::text IS NULL OR EXISTS (SELECT 1 FROM charge_points c WHERE c.site_id = s.id AND ${REACHED}))`;

/** By kind, as the first part of a path says it: the table whose rows name a charge point. */
const TABLES: Readonly<Record<Exclude<ReachedKind, 'charge-points' | 'sites'>, string>> = {
  sessions: 'sessions',
  commands: 'commands',
  alerts: 'alerts',
  reservations: 'reservations',
  uploads: 'uploads',
  handovers: 'handovers',
  'commissioning-runs': 'commissioning_runs',
  'configuration-changes': 'configuration_changes',
  'customer-information': 'customer_reports',
  'device-reports': 'device_reports',
  'firmware-updates': 'firmware_updates',
};
const HAS: Readonly<Record<ReachedKind, Statement>> = {
  'charge-points': {
    name: 'within_has_charge_point',
    text: `SELECT 1 AS one FROM charge_points c WHERE c.id = $4 AND ${REACHED}`,
  },
  sites: { name: 'within_has_site', text: `SELECT 1 AS one FROM sites s WHERE s.id = $4 AND ${SITE_REACHED}` },
  ...(Object.fromEntries(
    Object.entries(TABLES).map(([kind, table]) => [
      kind,
      {
        name: `within_has_${table}`,
        text: `SELECT 1 AS one FROM ${table} t JOIN charge_points c ON c.id = t.charge_point_id
                WHERE t.id = $4 AND t.organization_id = $1 AND ${REACHED}`,
      },
    ]),
  ) as Record<keyof typeof TABLES, Statement>), // the same keys as TABLES
};
export const isReached = async (db: Rows, bounds: Bounds, kind: ReachedKind, id: string): Promise<boolean> =>
  (await db.rows(HAS[kind], [...valuesOf(bounds), id])).length > 0;

/** One membership of some sites, or one installer, reaches no more charge points than that. */
export const MOST_REACHED = 10_000;
const CHARGE_POINTS: Statement = {
  name: 'within_charge_points',
  text: `SELECT c.id FROM charge_points c WHERE ${REACHED} LIMIT ${MOST_REACHED + 1}`,
};
export const reachedChargePoints = async (db: Rows, bounds: Bounds): Promise<string[]> =>
  (await db.rows<{ id: string }>(CHARGE_POINTS, valuesOf(bounds))).map(({ id }) => id);

const SITES: Statement = {
  name: 'within_sites',
  text: `SELECT s.id FROM sites s WHERE ${SITE_REACHED} LIMIT ${MOST_REACHED + 1}`,
};
export const reachedSites = async (db: Rows, bounds: Bounds): Promise<string[]> =>
  (await db.rows<{ id: string }>(SITES, valuesOf(bounds))).map(({ id }) => id);
