/** An organization and its first account, both or neither: one without anybody would keep the first start from making its owner. */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { newId } from '../platform/ids.ts';
import { insertOrganization } from './bootstrap-store.ts';
import { type CreateUser, createCreateUser } from './create-user.ts';
import type { Passwords } from './passwords.ts';
import type { UserRow } from './user-store.ts';

type Founder = Omit<Parameters<CreateUser>[0], 'organizationId'>;

/** Throws what createUser throws. */
export const createFoundOrganization =
  (needs: { readonly db: Pick<Database, 'transaction'>; readonly passwords: Passwords; readonly clock: Clock }) =>
  ({ name, founder }: { readonly name: string; readonly founder: Founder }): Promise<UserRow> =>
    needs.db.transaction(async (tx) => {
      const organizationId = newId('org');
      await insertOrganization(tx, { id: organizationId, name, now: needs.clock.now() });
      return createCreateUser({ ...needs, db: tx })({ ...founder, organizationId });
    });
