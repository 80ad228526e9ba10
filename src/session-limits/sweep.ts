/** The job that looks at limits in time: the session says how far it is, and the machine decides again under the lock. */
import type { Database } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import { dueLimits, forgetUnused } from './store.ts';

type Needs = { readonly db: Pick<Database, 'rows'>; readonly submit: Ingest['submit']; readonly now: Date };

const AT_ONCE = 500;
/** A remote start leads to a session within minutes; so long may a charger be away before it tells of it, and its driver has paid. */
const UNUSED_MS = 30 * 86_400_000;

export async function sweepSessionLimits({ db, submit, now }: Needs): Promise<void> {
  const due = await dueLimits(db, now, AT_ONCE);
  await Promise.allSettled(
    due.map(({ sessionId, chargePointId }) =>
      submit(
        { room: 'sessions', type: 'limit_looked_at', chargePointId, receivedAt: now, sessionId },
        { patienceMs: PATIENCE_MS },
      ),
    ),
  );
}

export const forgetUnusedLimits = (db: Pick<Database, 'rows'>, now: Date): Promise<number> =>
  forgetUnused(db, new Date(now.getTime() - UNUSED_MS));
