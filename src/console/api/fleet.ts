/**
 * All charge points of the organization, kept together: page by page at first, then one by one as events tell that they changed. So lists
 * filter at once, and a row changes where it stands.
 */
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../client/index.ts';
import { answer, api } from './client.ts';

export type ChargePoint = Schemas['ChargePoint'];
export type Fleet = { readonly all: readonly ChargePoint[]; readonly isComplete: boolean; readonly isCut: boolean };

const PAGE = 100;
/** More than that is not kept in a browser; it is said so. */
export const MOST = 10_000;
export const FLEET_KEY = ['fleet'] as const;
/** Not many more requests than one, when something changes. */
export const SMALL = 300;

export const fleetQuery = (queries: QueryClient, isLive: boolean) =>
  queryOptions({
    queryKey: FLEET_KEY,
    meta: { still: true },
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<Fleet> => {
      const isFirst = queries.getQueryData<Fleet>(FLEET_KEY) === undefined;
      const all: ChargePoint[] = [];
      let cursor: string | undefined;
      do {
        const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
        const page = await answer(api.GET('/api/v1/charge-points', { params: { query }, signal }));
        all.push(...page.data);
        cursor = page.next_cursor ?? undefined;
        // what is there can be looked at while the rest comes
        if (isFirst && cursor !== undefined)
          queries.setQueryData<Fleet>(FLEET_KEY, { all: [...all], isComplete: false, isCut: false });
      } while (cursor !== undefined && all.length < MOST);
      return { all, isComplete: true, isCut: cursor !== undefined };
    },
    refetchInterval: ({ state }) => {
      const size = state.data?.all.length ?? 0;
      if (isLive) return 60_000;
      return size <= SMALL ? 5_000 : 60_000;
    },
  });

export function useFleet(queries: QueryClient, isLive: boolean) {
  return useQuery(fleetQuery(queries, isLive));
}

/** One of them changed: asks for it, and puts it where it stands. Many at once are asked together, one after the other. */
export function createFleetUpdates(queries: QueryClient) {
  const waiting = new Set<string>();
  let isAsking = false;
  async function askAll(): Promise<void> {
    isAsking = true;
    for (let next = [...waiting][0]; next !== undefined; next = [...waiting][0]) {
      waiting.delete(next);
      const id = next;
      const { data, response } = await api.GET('/api/v1/charge-points/{id}', { params: { path: { id } } });
      if (data !== undefined) putIntoFleet(queries, data);
      else if (response.status === 404) takeOutOfFleet(queries, id);
    }
    isAsking = false;
  }
  return (id: string): void => {
    waiting.add(id);
    if (isAsking || queries.getQueryData<Fleet>(FLEET_KEY) === undefined) return;
    askAll().catch(() => {
      isAsking = false; // the server is away: the next look at the whole fleet brings it
    });
  };
}

/** One charge point by its id; the fleet learns what is found. */
export const chargePointQuery = (queries: QueryClient, id: string) =>
  queryOptions({
    queryKey: ['charge-point', id],
    queryFn: async () => {
      const found = await answer(api.GET('/api/v1/charge-points/{id}', { params: { path: { id } } }));
      putIntoFleet(queries, found);
      return found;
    },
  });

export function putIntoFleet(queries: QueryClient, changed: ChargePoint): void {
  queries.setQueryData(['charge-point', changed.id], changed);
  queries.setQueryData<Fleet>(FLEET_KEY, (fleet) => {
    if (fleet === undefined) return fleet;
    const isThere = fleet.all.some(({ id }) => id === changed.id);
    const all = isThere ? fleet.all.map((each) => (each.id === changed.id ? changed : each)) : [changed, ...fleet.all];
    return { ...fleet, all };
  });
}

export function takeOutOfFleet(queries: QueryClient, id: string): void {
  queries.setQueryData<Fleet>(
    FLEET_KEY,
    (fleet) => fleet && { ...fleet, all: fleet.all.filter((each) => each.id !== id) },
  );
}

/** In words for filters and tiles. */
export type State = 'online' | 'offline' | 'charging' | 'faulted';
const isCharging = (status: string): boolean => status === 'charging' || status.startsWith('suspended');
export const connectorsOf = ({ evses }: ChargePoint) =>
  evses.flatMap(({ evse_id, connectors }) => connectors.map((each) => ({ evse_id, ...each })));

export function isIn(chargePoint: ChargePoint, state: State): boolean {
  switch (state) {
    case 'online':
      return chargePoint.connected;
    case 'offline':
      return !chargePoint.connected;
    case 'charging':
      return connectorsOf(chargePoint).some(({ status }) => isCharging(status));
    case 'faulted':
      return (
        chargePoint.status?.status === 'faulted' || connectorsOf(chargePoint).some(({ status }) => status === 'faulted')
      );
  }
}

export const nameOf = ({ name, identity }: Pick<ChargePoint, 'name' | 'identity'>): string => name ?? identity;
