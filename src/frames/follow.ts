/** Frames as they are kept, whichever process holds the charger: the table is asked again and again while somebody reads. */
import type { Database, IsTransient } from '../database/contract.ts';
import { type FrameFilter, type FrameRow, framesAfter, newestSeq } from './read-store.ts';

/** A frame lies in memory for a tenth of a second, or as long as the database is away: it may be so much older than its row. */
const SPAN_MS = 15 * 60_000;
const PAGE = 100;

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly isTransient: IsTransient;
  readonly now: () => Date;
  readonly pollMs?: number;
};

/** `after`: the last one that the reader has; undefined: from now on. It ends with the signal. */
export async function* followFrames(
  { db, isTransient, now, pollMs = 250 }: Needs,
  of: { readonly organizationId: string; readonly chargePointId: string } & FrameFilter,
  after: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<FrameRow> {
  const since = (): Date => new Date(now().getTime() - SPAN_MS);
  let afterSeq = after ?? (await newestSeq(db, { ...of, since: since() }));
  while (!signal.aborted) {
    const rows = await framesAfter(db, { ...of, since: since(), afterSeq, limit: PAGE }).catch((cause: unknown) => {
      if (isTransient(cause)) return [];
      throw cause;
    });
    for (const row of rows) {
      if (signal.aborted) return;
      afterSeq = row.seq;
      yield row;
    }
    if (rows.length < PAGE) await pause(pollMs, signal);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
