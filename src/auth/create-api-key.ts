/** Makes an API key. The key itself is in the answer and nowhere else. */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import type { Scope } from '../platform/principal.ts';
import { idInRequest } from '../platform/request-ids.ts';
import type { Peppers } from '../secrets/index.ts';
import { type ApiKeyRow, insertApiKey } from './api-key-store.ts';
import { generateApiKey, hashApiKey, publicPart } from './api-keys.ts';

export type CreateApiKey = (wanted: {
  readonly organizationId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
  /** key_…, usr_… or null: an admin on the machine. */
  readonly createdBy: string | null;
}) => Promise<ApiKeyRow & { readonly key: string }>;

export const createCreateApiKey =
  (needs: {
    /** Of the whole database, or of one transaction. */
    readonly db: { readonly prisma: Pick<Database['prisma'], 'apiKey'> };
    readonly peppers: Peppers;
    readonly clock: Clock;
  }): CreateApiKey =>
  async (wanted) => {
    const { db, peppers, clock } = needs;
    const id = idInRequest('key');
    // Two keys with the same ten public characters: once in 10^17 tries, and then again.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const key = generateApiKey();
      const prefix = publicPart(key) ?? '';
      const row = await insertApiKey(db, {
        id,
        ...wanted,
        prefix,
        ...hashApiKey(peppers, key),
        createdAt: clock.now(),
      });
      if (row !== undefined) return { ...row, key };
    }
    throw new Error('three random API keys in a row had a prefix that is taken');
  };
