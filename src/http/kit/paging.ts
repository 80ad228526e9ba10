/** Lists: `{"data":[…],"next_cursor":"…"|null}`. A cursor is opaque to callers; it holds the sort key of the last row shown. */
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { intParam } from '../../platform/fields.ts';
import { isStorableText } from './strict-json.ts';

export const MAX_PAGE = 100;
export const DEFAULT_PAGE = 50;

/** Spread into the strictObject of a list's query. */
export const pageQuery = {
  limit: intParam({ min: 1, max: MAX_PAGE, fallback: DEFAULT_PAGE }).optional(),
  cursor: z.string().max(1000).optional().meta({ description: '`next_cursor` of the page before' }),
};

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item),
    next_cursor: z.string().nullable().meta({ description: 'null: this is the last page' }),
  });

/** What a store needs to know: rows after `after`, and one more than `limit` to see whether there is another page. */
export type Page<Key> = { readonly after: Key | undefined; readonly limit: number };

/** Reads limit and cursor of a query; `key` is the schema of what {@link pageFrom} put into the cursor. */
export function readPage<Key>(
  query: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  key: z.ZodType<Key>,
): Page<Key> {
  const limit = query.limit ?? DEFAULT_PAGE;
  if (query.cursor === undefined) return { after: undefined, limit };
  const parsed = key.safeParse(decode(query.cursor));
  if (parsed.success) return { after: parsed.data, limit };
  const message = 'is not a cursor of this list; start again without one';
  throw new AppError('validation_failed', `The query is not valid: cursor ${message}`, {
    details: [{ field: 'cursor', message }],
  });
}

/** `rows`: up to limit + 1 of them. */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => unknown,
  present: (row: Row) => Item,
): { data: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(present),
    next_cursor: rows.length > limit && last !== undefined ? cursorOf(keyOf(last)) : null,
  };
}

/** The key of lists that are sorted by id alone. */
export const idKey = z.string().max(100).refine(isStorableText);

/** The text of a cursor that {@link readPage} reads. */
export const cursorOf = (key: unknown): string => Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');

function decode(cursor: string): unknown {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined; // no cursor of ours: the caller of decode says so
  }
}
