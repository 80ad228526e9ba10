/** Frames as a file: CSV or JSON lines, page by page, at constant memory however many there are. */
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { Database } from '../database/contract.ts';
import { type FrameKey, type FrameQuery, type FrameRow, nextFrames } from './read-store.ts';

export const exportFormats = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];
export const exportTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
};

/** A frame has up to 2 MiB: so many are in memory at a time. */
const PAGE = 10;
const COLUMNS = ['at', 'direction', 'message_type', 'message_id', 'action', 'raw', 'trace_id'] as const;

export const presentFrame = (row: FrameRow) => ({
  at: row.at,
  direction: row.inbound ? ('from_charger' as const) : ('to_charger' as const),
  message_type: row.messageType,
  message_id: row.messageId,
  action: row.action,
  raw: row.raw,
  trace_id: row.traceId,
});

const texts: Readonly<Record<ExportFormat, (rows: readonly FrameRow[]) => string>> = {
  // Chargers choose these texts: what a spreadsheet would take for a formula (=, +, -, @, tab, CR) gets a ' before it,
  // and all is quoted: a lone CR ends a line for some.
  csv: (rows) =>
    stringify(
      rows.map((row) => ({ ...presentFrame(row), at: row.at.toISOString() })),
      { columns: [...COLUMNS], escape_formulas: true, quoted: true, record_delimiter: '\r\n' },
    ),
  jsonl: (rows) => rows.map((row) => `${JSON.stringify(presentFrame(row))}\n`).join(''),
};

/** Oldest first. It reads on only as fast as it is read. */
export function exportFrames(
  db: Pick<Database, 'rows'>,
  query: Omit<FrameQuery, 'after' | 'limit'>,
  format: ExportFormat,
): Readable {
  async function* pages(): AsyncGenerator<string> {
    if (format === 'csv') yield `${COLUMNS.join(',')}\r\n`;
    let after: FrameKey | undefined;
    for (;;) {
      const rows: FrameRow[] = await nextFrames(db, { ...query, after, limit: PAGE });
      if (rows.length > 0) yield texts[format](rows);
      after = rows.at(-1);
      if (rows.length < PAGE) return;
    }
  }
  return Readable.from(pages(), { objectMode: false, highWaterMark: 64 * 1024 });
}
