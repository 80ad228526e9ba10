/**
 * Members of some sites, and installers, reach less than their organization: what lies beyond is to them what another organization's
 * is, unknown. An id that is not theirs is replaced by one that nobody has, so that a route answers it in the very words and by the
 * very way of an unknown one. A route that does not say how it holds to it is closed to them.
 */
import { AppError } from '../../platform/errors.ts';
import { type Principal, type ReachedKind, reachedKinds } from '../../platform/principal.ts';
import type { AnyRoute } from './route.ts';

type Parts = { readonly params: unknown; readonly query: unknown; readonly body: unknown };

/** What is named beside a path: in a query, or at the top of a body. */
const REFERENCES: Readonly<Record<string, ReachedKind>> = {
  site_id: 'sites',
  charge_point_id: 'charge-points',
  session_id: 'sessions',
  reservation_id: 'reservations',
};
const NOBODYS = '0'.repeat(26);

export async function confine(route: AnyRoute, principal: Principal, parts: Parts): Promise<Parts> {
  const { within } = principal;
  if (within === undefined) return parts;
  const kind = kindOf(route.path);
  if (kind === undefined && route.confined === undefined)
    throw new AppError('forbidden', 'This needs a membership of the whole organization');
  const has = async (asked: ReachedKind, id: string): Promise<boolean> =>
    // A site is more than the jobs at it: an installer may look at it.
    !(asked === 'sites' && kind === 'sites' && within.installerId !== null && route.method !== 'get') &&
    (await within.has(asked, id));
  const own = async (asked: ReachedKind, id: unknown): Promise<unknown> =>
    typeof id !== 'string' || (await has(asked, id)) ? id : `${id.slice(0, Math.max(0, id.indexOf('_')))}_${NOBODYS}`;

  const named = async (part: unknown): Promise<unknown> => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const held = await Promise.all(
      Object.entries(part).map(async ([name, value]: [string, unknown]) => {
        const asked = Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined;
        return [name, asked === undefined ? value : await own(asked, value)] as const;
      }),
    );
    return Object.fromEntries(held);
  };
  const { params } = parts;
  const isItem = kind !== undefined && typeof params === 'object' && params !== null;
  return {
    params: isItem ? { ...params, id: await own(kind, Reflect.get(params, 'id')) } : params,
    query: await named(parts.query),
    body: await named(parts.body),
  };
}

/** Of /sessions/{id}/stop: sessions. Undefined: it is no item of a kind that hangs on one charge point or site. */
export function kindOf(path: string): ReachedKind | undefined {
  const [, first, second] = path.split('/');
  return second === '{id}' ? reachedKinds.find((kind) => kind === first) : undefined;
}
