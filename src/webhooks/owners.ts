/**
 * Whose an event is, where that is not who holds the charge point now (docs/handover.md): a handover tells both sides, and what a
 * charger tells of a session that it had for its owner before is that one's. Hardly ever anything to ask.
 */
import type { Tx } from '../database/contract.ts';
import type { EmittedEvent } from '../ingest/contract.ts';
import { ownersOfSessions, subscribersOfOrganizations } from './event-store.ts';
import type { Subscriber } from './match.ts';

const sessionOf = ({ root, event }: EmittedEvent): string | undefined => {
  const data: Readonly<Record<string, unknown>> = event.data;
  const { session_id: id } = data;
  return root.handedOver === true && event.owner === undefined && typeof id === 'string' ? id : undefined;
};

/** A session that is not found is one of now. */
export async function withOwners(tx: Tx, emitted: readonly EmittedEvent[]): Promise<readonly EmittedEvent[]> {
  const ids = emitted.flatMap((each) => sessionOf(each) ?? []);
  if (ids.length === 0) return emitted;
  const owners = new Map((await ownersOfSessions(tx, ids)).map(({ id, ...owner }) => [id, owner]));
  return emitted.map((each) => {
    const owner = owners.get(sessionOf(each) ?? '');
    if (owner === undefined || owner.organizationId === each.root.organizationId) return each;
    return { ...each, event: { ...each.event, owner } };
  });
}

/** With the endpoints of those for whom there are events although the charge point is not theirs. Each is there once. */
export async function withOthers(
  tx: Tx,
  emitted: readonly EmittedEvent[],
  subscribers: readonly Subscriber[],
): Promise<readonly Subscriber[]> {
  const others = new Set<string>();
  for (const { root, event } of emitted) {
    const { owner } = event;
    if (owner !== undefined && owner.organizationId !== root.organizationId) others.add(owner.organizationId);
  }
  if (others.size === 0) return subscribers;
  const known = new Set(subscribers.map(({ id }) => id)); // another charge point of the same batch may be theirs
  return [...subscribers, ...(await subscribersOfOrganizations(tx, [...others])).filter(({ id }) => !known.has(id))];
}
