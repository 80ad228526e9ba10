/** Creates a token, or says what keeps it from being created. */
import type { Database } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { insertToken, type NewToken, type TokenView } from './registry-store.ts';
import { invalid } from './schemas.ts';

/** Throws validation_failed, conflict. */
export async function createToken(
  db: Pick<Database, 'prisma'>,
  organizationId: string,
  wanted: NewToken,
  now: Date,
): Promise<TokenView> {
  const creation = await insertToken(db, organizationId, wanted, now);
  if (creation.at === 'invalid') throw invalid(creation.faults);
  if (creation.at === 'uid_taken')
    throw new AppError('conflict', `A token with the uid ${wanted.uid} exists; change that one`, {
      details: [{ field: 'uid', message: 'exists, in this or another case' }],
    });
  return creation.token;
}
