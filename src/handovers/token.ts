/** The token of a handover: shown once, kept only as its hash, good for one acceptance. */
import { timingSafeEqual } from 'node:crypto';
import { tokenHashOf } from '../platform/link-token.ts';
import { secretInRequest } from '../platform/request-ids.ts';

const PREFIX = 'dyn_handover_';
/** Of a token as it is made: a longer text is none. */
export const MOST_TOKEN = 200;

export function createToken(): { readonly token: string; readonly hash: Buffer } {
  const token = `${PREFIX}${secretInRequest().toString('base64url')}`;
  return { token, hash: tokenHashOf(token) };
}

/** Takes as long for a handover that does not exist. */
export function isToken(token: string, hash: Uint8Array | undefined): boolean {
  const presented = tokenHashOf(token);
  const isRight = timingSafeEqual(presented, hash?.length === presented.length ? hash : DECOY);
  return hash !== undefined && isRight;
}
const DECOY = Buffer.alloc(32);
