/** The first rows of an installation, in one transaction under a lock, so that of several starting processes one creates them. */
import type { Database, Statement } from '../database/contract.ts';

/** Any number that nothing else in this database locks. */
const LOCK_KEY = 7_316_001;

const LOCK: Statement = { name: 'bootstrap_lock', text: 'SELECT pg_advisory_xact_lock($1)' };
const ANY: Statement = { name: 'bootstrap_any', text: 'SELECT 1 AS one FROM organizations LIMIT 1' };
const ORGANIZATION: Statement = {
  name: 'bootstrap_organization',
  text: 'INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, $3)',
};
const USER: Statement = {
  name: 'bootstrap_user',
  text: `INSERT INTO users (id, organization_id, email, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)`,
};
const MEMBERSHIP: Statement = {
  name: 'bootstrap_membership',
  text: `INSERT INTO memberships (organization_id, user_id, role, site_ids, created_at, updated_at) VALUES ($1, $2, 'owner', '{}', $3, $3)`,
};
const KEY: Statement = {
  name: 'bootstrap_api_key',
  text: `INSERT INTO api_keys (id, organization_id, name, prefix, hash, kid, scopes, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
};

export async function isInstallationEmpty(db: Pick<Database, 'rows'>): Promise<boolean> {
  return (await db.rows(ANY, [])).length === 0;
}

export const insertOrganization = async (
  tx: Pick<Database, 'rows'>,
  { id, name, now }: { readonly id: string; readonly name: string; readonly now: Date },
): Promise<void> => void (await tx.rows(ORGANIZATION, [id, name, now]));

export type FirstRows = {
  readonly organization: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly email: string; readonly passwordHash: string };
  readonly apiKey: {
    readonly id: string;
    readonly prefix: string;
    readonly hash: Buffer;
    readonly kid: string;
    readonly scopes: readonly string[];
  };
  readonly now: Date;
};

/** False: there was an organization already, nothing has changed. */
export async function insertFirstRows(db: Pick<Database, 'transaction'>, rows: FirstRows): Promise<boolean> {
  const { organization, user, apiKey, now } = rows;
  return db.transaction(async (tx) => {
    await tx.rows(LOCK, [LOCK_KEY]);
    if ((await tx.rows(ANY, [])).length > 0) return false;
    await insertOrganization(tx, { ...organization, now });
    await tx.rows(USER, [user.id, organization.id, user.email, user.passwordHash, now]);
    await tx.rows(MEMBERSHIP, [organization.id, user.id, now]);
    const { id, prefix, hash, kid, scopes } = apiKey;
    await tx.rows(KEY, [id, organization.id, 'First key', prefix, hash, kid, scopes, user.id, now]);
    return true;
  });
}
