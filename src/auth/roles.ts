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
    'write:commands',
  ],
  installer: ['read:charge_points', 'write:charge_points', 'read:sessions', 'write:commands'],
  billing: ['read:charge_points', 'read:sessions', 'read:billing', 'write:billing', 'read:analytics'],
  viewer: ['read:charge_points', 'read:sessions', 'read:analytics'],
} as const satisfies Record<Role, readonly Scope[]>;

/** A role that this version does not know may nothing. */
export function scopesFor(role: string): ReadonlySet<Scope> {
  const known = roles.find((each) => each === role);
  return new Set(known === undefined ? [] : scopesOfRole[known]);
}

/** Stored scopes of a key; one that this version does not know grants nothing. */
export const knownScopes = (stored: readonly string[]): ReadonlySet<Scope> =>
  new Set(scopes.filter((scope) => stored.includes(scope)));
