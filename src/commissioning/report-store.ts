/** What the report of a run names besides the run itself: whose charge point it is, and where it stands. It never writes. */
import type { Database, Statement } from '../database/contract.ts';

export type ReportFrame = {
  readonly organization: string;
  readonly timezone: string;
  /** null: it stands at no site, or was deleted. */
  readonly site: string | null;
  readonly siteTimezone: string | null;
};
// Plans: organizations_pkey, charge_points_pkey, sites_pkey.
const FRAME: Statement = {
  name: 'commissioning_report_frame',
  text: `SELECT o.name AS organization, o.timezone, s.name AS site, s.timezone AS "siteTimezone"
           FROM organizations o
           LEFT JOIN charge_points c ON c.organization_id = o.id AND c.id = $2
           LEFT JOIN sites s ON s.id = c.site_id AND s.organization_id = o.id
          WHERE o.id = $1`,
};
export const frameOf = async (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  chargePointId: string,
): Promise<ReportFrame | undefined> => (await db.rows<ReportFrame>(FRAME, [organizationId, chargePointId]))[0];
