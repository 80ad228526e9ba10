/** For the routes of other rooms below /charge-points/{id}: another organization's charge point is as unknown as one that nobody has. */
import type { Database } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { chargePointById } from './registry-read-store.ts';

/** Throws not_found. */
export async function ownChargePoint(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  chargePointId: string,
): Promise<{ readonly organizationId: string; readonly chargePointId: string }> {
  if ((await chargePointById(db, organizationId, chargePointId)) === undefined)
    throw new AppError('not_found', 'There is no such charge point');
  return { organizationId, chargePointId };
}
