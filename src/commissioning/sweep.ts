/** The job of the room: every open run is looked at when it is due, each second; also on whichever process is left after a crash. */
import type { Tx } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import { closeOrphans, dueRuns } from './store.ts';

type Needs = { readonly db: Tx; readonly submit: Ingest['submit']; readonly now: Date };

const AT_ONCE = 500;

/** A second process that looks at the same runs finds nothing new. */
export async function sweepCommissioning({ db, submit, now }: Needs): Promise<void> {
  await closeOrphans(db, now);
  const due = await dueRuns(db, now, AT_ONCE);
  await Promise.allSettled(
    due.map(({ id: runId, chargePointId }) =>
      submit(
        { room: 'commissioning', type: 'look', chargePointId, receivedAt: now, runId },
        { patienceMs: PATIENCE_MS },
      ),
    ),
  );
}
