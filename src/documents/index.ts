/** The door of the room: documents as PDF, out of plain content. It knows nothing of what they are about. */
export type { Block, DocumentContent } from './content.ts';
export { writePdf } from './write-pdf.ts';
