/** Adds a person to an organization. */
import type { Database } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { MIN_PASSWORD_CHARS, type Passwords } from './passwords.ts';
import type { Role } from './roles.ts';
import { insertUser, type UserRow } from './user-store.ts';

export type CreateUser = (wanted: {
  readonly organizationId: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly password: string;
}) => Promise<UserRow>;

/** Throws validation_failed for a short password, conflict for an address that has an account. */
export const createCreateUser =
  (needs: { readonly db: Pick<Database, 'prisma'>; readonly passwords: Passwords }): CreateUser =>
  async ({ password, ...person }) => {
    if (password.length < MIN_PASSWORD_CHARS) {
      const message = `must have at least ${MIN_PASSWORD_CHARS} characters`;
      throw new AppError('validation_failed', `The password ${message}`, { details: [{ field: 'password', message }] });
    }
    const passwordHash = await needs.passwords.hash(password);
    const user = await insertUser(needs.db, { id: newId('usr'), ...person, passwordHash });
    if (user === undefined) throw new AppError('conflict', `There is an account for ${person.email} already`);
    return user;
  };
