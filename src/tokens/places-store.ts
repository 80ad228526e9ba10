/** What tokens and groups refer to: does the organization have it? And its revision, which goes up with every change of them. */
import type { Prisma } from '../generated/prisma/client.ts';
import type { FieldFault } from '../platform/errors.ts';

export type References = {
  readonly groupId?: string | null | undefined;
  readonly allowedSiteIds?: readonly string[] | undefined;
  readonly allowedChargePointIds?: readonly string[] | undefined;
};

/** What is wrong with them; empty: nothing. A group stays until the end of the transaction. */
export async function faultsOf(
  tx: Prisma.TransactionClient,
  organizationId: string,
  { groupId, allowedSiteIds = [], allowedChargePointIds = [] }: References,
): Promise<FieldFault[]> {
  const faults: FieldFault[] = [];
  if (groupId != null) {
    const held = await tx.$queryRaw<unknown[]>`
      SELECT id FROM token_groups WHERE organization_id = ${organizationId} AND id = ${groupId} FOR KEY SHARE`;
    if (held.length === 0) faults.push({ field: 'group_id', message: 'there is no such token group' });
  }
  const known = { organizationId, select: { id: true } } as const;
  if (allowedSiteIds.length > 0) {
    const where = { organizationId: known.organizationId, id: { in: [...allowedSiteIds] } };
    const found = new Set((await tx.site.findMany({ where, select: known.select })).map(({ id }) => id));
    faults.push(...unknownOnes('allowed_site_ids', 'site', allowedSiteIds, found));
  }
  if (allowedChargePointIds.length > 0) {
    const where = { organizationId: known.organizationId, id: { in: [...allowedChargePointIds] } };
    const found = new Set((await tx.chargePoint.findMany({ where, select: known.select })).map(({ id }) => id));
    faults.push(...unknownOnes('allowed_charge_point_ids', 'charge point', allowedChargePointIds, found));
  }
  return faults;
}

const unknownOnes = (field: string, kind: string, ids: readonly string[], found: ReadonlySet<string>): FieldFault[] =>
  ids.flatMap((id, i) => (found.has(id) ? [] : [{ field: `${field}[${i}]`, message: `there is no such ${kind}` }]));

/** Local lists that were made of an older revision are out of date. */
export async function countRevision(tx: Prisma.TransactionClient, organizationId: string): Promise<void> {
  await tx.organization.update({
    where: { id: organizationId },
    data: { tokensRevision: { increment: 1 } },
    select: { id: true },
  });
}
