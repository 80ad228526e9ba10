/** Removes what belongs to nobody: half files of processes that died, files whose image was deleted while they came. */
import type { Folder } from '../uploads/index.ts';
import type { ImageStore } from './store.ts';

/** No transfer takes as long. */
const OLD_MS = 24 * 3_600_000;

/** Returns how many files went. */
export async function removeStrayFiles({
  store,
  folder,
  now,
}: {
  readonly store: Pick<ImageStore, 'unknownAmong'>;
  readonly folder: Folder;
  readonly now: Date;
}): Promise<number> {
  let removed = 0;
  for await (const { whole, parts } of folder.older(new Date(now.getTime() - OLD_MS))) {
    for (const name of [...parts, ...(await store.unknownAmong(whole))]) {
      await folder.remove(name);
      removed += 1;
    }
  }
  return removed;
}
