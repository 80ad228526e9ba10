/** The sites of the organization, kept together: what lists, choices and the map ask for. */

import type { Schemas } from '../../client/index.ts';
import { answer, api } from './client.ts';

export type Site = Schemas['Site'];
const PAGE = 100;
/** More than that is not kept in a browser. */
const MOST = 5_000;

export const sitesQuery = {
  queryKey: ['sites'],
  staleTime: 60_000,
  queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<Site[]> => {
    const all: Site[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const page = await answer(api.GET('/api/v1/sites', { params: { query }, signal }));
      all.push(...page.data);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && all.length < MOST);
    return all;
  },
};
