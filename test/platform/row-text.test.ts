/** Rows as CSV and JSON lines: what a reader by the standard reads back, and what a spreadsheet must not take for a formula. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Columns, headOf, textOf } from '../../src/platform/row-text.ts';

type Row = { readonly name: string; readonly wh: number | null; readonly at: Date; readonly flags: readonly string[] };
const columns: Columns<Row> = [
  { name: 'name', of: (row) => row.name },
  { name: 'wh', of: (row) => row.wh },
  { name: 'at', of: (row) => row.at },
  { name: 'flags', of: (row) => row.flags },
];
const at = new Date('2026-03-01T10:00:00Z');

/** RFC 4180, as a reader does it. */
function read(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let i = 0;
  while (i < text.length) {
    let cell = '';
    if (text[i] === '"') {
      i += 1;
      for (;;) {
        if (text[i] === '"' && text[i + 1] === '"') i += 1;
        else if (text[i] === '"') break;
        cell += text[i];
        i += 1;
      }
      i += 1;
    }
    row.push(cell);
    if (text[i] === ',') i += 1;
    else {
      expect(text.slice(i, i + 2)).toBe('\r\n');
      i += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

test('a head of names, one row a line', () => {
  expect(headOf(columns, 'csv')).toBe('name,wh,at,flags\r\n');
  expect(headOf(columns, 'jsonl')).toBe('');
  const rows = [{ name: 'A "quoted", long\r\nname', wh: null, at, flags: ['x', 'y'] }];
  expect(textOf(rows, columns, 'csv')).toBe('"A ""quoted"", long\r\nname",,"2026-03-01T10:00:00.000Z","x y"\r\n');
  expect(JSON.parse(textOf(rows, columns, 'jsonl'))).toEqual({
    name: 'A "quoted", long\r\nname',
    wh: null,
    at: '2026-03-01T10:00:00.000Z',
    flags: ['x', 'y'],
  });
});

describe('a text that a spreadsheet would take for a formula', () => {
  test.each(['=1+1', '+49 40 1', '-A1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '－A1', "=cmd|' /C calc'!A0"])(
    'gets a mark before it: %j',
    (name) => {
      expect(read(textOf([{ name, wh: 1, at, flags: [] }], columns, 'csv'))[0]?.[0]).toBe(`'${name}`);
    },
  );
  test.each(['-12.50', '-3', 'a=b', '', '0', '12.50'])('is not: %j', (name) => {
    expect(read(textOf([{ name, wh: -1, at, flags: [] }], columns, 'csv'))[0]?.slice(0, 2)).toEqual([name, '-1']);
  });
});

test('whatever the texts are, CSV and JSON lines say the same, row by row', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          name: fc.string({ unit: 'binary', maxLength: 30 }),
          wh: fc.option(fc.integer()),
          at: fc.constant(at),
          flags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
        }),
        { maxLength: 5 },
      ),
      (rows) => {
        const lines = textOf(rows, columns, 'jsonl').split('\n').slice(0, -1);
        expect(lines.map((line) => JSON.parse(line).name)).toEqual(rows.map((row) => row.name));
        const csv = read(textOf(rows, columns, 'csv'));
        expect(csv.map(([name]) => name?.replace(/^'(?=[=+\-@\t\r＝＋－＠])/, ''))).toEqual(
          rows.map((row) => row.name),
        );
        expect(csv.map(([, wh]) => wh)).toEqual(rows.map((row) => (row.wh === null ? '' : String(row.wh))));
      },
    ),
    { numRuns: 100 },
  );
});
