/** The deliveries of one transaction: which are born leased to this process, which wait, and which take another one's place. */
import { newId } from '../platform/ids.ts';
import type { Lease } from './dispatcher.ts';
import type { LastOfKey, NewDelivery, NewEvent, Replacement } from './event-store.ts';
import type { Subscriber } from './match.ts';
import { place, type Slot } from './throttle.ts';
import type { BornDelivery } from './types.ts';

/** An event and an endpoint that wants it. */
export type Wanted = {
  readonly event: NewEvent;
  readonly endpoint: Subscriber;
  readonly throttle: { readonly key: string; readonly intervalS: number; readonly isFinal: boolean } | undefined;
};

/** What belongs to no charge point waits for nobody: its key in the order is its own, and it is the first of it. */
const placeOf = ({ sequence }: NewEvent): number => sequence ?? 0;

export function createOutgoing(options: {
  readonly last: readonly LastOfKey[];
  readonly lease: Lease;
  /** How many deliveries of an endpoint may be born leased. */
  readonly room: (endpointId: string) => number;
  readonly now: Date;
}) {
  const { lease, now } = options;
  const made = new Map<string, { delivery: NewDelivery; wanted: Wanted }>();
  const replacements = new Map<string, Replacement>();
  const rooms = new Map<string, number>();
  const more = new Set<string>();
  const slots = new Map<string, Slot>(options.last.map((slot) => [`${slot.endpointId} ${slot.key}`, slot]));

  /** What goes at once is born leased while there is room; in order, or later, goes what a claim finds. */
  function lend(endpoint: Subscriber, at: Date): boolean {
    if (at > now) return false;
    const left = rooms.get(endpoint.id) ?? options.room(endpoint.id);
    if (endpoint.ordered || left <= 0) {
      more.add(endpoint.id);
      return false;
    }
    rooms.set(endpoint.id, left - 1);
    return true;
  }

  function insert(wanted: Wanted, at: Date, id: string): void {
    const { event, endpoint, throttle } = wanted;
    const delivery: NewDelivery = {
      id,
      organizationId: event.organizationId,
      endpointId: endpoint.id,
      eventId: event.id,
      event: event.type,
      at,
      orderedKey: endpoint.ordered ? (event.chargePointId ?? id) : null,
      sequence: placeOf(event),
      throttleKey: throttle?.key ?? null,
      isLeased: lend(endpoint, at),
    };
    made.set(id, { delivery, wanted });
  }

  function replace(slot: Slot, { event, endpoint }: Wanted, at: Date): void {
    replacements.set(slot.id, { id: slot.id, eventId: event.id, sequence: placeOf(event), at });
    if (at <= now) more.add(endpoint.id);
  }

  return {
    add(wanted: Wanted): void {
      const { endpoint, throttle } = wanted;
      if (throttle === undefined) {
        insert(wanted, now, newId('whd'));
        return;
      }
      const slotKey = `${endpoint.id} ${throttle.key}`;
      const slot = slots.get(slotKey);
      const { place: where, at } = place(slot, throttle.intervalS, throttle.isFinal, now);
      const old = where === 'instead' ? slot : undefined;
      const id = old?.id ?? newId('whd');
      if (old === undefined || made.has(id)) insert(wanted, at, id);
      else replace(old, wanted, at);
      slots.set(slotKey, { id, isWaiting: at > now || replacements.has(id), at });
    },
    deliveries: (): NewDelivery[] => [...made.values()].map(({ delivery }) => delivery),
    replacements: (): Replacement[] => [...replacements.values()],
    born: (): BornDelivery[] =>
      [...made.values()].flatMap(({ delivery, wanted: { event, endpoint } }) =>
        delivery.isLeased
          ? [
              {
                id: delivery.id,
                endpointId: endpoint.id,
                eventId: event.id,
                event: event.type,
                body: event.body,
                traceId: event.traceId,
                url: endpoint.url,
                secret: endpoint.secret,
                previousSecret: endpoint.previousSecret,
                previousSecretUntil: endpoint.previousSecretUntil,
                attempts: 0,
                firstAttemptAt: null,
                nextAttemptAt: now,
                leaseToken: lease.token,
                leasedUntilMs: lease.untilMs,
              },
            ]
          : [],
      ),
    /** Endpoints of which something is due that nobody holds. */
    more: (): Set<string> => more,
  };
}
