/** The zone whose calendar days and months of reports are. */
import type { Database, Statement } from '../database/contract.ts';

const ZONE: Statement = {
  name: 'reports_zone',
  text: 'SELECT timezone FROM organizations WHERE id = $1',
};

export async function zoneOfOrganization(db: Pick<Database, 'rows'>, organizationId: string): Promise<string> {
  return (await db.rows<{ timezone: string }>(ZONE, [organizationId]))[0]?.timezone ?? 'UTC';
}
