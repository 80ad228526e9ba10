/** SQL of invitations. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { behindIds } from '../platform/ids.ts';

export type InvitationRow = {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly role: string;
  readonly siteIds: string[];
  readonly expiresAt: Date;
  readonly sentAt: Date | null;
  readonly acceptedAt: Date | null;
  readonly acceptedBy: string | null;
  readonly revokedAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
};
const FIELDS = `i.id, i.organization_id AS "organizationId", i.email, i.role, i.site_ids AS "siteIds", i.expires_at AS "expiresAt",
  i.sent_at AS "sentAt", i.accepted_at AS "acceptedAt", i.accepted_by AS "acceptedBy", i.revoked_at AS "revokedAt",
  i.created_by AS "createdBy", i.created_at AS "createdAt"`;
const OPEN = 'i.accepted_at IS NULL AND i.revoked_at IS NULL';

/** One organization has no more open ones. */
export const MOST_OPEN = 1_000;
const INSERT: Statement = {
  name: 'invitations_insert',
  text: `INSERT INTO invitations AS i (id, organization_id, email, role, site_ids, token_hash, expires_at, sent_at, created_by, created_at)
         SELECT $1, $2, $3, $4, $5::text[], $6, $7, $8, $9, $10
          WHERE (SELECT count(*) FROM invitations i WHERE i.organization_id = $2 AND ${OPEN} AND i.expires_at > $10) < ${MOST_OPEN}
         RETURNING ${FIELDS}`,
};
export type NewInvitation = Pick<
  InvitationRow,
  'id' | 'organizationId' | 'email' | 'role' | 'expiresAt' | 'sentAt' | 'createdBy' | 'createdAt'
> & { readonly siteIds: readonly string[]; readonly tokenHash: Buffer | null };
/** Undefined: too many are open. */
export const insertInvitation = async (tx: Tx, row: NewInvitation): Promise<InvitationRow | undefined> =>
  (
    await tx.rows<InvitationRow>(INSERT, [
      ...[row.id, row.organizationId, row.email, row.role, row.siteIds, row.tokenHash],
      ...[row.expiresAt, row.sentAt, row.createdBy, row.createdAt],
    ])
  )[0];

const GET: Statement = {
  name: 'invitations_get',
  text: `SELECT ${FIELDS} FROM invitations i WHERE i.organization_id = $1 AND i.id = $2`,
};
export const invitationById = async (db: Tx, organizationId: string, id: string): Promise<InvitationRow | undefined> =>
  (await db.rows<InvitationRow>(GET, [organizationId, id]))[0];

// Plan: invitations_organization_id_id_idx, backwards from the cursor.
const LIST: Statement = {
  name: 'invitations_list',
  text: `SELECT ${FIELDS} FROM invitations i WHERE i.organization_id = $1 AND i.id < $2 ORDER BY i.id DESC LIMIT $3`,
};
export const listInvitations = (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<InvitationRow[]> => db.rows<InvitationRow>(LIST, [organizationId, after ?? behindIds('inv'), limit + 1]);

const RENEW: Statement = {
  name: 'invitations_renew',
  text: `UPDATE invitations i SET token_hash = $3, expires_at = $4, sent_at = $5, mailed = false
          WHERE i.organization_id = $1 AND i.id = $2 AND ${OPEN} RETURNING ${FIELDS}`,
};
/** Its token before is void. Undefined: it is not open any more. */
export const renewInvitation = async (
  tx: Tx,
  of: { readonly organizationId: string; readonly id: string },
  to: { readonly tokenHash: Buffer | null; readonly expiresAt: Date; readonly sentAt: Date | null },
): Promise<InvitationRow | undefined> =>
  (await tx.rows<InvitationRow>(RENEW, [of.organizationId, of.id, to.tokenHash, to.expiresAt, to.sentAt]))[0];

const REVOKE: Statement = {
  name: 'invitations_revoke',
  text: `UPDATE invitations i SET revoked_at = $3, token_hash = NULL
          WHERE i.organization_id = $1 AND i.id = $2 AND ${OPEN} RETURNING i.id`,
};
export const revokeInvitation = async (db: Tx, organizationId: string, id: string, now: Date): Promise<boolean> =>
  (await db.rows(REVOKE, [organizationId, id, now])).length > 0;

/**
 * Without an organization: the token finds out which one is asking.
 * Plan: invitations_token_hash_key.
 */
const BY_TOKEN = `SELECT ${FIELDS}, o.name AS "organizationName", u.id AS "userId", i.mailed
   FROM invitations i JOIN organizations o ON o.id = i.organization_id LEFT JOIN users u ON u.email = i.email
  WHERE i.token_hash = $1 AND i.expires_at > $2 AND ${OPEN}`;
const FIND: Statement = { name: 'invitations_find', text: BY_TOKEN };
const LOCK: Statement = { name: 'invitations_lock', text: `${BY_TOKEN} FOR UPDATE OF i` };
export type FoundInvitation = InvitationRow & {
  readonly organizationName: string;
  /** Who has an account under its address; null: nobody. */
  readonly userId: string | null;
  /** Its token was nowhere but in a mail to its address. */
  readonly mailed: boolean;
};
export const findInvitation = async (db: Tx, hash: Buffer, now: Date): Promise<FoundInvitation | undefined> =>
  (await db.rows<FoundInvitation>(FIND, [hash, now]))[0];
export const lockInvitation = async (tx: Tx, hash: Buffer, now: Date): Promise<FoundInvitation | undefined> =>
  (await tx.rows<FoundInvitation>(LOCK, [hash, now]))[0];

const ACCEPT: Statement = {
  name: 'invitations_accept',
  text: 'UPDATE invitations SET accepted_at = $2, accepted_by = $3, token_hash = NULL WHERE id = $1',
};
export const acceptedInvitation = (tx: Tx, id: string, now: Date, userId: string): Promise<unknown> =>
  tx.rows(ACCEPT, [id, now, userId]);

/** For its e-mail: a new token at each try, as none is kept. */
const TO_SEND: Statement = {
  name: 'invitations_to_send',
  text: `UPDATE invitations i SET token_hash = $2, sent_at = $3, mailed = true FROM organizations o
          WHERE i.id = $1 AND o.id = i.organization_id AND i.expires_at > $3 AND ${OPEN}
         RETURNING i.email, i.role, i.expires_at AS "expiresAt", o.name AS "organizationName"`,
};
export type SentInvitation = Pick<InvitationRow, 'email' | 'role' | 'expiresAt'> & {
  readonly organizationName: string;
};
export const tokenForMail = async (db: Tx, id: string, hash: Buffer, now: Date): Promise<SentInvitation | undefined> =>
  (await db.rows<SentInvitation>(TO_SEND, [id, hash, now]))[0];

/** Those that nobody can accept any more. */
const FORGET: Statement = {
  name: 'invitations_forget',
  text: 'DELETE FROM invitations WHERE expires_at < $1 AND (accepted_at IS NULL OR accepted_at < $1)',
};
export const forgetInvitations = (db: Tx, before: Date): Promise<unknown> => db.rows(FORGET, [before]);
