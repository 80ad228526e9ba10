/** Endpoint secrets at rest: sealed by the key ring, bound to their endpoint. They leave this room only as signatures. */
import type { KeyRing } from './types.ts';

export const sealSecret = (keyRing: KeyRing, endpointId: string, secret: string): Buffer =>
  keyRing.encrypt(Buffer.from(secret, 'utf8'), endpointId);

/** Throws when the key is no longer in the ring, or the bytes belong to another endpoint. */
export const openSecret = (keyRing: KeyRing, endpointId: string, sealed: Buffer): string =>
  keyRing.decrypt(sealed, endpointId).toString('utf8');

const MAX_OPENED = 1000;

/** Remembers what it opened: an endpoint's secret is needed for every delivery, and opening it costs more than signing. */
export function createOpenSecret(keyRing: KeyRing): (endpointId: string, sealed: Buffer) => string {
  const opened = new Map<string, string>();
  return (endpointId, sealed) => {
    const key = `${endpointId} ${sealed.toString('latin1')}`;
    let secret = opened.get(key);
    if (secret === undefined) {
      secret = openSecret(keyRing, endpointId, sealed);
      if (opened.size >= MAX_OPENED) opened.clear();
      opened.set(key, secret);
    }
    return secret;
  };
}
