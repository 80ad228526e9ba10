/** The SQL of the jobs: which sites are due, and what is too old. */
import type { Database, Statement } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';

// A look is never put off for more than a minute: what lies further ahead was written before the clock was set back.
// Plan: site_loads_to_look_at, from both ends.
const DUE: Statement = {
  name: 'load_due',
  text: `SELECT site_id AS "siteId" FROM site_loads
          WHERE look_at <= $1::timestamptz OR look_at > $1::timestamptz + interval '2 minutes' ORDER BY look_at LIMIT $2`,
};
export const sitesDue = async (db: Pick<Database, 'rows'>, now: Date, most: number): Promise<string[]> =>
  (await db.rows<{ siteId: string }>(DUE, [now, most])).map(({ siteId }) => siteId);

// Plan: site_loads_to_look_at, all of it: sites with load management, of one installation.
const MANAGED: Statement = {
  name: 'load_managed',
  text: `SELECT site_id AS "siteId" FROM site_loads WHERE look_at IS NOT NULL LIMIT 100000`,
};
export const managedSites = async (db: Pick<Database, 'rows'>): Promise<string[]> =>
  (await db.rows<{ siteId: string }>(MANAGED, [])).map(({ siteId }) => siteId);

// Plan: load_history_pkey, its old end.
const FORGET = deleteFew('load_history_forget', 'load_history', 't.id < $1', 't.id');
export const forgetHistoryBefore = (db: Pick<Database, 'rows'>, id: string): Promise<number> =>
  deleteAll(db, FORGET, [id]);

// Plan: charge_points_pkey. A hint to look; the look itself reads what is of the site.
const SITES_OF: Statement = {
  name: 'load_sites_of',
  text: `SELECT DISTINCT site_id AS "siteId" FROM charge_points WHERE id = ANY($1::text[]) AND site_id IS NOT NULL`,
};
export const sitesOfChargers = async (
  db: Pick<Database, 'rows'>,
  chargePointIds: readonly string[],
): Promise<string[]> => (await db.rows<{ siteId: string }>(SITES_OF, [chargePointIds])).map(({ siteId }) => siteId);
