/** Rows of users, and what each may where: memberships, as a request, a login and a person's own page ask for them. */
import type { Database, Statement, Tx } from '../database/contract.ts';

type Needs = Pick<Database, 'prisma'>;
type Rows = Pick<Database, 'rows'>;

export type UserRow = {
  readonly id: string;
  /** Where the account was made. */
  readonly organizationId: string;
  readonly email: string;
  readonly name: string | null;
  readonly disabledAt: Date | null;
};
export type UserSecret = UserRow & { readonly passwordHash: string };

const shown = { id: true, organizationId: true, email: true, name: true, disabledAt: true } as const;

/** People type their address in any case; there is one account per address in the installation. */
export const emailKey = (email: string): string => email.trim().toLowerCase();

export async function userByEmail({ prisma }: Needs, email: string): Promise<UserSecret | undefined> {
  const select = { ...shown, passwordHash: true };
  return (await prisma.user.findUnique({ where: { email: emailKey(email) }, select })) ?? undefined;
}

export async function userById({ prisma }: Needs, id: string): Promise<UserRow | undefined> {
  return (await prisma.user.findUnique({ where: { id }, select: shown })) ?? undefined;
}

export type NewUser = Omit<UserSecret, 'disabledAt'> & {
  readonly role: string;
  readonly siteIds: readonly string[];
  readonly createdBy: string | null;
  /** false: nobody has shown that he reads the mail of this address. */
  readonly addressProven: boolean;
  readonly now: Date;
};

/** The account and its first membership, or neither. Plan: users_email_key. */
const INSERT: Statement = {
  name: 'users_insert',
  text: `WITH made AS (
           INSERT INTO users (id, organization_id, email, name, password_hash, created_at, address_proven)
           VALUES ($1, $2, $3, $4, $5, $6, $10) ON CONFLICT (email) DO NOTHING
           RETURNING id, organization_id, email, name
         ), joined AS (
           INSERT INTO memberships (organization_id, user_id, role, site_ids, created_by, created_at, updated_at)
           SELECT organization_id, id, $7, $8::text[], $9, $6, $6 FROM made
         )
         SELECT id, organization_id AS "organizationId", email, name FROM made`,
};

/** Undefined: there is an account with this address already. */
export async function insertUser(db: Rows, user: NewUser): Promise<UserRow | undefined> {
  const [row] = await db.rows<Omit<UserRow, 'disabledAt'>>(INSERT, [
    ...[user.id, user.organizationId, emailKey(user.email), user.name, user.passwordHash, user.now],
    ...[user.role, user.siteIds, user.createdBy, user.addressProven],
  ]);
  return row === undefined ? undefined : { ...row, disabledAt: null };
}

const PROVE: Statement = {
  name: 'users_prove_address',
  text: 'UPDATE users SET address_proven = true WHERE id = $1 AND NOT address_proven RETURNING id',
};
/** Somebody reads its mail. True: nobody had shown that before, so that whoever made the account may be another. */
export const proveAddress = async (tx: Rows, userId: string): Promise<boolean> =>
  (await tx.rows(PROVE, [userId])).length > 0;

/** As what a person was proven to be, where that takes a while: with this password, and a second factor since then; null: with none. */
export type Proven = { readonly passwordHash: string; readonly factorSince: Date | null };

/**
 * The row is his until the end of the transaction: whoever changes it and ends his logins ends the one that begins here too. $3 null: another
 * vouches for him. Plan: users_pkey.
 */
const RECORD_LOGIN: Statement = {
  name: 'users_record_login',
  text: `UPDATE users SET last_login_at = $2
          WHERE id = $1 AND disabled_at IS NULL
            AND ($3::text IS NULL OR (password_hash = $3 AND totp_confirmed_at IS NOT DISTINCT FROM $4::timestamptz))
         RETURNING id, organization_id AS "organizationId", email, name, disabled_at AS "disabledAt"`,
};
/** Undefined: he is disabled, or not any more what he was proven to be. */
export const recordLogin = async (
  tx: Tx,
  id: string,
  proven: Proven | undefined,
  now: Date,
): Promise<UserRow | undefined> =>
  (await tx.rows<UserRow>(RECORD_LOGIN, [id, now, proven?.passwordHash ?? null, proven?.factorSince ?? null]))[0];

export async function renameUser({ prisma }: Needs, id: string, name: string | null): Promise<UserRow | undefined> {
  const [row] = await prisma.user.updateManyAndReturn({ where: { id }, data: { name }, select: shown });
  return row;
}

// ------------------------------------------------------------------------------------------------------------- memberships

/** One person belongs to no more organizations. */
export const MOST_MEMBERSHIPS = 100;

export type Standing = {
  readonly userId: string;
  readonly homeOrganizationId: string;
  readonly disabledAt: Date | null;
  /** null: no member of that organization. */
  readonly organizationId: string | null;
  readonly role: string | null;
  readonly siteIds: string[] | null;
  /** The organization wants a second factor, and the person has none, or came by a provider that asked for none. */
  readonly lacksFactor: boolean;
  /** The login that the token is of is over, or is not one that this organization takes. */
  readonly isOver: boolean;
  /** By single sign-on of an organization where the account was not made: it says nothing about the account elsewhere. */
  readonly isGuest: boolean;
};

/**
 * For every request of a person. $2 null: where the account was made. A login by single sign-on is one of its organization alone; where
 * that is enforced, only owners come in without it, and with a second factor. Plan: users_pkey, memberships_pkey, organizations_pkey,
 * single_sign_ons_pkey, user_logins_pkey.
 */
const STANDING: Statement = {
  name: 'users_standing',
  text: `SELECT u.id AS "userId", u.organization_id AS "homeOrganizationId", u.disabled_at AS "disabledAt",
                m.organization_id AS "organizationId", m.role, m.site_ids AS "siteIds",
                COALESCE(CASE WHEN l.sso_organization_id IS NOT NULL THEN o.require_second_factor AND NOT l.sso_mfa
                         ELSE (o.require_second_factor OR COALESCE(s.enforced, false)) AND u.totp_confirmed_at IS NULL END,
                         false) AS "lacksFactor",
                ($3::text IS NOT NULL AND l.id IS NULL)
                  OR (l.sso_organization_id IS NOT NULL AND l.sso_organization_id IS DISTINCT FROM m.organization_id)
                  OR (COALESCE(s.enforced AND m.role <> 'owner', false) AND l.sso_organization_id IS NULL) AS "isOver",
                COALESCE(l.sso_organization_id <> u.organization_id, false) AS "isGuest"
           FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = COALESCE($2::text, u.organization_id)
           LEFT JOIN organizations o ON o.id = m.organization_id
           LEFT JOIN single_sign_ons s ON s.organization_id = m.organization_id
           LEFT JOIN user_logins l ON l.id = $3 AND l.user_id = u.id AND l.revoked_at IS NULL
          WHERE u.id = $1`,
};
export const standingOf = async (
  db: Rows,
  userId: string,
  organizationId: string | undefined,
  loginId: string | undefined,
): Promise<Standing | undefined> =>
  (await db.rows<Standing>(STANDING, [userId, organizationId ?? null, loginId ?? null]))[0];

export type OwnMembership = {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly role: string;
  readonly siteIds: string[];
  /** A password opens it to owners alone. */
  readonly isSsoOnly: boolean;
};

/** Where the account was made comes first. Plan: memberships_user_id_organization_id_idx (100 at most). */
const OWN: Statement = {
  name: 'users_memberships',
  text: `SELECT m.organization_id AS "organizationId", o.name AS "organizationName", m.role, m.site_ids AS "siteIds",
                COALESCE(s.enforced AND m.role <> 'owner', false) AS "isSsoOnly"
           FROM memberships m JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id
           LEFT JOIN single_sign_ons s ON s.organization_id = m.organization_id
          WHERE m.user_id = $1 ORDER BY (m.organization_id = u.organization_id) DESC, m.organization_id LIMIT ${MOST_MEMBERSHIPS}`,
};
export const membershipsOf = (db: Rows, userId: string): Promise<OwnMembership[]> =>
  db.rows<OwnMembership>(OWN, [userId]);
