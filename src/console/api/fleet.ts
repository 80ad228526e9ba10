/**
 * All charge points of the organization, kept together: page by page at first, then one by one as events tell that they changed. So lists
 * filter at once, and a row changes where it stands.
 */
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../client/index.ts';
import { answer, api } from './client.ts';
import { pause } from './pause.ts';

export type ChargePoint = Schemas['ChargePoint'];
/** `all` by name. */
export type Fleet = { readonly all: readonly ChargePoint[]; readonly isComplete: boolean; readonly isCut: boolean };

const PAGE = 100;
/** More than that is not kept in a browser; it is said so. */
export const MOST = 10_000;
export const FLEET_KEY = ['fleet'] as const;
/** Not many more requests than one, when something changes. */
export const SMALL = 300;
/** Changes within it are asked for and drawn together. */
const GATHER_MS = 200;

/** By name, numbers as numbers, whatever the language: sorted once as they come, not whenever one of them changes. */
const names = new Intl.Collator('en', { numeric: true });
const inOrder = (all: readonly ChargePoint[]): ChargePoint[] =>
  [...all].sort((a, b) => names.compare(nameOf(a), nameOf(b)));

/** What changed while the fleet is read page by page: a page read before must not put it back. */
const loads = new WeakMap<QueryClient, Map<string, ChargePoint | undefined>>();

export const fleetQuery = (queries: QueryClient, isLive: boolean) =>
  queryOptions({
    queryKey: FLEET_KEY,
    meta: { still: true },
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<Fleet> => {
      const meanwhile = new Map<string, ChargePoint | undefined>();
      loads.set(queries, meanwhile);
      try {
        return await readFleet(queries, signal, meanwhile);
      } finally {
        if (loads.get(queries) === meanwhile) loads.delete(queries);
      }
    },
    refetchInterval: ({ state }) => {
      const size = state.data?.all.length ?? 0;
      if (isLive) return size <= SMALL ? 60_000 : 600_000;
      return size <= SMALL ? 5_000 : 60_000;
    },
  });

async function readFleet(queries: QueryClient, signal: AbortSignal, meanwhile: Changes): Promise<Fleet> {
  const isFirst = queries.getQueryData<Fleet>(FLEET_KEY) === undefined;
  const all: ChargePoint[] = [];
  let cursor: string | undefined;
  let shown = 0;
  do {
    const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
    const page = await answer(api.GET('/api/v1/charge-points', { params: { query }, signal }));
    all.push(...page.data);
    cursor = page.next_cursor ?? undefined;
    // what is there can be looked at while the rest comes, and is not drawn anew for each hundred
    if (isFirst && cursor !== undefined && all.length >= shown * 2) {
      shown = all.length;
      queries.setQueryData<Fleet>(FLEET_KEY, {
        all: changed(inOrder(all), meanwhile),
        isComplete: false,
        isCut: false,
      });
    }
  } while (cursor !== undefined && all.length < MOST);
  return { all: changed(inOrder(all), meanwhile), isComplete: true, isCut: cursor !== undefined };
}

export function useFleet(queries: QueryClient, isLive: boolean) {
  return useQuery(fleetQuery(queries, isLive));
}

/** Some of them changed: they are asked for together, the first at once, and put where they stand. Ends with `signal`. */
export function createFleetUpdates(queries: QueryClient, signal: AbortSignal) {
  const waiting = new Set<string>();
  let isAsking = false;
  async function askAll(): Promise<void> {
    for (let next = [...waiting].slice(0, PAGE); next.length > 0; next = [...waiting].slice(0, PAGE)) {
      for (const id of next) waiting.delete(id);
      const query = { id: next.join(), limit: PAGE };
      const { data } = await answer(api.GET('/api/v1/charge-points', { params: { query }, signal }));
      const found = new Map(data.map((each) => [each.id, each]));
      change(queries, new Map(next.map((id) => [id, found.get(id)])));
      await pause(GATHER_MS, signal);
      if (signal.aborted) return;
    }
  }
  return (id: string): void => {
    if (queries.getQueryData<Fleet>(FLEET_KEY) === undefined && !loads.has(queries)) return; // nobody looks at it
    waiting.add(id);
    if (isAsking) return;
    isAsking = true;
    askAll()
      .catch(() => undefined) // the server is away: the next look at the whole fleet brings it
      .finally(() => {
        isAsking = false;
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

/** As they are now; undefined: there is no such any more. */
type Changes = ReadonlyMap<string, ChargePoint | undefined>;

function changed(all: readonly ChargePoint[], changes: Changes): readonly ChargePoint[] {
  const left = new Map(changes);
  const kept = all.flatMap((each) => {
    if (!left.has(each.id)) return [each];
    const now = left.get(each.id);
    left.delete(each.id);
    return now === undefined ? [] : [now];
  });
  const added = [...left.values()].filter((each) => each !== undefined);
  return added.length === 0 ? kept : inOrder([...added, ...kept]);
}

function change(queries: QueryClient, changes: Changes): void {
  for (const [id, each] of changes) {
    loads.get(queries)?.set(id, each);
    if (each !== undefined) queries.setQueryData(['charge-point', id], each);
  }
  queries.setQueryData<Fleet>(FLEET_KEY, (fleet) => fleet && { ...fleet, all: changed(fleet.all, changes) });
}

export const putIntoFleet = (queries: QueryClient, one: ChargePoint): void => change(queries, new Map([[one.id, one]]));
export const takeOutOfFleet = (queries: QueryClient, id: string): void => change(queries, new Map([[id, undefined]]));

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
      return chargePoint.evses.some(({ connectors }) => connectors.some(({ status }) => isCharging(status)));
    case 'faulted':
      return (
        chargePoint.status?.status === 'faulted' ||
        chargePoint.evses.some(({ connectors }) => connectors.some(({ status }) => status === 'faulted'))
      );
  }
}

export const nameOf = ({ name, identity }: Pick<ChargePoint, 'name' | 'identity'>): string => name ?? identity;
