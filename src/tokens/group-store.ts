/** Groups of tokens as people keep them. What a group means for a start is decided in machine.ts. */
import type { Database } from '../database/contract.ts';
import type { FieldFault } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { countRevision, faultsOf } from './places-store.ts';
import { uidKey } from './types.ts';

type Needs = Pick<Database, 'prisma'>;

export type GroupSettings = {
  readonly name: string;
  readonly parentIdTag: string;
  readonly status: string;
  readonly validUntil: Date | null;
  readonly maxConcurrent: number | null;
  readonly allowedSiteIds: readonly string[];
  readonly allowedChargePointIds: readonly string[];
};
export type GroupView = GroupSettings & { readonly id: string; readonly createdAt: Date; readonly updatedAt: Date };
const shown = {
  id: true,
  name: true,
  parentIdTag: true,
  status: true,
  validUntil: true,
  maxConcurrent: true,
  allowedSiteIds: true,
  allowedChargePointIds: true,
  createdAt: true,
  updatedAt: true,
} as const;

export type GroupCreation =
  | { readonly at: 'created'; readonly group: GroupView }
  /** The organization has a group with this parent id tag, in whatever case. */
  | { readonly at: 'tag_taken' }
  | { readonly at: 'invalid'; readonly faults: readonly FieldFault[] };

/** OCPP 1.6 §7.28: an IdToken has at most 20 characters. The end of our id is its random part and unlike any other's. */
export const tagOf = (groupId: string): string => groupId.slice(-20);

export async function insertGroup(
  { prisma }: Needs,
  organizationId: string,
  group: Omit<GroupSettings, 'parentIdTag'> & { readonly parentIdTag: string | undefined },
  now: Date,
): Promise<GroupCreation> {
  const id = newId('tgr');
  const parentIdTag = group.parentIdTag ?? tagOf(id);
  const data = {
    ...group,
    id,
    organizationId,
    parentIdTag,
    parentIdKey: uidKey(parentIdTag),
    allowedSiteIds: [...group.allowedSiteIds],
    allowedChargePointIds: [...group.allowedChargePointIds],
    createdAt: now,
    updatedAt: now,
  };
  return prisma.$transaction(async (tx) => {
    const faults = await faultsOf(tx, organizationId, group);
    if (faults.length > 0) return { at: 'invalid', faults };
    const [row] = await tx.tokenGroup.createManyAndReturn({ data: [data], select: shown, skipDuplicates: true });
    return row === undefined ? { at: 'tag_taken' } : { at: 'created', group: row };
  });
}

export async function listGroups(
  { prisma }: Needs,
  organizationId: string,
  filter: { readonly name?: string | undefined; readonly status?: string | undefined },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<GroupView[]> {
  const { name, status } = filter;
  return prisma.tokenGroup.findMany({
    where: {
      organizationId,
      ...(name !== undefined && { name }),
      ...(status !== undefined && { status }),
      ...(page.after !== undefined && { id: { lt: page.after } }),
    },
    orderBy: { id: 'desc' },
    take: page.limit + 1,
    select: shown,
  });
}

export async function groupById({ prisma }: Needs, organizationId: string, id: string): Promise<GroupView | undefined> {
  return (await prisma.tokenGroup.findFirst({ where: { organizationId, id }, select: shown })) ?? undefined;
}

export type GroupChanges = {
  readonly [Field in Exclude<keyof GroupSettings, 'parentIdTag'>]?: GroupSettings[Field] | undefined;
};
export type GroupUpdate =
  | { readonly at: 'updated'; readonly group: GroupView }
  | { readonly at: 'unknown' }
  | { readonly at: 'invalid'; readonly faults: readonly FieldFault[] };

/** Sets what is not undefined. */
export async function updateGroup(
  { prisma }: Needs,
  organizationId: string,
  id: string,
  changes: GroupChanges,
  now: Date,
): Promise<GroupUpdate> {
  const { name, status, validUntil, maxConcurrent, allowedSiteIds, allowedChargePointIds } = changes;
  return prisma.$transaction(async (tx) => {
    if ((await tx.tokenGroup.count({ where: { organizationId, id } })) === 0) return { at: 'unknown' };
    const faults = await faultsOf(tx, organizationId, changes);
    if (faults.length > 0) return { at: 'invalid', faults };
    const [group] = await tx.tokenGroup.updateManyAndReturn({
      where: { organizationId, id },
      data: {
        ...(name !== undefined && { name }),
        ...(status !== undefined && { status }),
        ...(validUntil !== undefined && { validUntil }),
        ...(maxConcurrent !== undefined && { maxConcurrent }),
        ...(allowedSiteIds !== undefined && { allowedSiteIds: [...allowedSiteIds] }),
        ...(allowedChargePointIds !== undefined && { allowedChargePointIds: [...allowedChargePointIds] }),
        updatedAt: now,
      },
      select: shown,
    });
    if (group === undefined) return { at: 'unknown' };
    await countRevision(tx, organizationId);
    return { at: 'updated', group };
  });
}

export type GroupDeletion =
  | { readonly at: 'deleted' }
  | { readonly at: 'unknown' }
  | { readonly at: 'in_use'; readonly tokens: number };

/** Its lock keeps new tokens out (faultsOf holds the group that it names). */
export async function deleteGroup({ prisma }: Needs, organizationId: string, id: string): Promise<GroupDeletion> {
  return prisma.$transaction(async (tx) => {
    const locked = await tx.$queryRaw<unknown[]>`
      SELECT id FROM token_groups WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`;
    if (locked.length === 0) return { at: 'unknown' };
    const tokens = await tx.token.count({ where: { groupId: id } });
    if (tokens > 0) return { at: 'in_use', tokens };
    await tx.tokenGroup.deleteMany({ where: { organizationId, id } });
    return { at: 'deleted' };
  });
}
