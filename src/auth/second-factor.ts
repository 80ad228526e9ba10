/**
 * The second factor of a person: set up with a secret, proven by a code, asked for at each login, removed by its owner or, when it is
 * lost, by an admin. Its secret is sealed, recovery codes are hashes, and a code is taken once.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Database, Tx } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Cipher } from '../secrets/index.ts';
import { endLogins } from './login-store.ts';
import * as store from './second-factor-store.ts';
import { createThrottle } from './throttle.ts';
import { base32, otpauthUri, stepOf } from './totp.ts';

const SECRET_BYTES = 20;
export const RECOVERY_CODES = 10;
const ISSUER = 'Dynamo CSMS';
type Person = { readonly id: string; readonly email: string; readonly organizationId: string };

export type SecondFactor = ReturnType<typeof createSecondFactor>;

export function createSecondFactor(needs: {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly cipher: Cipher;
  readonly clock: Clock;
}) {
  const { db, cipher, clock } = needs;
  const quarter = { seconds: 15 * 60 };
  /** Whoever gets here knows the password. From one address few tries, from all of them some; recovery codes are beyond both. */
  const perAddress = createThrottle({ points: 5, ...quarter });
  const perPerson = createThrottle({ points: 20, ...quarter });
  const contextOf = (userId: string): string => `totp:${userId}`;

  /** Takes the code's step, so that nobody else can. */
  async function isCode(tx: Tx, factor: store.FactorRow, code: string): Promise<boolean> {
    if (factor.secret === null) return false;
    const secret = cipher.decrypt(factor.secret, contextOf(factor.userId));
    const step = stepOf(secret, code, clock.now(), factor.lastStep);
    return step !== undefined && (await store.takeStep(tx, factor.userId, step));
  }
  async function proven(userId: string, code: string, address: string): Promise<boolean> {
    const factor = await store.factorOf(db, userId);
    if (factor === undefined) return false;
    const plain = plainCode(code);
    if (isRecoveryCode(plain)) return store.useCode(db, userId, hashOf(userId, plain), clock.now());
    await perAddress.attempt(`${userId} ${address}`);
    await perPerson.attempt(userId);
    if (!(await isCode(db, factor, plain))) return false;
    await perAddress.succeeded(`${userId} ${address}`);
    await perPerson.succeeded(userId);
    return true;
  }
  async function freshCodes(tx: Tx, userId: string): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, () => base32(randomBytes(15)));
    await store.replaceCodes(
      tx,
      userId,
      codes.map((code) => hashOf(userId, code)),
      clock.now(),
    );
    return codes.map((code) => code.match(/.{4}/g)?.join('-') ?? code);
  }

  return {
    /** At a login, of who knows the password. Gives since when there is the one that was asked for; null: there is none. Throws unauthorized, too_many_requests. */
    async check(person: Person, code: string | undefined, address: string): Promise<Date | null> {
      const factor = await store.factorOf(db, person.id);
      if (factor?.confirmedAt == null) return null;
      if (code !== undefined && (await proven(person.id, code, address))) return factor.confirmedAt;
      const message =
        code === undefined ? 'is needed: this account has a second factor' : 'is wrong, or was used already';
      throw new AppError('unauthorized', `The code ${message}`, {
        details: [{ field: 'code', message }],
        subject: { kind: 'user', id: person.id, organizationId: person.organizationId },
      });
    },

    async stateOf(userId: string): Promise<{ readonly enabled: boolean; readonly recoveryCodesLeft: number }> {
      const factor = await store.factorOf(db, userId);
      const enabled = factor?.confirmedAt != null;
      return { enabled, recoveryCodesLeft: enabled ? await store.codesLeft(db, userId) : 0 };
    },

    /** A secret, shown once; nothing is asked of anybody until it is confirmed. Throws conflict. */
    async begin({ id, email }: Person): Promise<{ readonly secret: string; readonly uri: string }> {
      const secret = randomBytes(SECRET_BYTES);
      if (!(await store.beginFactor(db, id, cipher.encrypt(secret, contextOf(id)))))
        throw new AppError('conflict', 'There is a second factor already: remove it first');
      return { secret: base32(secret), uri: otpauthUri({ secret, email, issuer: ISSUER }) };
    },

    /** Throws conflict, validation_failed, too_many_requests. Other logins end: they were made without it. */
    async confirm(userId: string, code: string, address: string, loginId: string | undefined): Promise<string[]> {
      await perAddress.attempt(`${userId} ${address}`);
      const codes = await db.transaction(async (tx) => {
        const factor = await store.factorOf(tx, userId);
        if (factor?.secret == null || factor.confirmedAt !== null)
          throw new AppError('conflict', 'Nothing waits to be confirmed: begin anew');
        if (!(await isCode(tx, factor, plainCode(code)))) throw wrongCode();
        await store.confirmFactor(tx, userId, clock.now());
        await endLogins(tx, userId, 'second_factor', clock.now(), loginId);
        return freshCodes(tx, userId);
      });
      await perAddress.succeeded(`${userId} ${address}`);
      return codes;
    },

    /** Throws validation_failed, conflict. */
    async regenerate(userId: string, code: string, address: string): Promise<string[]> {
      await this.demand(userId, code, address);
      return db.transaction((tx) => freshCodes(tx, userId));
    },

    async remove(userId: string, code: string, address: string): Promise<void> {
      await this.demand(userId, code, address);
      await db.transaction((tx) => store.removeFactor(tx, userId));
    },

    async demand(userId: string, code: string, address: string): Promise<void> {
      const { enabled } = await this.stateOf(userId);
      if (!enabled) throw new AppError('conflict', 'There is no second factor');
      if (!(await proven(userId, code, address))) throw wrongCode();
    },

    /** By an admin, for somebody who has lost it. Whoever is logged in as him is not any more. */
    reset: (userId: string): Promise<void> =>
      db.transaction(async (tx) => {
        await store.removeFactor(tx, userId);
        await endLogins(tx, userId, 'second_factor', clock.now());
      }),
  };
}

const wrongCode = (): AppError =>
  new AppError('validation_failed', 'The code is wrong, or was used already', {
    details: [{ field: 'code', message: 'is wrong, or was used already' }],
  });

const plainCode = (code: string): string => code.replace(/[\s-]/g, '').toUpperCase();
/** 120 random bits: from 112 on a plain hash keeps a lookup secret (ASVS 5.0 V6.5.2). */
const isRecoveryCode = (plain: string): boolean => /^[A-Z2-7]{24}$/.test(plain);
const hashOf = (userId: string, plain: string): Buffer => createHash('sha256').update(`${userId} ${plain}`).digest();
