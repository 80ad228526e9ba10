/**
 * URLs that chargers fetch from and send to: which schemes may be named, and what of a URL is shown. Pure. Whatever shows or
 * keeps such a URL (answers, logs, frames) passes it through redactUrls first.
 */

/** Those there are; TRANSFER_URL_SCHEMES may leave some out. */
export const transferSchemes = ['https', 'http', 'ftps', 'ftp', 'sftp'] as const;

const MASK = '***';
const LONGEST = 512; // OCPP security extension: remoteLocation and location are string[512]

/** As user:password@ stands in a URL, in JSON's spelling of a slash too. */
const CREDENTIALS = /(:(?:\\?\/){2})[^/\\@"\s]+@/g;
/**
 * Values of parameters that grant access (signed URLs), in JSON's spelling of & and ? too. A name ends where the next one may begin, so that
 * no text, however a charger writes it, is looked at more than once.
 */
const PARAMETERS =
  /((?:[?&]|\\u0026|\\u003f)(?=[^=&?#"\\\s]*(?:token|sig|secret|passw|credential|key))[^=&?#"\\\s]*=)[^&#"\\\s]+/gi;
/** Our own links: whoever knows the token may send a file, or fetch firmware. */
const OWN_TOKEN = /((?:uploads|firmware)\\?\/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g;

export const SUSPICIOUS_URL = /:\\?\//;

/** Any text; what is no URL stays as it is. */
export function redactUrls(text: string): string {
  if (!SUSPICIOUS_URL.test(text)) return text;
  return text.replace(CREDENTIALS, `$1${MASK}@`).replace(PARAMETERS, `$1${MASK}`).replace(OWN_TOKEN, `$1${MASK}`);
}

/** Every text within a JSON value. */
export function redactUrlsWithin(value: unknown): unknown {
  if (typeof value === 'string') return redactUrls(value);
  if (Array.isArray(value)) return value.map(redactUrlsWithin);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactUrlsWithin(item)]));
}

/** Why a charger must not be sent there, or undefined. `schemes`: TRANSFER_URL_SCHEMES. */
export function transferUrlFault(text: string, schemes: readonly string[]): string | undefined {
  if (text.length > LONGEST) return `must have at most ${LONGEST} characters`;
  if (/[\s\p{Cc}\\]/u.test(text)) return 'must not contain spaces, control characters or backslashes';
  const wants = `must be a URL that begins with ${schemes.map((each) => `${each}://`).join(', ')}`;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/?#]/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || !schemes.includes(scheme) || !URL.canParse(text)) return wants;
  return new URL(text).hostname === '' ? wants : undefined;
}
