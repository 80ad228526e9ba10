/** Where on the page we are, and the few ways in which texts are set. */

import type PDFDocument from 'pdfkit';
import type { Align } from './content.ts';
import { printable } from './printable.ts';

export type Pdf = PDFDocument;

export type Setting = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly isBold?: boolean;
  readonly colour?: string;
  readonly align?: Align;
  /** Cut with an ellipsis instead of going on below. */
  readonly isOneLine?: boolean;
};

export type Page = {
  readonly pdf: Pdf;
  readonly left: number;
  readonly width: number;
  /** Sets a text and says how high it is. */
  text(text: string, setting: Setting): number;
  heightOf(text: string, setting: Pick<Setting, 'width' | 'size' | 'isBold'>): number;
  /** The next free line. */
  y(): number;
  moveTo(y: number): void;
  /** Begins another page where less than that is left. True: it did. */
  need(height: number): boolean;
};

const LINE_GAP = 2;

export function createPage(pdf: Pdf, margin: number): Page {
  const left = margin;
  const width = pdf.page.width - 2 * margin;
  let y = margin;
  /** Chooses the font, and makes the text one that it can show. */
  const prepare = (text: string, { size, isBold }: Pick<Setting, 'size' | 'isBold'>): string => {
    pdf.font(isBold === true ? 'bold' : 'regular').fontSize(size);
    // as: pdfkit's types do not show the font behind an embedded one
    const { font } = Reflect.get(pdf, '_font') as { font: Parameters<typeof printable>[1] };
    return printable(text, font);
  };
  return {
    pdf,
    left,
    width,
    text(text, setting) {
      const { x, y: at, width: wide, colour, align = 'left', isOneLine = false } = setting;
      const shown = prepare(text, setting);
      const height = isOneLine
        ? pdf.currentLineHeight(true)
        : pdf.heightOfString(shown, { width: wide, lineGap: LINE_GAP });
      pdf.fillColor(colour ?? '#101828').text(shown, x, at, {
        width: wide,
        align,
        lineGap: LINE_GAP,
        ...(isOneLine && { height: height + 1, ellipsis: '...', lineBreak: true }),
      });
      return height;
    },
    heightOf(text, setting) {
      return pdf.heightOfString(prepare(text, setting), { width: setting.width, lineGap: LINE_GAP });
    },
    y: () => y,
    moveTo(next) {
      y = next;
    },
    need(height) {
      if (y + height <= pdf.page.height - pdf.page.margins.bottom) return false;
      pdf.addPage();
      y = margin;
      return true;
    },
  };
}
