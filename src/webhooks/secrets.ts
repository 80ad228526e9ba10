/** Endpoint secrets at rest: sealed by the key ring, bound to their endpoint. They leave this room only as signatures. */
import type { KeyRing } from './types.ts';

export const sealSecret = (keyRing: KeyRing, endpointId: string, secret: string): Buffer =>
  keyRing.encrypt(Buffer.from(secret, 'utf8'), endpointId);

/** Throws when the key is no longer in the ring, or the bytes belong to another endpoint. */
export const openSecret = (keyRing: KeyRing, endpointId: string, sealed: Buffer): string =>
  keyRing.decrypt(sealed, endpointId).toString('utf8');
