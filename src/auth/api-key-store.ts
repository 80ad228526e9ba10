/** Rows of api_keys. */
import type { Database } from '../database/contract.ts';

/** Of the whole database, or of one transaction. */
type Needs = { readonly prisma: Pick<Database['prisma'], 'apiKey'> };

/** What may be shown of a key. */
export type ApiKeyRow = {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly replacedById: string | null;
};
export type ApiKeySecret = ApiKeyRow & {
  readonly organizationId: string;
  readonly hash: Uint8Array;
  readonly kid: string;
};

const shown = {
  id: true,
  name: true,
  prefix: true,
  scopes: true,
  expiresAt: true,
  revokedAt: true,
  lastUsedAt: true,
  createdBy: true,
  createdAt: true,
  replacedById: true,
} as const;

/** The one query without an organization: it finds out which one is asking. */
export async function apiKeyByPrefix({ prisma }: Needs, prefix: string): Promise<ApiKeySecret | undefined> {
  const select = { ...shown, organizationId: true, hash: true, kid: true };
  return (await prisma.apiKey.findUnique({ where: { prefix }, select })) ?? undefined;
}

export type NewApiKey = Pick<
  ApiKeySecret,
  'id' | 'organizationId' | 'name' | 'prefix' | 'kid' | 'expiresAt' | 'createdAt'
> & {
  readonly hash: Buffer;
  readonly scopes: readonly string[];
  readonly createdBy: string | null;
};

/** Undefined: another key has this prefix already. */
export async function insertApiKey({ prisma }: Needs, key: NewApiKey): Promise<ApiKeyRow | undefined> {
  const data = { ...key, hash: new Uint8Array(key.hash), scopes: [...key.scopes] };
  const [row] = await prisma.apiKey.createManyAndReturn({ data: [data], select: shown, skipDuplicates: true });
  return row;
}

export async function listApiKeys(
  { prisma }: Needs,
  organizationId: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<ApiKeyRow[]> {
  return prisma.apiKey.findMany({
    where: { organizationId, ...(page.after !== undefined && { id: { lt: page.after } }) },
    orderBy: { id: 'desc' },
    take: page.limit + 1,
    select: shown,
  });
}

export async function apiKeyById(
  { prisma }: Needs,
  organizationId: string,
  id: string,
): Promise<ApiKeyRow | undefined> {
  return (await prisma.apiKey.findFirst({ where: { organizationId, id }, select: shown })) ?? undefined;
}

/** False: there is no such key. A key that is revoked already stays as it is. */
export async function revokeApiKey({ prisma }: Needs, organizationId: string, id: string, now: Date): Promise<boolean> {
  const { count } = await prisma.apiKey.updateMany({
    where: { organizationId, id, revokedAt: null },
    data: { revokedAt: now },
  });
  return count > 0 || (await apiKeyById({ prisma }, organizationId, id)) !== undefined;
}

/**
 * The old key ends at `endsAt`, or before if it would have. False: it was revoked, has expired or was rotated meanwhile; under the
 * lock of its row, so that of two rotations one wins.
 */
export async function replaceApiKey(
  { prisma }: Needs,
  old: { readonly organizationId: string; readonly id: string; readonly expiresAt: Date | null },
  by: { readonly id: string; readonly endsAt: Date; readonly now: Date },
): Promise<boolean> {
  const { organizationId, id, expiresAt } = old;
  const { count } = await prisma.apiKey.updateMany({
    where: {
      ...{ organizationId, id, revokedAt: null, replacedById: null },
      OR: [{ expiresAt: null }, { expiresAt: { gt: by.now } }],
    },
    data: { replacedById: by.id, expiresAt: expiresAt !== null && expiresAt < by.endsAt ? expiresAt : by.endsAt },
  });
  return count === 1;
}

/** Writes the time of use unless it was written after `unlessAfter`. */
export async function touchApiKey({ prisma }: Needs, id: string, now: Date, unlessAfter: Date): Promise<void> {
  await prisma.apiKey.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: unlessAfter } }] },
    data: { lastUsedAt: now },
  });
}
