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

export type Fleet = {
  /** Charge points by site (null: of none), those that are there too. */
  readonly sizes: ReadonlyMap<string | null, number>;
  /** Offline since less than the window, and in no open group. */
  readonly away: readonly Away[];
  /** Open groups: null is the organization's. */
  readonly open: ReadonlyMap<string | null, { readonly alertId: string }>;
  /** So many are a storm, whatever the share; null: the organization wants no groups. */
  readonly threshold: number | null;
};

export type Group = {
  /** null: of the organization. */
  readonly siteId: string | null;
  readonly members: readonly Away[];
  /** How many charge points there are. */
  readonly of: number;
};

/** The share that is a storm, when it is so many at least. */
export const STORM_SHARE = 0.3;
export const STORM_LEAST = 5;
/** As much of what is away makes it one site's storm. */
const MOSTLY = 0.8;

/** What is to be told in groups; who is in none is told of by itself. */
export function planGroups({ sizes, away, open, threshold }: Fleet): Group[] {
  if (threshold === null) return [];
  const isStorm = (count: number, of: number): boolean =>
    count >= threshold || (count >= STORM_LEAST && count >= STORM_SHARE * of);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const sites = new Map<string | null, Away[]>();
  for (const each of away) sites.set(each.siteId, [...(sites.get(each.siteId) ?? []), each]);
  // What goes offline while the organization's group is open belongs to it.
  if (open.has(null)) return away.length === 0 ? [] : [{ siteId: null, members: away, of: total }];
  const hit = [...sites].filter(([siteId, some]) => open.has(siteId) || isStorm(some.length, sizes.get(siteId) ?? 0));
  const isOfOneSite = hit.some(([siteId, some]) => siteId !== null && some.length >= MOSTLY * away.length);
  if (isStorm(away.length, total) && !isOfOneSite) return [{ siteId: null, members: away, of: total }];
  return hit
    .filter(([siteId]) => siteId !== null)
    .map(([siteId, members]) => ({ siteId, members, of: sizes.get(siteId) ?? members.length }));
}
