/**
 * The jobs that end what nobody else will: records that no charger will stop (a free connector, a refused start, silence, X7), and
 * the waiting for events of transactions that never come. A station of 2.x is asked first whether it knows its transaction.
 */
import type { IssueCommand } from '../commands/index.ts';
import type { Tx } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { AskReply, SpareIds } from '../ingest/inputs.ts';
import { AppError } from '../platform/errors.ts';
import { type DueSession, dueGaps, dueSessions, forgetHeld } from './due-store.ts';

type Needs = {
  readonly db: Tx;
  readonly ingest: Pick<Ingest, 'submit'>;
  readonly now: () => Date;
  readonly silentAfterMs: number;
  readonly issue: IssueCommand;
};

const AT_ONCE = 200;
/** A station that did not answer, or is away: so long until it is asked again. */
const ASK_AGAIN_MS = 10 * 60_000;

/** Returns how many records were closed or asked about. The machine decides again under the lock whether it is still time. */
export async function reconcileSessions({ db, ingest, now, silentAfterMs, issue }: Needs): Promise<number> {
  const at = now();
  const silentSince = new Date(at.getTime() - silentAfterMs);
  const due = await dueSessions(db, at, silentSince, AT_ONCE);
  const close = ({ id, chargePointId, refused, silent }: DueSession) =>
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
      { patienceMs: PATIENCE_MS },
    );
  async function ask(session: DueSession & { readonly ocppTransactionId: string }): Promise<void> {
    const { id: sessionId, chargePointId, organizationId, ocppTransactionId } = session;
    const about = { room: 'sessions', chargePointId, receivedAt: at } as const;
    const again = new Date(at.getTime() + ASK_AGAIN_MS);
    const reply = await ingest.submit({ ...about, type: 'asked', sessionId, again }, { patienceMs: PATIENCE_MS });
    if (!(reply as AskReply).ask) return; // as: what `asked` promises, see ingest/inputs.ts
    const command = { do: 'transaction_status', ocppTransactionId } as const;
    try {
      await issue({ organizationId, chargePointId, command, requestedBy: 'system' });
    } catch (cause) {
      // It is away, or busy: it is asked when it returns, or later.
      if (!(cause instanceof AppError) || cause.code === 'internal') throw cause;
    }
  }
  await Promise.all(
    due.map((session) => {
      const { ocppTransactionId, refused, silent } = session;
      return ocppTransactionId === null || refused || silent ? close(session) : ask({ ...session, ocppTransactionId });
    }),
  );
  return due.length;
}

/** Applies events whose predecessors did not come in time. Returns how many transactions were looked at. */
export async function endGaps({
  db,
  ingest,
  now,
  spareIds,
}: Pick<Needs, 'db' | 'ingest' | 'now'> & { readonly spareIds: () => Promise<SpareIds> }): Promise<number> {
  const at = now();
  const due = await dueGaps(db, at, AT_ONCE);
  await Promise.all(
    due.map(async ({ chargePointId, ocppTransactionId }) => {
      const spare = await spareIds();
      const about = { room: 'sessions', type: 'gap_due', chargePointId, receivedAt: at } as const;
      await ingest.submit({ ...about, ocppTransactionId, spare }, { patienceMs: PATIENCE_MS });
    }),
  );
  await forgetHeld(db, at);
  return due.length;
}
