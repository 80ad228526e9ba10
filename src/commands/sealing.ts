/**
 * Secret fields of a command's payload on their way from REST to the wire: the row shows them masked and holds them encrypted,
 * bound to the charge point, until the command has ended. Only the connection that sends it opens them.
 */
import type { Cipher } from '../secrets/index.ts';

export type Sealing = {
  seal(fields: Readonly<Record<string, unknown>>, chargePointId: string): string;
  /** Throws SealedError. */
  unseal(sealed: string, chargePointId: string): Readonly<Record<string, unknown>>;
};

export const createSealing = (cipher: Cipher): Sealing => ({
  seal: (fields, chargePointId) =>
    cipher.encrypt(Buffer.from(JSON.stringify(fields), 'utf8'), aad(chargePointId)).toString('base64'),
  unseal: (sealed, chargePointId) =>
    JSON.parse(cipher.decrypt(Buffer.from(sealed, 'base64'), aad(chargePointId)).toString('utf8')) as Record<
      string,
      unknown
    >, // only seal() makes such texts, and the cipher vouches for them
});

const aad = (chargePointId: string): string => `command:${chargePointId}`;
