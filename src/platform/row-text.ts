/** Rows as text of a file, CSV (RFC 4180) or JSON lines, by a list of columns. Pure; knows no table. */
import { stringify } from 'csv-stringify/sync';

export const exportFormats = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];
export const contentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
};

export type Cell = string | number | boolean | Date | null | readonly string[] | readonly Record<string, unknown>[];
export type Column<Row> = { readonly name: string; readonly of: (row: Row) => Cell };
export type Columns<Row> = readonly Column<Row>[];

export const headOf = <Row>(columns: Columns<Row>, format: ExportFormat): string =>
  format === 'csv' ? `${columns.map(({ name }) => name).join(',')}\r\n` : '';

/** Amounts are decimal texts of ours, and a minus before digits begins no formula. */
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;
/** What a spreadsheet takes for the beginning of a formula, also in full width. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/** Chargers and people choose texts: one that a spreadsheet would take for a formula gets a ' before it. */
const guarded = (text: string): string => (FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text);

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return guarded(cell);
  if (cell instanceof Date) return cell.toISOString();
  if (Array.isArray(cell))
    return guarded(cell.every((each) => typeof each === 'string') ? cell.join(' ') : JSON.stringify(cell));
  return String(cell);
}

/** All fields of CSV are quoted: a lone CR ends a line for some readers. */
export function textOf<Row>(rows: readonly Row[], columns: Columns<Row>, format: ExportFormat): string {
  if (format === 'csv')
    return stringify(
      rows.map((row) => columns.map(({ of }) => csvCell(of(row)))),
      { quoted: true, record_delimiter: '\r\n' },
    );
  let text = '';
  for (const row of rows) {
    text += `${JSON.stringify(Object.fromEntries(columns.map(({ name, of }) => [name, of(row)])))}\n`;
  }
  return text;
}
