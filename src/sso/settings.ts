/** Single sign-on of an organization is set up, changed and ended by its owners: a provider makes whoever it likes a member. */
import { endSsoLogins } from '../auth/index.ts';
import type { Database } from '../database/contract.ts';
import { lockMembers, rankOf } from '../members/index.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Principal } from '../platform/principal.ts';
import type { Cipher } from '../secrets/index.ts';
import { type Client, ProviderFault, type Providers, whyOf } from './providers.ts';
import { removeIdentities, removeSettings, type SettingsRow, saveSettings, settingsOf } from './settings-store.ts';

/** Who comes for the first time is never an owner or an admin. */
export const firstRoles = ['operator', 'installer', 'billing', 'viewer'] as const;

export type Wanted = {
  readonly issuer: string;
  readonly clientId: string;
  /** undefined: the one that is kept. */
  readonly clientSecret: string | undefined;
  readonly emailDomains: readonly string[];
  readonly defaultRole: (typeof firstRoles)[number] | null;
  readonly enforced: boolean;
};
export type Settings = ReturnType<typeof createSettings>;

export function createSettings(needs: {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly cipher: Cipher;
  readonly providers: Pick<Providers, 'check'>;
  readonly clock: Clock;
}) {
  const { db, cipher, providers, clock } = needs;
  const contextOf = (organizationId: string): string => `sso:${organizationId}`;
  async function onlyOwners(by: Principal): Promise<void> {
    if ((await rankOf(db, by)) !== 'owner')
      throw new AppError('forbidden', 'Only an owner, who is logged in, changes single sign-on');
  }
  const secretOf = (row: SettingsRow): string =>
    cipher.decrypt(row.clientSecret, contextOf(row.organizationId)).toString('utf8');

  return {
    of: (organizationId: string): Promise<SettingsRow | undefined> => settingsOf(db, organizationId),
    clientOf: (row: SettingsRow): Client => ({
      ...{ organizationId: row.organizationId, issuer: row.issuer, clientId: row.clientId },
      ...{ clientSecret: secretOf(row), version: row.updatedAt.toISOString() },
    }),

    /** Throws forbidden, validation_failed (the provider is asked). */
    async set(by: Principal, wanted: Wanted): Promise<void> {
      const { organizationId } = by;
      await onlyOwners(by);
      const before = await settingsOf(db, organizationId);
      // A secret goes to the provider that it was given for, and to no other.
      const isSame = before?.issuer === wanted.issuer && before.clientId === wanted.clientId;
      const clientSecret = wanted.clientSecret ?? (isSame ? secretOf(before) : undefined);
      if (clientSecret === undefined) throw fault('client_secret', 'is needed with a new issuer or client_id');
      const { issuer, clientId } = wanted;
      const client = { organizationId, issuer, clientId, clientSecret, version: '' };
      await providers.check(client).catch((cause: unknown) => {
        if (cause instanceof ProviderFault) throw fault('issuer', whyOf(cause));
        throw cause;
      });
      await db.transaction(async (tx) => {
        await lockMembers(tx, organizationId);
        const now = clock.now();
        const sealed = cipher.encrypt(Buffer.from(clientSecret, 'utf8'), contextOf(organizationId));
        // To another client everybody may be another subject (pairwise, OpenID Connect Core §8.1), whom the one before would keep out.
        if (before !== undefined && before.clientId !== clientId) await removeIdentities(tx, organizationId);
        await saveSettings(tx, { ...wanted, organizationId, clientSecret: sealed }, now);
        if (!isSame) await endSsoLogins(tx, organizationId, now);
      });
    },

    /** Whoever came by it has to come by the password. Throws forbidden, not_found. */
    async remove(by: Principal): Promise<void> {
      await onlyOwners(by);
      await db.transaction(async (tx) => {
        await lockMembers(tx, by.organizationId);
        if (!(await removeSettings(tx, by.organizationId))) throw noSso();
        await endSsoLogins(tx, by.organizationId, clock.now());
      });
    },
  };
}

export const noSso = (): AppError => new AppError('not_found', 'There is no single sign-on here');

const fault = (field: string, message: string): AppError =>
  new AppError('validation_failed', `The request body is not valid: ${field} ${message}`, {
    details: [{ field, message }],
  });
