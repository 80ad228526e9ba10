/** The groups of tokens, to be chosen from and to be named: the newest 1,000. */

import type { Schemas } from '../../client/index.ts';
import { answer, api } from './client.ts';
import { everyPage } from './every-page.ts';

const MOST = 1_000;

export const groupsQuery = {
  queryKey: ['token-groups'],
  queryFn: async (): Promise<Schemas['TokenGroup'][]> => {
    const page = (cursor: string | undefined) =>
      answer(api.GET('/api/v1/token-groups', { params: { query: { limit: 100, cursor } } }));
    return (await everyPage(page, MOST)).all;
  },
  staleTime: 30_000,
};
