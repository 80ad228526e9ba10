/** What stands in a link that is good once, and is kept only as its hash (platform/link-token.ts). */
import { randomBytes } from 'node:crypto';
import { tokenHashOf } from '../platform/link-token.ts';

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
  return { token, hash: tokenHashOf(token) };
}
