/**
 * Writes domain events and their webhook deliveries in the transaction that caused them, and hands what was born leased to
 * the dispatcher after the commit. Must never send, or promise to send, anything before it.
 */
import type { DomainEventInput } from '../events/index.ts';
import type { EventWriter, Root } from '../ingest/contract.ts';
import { newId } from '../platform/ids.ts';
import type { Dispatcher } from './dispatcher.ts';
import { insertEvents, type Match, type NewDelivery, type NewEvent, numberAndMatch } from './event-store.ts';
import type { BornDelivery } from './types.ts';

export type EventWriterNeeds = {
  readonly dispatcher: Pick<Dispatcher, 'room' | 'accept' | 'newLease'>;
  readonly now: () => Date;
};

type Emitted = { readonly root: Root; readonly event: DomainEventInput };

export function createEventWriter({ dispatcher, now }: EventWriterNeeds): EventWriter {
  return {
    async write(tx, emitted) {
      if (emitted.length === 0) return { committed: () => undefined };
      const matches = await numberAndMatch(
        tx,
        emitted.map(({ root, event }) => ({
          organizationId: root.organizationId,
          chargePointId: root.chargePointId,
          type: event.type,
        })),
      );
      const at = now();
      const events = eventsOf(emitted, matches);
      const lease = dispatcher.newLease();
      const room = new Map<string, number>();
      const deliveries: NewDelivery[] = [];
      const born: BornDelivery[] = [];
      const more = new Set<string>();
      for (const { index, endpointId, url, secret } of matches) {
        const event = events[index];
        if (event === undefined || endpointId === null || url === null) continue;
        const left = room.get(endpointId) ?? dispatcher.room(endpointId);
        room.set(endpointId, left - 1);
        const id = newId('whd');
        const { organizationId, id: eventId, type, body } = event;
        deliveries.push({ id, organizationId, endpointId, eventId, event: type, isLeased: left > 0 });
        if (left <= 0) more.add(endpointId);
        else
          born.push({
            id,
            endpointId,
            eventId,
            event: type,
            body,
            url,
            secret,
            attempts: 0,
            firstAttemptAt: null,
            nextAttemptAt: at,
            leaseToken: lease.token,
            leasedUntilMs: lease.untilMs,
          });
      }
      // It travels with the COMMIT, which fails if it fails (database/pool.ts): nothing here needs its answer.
      void insertEvents(tx, at, events, deliveries, lease).catch(() => undefined);
      return { committed: () => dispatcher.accept(born, more) };
    },
  };
}

/** The sequence stands in the text, so it must be known before the text is written. */
function eventsOf(emitted: readonly Emitted[], matches: readonly Match[]): NewEvent[] {
  const sequences = new Map(matches.map(({ index, sequence }) => [index, sequence]));
  return emitted.map(({ root, event }, index) => {
    const sequence = sequences.get(index);
    if (sequence === undefined) throw new Error(`charge point ${root.chargePointId} has no event sequence`);
    const id = newId('evt');
    return {
      id,
      organizationId: root.organizationId,
      type: event.type,
      chargePointId: root.chargePointId,
      sequence,
      occurredAt: event.occurredAt,
      body: bodyOf(id, root, event, sequence),
    };
  });
}

const bodyOf = (id: string, root: Root, event: DomainEventInput, sequence: number): string =>
  JSON.stringify({
    id,
    event: event.type,
    timestamp: event.occurredAt.toISOString(),
    data: {
      organization_id: root.organizationId,
      charge_point_id: root.chargePointId,
      charge_point_identity: root.identity,
      occurred_at: event.occurredAt.toISOString(),
      received_at: event.receivedAt.toISOString(),
      sequence,
      ...(event.historical === true && { historical: true }),
      ...event.data,
    },
  });
