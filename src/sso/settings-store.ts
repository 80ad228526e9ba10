/** SQL of the settings of single sign-on: one row for each organization that has it. */
import type { Statement, Tx } from '../database/contract.ts';

export type SettingsRow = {
  readonly organizationId: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Sealed. */
  readonly clientSecret: Buffer;
  readonly emailDomains: string[];
  readonly defaultRole: string | null;
  readonly enforced: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
/** Plan: single_sign_ons_pkey. */
const GET: Statement = {
  name: 'sso_get',
  text: `SELECT organization_id AS "organizationId", issuer, client_id AS "clientId", client_secret AS "clientSecret",
                email_domains AS "emailDomains", default_role AS "defaultRole", enforced, created_at AS "createdAt",
                updated_at AS "updatedAt"
           FROM single_sign_ons WHERE organization_id = $1`,
};
export const settingsOf = async (db: Tx, organizationId: string): Promise<SettingsRow | undefined> =>
  (await db.rows<SettingsRow>(GET, [organizationId]))[0];

const SAVE: Statement = {
  name: 'sso_save',
  text: `INSERT INTO single_sign_ons (organization_id, issuer, client_id, client_secret, email_domains, default_role, enforced,
                                      created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5::text[], $6, $7, $8, $8)
         ON CONFLICT (organization_id) DO UPDATE
            SET issuer = excluded.issuer, client_id = excluded.client_id, client_secret = excluded.client_secret,
                email_domains = excluded.email_domains, default_role = excluded.default_role, enforced = excluded.enforced,
                updated_at = excluded.updated_at`,
};
export type NewSettings = Omit<SettingsRow, 'createdAt' | 'updatedAt' | 'emailDomains'> & {
  readonly emailDomains: readonly string[];
};
export const saveSettings = (tx: Tx, row: NewSettings, now: Date): Promise<unknown> =>
  tx.rows(SAVE, [
    ...[
      row.organizationId,
      row.issuer,
      row.clientId,
      row.clientSecret,
      row.emailDomains,
      row.defaultRole,
      row.enforced,
    ],
    now,
  ]);

const REMOVE: Statement = {
  name: 'sso_remove',
  text: 'DELETE FROM single_sign_ons WHERE organization_id = $1 RETURNING organization_id',
};
const REMOVE_IDENTITIES: Statement = {
  name: 'sso_remove_identities',
  text: 'DELETE FROM user_identities WHERE organization_id = $1',
};
/** Who its people are to its provider. */
export const removeIdentities = (tx: Tx, organizationId: string): Promise<unknown> =>
  tx.rows(REMOVE_IDENTITIES, [organizationId]);
/** False: there was none. */
export async function removeSettings(tx: Tx, organizationId: string): Promise<boolean> {
  await removeIdentities(tx, organizationId);
  return (await tx.rows(REMOVE, [organizationId])).length > 0;
}
