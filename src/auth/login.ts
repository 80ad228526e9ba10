/** A person logs in: who he is prove-person.ts finds out, which takes a while; what was found out still holds when his login begins. */
import type { Database } from '../database/contract.ts';
import type { From, LoggedIn, Logins } from './logins.ts';
import { passwordHashOf, replacePasswordHash } from './password-store.ts';
import type { Passwords } from './passwords.ts';
import { type Credentials, type ProvePerson, wrongCredentials } from './prove-person.ts';
import type { UserSecret } from './user-store.ts';

export type Login = (attempt: Credentials & From) => Promise<LoggedIn>;

export function createLogin(needs: {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly provePerson: ProvePerson;
  readonly passwords: Pick<Passwords, 'isOutdated' | 'hash' | 'verify'>;
  readonly logins: Pick<Logins, 'begin'>;
}): Login {
  const { db, provePerson, passwords, logins } = needs;

  /** The hash of his password, from now on at today's cost. Undefined: it is his password no more. */
  async function renewed({ id, passwordHash: from }: UserSecret, password: string): Promise<string | undefined> {
    if (!passwords.isOutdated(from)) return from;
    const to = await passwords.hash(password);
    if (await replacePasswordHash(db, id, { from, to })) return to;
    const now = await passwordHashOf(db, id); // another login has renewed it, or the password is another
    return (await passwords.verify(password, now)) ? now : undefined;
  }

  return async (attempt) => {
    const { user, factorSince, membership } = await provePerson(attempt, false);
    const passwordHash = await renewed(user, attempt.password);
    if (passwordHash === undefined || membership === undefined) throw wrongCredentials(user);
    const by = { password: { passwordHash, factorSince } };
    const done = await db.transaction((tx) => logins.begin(tx, user.id, membership, attempt, by));
    if (done === undefined) throw wrongCredentials(user);
    return done;
  };
}
