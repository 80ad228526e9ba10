/**
 * What stands in a link that is good once: 256 random bits, known to its receiver alone and kept only as their SHA-256. A hash of so
 * much chance needs neither salt nor time.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Of a token as it is made: a longer text is none. */
export const MOST_TOKEN = 200;

type What = 'invitation' | 'reset' | 'refresh';

/** By its form it could be one: what could not costs no query. */
export const isOneTimeToken = (what: What, text: string): boolean =>
  /^dyn_([a-z]+)_[\w-]{43}$/.exec(text)?.[1] === what;

export function createOneTimeToken(what: What): {
  readonly token: string;
  readonly hash: Buffer;
} {
  const token = `dyn_${what}_${randomBytes(32).toString('base64url')}`;
  return { token, hash: hashOneTimeToken(token) };
}

export const hashOneTimeToken = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();
