/** What tokens and groups refer to: does the organization have it? And its revision, which goes up with every change of them. */
import type { Database } from '../database/contract.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { FieldFault } from '../platform/errors.ts';

export type References = {
  readonly groupId?: string | null | undefined;
  readonly allowedSiteIds?: readonly string[] | undefined;
  readonly allowedChargePointIds?: readonly string[] | undefined;
};

/** What tokens and groups say alike of who may charge where. */
export type Limits = {
  readonly status: string;
  readonly validUntil: Date | null;
  readonly maxConcurrent: number | null;
  readonly allowedSiteIds: readonly string[];
  readonly allowedChargePointIds: readonly string[];
};
export const limitsShown = {
  status: true,
  validUntil: true,
  maxConcurrent: true,
  allowedSiteIds: true,
  allowedChargePointIds: true,
  createdAt: true,
  updatedAt: true,
} as const;
/** Those that are not undefined, as Prisma takes them. */
export const limitsGiven = (changes: { readonly [Field in keyof Limits]?: Limits[Field] | undefined }) => {
  const { status, validUntil, maxConcurrent, allowedSiteIds, allowedChargePointIds } = changes;
  return {
    ...(status !== undefined && { status }),
    ...(validUntil !== undefined && { validUntil }),
    ...(maxConcurrent !== undefined && { maxConcurrent }),
    ...(allowedSiteIds !== undefined && { allowedSiteIds: [...allowedSiteIds] }),
    ...(allowedChargePointIds !== undefined && { allowedChargePointIds: [...allowedChargePointIds] }),
  };
};

export type Update<Row> =
  | { readonly at: 'updated'; readonly row: Row }
  | { readonly at: 'unknown' }
  | { readonly at: 'invalid'; readonly faults: readonly FieldFault[] };
/** Changes one of the organization's rows, if it is there and refers to what is there; lists made before are then out of date. */
export const updateReferring = <Row>(
  { prisma }: Pick<Database, 'prisma'>,
  organizationId: string,
  references: References,
  row: {
    /** As it is until then; null: there is none. */
    readonly before: (tx: Prisma.TransactionClient) => Promise<Held | null>;
    readonly update: (tx: Prisma.TransactionClient) => Promise<Row[]>;
  },
): Promise<Update<Row>> =>
  prisma.$transaction(async (tx) => {
    const before = await row.before(tx);
    if (before === null) return { at: 'unknown' };
    const faults = await faultsOf(tx, organizationId, references, before);
    if (faults.length > 0) return { at: 'invalid', faults };
    const [updated] = await row.update(tx);
    if (updated === undefined) return { at: 'unknown' };
    await countRevision(tx, organizationId);
    return { at: 'updated', row: updated };
  });

/** What it named before may have been deleted since: it goes on to be named, as an empty list would mean all of them. */
type Held = Pick<Limits, 'allowedSiteIds' | 'allowedChargePointIds'>;
export const heldShown = { allowedSiteIds: true, allowedChargePointIds: true } as const;
const NOTHING: Held = { allowedSiteIds: [], allowedChargePointIds: [] };

/** What is wrong with them; empty: nothing. A group stays until the end of the transaction. */
export async function faultsOf(
  tx: Prisma.TransactionClient,
  organizationId: string,
  { groupId, allowedSiteIds = [], allowedChargePointIds = [] }: References,
  before = NOTHING,
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
    const found = [
      ...(await tx.site.findMany({ where, select: known.select })).map(({ id }) => id),
      ...before.allowedSiteIds,
    ];
    faults.push(...unknownOnes('allowed_site_ids', 'site', allowedSiteIds, found));
  }
  if (allowedChargePointIds.length > 0) {
    const where = { organizationId: known.organizationId, id: { in: [...allowedChargePointIds] } };
    const found = [
      ...(await tx.chargePoint.findMany({ where, select: known.select })).map(({ id }) => id),
      ...before.allowedChargePointIds,
    ];
    faults.push(...unknownOnes('allowed_charge_point_ids', 'charge point', allowedChargePointIds, found));
  }
  return faults;
}

const unknownOnes = (field: string, kind: string, ids: readonly string[], found: readonly string[]): FieldFault[] =>
  ids.flatMap((id, i) =>
    found.includes(id) ? [] : [{ field: `${field}[${i}]`, message: `there is no such ${kind}` }],
  );

/** Local lists that were made of an older revision are out of date. */
export async function countRevision(tx: Prisma.TransactionClient, organizationId: string): Promise<void> {
  await tx.organization.update({
    where: { id: organizationId },
    data: { tokensRevision: { increment: 1 } },
    select: { id: true },
  });
}
