/**
 * For routes that read records of a charge point: who held it before reads on what happened in its time (docs/handover.md). What is
 * read must be kept by organization, or be bounded by `until`.
 */
import type { Database, Statement } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';

/** Plan: charge_points_pkey; handovers_charge_point_id_idx. */
const KNOWN: Statement = {
  name: 'charge_points_known',
  text: `SELECT NULL::timestamptz AS until FROM charge_points WHERE id = $1 AND organization_id = $2
         UNION ALL
         SELECT h.ended_at FROM handovers h
          WHERE h.charge_point_id = $1 AND h.organization_id = $2 AND h.status = 'completed'
          ORDER BY 1 DESC NULLS FIRST LIMIT 1`,
};

/** Throws not_found. `until`: it was handed over then; null: it is the organization's. */
export async function knownChargePoint(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  chargePointId: string,
): Promise<{ readonly where: { organizationId: string; chargePointId: string }; readonly until: Date | null }> {
  const [row] = await db.rows<{ until: Date | null }>(KNOWN, [chargePointId, organizationId]);
  if (row === undefined) throw new AppError('not_found', 'There is no such charge point');
  return { where: { organizationId, chargePointId }, until: row.until };
}
