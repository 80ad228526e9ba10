/** Makes the account of a person who belongs to one organization. */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { checkPassword } from './password-rules.ts';
import type { Passwords } from './passwords.ts';
import type { Role } from './roles.ts';
import { insertUser, type UserRow } from './user-store.ts';

export type CreateUser = (wanted: {
  readonly organizationId: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly password: string;
  /** Default: the whole organization. */
  readonly siteIds?: readonly string[];
  /** Default: an admin on the machine. */
  readonly createdBy?: string;
}) => Promise<UserRow>;

/** Throws validation_failed for a password that will not do, conflict for an address that has an account. */
export const createCreateUser =
  (needs: { readonly db: Pick<Database, 'rows'>; readonly passwords: Passwords; readonly clock: Clock }): CreateUser =>
  async ({ password, siteIds = [], createdBy = null, ...person }) => {
    checkPassword(password, person);
    const passwordHash = await needs.passwords.hash(password);
    const made = { siteIds, createdBy, addressProven: true, now: needs.clock.now() };
    const row = { id: newId('usr'), ...person, passwordHash, ...made };
    const user = await insertUser(needs.db, row);
    if (user === undefined) throw new AppError('conflict', `There is an account for ${person.email} already`);
    return user;
  };
