/** What a document of ours is made of. Plain data: whoever writes one knows nothing of pages, fonts or PDF. */

export type Align = 'left' | 'right';

export type Block =
  | { readonly kind: 'title'; readonly text: string; readonly beside?: string }
  | { readonly kind: 'heading'; readonly text: string }
  /** Blocks of lines beside each other: who charges, where it was. The first line of each stands out. */
  | { readonly kind: 'columns'; readonly columns: readonly (readonly string[])[] }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [label: string, value: string])[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly { readonly title: string; readonly share: number; readonly align?: Align }[];
      readonly rows: readonly (readonly string[])[];
      /** Below a rule; the last one stands out. */
      readonly sums?: readonly (readonly string[])[];
    }
  /** `warning`: what a reader must not overlook. */
  | { readonly kind: 'note'; readonly text: string; readonly tone?: 'plain' | 'warning' };

export type DocumentContent = {
  readonly title: string;
  readonly author: string;
  /** Of the file. The same content gives the same bytes: take it from what the document is about, not from the clock. */
  readonly createdAt: Date;
  /** At the foot of every page, before its number. */
  readonly footer: string;
  readonly blocks: readonly Block[];
};

/** A longer text is cut, a longer list too, and the document says so. */
export const MOST_TEXT = 2_000;
export const MOST_ROWS = 2_000;
