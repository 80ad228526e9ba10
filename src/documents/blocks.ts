/** How each kind of block looks. */
import { type Block, MOST_ROWS } from './content.ts';
import type { Page } from './page.ts';

const INK = '#101828';
const QUIET = '#667085';
const RULE = '#d0d5dd';
const ACCENT = '#175cd3';
const TEXT = 9.5;

export function drawBlock(page: Page, block: Block): void {
  if (block.kind === 'title') title(page, block);
  else if (block.kind === 'heading') heading(page, block.text);
  else if (block.kind === 'columns') columns(page, block.columns);
  else if (block.kind === 'facts') facts(page, block.facts);
  else if (block.kind === 'table') table(page, block);
  else note(page, block);
}

function heading(page: Page, text: string): void {
  page.need(60); // not alone at the foot of a page
  const y = page.y() + 6;
  page.moveTo(y + page.text(text, { x: page.left, y, width: page.width, size: 12, isBold: true }) + 6);
}

function title(page: Page, { text, beside }: Extract<Block, { kind: 'title' }>): void {
  const { left, width } = page;
  const y = page.y();
  const height = page.text(text, {
    x: left,
    y,
    width: beside === undefined ? width : width * 0.6,
    size: 20,
    isBold: true,
  });
  if (beside !== undefined)
    page.text(beside, {
      x: left + width * 0.6,
      y: y + 9,
      width: width * 0.4,
      size: TEXT,
      colour: QUIET,
      align: 'right',
    });
  page.pdf.rect(left, y + height + 5, 36, 2.5).fill(ACCENT);
  page.moveTo(y + height + 24);
}

function columns(page: Page, all: readonly (readonly string[])[]): void {
  const gap = 24;
  const width = (page.width - gap * (all.length - 1)) / Math.max(1, all.length);
  const top = page.y();
  let bottom = top;
  for (const [i, lines] of all.entries()) {
    let y = top;
    for (const [place, line] of lines.entries()) {
      const isFirst = place === 0;
      y += page.text(line, { x: page.left + i * (width + gap), y, width, size: TEXT, isBold: isFirst, colour: INK });
    }
    bottom = Math.max(bottom, y);
  }
  page.moveTo(bottom + 18);
}

function facts(page: Page, all: readonly (readonly [string, string])[]): void {
  const label = 120;
  for (const [name, value] of all) {
    const setting = { width: page.width - label, size: TEXT };
    page.need(page.heightOf(value, setting) + 3);
    page.text(name, { x: page.left, y: page.y(), width: label - 8, size: TEXT, colour: QUIET });
    page.moveTo(page.y() + page.text(value, { ...setting, x: page.left + label, y: page.y() }) + 3);
  }
  page.moveTo(page.y() + 12);
}

type Table = Extract<Block, { kind: 'table' }>;
type Style = { readonly isBold?: boolean; readonly colour?: string; readonly size?: number };
const PAD = 5;

function table(page: Page, { columns: heads, rows, sums = [] }: Table): void {
  const all = heads.reduce((sum, { share }) => sum + share, 0);
  const widths = heads.map(({ share }) => (page.width * share) / all);
  const gap = 10;
  const heightOf = (cells: readonly string[], { isBold = false, size = TEXT }: Style): number =>
    Math.max(...cells.map((cell, i) => page.heightOf(cell, { width: (widths[i] ?? 0) - gap, size, isBold }))) + 2 * PAD;
  const line = (weight: number, colour: string): void => {
    page.pdf
      .moveTo(page.left, page.y())
      .lineTo(page.left + page.width, page.y())
      .lineWidth(weight)
      .strokeColor(colour)
      .stroke();
  };
  const row = (cells: readonly string[], style: Style): void => {
    const height = heightOf(cells, style);
    let x = page.left;
    for (const [i, cell] of cells.entries()) {
      const width = widths[i] ?? 0;
      const isRight = heads[i]?.align === 'right';
      const inner = { x: isRight ? x + gap : x, y: page.y() + PAD, width: width - gap };
      page.text(cell, { ...inner, size: style.size ?? TEXT, align: isRight ? 'right' : 'left', ...style });
      x += width;
    }
    page.moveTo(page.y() + height);
  };
  const head = (): void => {
    row(
      heads.map(({ title: name }) => name),
      { isBold: true, colour: QUIET, size: 8.5 },
    );
    line(1, INK);
  };
  page.need(60);
  head();
  for (const cells of rows.slice(0, MOST_ROWS)) {
    if (page.need(heightOf(cells, {}))) head();
    row(cells, {});
    line(0.5, RULE);
  }
  if (rows.length > MOST_ROWS) row([`${rows.length - MOST_ROWS} more rows are not shown`], { colour: QUIET });
  for (const [i, cells] of sums.entries()) {
    const isLast = i === sums.length - 1;
    if (page.need(heightOf(cells, {}))) head();
    if (isLast) line(1, INK);
    row(cells, isLast ? { isBold: true, size: 11 } : {});
  }
  page.moveTo(page.y() + 18);
}

function note(page: Page, { text, tone = 'plain' }: Extract<Block, { kind: 'note' }>): void {
  const isWarning = tone === 'warning';
  const inset = isWarning ? 12 : 0;
  const setting = { width: page.width - 2 * inset, size: isWarning ? TEXT : 8.5 };
  const height = page.heightOf(text, setting);
  page.need(height + 2 * inset);
  const y = page.y();
  if (isWarning) {
    page.pdf.rect(page.left, y, page.width, height + 2 * inset - 4).fill('#fffaeb');
    page.pdf.rect(page.left, y, 3, height + 2 * inset - 4).fill('#dc6803');
  }
  page.text(text, {
    ...setting,
    x: page.left + inset,
    y: y + (isWarning ? inset - 2 : 0),
    colour: isWarning ? INK : QUIET,
  });
  page.moveTo(y + height + 2 * inset + 10);
}
