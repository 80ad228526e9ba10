/** Lists that the API gives page by page, asked for until they end. Pure. */

export type Page<T> = { readonly data: readonly T[]; readonly next_cursor: string | null };

/**
 * `most`: with so many at hand no further page is asked for, and the list is cut if there is one. Only lists that have a bound of their
 * own go without.
 */
export async function everyPage<T>(
  ask: (cursor: string | undefined) => Promise<Page<T>>,
  most = Number.POSITIVE_INFINITY,
): Promise<{ readonly all: T[]; readonly isCut: boolean }> {
  const all: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await ask(cursor);
    all.push(...page.data);
    cursor = page.next_cursor ?? undefined;
    if (cursor === undefined || all.length >= most) return { all, isCut: cursor !== undefined };
  }
}
