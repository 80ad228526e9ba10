/** Puts a new API key in the place of another, with a while in which both are accepted: nobody who uses the old one is cut off. */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Scope } from '../platform/principal.ts';
import type { Peppers } from '../secrets/index.ts';
import { type ApiKeyRow, replaceApiKey } from './api-key-store.ts';
import { createCreateApiKey } from './create-api-key.ts';
import { knownScopes } from './roles.ts';

export type RotateApiKey = (
  old: ApiKeyRow,
  wanted: {
    readonly organizationId: string;
    readonly overlapS: number;
    /** Undefined: it lives as long as the old one was to live; null: for ever. */
    readonly expiresAt: Date | null | undefined;
    readonly createdBy: string | null;
  },
) => Promise<ApiKeyRow & { readonly key: string }>;

/** The new key's name and scopes are the old one's. Throws conflict where the old one is no longer accepted, or was replaced. */
export const createRotateApiKey =
  (needs: { readonly db: Pick<Database, 'prisma'>; readonly peppers: Peppers; readonly clock: Clock }): RotateApiKey =>
  (old, { organizationId, overlapS, expiresAt, createdBy }) =>
    needs.db.prisma.$transaction(async (prisma) => {
      const now = needs.clock.now();
      const made = await createCreateApiKey({ ...needs, db: { prisma }, clock: { now: () => now } })({
        organizationId,
        name: old.name,
        scopes: scopesOf(old),
        expiresAt: expiresAt === undefined ? lifetimeFrom(now, old) : expiresAt,
        createdBy,
      });
      const by = { id: made.id, endsAt: new Date(now.getTime() + overlapS * 1000), now };
      if (await replaceApiKey({ prisma }, { organizationId, ...old }, by)) return made;
      throw new AppError(
        'conflict',
        'This key is revoked, has expired or was rotated already: rotate the one in its place',
      );
    });

export const scopesOf = (row: ApiKeyRow): Scope[] => [...knownScopes(row.scopes)];

/** No answer can say a later one. */
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
const lifetimeFrom = (now: Date, { expiresAt, createdAt }: ApiKeyRow): Date | null =>
  expiresAt === null ? null : new Date(Math.min(LATEST, now.getTime() + expiresAt.getTime() - createdAt.getTime()));
