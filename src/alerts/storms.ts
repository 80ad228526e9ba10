/**
 * One outage upstream is not ten thousand alerts: which charge points that went offline together are told of as one. Pure.
 * A group belongs to a site where only that site is hit, else to the organization.
 */

/** A charge point that is offline and whose alert is due, or will be. */
export type Away = {
  readonly chargePointId: string;
  readonly siteId: string | null;
  readonly disconnectedAt: Date;
};

/** A group that goes on. */
export type Open = {
  readonly alertId: string;
  /** null: the organization's. */
  readonly siteId: string | null;
  /** What goes offline later is another outage, however long this one lasts. */
  readonly until: Date;
};

export type Fleet = {
  /** Charge points by site (null: of none), those that are there too. */
  readonly sizes: ReadonlyMap<string | null, number>;
  /** Offline since less than the window, and in no open group. */
  readonly away: readonly Away[];
  readonly open: readonly Open[];
  /** So many are a storm, whatever the share; null: the organization wants no groups. */
  readonly threshold: number | null;
};

export type Group = {
  /** null: of the organization. */
  readonly siteId: string | null;
  readonly members: readonly Away[];
  /** How many charge points there are. */
  readonly of: number;
  /** The open one that they join. */
  readonly joins?: string;
};

/** What goes offline within so long of each other may have one cause. */
export const WINDOW_MS = 15 * 60_000;
/** The share that is a storm, when it is so many at least. */
export const STORM_SHARE = 0.3;
export const STORM_LEAST = 5;
/** As much of what is away makes it one site's storm. */
const MOSTLY = 0.8;

/** What is to be told in groups; who is in none is told of by itself. */
export function planGroups({ sizes, away, open, threshold }: Fleet): Group[] {
  if (threshold === null) return [];
  const total = sum(sizes);
  // The organization's before those of sites: what goes offline soon after it began belongs to it.
  const takers = open.toSorted((a, b) => Number(b.siteId === null) - Number(a.siteId === null));
  const joining = new Map<Open, Away[]>();
  const others: Away[] = [];
  for (const each of away) {
    const group = takers.find(
      ({ siteId, until }) => (siteId === null || siteId === each.siteId) && each.disconnectedAt <= until,
    );
    const some = group === undefined ? others : (joining.get(group) ?? []);
    some.push(each);
    if (group !== undefined) joining.set(group, some);
  }
  const joined = [...joining].map(([{ siteId, alertId }, members]) => {
    const of = siteId === null ? total : (sizes.get(siteId) ?? members.length);
    return { siteId, members, of, joins: alertId };
  });
  return [...joined, ...storms(others, sizes, threshold)];
}

function storms(away: readonly Away[], sizes: Fleet['sizes'], threshold: number): Group[] {
  const isStorm = (count: number, of: number): boolean =>
    count >= threshold || (count >= STORM_LEAST && count >= STORM_SHARE * of);
  const total = sum(sizes);
  const sites = new Map<string | null, Away[]>();
  for (const each of away) sites.set(each.siteId, [...(sites.get(each.siteId) ?? []), each]);
  const hit = [...sites].filter(([siteId, some]) => isStorm(some.length, sizes.get(siteId) ?? 0));
  const isOfOneSite = hit.some(([siteId, some]) => siteId !== null && some.length >= MOSTLY * away.length);
  if (isStorm(away.length, total) && !isOfOneSite) return [{ siteId: null, members: away, of: total }];
  return hit
    .filter(([siteId]) => siteId !== null)
    .map(([siteId, members]) => ({ siteId, members, of: sizes.get(siteId) ?? members.length }));
}

const sum = (sizes: Fleet['sizes']): number => [...sizes.values()].reduce((all, size) => all + size, 0);
