/** What people decide about id tokens: create, read, change, delete. Whether one may charge is decided in machine.ts. */
import type { Database } from '../database/contract.ts';
import { newId } from '../platform/ids.ts';
import { uidKey } from './types.ts';

type Needs = Pick<Database, 'prisma'>;

export type TokenView = {
  readonly id: string;
  readonly uid: string;
  readonly type: string;
  readonly groupId: string | null;
  readonly status: string;
  readonly validUntil: Date | null;
  readonly maxConcurrent: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
const shown = {
  id: true,
  uid: true,
  type: true,
  groupId: true,
  status: true,
  validUntil: true,
  maxConcurrent: true,
  createdAt: true,
  updatedAt: true,
} as const;

export type TokenSettings = {
  readonly type: string;
  readonly groupId: string | null;
  readonly status: string;
  readonly validUntil: Date | null;
  readonly maxConcurrent: number | null;
};

/** Undefined: the organization has a token with this uid, in whatever case. */
export async function insertToken(
  { prisma }: Needs,
  organizationId: string,
  token: TokenSettings & { readonly uid: string },
  now: Date,
): Promise<TokenView | undefined> {
  const data = {
    id: newId('tok'),
    organizationId,
    ...token,
    uidKey: uidKey(token.uid),
    createdAt: now,
    updatedAt: now,
  };
  const [row] = await prisma.token.createManyAndReturn({ data: [data], select: shown, skipDuplicates: true });
  return row;
}

export async function listTokens(
  { prisma }: Needs,
  organizationId: string,
  filter: {
    readonly uid?: string | undefined;
    readonly groupId?: string | undefined;
    readonly status?: string | undefined;
    readonly type?: string | undefined;
  },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<TokenView[]> {
  const { uid, groupId, status, type } = filter;
  return prisma.token.findMany({
    where: {
      organizationId,
      ...(uid !== undefined && { uidKey: uidKey(uid) }),
      ...(groupId !== undefined && { groupId }),
      ...(status !== undefined && { status }),
      ...(type !== undefined && { type }),
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

export async function updateToken(
  { prisma }: Needs,
  organizationId: string,
  id: string,
  changes: { readonly [Field in keyof TokenSettings]?: TokenSettings[Field] | undefined },
  now: Date,
): Promise<TokenView | undefined> {
  const { type, groupId, status, validUntil, maxConcurrent } = changes;
  const [row] = await prisma.token.updateManyAndReturn({
    where: { organizationId, id },
    data: {
      ...(type !== undefined && { type }),
      ...(groupId !== undefined && { groupId }),
      ...(status !== undefined && { status }),
      ...(validUntil !== undefined && { validUntil }),
      ...(maxConcurrent !== undefined && { maxConcurrent }),
      updatedAt: now,
    },
    select: shown,
  });
  return row;
}

/** False: there is no such token. Its sessions keep its uid. */
export async function deleteToken({ prisma }: Needs, organizationId: string, id: string): Promise<boolean> {
  return (await prisma.token.deleteMany({ where: { organizationId, id } })).count > 0;
}
