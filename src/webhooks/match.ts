/** Which endpoints want an event, and what their minimum intervals count by. Pure. */
import type { SealedSecrets } from './types.ts';

/** As much of an endpoint as decides about an event and sends it. */
export type Subscriber = SealedSecrets & {
  readonly id: string;
  readonly organizationId: string;
  readonly url: string;
  /** Types, or * */
  readonly events: readonly string[];
  /** Both empty: the events of all charge points. */
  readonly siteIds: readonly string[];
  readonly chargePointIds: readonly string[];
  /** Seconds by event type. */
  readonly minIntervals: Readonly<Record<string, number>>;
  readonly ordered: boolean;
};

export type Subject = {
  readonly organizationId: string;
  readonly type: string;
  readonly chargePointId: string | null;
  readonly siteId: string | null;
};

type Filter = Pick<Subscriber, 'organizationId' | 'events' | 'siteIds' | 'chargePointIds'>;

/** Subscribed to the type, and the charge point or its site is named where any is. Whether it is active is not asked here. */
export function wants(endpoint: Filter, { organizationId, type, chargePointId, siteId }: Subject): boolean {
  if (!subscribes(endpoint, { organizationId, type })) return false;
  if (endpoint.siteIds.length === 0 && endpoint.chargePointIds.length === 0) return true;
  return (
    (siteId !== null && endpoint.siteIds.includes(siteId)) ||
    (chargePointId !== null && endpoint.chargePointIds.includes(chargePointId))
  );
}

/** To the type, whatever it filters by. */
export const subscribes = (
  endpoint: Filter,
  { organizationId, type }: Pick<Subject, 'organizationId' | 'type'>,
): boolean =>
  endpoint.organizationId === organizationId && (endpoint.events.includes('*') || endpoint.events.includes(type));

/** An interval counts per session, else per connector, else per charge point or site: what a receiver would take for the same thing. */
export function throttleKey(
  type: string,
  chargePointId: string | null,
  data: Readonly<Record<string, unknown>>,
): string {
  const { session_id: session, site_id: site, evse_id: evse, connector_id: connector } = data;
  if (typeof session === 'string') return `${type} ${session}`;
  if (chargePointId === null && typeof site === 'string') return `${type} ${site}`;
  return evse === undefined && connector === undefined
    ? `${type} ${chargePointId ?? ''}`
    : `${type} ${chargePointId ?? ''} ${String(evse)} ${String(connector)}`;
}
