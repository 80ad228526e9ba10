/** SQL of the members of an organization: who belongs to it, as what, and who of them are owners. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { behindIds } from '../platform/ids.ts';

export type MemberRow = {
  readonly userId: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: string;
  readonly siteIds: string[];
  readonly disabledAt: Date | null;
  readonly hasSecondFactor: boolean;
  readonly lastLoginAt: Date | null;
  readonly createdBy: string | null;
  readonly createdAt: Date;
};

const VIEW = `SELECT m.user_id AS "userId", u.email, u.name, m.role, m.site_ids AS "siteIds", u.disabled_at AS "disabledAt",
                u.totp_confirmed_at IS NOT NULL AS "hasSecondFactor",
                u.last_login_at AS "lastLoginAt", m.created_by AS "createdBy", m.created_at AS "createdAt"
           FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1`;
const GET: Statement = { name: 'members_get', text: `${VIEW} AND m.user_id = $2` };
// Plan: memberships_pkey, backwards from the cursor.
const LIST: Statement = {
  name: 'members_list',
  text: `${VIEW} AND m.user_id < $2 AND ($3::text IS NULL OR m.role = $3) ORDER BY m.user_id DESC LIMIT $4`,
};

export const memberById = async (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  userId: string,
): Promise<MemberRow | undefined> => (await db.rows<MemberRow>(GET, [organizationId, userId]))[0];

export const listMembers = (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  role: string | undefined,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<MemberRow[]> =>
  db.rows<MemberRow>(LIST, [organizationId, after ?? behindIds('usr'), role ?? null, limit + 1]);

/** Every change of who belongs to an organization goes through this lock, so that two owners cannot leave at the same time. */
const LOCK: Statement = { name: 'members_lock', text: 'SELECT id FROM organizations WHERE id = $1 FOR UPDATE' };
export const lockMembers = (tx: Tx, organizationId: string): Promise<unknown> => tx.rows(LOCK, [organizationId]);

const ROLE: Statement = {
  name: 'members_role',
  text: 'SELECT role FROM memberships WHERE organization_id = $1 AND user_id = $2',
};
export const roleOf = async (tx: Tx, organizationId: string, userId: string): Promise<string | undefined> =>
  (await tx.rows<{ role: string }>(ROLE, [organizationId, userId]))[0]?.role;

/** Owners who can log in. Plan: memberships_pkey. */
const OWNERS: Statement = {
  name: 'members_owners',
  text: `SELECT m.user_id AS "userId" FROM memberships m JOIN users u ON u.id = m.user_id
          WHERE m.organization_id = $1 AND m.role = 'owner' AND u.disabled_at IS NULL LIMIT 2`,
};
export const ownersOf = async (tx: Tx, organizationId: string): Promise<string[]> =>
  (await tx.rows<{ userId: string }>(OWNERS, [organizationId])).map(({ userId }) => userId);

const CHANGE: Statement = {
  name: 'members_change',
  text: `UPDATE memberships SET role = $3, site_ids = $4::text[], updated_at = $5 WHERE organization_id = $1 AND user_id = $2`,
};
export const changeMember = (
  tx: Tx,
  of: { readonly organizationId: string; readonly userId: string },
  to: { readonly role: string; readonly siteIds: readonly string[] },
  now: Date,
): Promise<unknown> => tx.rows(CHANGE, [of.organizationId, of.userId, to.role, to.siteIds, now]);

const ADD: Statement = {
  name: 'members_add',
  text: `INSERT INTO memberships (organization_id, user_id, role, site_ids, created_by, created_at, updated_at)
         SELECT $1, $2, $3, $4::text[], $5, $6, $6 WHERE (SELECT count(*) FROM memberships WHERE user_id = $2) < $7
         ON CONFLICT (organization_id, user_id) DO NOTHING RETURNING user_id`,
};
/** False: a member already, or of as many organizations as one may be. */
export const addMember = async (
  tx: Tx,
  row: {
    readonly organizationId: string;
    readonly userId: string;
    readonly role: string;
    readonly siteIds: readonly string[];
    /** null: an admin on the machine. */
    readonly createdBy: string | null;
    readonly now: Date;
    readonly atMost: number;
  },
): Promise<boolean> => {
  const { organizationId, userId, role, siteIds, createdBy, now, atMost } = row;
  return (await tx.rows(ADD, [organizationId, userId, role, siteIds, createdBy, now, atMost])).length > 0;
};

const REMOVE: Statement = {
  name: 'members_remove',
  text: 'DELETE FROM memberships WHERE organization_id = $1 AND user_id = $2',
};
const REMOVE_JOBS: Statement = {
  name: 'members_remove_jobs',
  text: 'DELETE FROM installer_jobs WHERE organization_id = $1 AND user_id = $2',
};
/** Who he was to the identity provider: whoever has that name there later is somebody else. */
const REMOVE_IDENTITIES: Statement = {
  name: 'members_remove_identities',
  text: 'DELETE FROM user_identities WHERE organization_id = $1 AND user_id = $2',
};
export async function removeMember(tx: Tx, organizationId: string, userId: string): Promise<void> {
  await tx.rows(REMOVE, [organizationId, userId]);
  await tx.rows(REMOVE_JOBS, [organizationId, userId]);
  await tx.rows(REMOVE_IDENTITIES, [organizationId, userId]);
}

const HOME: Statement = {
  name: 'members_home',
  text: 'SELECT 1 AS one FROM users WHERE organization_id = $1 AND id = $2',
};
/** Was the account made here? */
export const isHomeOf = async (tx: Tx, organizationId: string, userId: string): Promise<boolean> =>
  (await tx.rows(HOME, [organizationId, userId])).length > 0;

// ------------------------------------------------------------------------------------------------------- jobs of installers

export type JobRow = {
  readonly chargePointId: string;
  readonly identity: string;
  readonly name: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
};
// Plan: installer_jobs_pkey, backwards from the cursor.
const JOBS: Statement = {
  name: 'members_jobs',
  text: `SELECT j.charge_point_id AS "chargePointId", c.identity, c.name, j.created_by AS "createdBy", j.created_at AS "createdAt"
           FROM installer_jobs j JOIN charge_points c ON c.id = j.charge_point_id AND c.organization_id = j.organization_id
          WHERE j.organization_id = $1 AND j.user_id = $2 AND j.charge_point_id < $3 ORDER BY j.charge_point_id DESC LIMIT $4`,
};
export const listJobs = (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  userId: string,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<JobRow[]> => db.rows<JobRow>(JOBS, [organizationId, userId, after ?? behindIds('cp'), limit + 1]);

const GIVE: Statement = {
  name: 'members_give_job',
  text: `INSERT INTO installer_jobs (organization_id, user_id, charge_point_id, created_by, created_at)
         SELECT $1, m.user_id, c.id, $4, $5 FROM memberships m, charge_points c
          WHERE m.organization_id = $1 AND m.user_id = $2 AND c.organization_id = $1 AND c.id = $3
         ON CONFLICT (organization_id, user_id, charge_point_id) DO UPDATE SET created_by = installer_jobs.created_by RETURNING user_id`,
};
/** False: there is no such member, or no such charge point. */
export const giveJob = async (
  db: Pick<Database, 'rows'>,
  job: {
    readonly organizationId: string;
    readonly userId: string;
    readonly chargePointId: string;
    readonly by: string;
  },
  now: Date,
): Promise<boolean> =>
  (await db.rows(GIVE, [job.organizationId, job.userId, job.chargePointId, job.by, now])).length > 0;

const TAKE: Statement = {
  name: 'members_take_job',
  text: `DELETE FROM installer_jobs WHERE organization_id = $1 AND user_id = $2 AND charge_point_id = $3 RETURNING user_id`,
};
export const takeJob = async (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  userId: string,
  chargePointId: string,
): Promise<boolean> => (await db.rows(TAKE, [organizationId, userId, chargePointId])).length > 0;
