/** For what part of an organization something holds: all of it, a site, a charge point. */
import { ownChargePoint } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { siteById } from '../sites/index.ts';

/** In bodies and queries: at most one of them. */
export type Scope = { readonly site_id?: string | undefined; readonly charge_point_id?: string | undefined };

/** '' for the whole organization. Throws when it is not of the organization, or when both are named. */
export async function scopeId(
  db: Pick<Database, 'prisma' | 'rows'>,
  organizationId: string,
  { site_id: siteId, charge_point_id: chargePointId }: Scope,
): Promise<string> {
  if (siteId !== undefined && chargePointId !== undefined) {
    const message = 'names a site; name it or a charge point, not both';
    throw new AppError('validation_failed', `The request is not valid: site_id ${message}`, {
      details: [{ field: 'site_id', message }],
    });
  }
  if (chargePointId !== undefined) return (await ownChargePoint(db, organizationId, chargePointId)).chargePointId;
  if (siteId === undefined) return '';
  if ((await siteById(db, organizationId, siteId)) === undefined)
    throw new AppError('not_found', 'There is no such site');
  return siteId;
}

export const presentScope = (id: string) => ({
  site_id: id.startsWith('site_') ? id : null,
  charge_point_id: id.startsWith('cp_') ? id : null,
});
