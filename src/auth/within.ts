/** What a membership of some sites, or of an installer, reaches. Asked of the database each time, so that a change holds at once. */
import type { Database } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import type { Within } from '../platform/principal.ts';
import { isReached, MOST_REACHED, reachedChargePoints, reachedSites } from './within-store.ts';

/** undefined: the whole organization. */
export function withinOf(
  db: Pick<Database, 'rows'>,
  of: { readonly organizationId: string; readonly userId: string; readonly role: string; readonly siteIds: string[] },
): Within | undefined {
  const installerId = of.role === 'installer' ? of.userId : null;
  const siteIds = of.siteIds.length === 0 ? null : of.siteIds;
  if (installerId === null && siteIds === null) return undefined;
  const bounds = { organizationId: of.organizationId, siteIds, installerId };
  return {
    installerId,
    mustNameSite: siteIds !== null,
    bounds: JSON.stringify([installerId, siteIds]),
    has: (kind, id) => isReached(db, bounds, kind, id),
    chargePointIds: async () => bounded(await reachedChargePoints(db, bounds)),
    // A site that has nothing yet is reached by whoever is a member of it.
    siteIds: async () => bounded(await reachedSites(db, bounds)),
  };
}

function bounded(ids: string[]): string[] {
  if (ids.length <= MOST_REACHED) return ids;
  throw new AppError(
    'conflict',
    `Your membership reaches more than ${MOST_REACHED} charge points: ask for one of all sites`,
  );
}
