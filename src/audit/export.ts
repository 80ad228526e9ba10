/** The audit log as a stream of lines, at constant memory: from where the chain begins to where it ended when it was asked for. */
import { Readable } from 'node:stream';
import type { Database } from '../database/contract.ts';
import type { SealedChain } from './chain.ts';
import { entryText, headText } from './export-lines.ts';
import { entriesToExport, type Filter } from './read-store.ts';
import { chainOf } from './store.ts';

const PAGE = 500;

export type ExportNeeds = { readonly db: Pick<Database, 'rows'> };

export async function openExport({ db }: ExportNeeds, organizationId: string, filter: Filter): Promise<() => Readable> {
  const chain = await chainOf(db, organizationId);
  return () => Readable.from(texts(db, chain, filter), { objectMode: false, highWaterMark: 64 * 1024 });
}

async function* texts(db: ExportNeeds['db'], chain: SealedChain | undefined, filter: Filter): AsyncGenerator<string> {
  const filtered = Object.values(filter).some((value) => value !== undefined);
  yield headText({ chain, filtered });
  if (chain === undefined) return;
  const { organizationId, position: until, goneUntil, goneMac } = chain;
  const part = { until, gone: { position: goneUntil, mac: goneMac } };
  for (let after = goneUntil; ; ) {
    const page = await entriesToExport(db, organizationId, filter, part, { after, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map(entryText).join('');
    after = last.position;
  }
}
