/** The sites of the organization, kept together: what lists, choices and the map ask for. */

import type { Schemas } from '../../client/index.ts';
import { answer, api } from './client.ts';
import { everyPage } from './every-page.ts';

export type Site = Schemas['Site'];
const PAGE = 100;
/** More than that is not kept in a browser. */
const MOST = 5_000;

export const sitesQuery = {
  queryKey: ['sites'],
  staleTime: 60_000,
  queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<Site[]> => {
    const page = (cursor: string | undefined) =>
      answer(api.GET('/api/v1/sites', { params: { query: { limit: PAGE, cursor } }, signal }));
    return (await everyPage(page, MOST)).all;
  },
};
