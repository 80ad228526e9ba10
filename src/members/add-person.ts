/** An admin on the machine makes somebody a member who has an account already, as he may have been removed before. Its password stays. */
import { MOST_MEMBERSHIPS, type Role, type UserRow, userByEmail } from '../auth/index.ts';
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { addMember } from './member-store.ts';

type Wanted = { readonly organizationId: string; readonly email: string; readonly role: Role };

/** Undefined: nobody has an account under this address. Throws conflict. */
export const createAddPerson =
  ({ db, clock }: { readonly db: Pick<Database, 'prisma' | 'rows'>; readonly clock: Clock }) =>
  async ({ organizationId, email, role }: Wanted): Promise<UserRow | undefined> => {
    const user = await userByEmail(db, email);
    if (user === undefined) return undefined;
    const row = { organizationId, userId: user.id, role, siteIds: [], createdBy: null };
    if (!(await addMember(db, { ...row, now: clock.now(), atMost: MOST_MEMBERSHIPS })))
      throw new AppError(
        'conflict',
        `There is an account for ${email} already, a member of this organization or of ${MOST_MEMBERSHIPS} others`,
      );
    return user;
  };
