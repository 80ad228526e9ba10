/** Documents as PDF: read back out of the file, in several scripts, over several pages, the same for the same content. */
import { inflateSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { type DocumentContent, writePdf } from '../../src/documents/index.ts';
import { printable } from '../../src/documents/printable.ts';

const content = (rows: number): DocumentContent => ({
  title: 'Receipt',
  author: 'Stadtwerke',
  createdAt: new Date('2026-03-29T12:00:00Z'),
  footer: 'Stadtwerke',
  blocks: [
    { kind: 'title', text: 'Müller & Söhne – 5 €', beside: 'R-1' },
    { kind: 'columns', columns: [['Ελλάδα', 'Москва'], []] },
    {
      kind: 'facts',
      facts: [
        ['Token', '日本 👍'],
        ['Empty', ''],
      ],
    },
    { kind: 'heading', text: 'Cost' },
    {
      kind: 'table',
      columns: [
        { title: 'What', share: 3 },
        { title: 'Amount', share: 1, align: 'right' },
      ],
      rows: Array.from({ length: rows }, (_, i) => [`Line ${i} ${'word '.repeat(40)}`, '1.00 EUR']),
      sums: [['Total', '1.00 EUR']],
    },
    { kind: 'note', text: 'x'.repeat(5_000), tone: 'warning' },
  ],
});
const pages = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;

/** What the streams of the file hold. */
function streams(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)]
    .flatMap(([, body = '']) => {
      try {
        return [inflateSync(Buffer.from(body, 'latin1')).toString('latin1')];
      } catch {
        return []; // not deflated
      }
    })
    .join('\n');
}

test('a document goes on over pages, embeds its font with a map back to text, and is the same each time', async () => {
  const [one, two] = [await writePdf(content(2)), await writePdf(content(2))];
  expect(one.equals(two)).toBe(true);
  expect(pages(await writePdf(content(60)))).toBeGreaterThan(3);
  const shown = streams(one);
  // ToUnicode: ü, €, Ω of Ελλάδα's alphabet, М
  for (const codePoint of ['00fc', '20ac', '03bb', '041c']) expect(shown.toLowerCase()).toContain(codePoint);
  expect(one.toString('latin1')).toContain('(D:20260329120000Z)');
});

test.each([
  ['ä€Ωж', 'ä€Ωж'],
  ['a\u0308', 'ä'],
  ['日本', '??'],
  ['👍', '?'],
  ['a\u202Eb\u0000c\nd', 'abc d'],
  ['\uD800x', 'x'],
])('%j is set as %j', (text, shown) => {
  const has = (codePoint: number) => codePoint < 0x2100 && codePoint !== 0x308;
  expect(printable(text, { hasGlyphForCodePoint: has })).toBe(shown);
});
