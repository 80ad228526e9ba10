/** Reads the identity of a charger from the target of its upgrade request. Pure; it must never throw, whatever the target holds. */
import { IDENTITY, IDENTITY_RULE } from '../platform/identity.ts';

export type Target =
  | { readonly is: 'charger'; readonly identity: string }
  /** No place where chargers connect. */
  | { readonly is: 'elsewhere' }
  /** Meant for us, but not usable; `said` is what stood in the identity's place. */
  | { readonly is: 'bad'; readonly why: string; readonly said: string };

/** The version in the path is for people: the subprotocol decides. */
const PREFIXES = ['/ocpp/1.6/', '/ocpp/2.0.1/', '/ocpp/2.1/', '/ocpp16/', '/ocpp/'];
const MAX_TARGET = 2048;

export function readTarget(target: string): Target {
  const question = target.search(/[?#]/);
  const path = question === -1 ? target : target.slice(0, question);
  if (!path.startsWith('/')) {
    // Absolute-form is for proxies, and nobody but a scanner sends it here (T16).
    return { is: 'bad', why: 'The request target must be a path: /ocpp/{identity}', said: '' };
  }
  const prefix = PREFIXES.find((each) => path.startsWith(each));
  if (prefix === undefined) return { is: 'elsewhere' };
  if (path.length > MAX_TARGET) return { is: 'bad', why: 'The path is too long', said: '' };
  // A slash too many is a frequent slip of installers (T17): behind, or before, where the address ends with one and the charger adds its own.
  const raw = path.slice(prefix.length).replace(/^\/+|\/+$/g, '');
  if (raw === '') return { is: 'elsewhere' };
  const decoded = decode(raw);
  if (decoded === undefined) return { is: 'bad', why: 'The path holds a malformed percent escape', said: raw };
  const identity = decoded.trim(); // a blank around the identity is harmless; within it is not
  if (IDENTITY.test(identity)) return { is: 'charger', identity };
  return {
    is: 'bad',
    why: `The identity in the path must be ${IDENTITY_RULE}`,
    said: identity,
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // URIError: the caller says so
  }
}
