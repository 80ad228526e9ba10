/** The groups of tokens, to be chosen from and to be named: the newest 1,000. */

import type { Schemas } from '../../client/index.ts';
import { answer, api } from './client.ts';

const MOST = 1_000;

export const groupsQuery = {
  queryKey: ['token-groups'],
  queryFn: async (): Promise<Schemas['TokenGroup'][]> => {
    const all: Schemas['TokenGroup'][] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await answer(
        api.GET('/api/v1/token-groups', { params: { query: { limit: 100, ...(cursor !== undefined && { cursor }) } } }),
      );
      all.push(...page.data);
      cursor = page.next_cursor ?? undefined;
      if (cursor === undefined || all.length >= MOST) return all;
    }
  },
  staleTime: 30_000,
};
