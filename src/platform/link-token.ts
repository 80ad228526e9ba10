/**
 * Tokens that are a whole credential: 256 random bits, known to their receiver alone and kept only as their SHA-256. A hash of so much
 * chance needs neither salt nor time.
 */
import { createHash } from 'node:crypto';

export const tokenHashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** By its form it could be what stands in a link (32 bytes in base64url): what could not costs no query. */
export const isLinkToken = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);
