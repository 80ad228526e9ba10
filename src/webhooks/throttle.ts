/**
 * The minimum interval between deliveries of one subject to one endpoint: the first goes at once, what follows waits, and the
 * newest takes the place of what still waits. So a receiver hears at most once per interval and always of the last state.
 */

/** The newest delivery of a key: a row, or one that this transaction is about to insert. */
export type Slot = {
  readonly id: string;
  readonly isWaiting: boolean;
  /** When it was, or will be, sent. */
  readonly at: Date;
};

export type Placement = { readonly place: 'instead'; readonly at: Date } | { readonly place: 'new'; readonly at: Date };

/** `isFinal`: nothing follows, so it does not wait. What is overdue keeps its place among others that are, whoever takes it. */
export function place(slot: Slot | undefined, intervalS: number, isFinal: boolean, now: Date): Placement {
  if (slot === undefined) return { place: 'new', at: now };
  if (slot.isWaiting) return { place: 'instead', at: isFinal && slot.at > now ? now : slot.at };
  const earliest = new Date(slot.at.getTime() + intervalS * 1000);
  return { place: 'new', at: isFinal || earliest < now ? now : earliest };
}
