/** The periodic job that ends commands whose deadline has passed, on whatever node its tick comes first. */
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { CommandDeadlines } from './store.ts';

/** One group commit or two; the next tick takes the next ones. */
const MOST_AT_ONCE = 500;

/** A second node that sweeps the same rows finds them ended. Rejects only when the rows could not be read. */
export async function sweepCommands({
  deadlines,
  submit,
  now,
}: {
  readonly deadlines: CommandDeadlines;
  readonly submit: Ingest['submit'];
  readonly now: Date;
}): Promise<{ readonly due: number; readonly failed: number }> {
  const orphans = await deadlines.closeOrphans(now);
  const due = await deadlines.dueCommands(now, MOST_AT_ONCE);
  const results = await Promise.allSettled(
    due.map(({ id, chargePointId }) =>
      submit(
        { room: 'commands', type: 'overdue', chargePointId, commandId: id, receivedAt: now },
        { patienceMs: PATIENCE_MS },
      ),
    ),
  );
  return { due: due.length + orphans, failed: results.filter(({ status }) => status === 'rejected').length };
}
