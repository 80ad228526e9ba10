/**
 * Content as PDF: A4, one font that is embedded, tables that go on over pages, page numbers. The library is loaded when the first
 * document is written. The same content gives the same bytes.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { drawBlock } from './blocks.ts';
import type { DocumentContent } from './content.ts';
import { createPage, type Page, type Pdf } from './page.ts';

const MARGIN = 56;

type Faces = { readonly regular: Buffer; readonly bold: Buffer };
let faces: Faces | undefined;

/** Roboto (Apache-2.0). */
function facesOf(): Faces {
  const { resolve } = createRequire(import.meta.url);
  const read = (face: string): Buffer => readFileSync(resolve(`roboto-fontface/fonts/roboto/Roboto-${face}.woff`));
  faces ??= { regular: read('Regular'), bold: read('Bold') };
  return faces;
}

export async function writePdf(content: DocumentContent): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const { regular, bold } = facesOf();
  const pdf: Pdf = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, bottom: MARGIN + 16, left: MARGIN, right: MARGIN },
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    info: {
      Title: content.title,
      Author: content.author,
      Creator: 'Dynamo CSMS',
      Producer: 'Dynamo CSMS',
      CreationDate: content.createdAt,
      ModDate: content.createdAt,
    },
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    pdf.once('end', resolve);
    pdf.once('error', reject);
  });
  pdf.registerFont('regular', regular);
  pdf.registerFont('bold', bold);
  const page = createPage(pdf, MARGIN);
  for (const block of content.blocks) drawBlock(page, block);
  numberPages(page, content.footer);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

function numberPages({ pdf, left, width, text }: Page, footer: string): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let i = start; i < start + count; i += 1) {
    pdf.switchToPage(i);
    const y = pdf.page.height - MARGIN;
    pdf.page.margins.bottom = 0; // else a text below the margin begins another page
    pdf
      .moveTo(left, y - 8)
      .lineTo(left + width, y - 8)
      .lineWidth(0.5)
      .strokeColor('#d0d5dd')
      .stroke();
    text(footer, { x: left, y, width: width - 90, size: 8, colour: '#667085', isOneLine: true });
    const number = `Page ${i - start + 1} of ${count}`;
    text(number, { x: left + width - 90, y, width: 90, size: 8, colour: '#667085', align: 'right', isOneLine: true });
  }
}
