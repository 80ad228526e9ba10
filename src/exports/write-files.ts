/** Jobs: makes the files of schedules that are due, writes them one by one, removes those that are old. Any number of processes. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../database/contract.ts';
import { LEASE_MS } from '../platform/lease.ts';
import { streamOf } from '../platform/row-stream.ts';
import type { Folder } from '../uploads/index.ts';
import { sampleColumns, sessionColumns } from './columns.ts';
import {
  type Claimed,
  claimFile,
  fileFailed,
  fileReady,
  filesBefore,
  holdFile,
  markRemoved,
  unknownAmong,
} from './file-store.ts';
import { samplePages } from './meter-store.ts';
import { makeDueFiles } from './schedule-store.ts';
import { PAGE, sessionPages } from './session-store.ts';

const RENEW_MS = 10_000;
/** Of the tries after the first: five, within half a day. */
const RETRY_MS = [60_000, 600_000, 3_600_000, 4.5 * 3_600_000, 6 * 3_600_000];
const DAY_MS = 86_400_000;
const MOST_AT_ONCE = 200;

type Log = { warn(fields: object, message: string): void };
export type WriteNeeds = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly folder: Folder;
  readonly now: () => Date;
  readonly log: Log;
};

/** Returns how many files were written or tried. Stops early when `signal` says so: the claims pass. */
export async function writeDueFiles(needs: WriteNeeds): Promise<number> {
  const { db, now } = needs;
  await makeDueFiles(db, now());
  let tried = 0;
  for (;;) {
    const file = await claimFile(db, now(), new Date(now().getTime() + LEASE_MS));
    if (file === undefined) return tried;
    tried += 1;
    await writeOne(needs, file);
  }
}

async function writeOne({ db, folder, now, log }: WriteNeeds, file: Claimed): Promise<void> {
  const { id, organizationId, kind, format, from, to } = file;
  const place = { siteId: file.siteId ?? undefined, chargePointId: file.chargePointId ?? undefined };
  const wanted = { organizationId, by: 'ended', from, to, ...place, withCost: kind === 'sessions' } as const;
  const source =
    kind === 'sessions'
      ? streamOf(sessionPages(db, wanted, PAGE), sessionColumns(to, true), format)
      : streamOf(samplePages(db, wanted, PAGE, to), sampleColumns, format);
  const written = new AbortController();
  const lost = keepClaim();
  try {
    const claim = randomBytes(8).toString('hex');
    const limit = Number.MAX_SAFE_INTEGER;
    const stored = await folder.write({ id, claim, source, limit, onBytes: () => {} });
    if (!(await fileReady(db, file, stored, now()))) await folder.remove(stored.storedAs); // another one wrote it meanwhile
  } catch (cause) {
    const wait = RETRY_MS[file.attempts - 1];
    const retryAt = wait === undefined ? undefined : new Date(now().getTime() + wait);
    log.warn({ err: cause, exportFile: id, retryAt }, 'an export file could not be written');
    await fileFailed(db, file, {
      error: 'The file could not be written; the log of the server says why',
      retryAt,
      now: now(),
    });
  } finally {
    written.abort();
    await lost;
  }

  /** While it is written the claim is held; whoever loses it stops reading. */
  async function keepClaim(): Promise<void> {
    while (!written.signal.aborted) {
      await pause(RENEW_MS, undefined, { signal: written.signal, ref: false }).catch(() => undefined); // it is written
      if (written.signal.aborted) return;
      const held = await holdFile(db, file, new Date(now().getTime() + LEASE_MS)).catch(() => true); // the next look tells
      if (!held) source.destroy(new Error('another process writes this file'));
    }
  }
}

/** `days` 0: only what belongs to nobody. Returns how many files went. */
export async function removeOldFiles({ db, folder, now }: WriteNeeds, days: number): Promise<number> {
  let removed = 0;
  while (days > 0) {
    const old = await filesBefore(db, new Date(now().getTime() - days * DAY_MS), MOST_AT_ONCE);
    if (old.length === 0) break;
    for (const { storedAs } of old) await folder.remove(storedAs);
    await markRemoved(
      db,
      old.map(({ id }) => id),
    );
    removed += old.length;
  }
  for await (const { whole, parts } of folder.older(new Date(now().getTime() - DAY_MS))) {
    for (const name of [...parts, ...(await unknownAmong(db, whole))]) {
      await folder.remove(name);
      removed += 1;
    }
  }
  return removed;
}
