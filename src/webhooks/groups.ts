/**
 * A grouped alert is of no single charge point, yet stands for those that are in it: endpoints that filter by one of them, or by its
 * site, hear of it too. Who is in it stands in alert_members, written before the event in the same transaction.
 */
import type { Database, Tx } from '../database/contract.ts';
import { newId } from '../platform/ids.ts';
import { concernsOf, lateListeners, lockPast, tellLate } from './group-store.ts';
import { type Subject, type Subscriber, subscribes, wants } from './match.ts';

export type MaybeGroup = Subject & {
  /** null: it is no alert. */
  readonly alertId: string | null;
};

const isGroup = ({ type, chargePointId, alertId }: MaybeGroup): boolean =>
  chargePointId === null && alertId !== null && type.startsWith('alert.');

/** Says of an event and an endpoint whether they concern each other by the charge points of a group. Hardly ever anything to ask. */
export async function groupConcerns(
  db: Pick<Tx, 'rows'>,
  events: readonly MaybeGroup[],
  endpoints: readonly Pick<Subscriber, 'id' | 'organizationId' | 'events' | 'siteIds' | 'chargePointIds'>[],
): Promise<(event: MaybeGroup, endpointId: string) => boolean> {
  const alertIds = new Set<string>();
  const endpointIds = new Set<string>();
  for (const event of events.filter(isGroup))
    for (const endpoint of endpoints) {
      if (!subscribes(endpoint, event) || wants(endpoint, event)) continue;
      alertIds.add(event.alertId ?? '');
      endpointIds.add(endpoint.id);
    }
  if (alertIds.size === 0) return () => false;
  const found = await concernsOf(db, [...alertIds], [...endpointIds]);
  const known = new Set(found.map(({ alertId, endpointId }) => `${alertId} ${endpointId}`));
  return (event, endpointId) => isGroup(event) && known.has(`${event.alertId} ${endpointId}`);
}

const AT_ONCE = 1_000;

/**
 * A charge point that joins a group which was told already: endpoints that filter by it get the event of its opening now. What was
 * told is a row, and who looks for it does so alone, so that runs of several processes tell nothing twice. Returns how many are told.
 */
export const tellJoined = ({
  db,
  now,
}: {
  readonly db: Pick<Database, 'transaction'>;
  readonly now: () => Date;
}): Promise<number> =>
  db.transaction(async (tx) => {
    await lockPast(tx);
    const late = await lateListeners(tx, AT_ONCE);
    if (late.length === 0) return 0;
    await tellLate(
      tx,
      now(),
      late.map((each) => ({ ...each, id: newId('whd') })),
    );
    return late.length;
  });
