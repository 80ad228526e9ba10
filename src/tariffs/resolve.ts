/** Which of the tariffs that could hold for a session does: the one closest to who charges, then to where. Pure. */

/** The first one that has a tariff wins. */
export const levels = ['token', 'token_group', 'charge_point', 'site', 'organization'] as const;
export type Level = (typeof levels)[number];

/** A tariff in its newest version, and for what it was assigned. */
export type Assigned = {
  readonly level: Level;
  readonly targetId: string;
  readonly tariffId: string;
  readonly name: string;
  readonly version: number;
};

/** The first is the one that holds; the others are why it is not they. Empty: the session has no cost. */
export const byPrecedence = <Some extends { readonly level: Level }>(assigned: readonly Some[]): readonly Some[] =>
  assigned.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));

export const resolveTariff = (assigned: readonly Assigned[]): Assigned | undefined => byPrecedence(assigned)[0];
