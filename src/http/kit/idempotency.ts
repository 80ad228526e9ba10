/**
 * Idempotency-Key: the same key with the same request gets the same answer, and the work is done once. When nobody knows whether it was
 * done, a repeat runs it again with the ids that the first one drew, and so finds it (docs/decisions/014-repeats.md). The stored answer
 * is encrypted, since it may hold a key that is shown once. It must never hand an answer to another caller than the first.
 */
import { createHash, createHmac } from 'node:crypto';
import { type Database, deleteEffectsBefore, isUniqueViolation } from '../../database/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { AppError, isRefusal } from '../../platform/errors.ts';
import { drawing } from '../../platform/request-ids.ts';
import type { Cipher, Peppers } from '../../secrets/index.ts';
import {
  type Claim,
  claimKey,
  deleteKeysBefore,
  findKey,
  finishKey,
  leaveKey,
  releaseKey,
  UNKNOWN,
} from './idempotency-store.ts';

type Log = { warn(fields: object, message: string): void };

export type Answer = { readonly status: number; readonly body: string | null };
export type IdempotentRequest = {
  readonly organizationId: string;
  readonly principalId: string;
  readonly key: string;
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly body: Uint8Array;
};

export type Idempotency = {
  /**
   * Runs `work`, or answers as the first equal request was answered. A work that was refused may be tried again under its key. A
   * repeat of one that may have been done may fail for that: then `find` is asked what of the ids that were drawn is there.
   */
  once(
    request: IdempotentRequest,
    work: () => Promise<Answer>,
    find?: (ids: readonly string[]) => Promise<Answer | undefined>,
  ): Promise<Answer & { readonly replayed: boolean }>;
};

export const KEPT_MS = 24 * 3_600_000;
/** The longest request waits ten minutes for a charger. One that has not finished by now died with its process: an equal one runs. */
export const DEAD_AFTER_MS = 15 * 60_000;
const FIELD = 'Idempotency-Key';

export function createIdempotency(needs: {
  readonly db: Pick<Database, 'rows'>;
  /** keyRing.cipher('idempotency') */
  readonly cipher: Cipher;
  /** keyRing.peppers('idempotency') */
  readonly peppers: Pick<Peppers, 'current'>;
  readonly clock: Clock;
  readonly log: Log;
}): Idempotency {
  const { db, cipher, peppers, clock, log } = needs;
  const secretOf = (known: string): Buffer => createHmac('sha256', peppers.current().key).update(known).digest();

  return {
    async once(request, work, find) {
      checkKey(request.key);
      const now = clock.now();
      const mine = { organizationId: request.organizationId, key: request.key };
      const requestHash = hashOf(request);
      const context = `idempotency:${request.organizationId}:${request.key}`;
      const claimed = await claimKey(db, {
        ...mine,
        at: now,
        requestHash,
        expiredBefore: new Date(now.getTime() - KEPT_MS),
        deadBefore: new Date(now.getTime() - DEAD_AFTER_MS),
      });
      if (claimed === undefined) {
        const stored = await findKey(db, mine);
        if (stored !== undefined && stored.requestHash !== requestHash) throw mismatch();
        if (stored === undefined || stored.responseStatus === null || stored.responseStatus === UNKNOWN)
          throw stillRunning();
        const body =
          stored.responseBody === null
            ? null
            : cipher.decrypt(Buffer.from(stored.responseBody, 'base64'), context).toString('utf8');
        return { status: stored.responseStatus, body, replayed: true };
      }
      const { at, isRepeat } = claimed;
      const claim: Claim = { ...mine, at };
      const known = `${request.organizationId}\n${request.key}\n${requestHash}`;
      const answer = await drawing({ known, at, secretOf }, async (ids) => {
        try {
          return await work();
        } catch (cause) {
          const found = isRepeat ? await find?.(ids) : undefined;
          if (found !== undefined) return found;
          if (isRepeat && isUniqueViolation(cause)) throw doneBefore(ids, cause);
          throw cause;
        }
      }).catch(async (cause: unknown) => {
        // The ids of a repeat stay, whatever it was told: what the first one began may still be under way.
        const end = isRepeat || !isRefusal(cause) ? leaveKey : releaseKey;
        await end(db, claim).catch((err: unknown) => {
          log.warn({ err }, 'an idempotency key could not be let go of; a repeat is taken in a quarter of an hour');
        });
        throw cause;
      });
      const sealed =
        answer.body === null ? null : cipher.encrypt(Buffer.from(answer.body, 'utf8'), context).toString('base64');
      // The work is done: the caller gets its answer even when it cannot be kept for a repetition.
      await finishKey(db, claim, answer.status, sealed).catch((err: unknown) => {
        log.warn({ err }, 'the answer to a request with an idempotency key could not be kept');
      });
      return { ...answer, replayed: false };
    },
  };
}

/** For the table of periodic jobs: deletes what is older than 24 hours, in bounded steps. Returns how many rows went. */
export async function cleanIdempotencyKeys(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const [step, before] = [5000, new Date(now.getTime() - KEPT_MS)];
  let total = 0;
  for (const deleteBefore of [deleteKeysBefore, deleteEffectsBefore]) {
    for (let round = 0; round < 100; round += 1) {
      const deleted = await deleteBefore(db, before, step);
      total += deleted;
      if (deleted < step) break;
    }
  }
  return total;
}

function checkKey(key: string): void {
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return;
  const message = 'must be 1 to 255 printable ASCII characters; a UUID will do';
  throw new AppError('validation_failed', `The header ${FIELD} ${message}`, { details: [{ field: FIELD, message }] });
}

/** Bound to the caller: a key of fewer rights must not read back what another one was shown. */
const hashOf = ({ principalId, method, url, body }: IdempotentRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([principalId, method, url]))
    .update('\n')
    .update(body)
    .digest('hex');

const mismatch = (): AppError =>
  new AppError('idempotency_mismatch', `This ${FIELD} was used for another request; use a fresh one`);

const doneBefore = (ids: readonly string[], cause: unknown): AppError =>
  new AppError(
    'conflict',
    `The first request with this ${FIELD} was done, and its answer was lost; look for what it made: ${ids.slice(0, 5).join(', ')}`,
    { cause },
  );

const stillRunning = (): AppError =>
  new AppError('conflict', `The first request with this ${FIELD} is still running; repeat it in a moment`, {
    retryAfterS: 1,
  });
