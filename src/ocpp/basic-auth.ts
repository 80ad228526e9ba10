/** Reads HTTP Basic credentials as chargers send them: the password may be any bytes. Pure; it must never throw. */

export type Credentials = { readonly username: string; readonly password: Uint8Array };

const MAX_HEADER = 1024;
const COLON = 0x3a;

/**
 * RFC 7617: user-id and password are split at the first colon (an identity holds none). The password stays bytes:
 * OCPP 1.6 keys are random binary. Undefined: none, or not readable.
 */
export function readBasicAuth(header: string | undefined): Credentials | undefined {
  if (header === undefined || header.length > MAX_HEADER) return undefined;
  const match = /^\s*basic\s+([A-Za-z0-9+/_-]+=*)\s*$/i.exec(header);
  if (match?.[1] === undefined) return undefined;
  const decoded = Buffer.from(match[1], 'base64');
  const colon = decoded.indexOf(COLON);
  if (colon === -1) return undefined;
  return { username: decoded.toString('utf8', 0, colon), password: decoded.subarray(colon + 1) };
}
