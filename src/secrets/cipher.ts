/**
 * Secrets at rest: AES-256-GCM under the current key, read back under whichever key sealed them. What was sealed for one
 * purpose or one record never opens for another.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export type Cipher = {
  /** `aad` names the record that the text belongs to; it is not stored. */
  encrypt(plain: Buffer, aad: string): Buffer;
  /** Throws SealedError. */
  decrypt(sealed: Uint8Array, aad: string): Buffer;
};

export class SealedError extends Error {
  override readonly name = 'SealedError';
  /** unknown_key: the ring lacks the key; altered: changed, cut, or sealed for another record or purpose. */
  readonly reason: 'unknown_key' | 'altered';
  constructor(reason: 'unknown_key' | 'altered', message: string) {
    super(message);
    this.reason = reason;
  }
}

/** version 1 · length of kid · kid · iv · tag · ciphertext */
const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key that sealed it, without opening it: tells what still hangs on an old key. */
export function sealedUnder(sealed: Uint8Array): string | undefined {
  const [version, length = 0] = sealed;
  if (version !== VERSION || length === 0 || sealed.length < 2 + length + IV_BYTES + TAG_BYTES) return undefined;
  return Buffer.from(sealed.subarray(2, 2 + length)).toString('ascii');
}

export type CipherKeys = {
  current(): { readonly kid: string; readonly key: Uint8Array };
  byKid(kid: string): Uint8Array | undefined;
};

export function createCipher(keys: CipherKeys): Cipher {
  return {
    encrypt(plain, aad) {
      const { kid, key } = keys.current();
      const name = Buffer.from(kid, 'ascii');
      const head = Buffer.concat([Buffer.from([VERSION, name.length]), name]);
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      cipher.setAAD(Buffer.concat([head, Buffer.from(aad, 'utf8')]));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([head, iv, cipher.getAuthTag(), body]);
    },

    decrypt(sealed, aad) {
      const kid = sealedUnder(sealed);
      if (kid === undefined) throw new SealedError('altered', 'This is not a text that was sealed here.');
      const key = keys.byKid(kid);
      if (key === undefined) {
        throw new SealedError('unknown_key', `It was sealed under key "${kid}", which the key ring lacks.`);
      }
      const bytes = Buffer.from(sealed);
      const headEnd = 2 + kid.length;
      const ivEnd = headEnd + IV_BYTES;
      const tagEnd = ivEnd + TAG_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(headEnd, ivEnd), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.concat([bytes.subarray(0, headEnd), Buffer.from(aad, 'utf8')]));
      decipher.setAuthTag(bytes.subarray(ivEnd, tagEnd));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
      } catch {
        throw new SealedError('altered', 'The sealed text was changed, or belongs to another record.');
      }
    },
  };
}
