/**
 * Who is signed in. The access token lives in memory alone; the refresh token in a cookie that no script can read. A token that is about
 * to end is renewed before, in one tab at a time.
 */

import type { paths, Schemas } from '../../client/index.ts';
import { ApiError, unreachable } from './errors.ts';

type Ok<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: { content: { 'application/json': infer T } } };
}
  ? T
  : never;
type LoggedIn = Ok<'/api/v1/auth/login', 'post'>;
export type Me = Ok<'/api/v1/auth/me', 'get'> & { readonly memberships: Schemas['OwnUser']['memberships'] };

export type SessionState =
  | { readonly at: 'starting' }
  /** `ended`: there was a login, and it is over. */
  | { readonly at: 'out'; readonly ended: boolean }
  /** `isFresh`: signed in just now, and not said yet for which organization. */
  | { readonly at: 'in'; readonly me: Me; readonly isFresh: boolean };

/** So long before its end a token is renewed. */
const AHEAD_MS = 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };

/** The server's word to this browser that it has a login (src/auth/routes.ts): without it there is nothing to ask for. */
const hasMark = (): boolean => document.cookie.split('; ').includes('dyn_signed_in=1');
/** Also when the answer that would do it is not waited for. */
function dropMark(): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing over plain http
  document.cookie = 'dyn_signed_in=; Max-Age=0; Path=/; SameSite=Strict';
}

let state: SessionState = { at: 'starting' };
let token = '';
let renewAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let renewing: Promise<boolean> | undefined;
const listeners = new Set<() => void>();

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

export const session = {
  state: (): SessionState => state,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** Takes up the login of the cookie, if there is one. */
  async start(): Promise<void> {
    if (hasMark() && (await renew())) return;
    if (state.at === 'starting') become({ at: 'out', ended: false });
  },
  /** Throws ApiError: unauthorized, with a detail for `code` when the second factor is wanted. */
  async signIn(credentials: { email: string; password: string; code?: string }): Promise<void> {
    await enter(await ask<LoggedIn>('/api/v1/auth/login', credentials), true);
  },
  async signOut(): Promise<void> {
    const old = token;
    leave(false);
    if (old === '') return;
    await ask('/api/v1/auth/logout', {}, old).catch(() => undefined); // signed out here in any case; there it ends by itself
  },
  /** Every login of the account ends, this one too. Throws ApiError. */
  async signOutEverywhere(): Promise<void> {
    await ask('/api/v1/auth/logout-everywhere', {}, await session.token());
    leave(false);
  },
  /** The name, or where one belongs, has changed. */
  async lookAgain(): Promise<void> {
    if (state.at !== 'in') return;
    const { isFresh } = state;
    become({ at: 'in', me: await meOf(await session.token()), isFresh });
  },
  /** Where the login is, is where he wants to work. */
  stay(): void {
    if (state.at === 'in') become({ ...state, isFresh: false });
  },
  /** Throws ApiError. */
  async changeOrganization(organizationId: string): Promise<void> {
    await enter(await ask<LoggedIn>('/api/v1/auth/refresh', { organization_id: organizationId }));
  },
  /** What belongs into `Authorization`. */
  async token(): Promise<string> {
    if (state.at === 'in' && Date.now() >= renewAt) await renew();
    return token;
  },
  /** After a 401: true when there is a new token to try with. */
  async renewAfter(refused: string): Promise<boolean> {
    if (token !== '' && token !== refused) return true;
    return state.at === 'in' && renew(); // what was still asked for when somebody left brings nobody back
  },
};

async function enter({ access_token: fresh, expires_in: seconds }: LoggedIn, isFresh = false): Promise<void> {
  const me = await meOf(fresh);
  keep(fresh, seconds);
  become({ at: 'in', me, isFresh });
}

async function meOf(bearer: string): Promise<Me> {
  const [me, own] = await Promise.all([
    ask<Ok<'/api/v1/auth/me', 'get'>>('/api/v1/auth/me', undefined, bearer),
    ask<Schemas['OwnUser']>('/api/v1/users/me', undefined, bearer),
  ]);
  return { ...me, memberships: own.memberships };
}

function keep(fresh: string, seconds: number): void {
  token = fresh;
  const inMs = Math.max(5_000, seconds * 1000 - AHEAD_MS);
  renewAt = Date.now() + inMs;
  clearTimeout(timer);
  timer = setTimeout(() => void renew(), inMs); // never rejects
}

function leave(ended: boolean): void {
  clearTimeout(timer);
  token = '';
  renewAt = 0;
  dropMark();
  become({ at: 'out', ended });
}

/** Once at a time. False: there is no login any more, or the server is away. */
function renew(): Promise<boolean> {
  renewing ??= inOneTab(renewNow).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renewNow(): Promise<boolean> {
  try {
    const done = await ask<LoggedIn>('/api/v1/auth/refresh', {});
    const isOther = state.at === 'in' && state.me.organization.id !== done.user.organization_id;
    if (state.at === 'in' && !isOther) keep(done.access_token, done.expires_in);
    else await enter(done);
    return true;
  } catch (cause) {
    // the server may be away: that ends nobody's login
    if (cause instanceof ApiError && cause.status === 401) {
      if (state.at === 'in') leave(true);
      return false;
    }
    if (state.at === 'in') {
      clearTimeout(timer);
      timer = setTimeout(() => void renew(), 5_000); // never rejects
    }
    return false;
  }
}

/** Tabs share the cookie, which is good once. `navigator.locks` is missing over plain http; the server bears two at once. */
const inOneTab = (work: () => Promise<boolean>): Promise<boolean> =>
  'locks' in navigator ? navigator.locks.request('dynamo-refresh', work) : work();

async function ask<T>(path: string, body?: object, bearer?: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: { ...JSON_TYPE, ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) },
    });
  } catch {
    throw unreachable();
  }
  const text = await response.text();
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  if (!response.ok) throw new ApiError(response.status, json as Schemas['Error']);
  return json as T;
}
