/** Pages as a stream of text at constant memory: the next page is read when the reader has taken the one before. */
import { Readable } from 'node:stream';
import { type Columns, type ExportFormat, headOf, textOf } from './row-text.ts';

/** Ends when its reader goes away: no further page is asked for. */
export function streamOf<Row>(
  pages: AsyncIterable<readonly Row[]>,
  columns: Columns<Row>,
  format: ExportFormat,
): Readable {
  async function* texts(): AsyncGenerator<string> {
    const head = headOf(columns, format);
    if (head !== '') yield head;
    for await (const rows of pages) if (rows.length > 0) yield textOf(rows, columns, format);
  }
  return Readable.from(texts(), { objectMode: false, highWaterMark: 64 * 1024 });
}

/** What is in memory already, as a stream. */
export const streamOfBytes = (bytes: Uint8Array): Readable => Readable.from([bytes], { objectMode: false });
