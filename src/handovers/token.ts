/**
 * The token of a handover: 256 random bits, shown once, kept only as their SHA-256, good for one acceptance. A hash of so much
 * chance needs neither salt nor time.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { secretInRequest } from '../platform/request-ids.ts';

const PREFIX = 'dyn_handover_';
/** Of a token as it is made: a longer text is none. */
export const MOST_TOKEN = 200;

export function createToken(): { readonly token: string; readonly hash: Buffer } {
  const token = `${PREFIX}${secretInRequest().toString('base64url')}`;
  return { token, hash: hashToken(token) };
}

export const hashToken = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

/** Takes as long for a handover that does not exist. */
export function isToken(token: string, hash: Uint8Array | undefined): boolean {
  const presented = hashToken(token);
  const isRight = timingSafeEqual(presented, hash?.length === presented.length ? hash : DECOY);
  return hash !== undefined && isRight;
}
const DECOY = Buffer.alloc(32);
