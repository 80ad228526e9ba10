/** Who is signed in, and what he may, for components. */
import { useSyncExternalStore } from 'react';
import { type Me, type SessionState, session } from './session.ts';

export const useSession = (): SessionState => useSyncExternalStore(session.subscribe, session.state);

/** Only below the gate of app.tsx, which shows nothing else to who is not signed in. */
export function useMe(): Me {
  const state = useSession();
  if (state.at !== 'in') throw new Error('nobody is signed in');
  return state.me;
}

export type Scope =
  | 'read:charge_points'
  | 'write:charge_points'
  | 'read:sessions'
  | 'read:billing'
  | 'read:analytics'
  | 'write:billing'
  | 'write:webhooks'
  | 'write:api_keys'
  | 'read:audit'
  | 'read:members'
  | 'write:members'
  | 'read:events'
  | 'write:commands';

/** What a role may not do is not shown; the server decides in any case. */
export const useMay = (scope: Scope): boolean => {
  const state = useSession();
  return state.at === 'in' && state.me.scopes.includes(scope);
};
