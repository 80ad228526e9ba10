/** What people decide about id tokens: create, read, change, delete. Whether one may charge is decided in machine.ts. */
import type { Database } from '../database/contract.ts';
import type { FieldFault } from '../platform/errors.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { tokenKey } from '../platform/token-key.ts';
import {
  countRevision,
  faultsOf,
  heldShown,
  type Limits,
  limitsGiven,
  limitsShown,
  type Update,
  updateReferring,
} from './places-store.ts';

type Needs = Pick<Database, 'prisma'>;

export type TokenSettings = Limits & {
  readonly type: string;
  readonly groupId: string | null;
  /** Prepaid: what is left; null: it is not. */
  readonly credit: string | null;
  /** RFC 5646; null: not known. */
  readonly language: string | null;
};
export type TokenView = TokenSettings & {
  readonly id: string;
  readonly uid: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
const shown = {
  id: true,
  uid: true,
  type: true,
  groupId: true,
  credit: true,
  language: true,
  ...limitsShown,
} as const;

export type TokenCreation =
  | { readonly at: 'created'; readonly token: TokenView }
  /** The organization has a token with this uid, in whatever case. */
  | { readonly at: 'uid_taken' }
  | { readonly at: 'invalid'; readonly faults: readonly FieldFault[] };

/** `id`: where it was drawn before. */
export type NewToken = TokenSettings & { readonly uid: string; readonly id?: string };

/** It is a stranger no more. */
export async function insertToken(
  { prisma }: Needs,
  organizationId: string,
  token: NewToken,
  now: Date,
): Promise<TokenCreation> {
  const key = tokenKey(token.uid);
  const data = {
    ...token,
    id: token.id ?? idInRequest('tok'),
    organizationId,
    allowedSiteIds: [...token.allowedSiteIds],
    allowedChargePointIds: [...token.allowedChargePointIds],
    uidKey: key,
    createdAt: now,
    updatedAt: now,
  };
  return prisma.$transaction(async (tx) => {
    const faults = await faultsOf(tx, organizationId, token);
    if (faults.length > 0) return { at: 'invalid', faults };
    const [row] = await tx.token.createManyAndReturn({ data: [data], select: shown, skipDuplicates: true });
    if (row === undefined) return { at: 'uid_taken' };
    await tx.unknownToken.deleteMany({ where: { organizationId, uidKey: key } });
    await countRevision(tx, organizationId);
    return { at: 'created', token: row };
  });
}

export type TokenFilter = {
  readonly uid?: string | undefined;
  readonly groupId?: string | undefined;
  readonly status?: string | undefined;
  readonly type?: string | undefined;
  /** By its own valid_until. */
  readonly expired?: boolean | undefined;
};

export async function listTokens(
  { prisma }: Needs,
  organizationId: string,
  { uid, groupId, status, type, expired }: TokenFilter,
  page: { readonly after: string | undefined; readonly limit: number },
  now: Date,
): Promise<TokenView[]> {
  return prisma.token.findMany({
    where: {
      organizationId,
      ...(uid !== undefined && { uidKey: tokenKey(uid) }),
      ...(groupId !== undefined && { groupId }),
      ...(status !== undefined && { status }),
      ...(type !== undefined && { type }),
      ...(expired === true && { validUntil: { lte: now } }),
      ...(expired === false && { OR: [{ validUntil: null }, { validUntil: { gt: now } }] }),
      ...(page.after !== undefined && { id: { lt: page.after } }),
    },
    orderBy: { id: 'desc' },
    take: page.limit + 1,
    select: shown,
  });
}

export async function tokenById({ prisma }: Needs, organizationId: string, id: string): Promise<TokenView | undefined> {
  return (await prisma.token.findFirst({ where: { organizationId, id }, select: shown })) ?? undefined;
}

export type TokenChanges = { readonly [Field in keyof TokenSettings]?: TokenSettings[Field] | undefined };

/** Sets what is not undefined. */
export async function updateToken(
  db: Needs,
  organizationId: string,
  id: string,
  changes: TokenChanges,
  now: Date,
): Promise<Update<TokenView>> {
  const { type, groupId, credit, language } = changes;
  const where = { organizationId, id };
  const data = {
    ...(type !== undefined && { type }),
    ...(groupId !== undefined && { groupId }),
    ...(credit !== undefined && { credit }),
    ...(language !== undefined && { language }),
    ...limitsGiven(changes),
    updatedAt: now,
  };
  return updateReferring(db, organizationId, changes, {
    before: (tx) => tx.token.findFirst({ where, select: heldShown }),
    update: (tx) => tx.token.updateManyAndReturn({ where, data, select: shown }),
  });
}

/** False: there is no such token. Its sessions keep its uid. */
export async function deleteToken({ prisma }: Needs, organizationId: string, id: string): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const { count } = await tx.token.deleteMany({ where: { organizationId, id } });
    if (count > 0) await countRevision(tx, organizationId);
    return count > 0;
  });
}
