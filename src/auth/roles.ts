/** What each role may do. Denied by default: what is not listed here, a role may not. */
import { type Scope, scopes } from '../platform/principal.ts';

export const roles = ['owner', 'admin', 'operator', 'installer', 'billing', 'viewer'] as const;
export type Role = (typeof roles)[number];

export const scopesOfRole = {
  owner: scopes,
  admin: scopes,
  operator: [
    'read:charge_points',
    'write:charge_points',
    'read:sessions',
    'read:billing',
    'read:analytics',
    'read:events',
    'write:commands',
    'write:load_meter',
  ],
  installer: ['read:charge_points', 'write:charge_points', 'read:sessions', 'read:events', 'write:commands'],
  billing: ['read:charge_points', 'read:sessions', 'read:billing', 'write:billing', 'read:analytics', 'read:events'],
  viewer: ['read:charge_points', 'read:sessions', 'read:analytics', 'read:events'],
} as const satisfies Record<Role, readonly Scope[]>;

/** A role that this version does not know may nothing. */
export function scopesFor(role: string): ReadonlySet<Scope> {
  const known = roles.find((each) => each === role);
  return new Set(known === undefined ? [] : scopesOfRole[known]);
}

/** Who may have every event sent to him may listen to them. */
const IMPLIED: Partial<Record<Scope, Scope>> = { 'read:events': 'write:webhooks' };

/** Stored scopes of a key, and what they imply; one that this version does not know grants nothing. */
export const knownScopes = (stored: readonly string[]): ReadonlySet<Scope> =>
  new Set(scopes.filter((scope) => stored.includes(scope) || stored.includes(IMPLIED[scope] ?? scope)));
