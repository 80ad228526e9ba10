/**
 * What of the stream of events somebody may read. By type: what an event tells, its reader may also ask for over REST. By charge point:
 * a member of some sites, or an installer, is told of those that he reaches and of nothing else.
 */
import { eventTypes } from '../events/index.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Principal, Scope } from '../platform/principal.ts';

const scopeOf = (type: string): Scope => (type.startsWith('session.') ? 'read:sessions' : 'read:charge_points');

/** Those of the wanted types that he may read; undefined: all there are. Throws forbidden when it is none. */
export function readableTypes(
  { scopes }: Pick<Principal, 'scopes'>,
  wanted: readonly string[] | undefined,
): readonly string[] | undefined {
  // He may have all of them sent to him.
  if (scopes.has('write:webhooks')) return wanted;
  const asked = wanted ?? eventTypes;
  const readable = asked.filter((type) => scopes.has(scopeOf(type)));
  if (readable.length === 0) {
    const lacking = [...new Set(asked.map(scopeOf))].filter((scope) => !scopes.has(scope));
    throw new AppError('forbidden', `This needs the scope ${lacking.join(' or ')} beside read:events`);
  }
  return readable.length === asked.length ? wanted : readable;
}

/** So long what was found out about a charge point is believed; a stream outlives its right no longer (http/kit/streams.ts). */
const BELIEVED_MS = 30_000;

/** Whether he reaches the charge point of an event. One of none is of the whole organization. */
export function reachOf(
  { within }: Pick<Principal, 'within'>,
  clock: Clock,
): (event: { readonly chargePointId: string | null }) => Promise<boolean> {
  if (within === undefined) return async () => true;
  const known = new Map<string, { readonly isReached: boolean; readonly until: number }>();
  return async ({ chargePointId }) => {
    if (chargePointId === null) return false;
    const now = clock.now().getTime();
    const kept = known.get(chargePointId);
    if (kept !== undefined && kept.until > now) return kept.isReached;
    const isReached = await within.has('charge-points', chargePointId);
    known.set(chargePointId, { isReached, until: now + BELIEVED_MS });
    return isReached;
  };
}
