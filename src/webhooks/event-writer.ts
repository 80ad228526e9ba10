/**
 * Writes domain events and their webhook deliveries in the transaction that caused them, and hands what was born leased to
 * the dispatcher after the commit. Must never send, or promise to send, anything before it.
 */
import type { Tx } from '../database/contract.ts';
import type { EmittedEvent, EventWriter } from '../ingest/contract.ts';
import { newId } from '../platform/ids.ts';
import type { Dispatcher } from './dispatcher.ts';
import { insertEvents, lastOfKeys, type NewEvent, subscribersOf } from './event-store.ts';
import { groupConcerns, type MaybeGroup } from './groups.ts';
import { type Subscriber, throttleKey, wants } from './match.ts';
import { createOutgoing, type Wanted } from './outgoing.ts';
import { withOthers, withOwners } from './owners.ts';

export type EventWriterNeeds = {
  readonly dispatcher: Pick<Dispatcher, 'room' | 'accept' | 'newLease'>;
  readonly now: () => Date;
  /** Called after each commit that wrote events: wakes whoever reads the log. */
  readonly onCommitted?: () => void;
};

export function createEventWriter({ dispatcher, now, onCommitted = () => undefined }: EventWriterNeeds): EventWriter {
  return {
    prepare(tx, chargePointIds) {
      const asked = subscribersOf(tx, chargePointIds);
      asked.catch(() => undefined); // a batch without events does not wait for it; the transaction fails with it
      return {
        async write(emitted) {
          const at = now();
          const owned = await withOwners(tx, emitted);
          const events = owned.map(eventOf);
          const subscribers = await withOthers(tx, owned, await asked);
          const ofGroup = await groupConcerns(tx, events.map(withAlert(owned)), subscribers);
          const wanted = match(owned, events, subscribers, ofGroup);
          const last = await slotsOf(tx, wanted, at);
          const lease = dispatcher.newLease();
          const outgoing = createOutgoing({ last, lease, room: dispatcher.room, now: at });
          for (const each of wanted) outgoing.add(each);
          const { deliveries, replacements, born, more } = outgoing;
          // It travels with the COMMIT, which fails if it fails (database/pool.ts): nothing here needs its answer.
          void insertEvents(tx, at, { events, deliveries: deliveries(), replacements: replacements() }, lease).catch(
            () => undefined,
          );
          return {
            committed() {
              dispatcher.accept(born(), more());
              onCommitted();
            },
          };
        },
      };
    },
  };
}

const withAlert =
  (emitted: readonly EmittedEvent[]) =>
  (event: NewEvent, i: number): MaybeGroup => {
    const data: Readonly<Record<string, unknown>> = emitted[i]?.event.data ?? {};
    const { alert_id: alertId } = data;
    return { alertId: typeof alertId === 'string' ? alertId : null, ...event };
  };

function match(
  emitted: readonly EmittedEvent[],
  events: readonly NewEvent[],
  subscribers: readonly Subscriber[],
  ofGroup: (event: MaybeGroup, endpointId: string) => boolean,
): Wanted[] {
  if (subscribers.length === 0) return [];
  return events.flatMap((event, i) => {
    const data: Readonly<Record<string, unknown>> = emitted[i]?.event.data ?? {};
    const alert = withAlert(emitted)(event, i);
    return subscribers
      .filter((endpoint) => wants(endpoint, event) || ofGroup(alert, endpoint.id))
      .map((endpoint) => {
        const intervalS = endpoint.minIntervals[event.type];
        const throttle =
          intervalS === undefined
            ? undefined
            : {
                key: throttleKey(event.type, event.chargePointId, data),
                intervalS,
                isFinal: data['is_final'] === true,
              };
        return { event, endpoint, throttle };
      });
  });
}

/** Only where an endpoint has a minimum interval is there anything to ask. */
async function slotsOf(tx: Tx, wanted: readonly Wanted[], now: Date) {
  const keys = new Map<string, { endpointId: string; key: string }>();
  for (const { endpoint, throttle } of wanted) {
    if (throttle === undefined) continue;
    keys.set(`${endpoint.id} ${throttle.key}`, { endpointId: endpoint.id, key: throttle.key });
  }
  return keys.size === 0 ? [] : lastOfKeys(tx, [...keys.values()], now);
}

/** Fields first, spreads last: in V8 a field behind a spread costs a microsecond (docs/performance.md). */
function eventOf({ root, event, sequence, traceId }: EmittedEvent): NewEvent {
  const id = newId('evt');
  const { organizationId, siteId } = event.owner ?? root;
  /** Else its root is the organization (ingest/contract.ts). */
  const isOfOne = root.chargePointId !== root.organizationId;
  const chargePointId = isOfOne ? root.chargePointId : null;
  const numbered = isOfOne ? sequence : null;
  const timestamp = event.occurredAt.toISOString();
  const body = JSON.stringify({
    id,
    event: event.type,
    timestamp,
    data: {
      organization_id: organizationId,
      charge_point_id: chargePointId,
      charge_point_identity: isOfOne ? root.identity : null,
      occurred_at: timestamp,
      received_at: event.receivedAt.toISOString(),
      sequence: numbered,
      historical: event.historical === true ? true : undefined,
      ...event.data,
    },
  });
  const { type, occurredAt } = event;
  return { id, organizationId, type, chargePointId, sequence: numbered, siteId, occurredAt, body, traceId };
}
