/** SQL of who somebody is to the identity provider of an organization. */
import type { Statement, Tx } from '../database/contract.ts';

export type Whom = {
  readonly organizationId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | undefined;
};
export type AccountRow = {
  readonly userId: string;
  readonly isDisabled: boolean;
  readonly isMember: boolean;
  readonly isHome: boolean;
  readonly isLinked: boolean;
  readonly isLinkedElse: boolean;
};
/** By subject, or else by address. Plan: user_identities_pkey, users_email_key, users_pkey, memberships_pkey. */
const FIND: Statement = {
  name: 'sso_find_account',
  text: `WITH linked AS (
           SELECT user_id FROM user_identities WHERE organization_id = $1 AND issuer = $2 AND subject = $3
         )
         SELECT u.id AS "userId", u.disabled_at IS NOT NULL AS "isDisabled", m.user_id IS NOT NULL AS "isMember",
                u.organization_id = $1 AS "isHome", EXISTS (SELECT 1 FROM linked) AS "isLinked",
                EXISTS (SELECT 1 FROM user_identities i WHERE i.organization_id = $1 AND i.user_id = u.id AND i.issuer = $2
                           AND i.subject <> $3) AS "isLinkedElse"
           FROM users u LEFT JOIN memberships m ON m.organization_id = $1 AND m.user_id = u.id
          WHERE u.id = COALESCE((SELECT user_id FROM linked), (SELECT id FROM users WHERE email = $4))`,
};
export const findAccount = async (tx: Tx, { organizationId, issuer, subject, email }: Whom) =>
  (await tx.rows<AccountRow>(FIND, [organizationId, issuer, subject, email ?? null]))[0];

export type HolderRow = { readonly holder: string | null; readonly isLinkedElse: boolean };
/** Whose a subject is, and whether a person came as another one. Plan: user_identities_pkey, user_identities_organization_id_user_id_issuer_key. */
const HOLDER: Statement = {
  name: 'sso_holder',
  text: `SELECT (SELECT user_id FROM user_identities WHERE organization_id = $1 AND issuer = $2 AND subject = $3) AS holder,
                EXISTS (SELECT 1 FROM user_identities WHERE organization_id = $1 AND user_id = $4 AND issuer = $2
                           AND subject <> $3) AS "isLinkedElse"`,
};
export async function holderOf(tx: Tx, { organizationId, issuer, subject }: Whom, userId: string): Promise<HolderRow> {
  const [row] = await tx.rows<HolderRow>(HOLDER, [organizationId, issuer, subject, userId]);
  return row ?? { holder: null, isLinkedElse: false };
}

/** Plan: user_identities_organization_id_user_id_issuer_key. */
const UNLINK: Statement = {
  name: 'sso_unlink',
  text: 'DELETE FROM user_identities WHERE organization_id = $1 AND user_id = $2 RETURNING subject',
};
/** False: there was no link. */
export const unlinkAccount = async (tx: Tx, organizationId: string, userId: string): Promise<boolean> =>
  (await tx.rows(UNLINK, [organizationId, userId])).length > 0;

/** In every organization. Plan: Seq Scan on user_identities (one row per person who came by a provider), once in an account's life. */
const UNLINK_ALL: Statement = {
  name: 'sso_unlink_all',
  text: 'DELETE FROM user_identities WHERE user_id = $1',
};
export const unlinkEverywhere = (tx: Tx, userId: string): Promise<unknown> => tx.rows(UNLINK_ALL, [userId]);

const LINK: Statement = {
  name: 'sso_link',
  text: 'INSERT INTO user_identities (organization_id, issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4, $5)',
};
export const linkAccount = (tx: Tx, { organizationId, issuer, subject }: Whom, userId: string, now: Date) =>
  tx.rows(LINK, [organizationId, issuer, subject, userId, now]);

const WANTS: Statement = {
  name: 'sso_wants_factor',
  text: 'SELECT require_second_factor AS wants FROM organizations WHERE id = $1',
};
export const wantsSecondFactor = async (tx: Tx, organizationId: string): Promise<boolean> =>
  (await tx.rows<{ wants: boolean }>(WANTS, [organizationId]))[0]?.wants ?? true;
