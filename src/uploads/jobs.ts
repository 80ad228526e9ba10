/** What has to be done from time to time: give up what is overdue, remove what is old, and half files of processes that died. */
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { AskAgain } from './ask-again.ts';
import type { Folder } from './folder.ts';
import type { UploadStore } from './read-store.ts';
import { LONGEST_MS } from './receive-file.ts';

const MOST_AT_ONCE = 500;
const DAY_MS = 86_400_000;

export async function sweepUploads({
  store,
  submit,
  askAgain,
  now,
}: {
  readonly store: Pick<UploadStore, 'due' | 'closeOrphans'>;
  readonly askAgain: AskAgain;
  readonly submit: Ingest['submit'];
  readonly now: Date;
}): Promise<void> {
  await store.closeOrphans(now);
  const due = await store.due(now, MOST_AT_ONCE);
  // A fault leaves its row due: the next tick finds it again.
  await Promise.allSettled(
    due.map((upload) => {
      const { id: uploadId, chargePointId, fallback } = upload;
      if (fallback === 'wanted') return askAgain(upload);
      return submit(
        { room: 'uploads', type: 'overdue', chargePointId, uploadId, receivedAt: now },
        { patienceMs: PATIENCE_MS },
      );
    }),
  );
}

/** Returns how many files went. `days` 0: only what belongs to nobody. */
export async function removeOldUploads({
  store,
  folder,
  days,
  now,
}: {
  readonly store: Pick<UploadStore, 'storedBefore' | 'markRemoved' | 'unknownAmong'>;
  readonly folder: Folder;
  readonly days: number;
  readonly now: Date;
}): Promise<number> {
  let removed = 0;
  for (;;) {
    const old = days === 0 ? [] : await store.storedBefore(new Date(now.getTime() - days * DAY_MS), MOST_AT_ONCE);
    if (old.length === 0) break;
    for (const { storedAs } of old) await folder.remove(storedAs);
    await store.markRemoved(
      old.map(({ id }) => id),
      now,
    );
    removed += old.length;
  }
  // Of a transfer that is still running no file is as old as this.
  for await (const { whole, parts } of folder.older(new Date(now.getTime() - 2 * LONGEST_MS))) {
    for (const name of [...parts, ...(await store.unknownAmong(whole))]) {
      await folder.remove(name);
      removed += 1;
    }
  }
  return removed;
}
