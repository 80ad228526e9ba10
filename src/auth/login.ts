/** A person logs in: who he is prove-person.ts finds out. */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import type { From, LoggedIn, Logins } from './logins.ts';
import { renewPasswordHash } from './password-store.ts';
import type { Passwords } from './passwords.ts';
import type { Credentials, ProvePerson } from './prove-person.ts';
import { recordLogin } from './user-store.ts';

export type Login = (attempt: Credentials & From) => Promise<LoggedIn>;

export const createLogin =
  (needs: {
    readonly db: Pick<Database, 'prisma' | 'rows'>;
    readonly provePerson: ProvePerson;
    readonly passwords: Pick<Passwords, 'isOutdated' | 'hash'>;
    readonly logins: Pick<Logins, 'begin'>;
    readonly clock: Clock;
  }): Login =>
  async (attempt) => {
    const { db, provePerson, passwords, logins, clock } = needs;
    const { user, membership } = await provePerson(attempt, false);
    if (passwords.isOutdated(user.passwordHash))
      await renewPasswordHash(db, user.id, { from: user.passwordHash, to: await passwords.hash(attempt.password) });
    await recordLogin(db, user.id, clock.now());
    return logins.begin(user, membership, attempt);
  };
