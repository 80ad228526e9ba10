/** What a 2.x station knows of tokens: their kinds, its authorization cache (2.0.1 C10–C12) and its local list (D01, D02). */

import { instantOf, isPayload, listOf, payloadOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import type { Model } from './model/index.ts';

export type IdToken = { readonly idToken: string; readonly type: string };
export type Known = { readonly status: string; readonly parentIdTag?: string };
type Entry = Known & { readonly expiresAt: number };

export type Tokens = {
  idToken(token: string): IdToken;
  setType(token: string, type: string): void;
  /** Gives the text of a token that the CSMS named, and remembers its kind. */
  learn(idToken: unknown): string | undefined;
  heard(token: string, idTokenInfo: unknown, now: Date): void;
  clearCache(): boolean;
  find(token: string, now: Date): Known | undefined;
  /** What it was told of that token is gone (N10). */
  forget(token: string): void;
  listVersion(): number;
  sendList(request: Payload): 'Accepted' | 'Failed' | 'VersionMismatch';
};

/** An EMAID has no case that matters, nor have the digits of a card (2.0.1 part 2: identifierString is case insensitive). */
const keyOf = (token: string): string => token.toLowerCase();
const MOST_CACHED = 200;

export function createTokens(model: Model): Tokens {
  const types = new Map<string, string>();
  const cache = new Map<string, Entry>();
  let list = new Map<string, Entry>();
  let version = 0;
  model.bind('AuthCacheCtrlr.Storage', () => String(cache.size * 64));
  model.bind('LocalAuthListCtrlr.Entries', () => String(list.size));
  model.bind('LocalAuthListCtrlr.Storage', () => String(list.size * 64));
  const cacheIsOn = (): boolean => model.read('AuthCacheCtrlr.Enabled') === 'true';
  const listIsOn = (): boolean => model.read('LocalAuthListCtrlr.Enabled') === 'true';

  function entryOf(info: unknown): Entry | undefined {
    if (!isPayload(info) || typeof info['status'] !== 'string') return undefined;
    const parent = textOf(payloadOf(info['groupIdToken'])['idToken']);
    return {
      status: info['status'],
      expiresAt: instantOf(info['cacheExpiryDateTime']) ?? Number.POSITIVE_INFINITY,
      ...(parent === undefined ? {} : { parentIdTag: parent }),
    };
  }

  function setType(token: string, type: string): void {
    if (type === 'ISO14443') types.delete(keyOf(token));
    else types.set(keyOf(token), type);
  }

  return {
    idToken: (token) => ({ idToken: token, type: types.get(keyOf(token)) ?? 'ISO14443' }),
    setType,
    learn(said) {
      if (!isPayload(said)) return undefined;
      const { idToken, type } = said;
      if (typeof idToken !== 'string' || typeof type !== 'string') return undefined;
      setType(idToken, type);
      return idToken;
    },
    heard(token, idTokenInfo, now) {
      const entry = entryOf(idTokenInfo);
      if (entry === undefined || !cacheIsOn()) return;
      const lifetimeS = Number(model.read('AuthCacheCtrlr.LifeTime'));
      // C10.FR.08: without an expiry of its own an entry lives as long as AuthCacheLifeTime says.
      const expiresAt = Number.isFinite(entry.expiresAt) ? entry.expiresAt : now.getTime() + lifetimeS * 1000;
      cache.delete(keyOf(token));
      cache.set(keyOf(token), { ...entry, expiresAt });
      const [oldest] = cache.keys();
      if (cache.size > MOST_CACHED && oldest !== undefined) cache.delete(oldest);
    },
    clearCache() {
      if (!cacheIsOn()) return false;
      cache.clear();
      return true;
    },
    find(token, now) {
      const listed = listIsOn() ? list.get(keyOf(token)) : undefined;
      const entry = listed ?? (cacheIsOn() ? cache.get(keyOf(token)) : undefined);
      if (entry === undefined) return undefined;
      const hasExpired = entry.expiresAt <= now.getTime();
      if (hasExpired && listed === undefined) return undefined;
      return { ...entry, status: hasExpired && entry.status === 'Accepted' ? 'Expired' : entry.status };
    },
    forget(token) {
      cache.delete(keyOf(token));
      list.delete(keyOf(token));
    },
    listVersion: () => (listIsOn() ? version : 0),
    sendList({ versionNumber, updateType, localAuthorizationList = [] }) {
      const isFull = updateType === 'Full';
      const said = listOf(localAuthorizationList);
      if (!listIsOn() || typeof versionNumber !== 'number') return 'Failed';
      if (said.length > Number(model.read('LocalAuthListCtrlr.ItemsPerMessage'))) return 'Failed';
      // D01.FR.19, D02.FR.06: a differential update follows on what is there.
      if (!isFull && versionNumber <= version) return 'VersionMismatch';
      const next = new Map(isFull ? [] : list);
      for (const each of said) {
        const token = textOf(payloadOf(each['idToken'])['idToken']);
        if (token === undefined) return 'Failed';
        const entry = entryOf(each['idTokenInfo']);
        if (entry !== undefined) next.set(keyOf(token), entry);
        else if (isFull) return 'Failed';
        else next.delete(keyOf(token));
      }
      if (next.size > 1000) return 'Failed';
      list = next;
      version = isFull && said.length === 0 ? 0 : versionNumber;
      return 'Accepted';
    },
  };
}
