/** The door of the load-management room: chargers of a site share its supply, and never take more. */
import type { Database } from '../database/contract.ts';
import { firstIdAt } from '../platform/ids.ts';
import { profileRowId } from '../smart-charging/index.ts';
import { forgetHistoryBefore } from './due-store.ts';
import { forgetOwnBefore } from './release-store.ts';

export { createLoadManager, type LoadManager, type LoadMetrics } from './manager.ts';
export { releaseLeft } from './release.ts';
export { loadRoutes } from './routes.ts';

const KEPT_DAYS = 90;
const OWN_KEPT_DAYS = 30;

/** For the table of periodic jobs. Returns how many rows went. */
export async function forgetLoadHistory(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
  const looks = await forgetHistoryBefore(db, firstIdAt('ldh', before(KEPT_DAYS)));
  // Ids of profiles are drawn from their commands' (smart-charging/machine/row-id.ts).
  return looks + (await forgetOwnBefore(db, profileRowId(firstIdAt('cmd', before(OWN_KEPT_DAYS)))));
}
