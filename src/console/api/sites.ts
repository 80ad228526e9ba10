/** The sites of the organization, to be chosen from and to be named: the newest 1,000. */
import { answer, api } from './client.ts';
import type { Schemas } from './schema.ts';

const MOST = 1_000;

export const sitesQuery = {
  queryKey: ['sites', 'choice'],
  queryFn: async (): Promise<Schemas['Site'][]> => {
    const all: Schemas['Site'][] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await answer(
        api.GET('/api/v1/sites', { params: { query: { limit: 100, ...(cursor !== undefined && { cursor }) } } }),
      );
      all.push(...page.data);
      cursor = page.next_cursor ?? undefined;
      if (cursor === undefined || all.length >= MOST) return all;
    }
  },
  staleTime: 30_000,
};
