/** Lists that come page by page: the first is looked at again as things happen, further ones are added below. */
import { Button, Center } from '@mantine/core';
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useTexts } from '../texts/use-texts.ts';

export type PageOf<T> = { readonly data: readonly T[]; readonly next_cursor: string | null };

export function usePages<T>(options: {
  readonly queryKey: QueryKey;
  readonly ask: (cursor: string | undefined) => Promise<PageOf<T>>;
  /** How often it is looked at again where no event tells of it. */
  readonly everyMs?: number | undefined;
  readonly enabled?: boolean;
}) {
  const { queryKey, ask, everyMs, enabled = true } = options;
  const query = useInfiniteQuery({
    queryKey,
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => ask(pageParam),
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: everyMs ?? false,
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
