/** The zone of the organization's calendar. */
import type { Database, Statement } from '../database/contract.ts';

const ZONE: Statement = { name: 'exports_zone', text: 'SELECT timezone FROM organizations WHERE id = $1' };

export async function zoneOf(db: Pick<Database, 'rows'>, organizationId: string): Promise<string> {
  return (await db.rows<{ timezone: string }>(ZONE, [organizationId]))[0]?.timezone ?? 'UTC';
}
