/** Groups of tokens as people keep them. What a group means for a start is decided in machine.ts. */
import type { Database } from '../database/contract.ts';
import type { FieldFault } from '../platform/errors.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { tokenKey } from '../platform/token-key.ts';
import {
  faultsOf,
  heldShown,
  type Limits,
  limitsGiven,
  limitsShown,
  type Update,
  updateReferring,
} from './places-store.ts';

type Needs = Pick<Database, 'prisma'>;

export type GroupSettings = Limits & {
  readonly name: string;
  readonly parentIdTag: string;
};
export type GroupView = GroupSettings & { readonly id: string; readonly createdAt: Date; readonly updatedAt: Date };
const shown = {
  id: true,
  name: true,
  parentIdTag: true,
  ...limitsShown,
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
  const id = idInRequest('tgr');
  const parentIdTag = group.parentIdTag ?? tagOf(id);
  const data = {
    ...group,
    id,
    organizationId,
    parentIdTag,
    parentIdKey: tokenKey(parentIdTag),
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

/** Sets what is not undefined. */
export async function updateGroup(
  db: Needs,
  organizationId: string,
  id: string,
  changes: GroupChanges,
  now: Date,
): Promise<Update<GroupView>> {
  const where = { organizationId, id };
  const data = {
    ...(changes.name !== undefined && { name: changes.name }),
    ...limitsGiven(changes),
    updatedAt: now,
  };
  return updateReferring(db, organizationId, changes, {
    before: (tx) => tx.tokenGroup.findFirst({ where, select: heldShown }),
    update: (tx) => tx.tokenGroup.updateManyAndReturn({ where, data, select: shown }),
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
