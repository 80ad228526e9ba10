/** The job that closes records nobody will stop any more: a free connector, a refused start, silence (X7). */
import type { Tx } from '../database/contract.ts';
import type { Ingest } from '../ingest/contract.ts';
import { dueSessions } from './store.ts';

type Needs = { readonly db: Tx; readonly ingest: Ingest; readonly now: () => Date; readonly silentAfterMs: number };

const AT_ONCE = 200;

/** Returns how many records were closed. The machine decides again under the lock whether it is still time. */
export async function reconcileSessions({ db, ingest, now, silentAfterMs }: Needs): Promise<number> {
  const at = now();
  const silentSince = new Date(at.getTime() - silentAfterMs);
  const due = await dueSessions(db, at, silentSince, AT_ONCE);
  const replies = await Promise.all(
    due.map(({ id, chargePointId, refused, silent }) =>
      ingest.submit(
        {
          room: 'sessions',
          type: 'closed',
          chargePointId,
          receivedAt: at,
          sessionId: id,
          reason: silent ? 'silence' : refused ? 'refused' : 'connector_available',
          ...(silent ? { onlyIfSilentSince: silentSince } : { onlyIfDue: true }),
        },
        { deadline: new Date(Date.now() + 10_000) },
      ),
    ),
  );
  return replies.length;
}
