/** Lists that come page by page: the first is looked at again as things happen, further ones are added below. */
import { Button, Center } from '@mantine/core';
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../api/every-page.ts';
import { useTexts } from '../texts/use-texts.ts';

const LONG_MS = 4_000;

export function usePages<T>(options: {
  readonly queryKey: QueryKey;
  readonly ask: (cursor: string | undefined) => Promise<Page<T>>;
  /** How often it is looked at again where no event tells of it; not so often once further pages hang on it. */
  readonly everyMs?: number | ((rows: readonly T[]) => number | undefined) | undefined;
  readonly enabled?: boolean;
}) {
  const { queryKey, ask, everyMs, enabled = true } = options;
  const query = useInfiniteQuery({
    queryKey,
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => ask(pageParam),
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: ({ state: { data } }) => {
      const pages = data?.pages ?? [];
      const wanted = typeof everyMs === 'function' ? everyMs(pages[0]?.data ?? []) : everyMs;
      return wanted === undefined ? false : Math.max(wanted, pages.length > 1 ? LONG_MS : 0);
    },
  });
  return { ...query, rows: query.data?.pages.flatMap((page) => page.data) };
}

export function More({
  pages,
}: {
  readonly pages: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    fetchNextPage(): Promise<unknown>;
  };
}) {
  const t = useTexts();
  if (!pages.hasNextPage) return null;
  return (
    <Center>
      <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {t.common.more}
      </Button>
    </Center>
  );
}
