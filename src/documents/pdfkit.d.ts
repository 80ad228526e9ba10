/** What we use of pdfkit, which brings no types along: no more than this may be used. */
declare module 'pdfkit' {
  import type { Readable } from 'node:stream';

  export type TextOptions = {
    readonly width: number;
    readonly align?: 'left' | 'right';
    readonly lineGap?: number;
    readonly height?: number;
    readonly ellipsis?: string;
    readonly lineBreak?: boolean;
  };

  export default class PDFDocument extends Readable {
    constructor(options: {
      readonly size: 'A4';
      readonly margins: {
        readonly top: number;
        readonly bottom: number;
        readonly left: number;
        readonly right: number;
      };
      readonly bufferPages: boolean;
      readonly lang: string;
      readonly displayTitle: boolean;
      readonly info: Readonly<Record<'Title' | 'Author' | 'Creator' | 'Producer', string>> & {
        readonly CreationDate: Date;
        readonly ModDate: Date;
      };
    });
    readonly page: { readonly width: number; readonly height: number; readonly margins: { bottom: number } };
    registerFont(name: string, source: Uint8Array): this;
    font(name: string): this;
    fontSize(size: number): this;
    fillColor(colour: string): this;
    strokeColor(colour: string): this;
    lineWidth(width: number): this;
    text(text: string, x: number, y: number, options: TextOptions): this;
    heightOfString(text: string, options: TextOptions): number;
    currentLineHeight(includeGap: boolean): number;
    moveTo(x: number, y: number): this;
    lineTo(x: number, y: number): this;
    stroke(): this;
    rect(x: number, y: number, width: number, height: number): this;
    fill(colour: string): this;
    addPage(): this;
    bufferedPageRange(): { readonly start: number; readonly count: number };
    switchToPage(page: number): this;
    end(): void;
  }
}
