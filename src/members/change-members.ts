/**
 * Who may make whom what: owners are made and changed by owners alone, nobody makes somebody who may more, the last owner stays, and an owner or installer-by-jobs rule of
 * sites holds. Every change happens under the lock of the organization's members.
 */
import { type Role, scopesFor } from '../auth/index.ts';
import type { Database, Tx } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import type { Principal } from '../platform/principal.ts';
import { checkSites } from '../sites/index.ts';
import { changeMember, isHomeOf, lockMembers, memberById, ownersOf, removeMember, roleOf } from './member-store.ts';

type Db = Pick<Database, 'rows' | 'transaction'>;
type By = Pick<Principal, 'kind' | 'id' | 'organizationId'>;
export type Granting = By & Pick<Principal, 'scopes'>;

/** As what somebody acts: an API key is never an owner. */
export const rankOf = async (tx: Tx, by: By): Promise<string> =>
  by.kind === 'api_key' ? 'admin' : ((await roleOf(tx, by.organizationId, by.id)) ?? 'viewer');

/** Throws forbidden. */
export function checkRank(rank: string, ...roles: readonly (string | undefined)[]): void {
  if (rank !== 'owner' && roles.includes('owner'))
    throw new AppError('forbidden', 'Only an owner makes, changes or removes owners');
}

/** Throws forbidden: a key with few scopes would have all of them by the login of whom it makes. */
export function checkGrant({ scopes }: Granting, role: string): void {
  const excess = [...scopesFor(role)].filter((scope) => !scopes.has(scope));
  if (excess.length > 0)
    throw new AppError(
      'forbidden',
      `You cannot grant the role ${role}, which may what you may not: ${excess.join(', ')}`,
    );
}

/** `had`: his sites as they were. Throws validation_failed. */
export async function checkReach(
  tx: Tx,
  organizationId: string,
  {
    role,
    siteIds,
    had,
  }: { readonly role: string; readonly siteIds: readonly string[]; readonly had?: readonly string[] },
): Promise<void> {
  if (role === 'owner' && siteIds.length > 0) {
    const message = 'an owner is one of the whole organization';
    throw new AppError('validation_failed', `The request body is not valid: site_ids: ${message}`, {
      details: [{ field: 'site_ids', message }],
    });
  }
  await checkSites(tx, organizationId, { siteIds, had });
}

export const noMember = (): AppError => new AppError('not_found', 'There is no such member');
const lastOwner = (): AppError => new AppError('conflict', 'This is the last owner: make somebody else an owner first');

type Changes = { readonly role: Role | undefined; readonly siteIds: readonly string[] | undefined };

export const changeMembership = (db: Db, by: Granting, userId: string, wanted: Changes, now: Date): Promise<void> =>
  db.transaction(async (tx) => {
    const { organizationId } = by;
    await lockMembers(tx, organizationId);
    const before = await memberById(tx, organizationId, userId);
    if (before === undefined) throw noMember();
    const after = { role: wanted.role ?? before.role, siteIds: wanted.siteIds ?? before.siteIds };
    checkRank(await rankOf(tx, by), before.role, after.role);
    checkGrant(by, after.role); // with other sites it is granted further
    await checkReach(tx, organizationId, { ...after, had: before.siteIds });
    if (before.role === 'owner' && after.role !== 'owner') await keepAnOwner(tx, organizationId, userId);
    await changeMember(tx, { organizationId, userId }, after, now);
  });

export const endMembership = (db: Db, by: By, userId: string): Promise<void> =>
  db.transaction(async (tx) => {
    const { organizationId } = by;
    await lockMembers(tx, organizationId);
    const role = await roleOf(tx, organizationId, userId);
    if (role === undefined) throw noMember();
    checkRank(await rankOf(tx, by), role);
    if (role === 'owner') await keepAnOwner(tx, organizationId, userId);
    await removeMember(tx, organizationId, userId);
  });

/**
 * May `by` take the second factor from him? Only where the account was made: of no other organization would it be another's say what
 * protects it.
 */
export const checkFactorReset = (db: Db, by: By, userId: string): Promise<void> =>
  db.transaction(async (tx) => {
    const role = await roleOf(tx, by.organizationId, userId);
    if (role === undefined) throw noMember();
    checkRank(await rankOf(tx, by), role);
    if (by.id === userId) throw new AppError('conflict', 'Remove your own second factor with a code');
    if (!(await isHomeOf(tx, by.organizationId, userId)))
      throw new AppError('conflict', 'This account was made in another organization: only there its factor is reset');
  });

async function keepAnOwner(tx: Tx, organizationId: string, leaving: string): Promise<void> {
  const owners = await ownersOf(tx, organizationId);
  if (owners.every((id) => id === leaving)) throw lastOwner();
}
