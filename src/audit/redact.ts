/** What of a request's body is written down: no secrets, no megabytes. Pure. */
import { isSecretSetting, MASK, maskSecrets } from '../platform/secret-settings.ts';
import { redactUrls } from '../platform/transfer-url.ts';

/** Longer ones are told by the names of their fields. */
const MOST_CHARACTERS = 4_000;
const MOST_TEXT = 300;
const MOST_ITEMS = 50;
const MOST_DEPTH = 6;
/** A code of a second factor, of a meter's door, of a card; who is meant (GDPR). `key` beside a `value` is the name of a setting. */
const SECRET_FIELD = /(?:^|_)(?:pin|code|otp|csr|private|token_hash|customer_identifier)$/i;

/** What this server makes itself and shows once (API keys, tokens of handovers) tells by its beginning, in whatever field it stands. */
const OWN_SECRET = /^\s{0,9}dyn_[a-z]{1,20}_/;

export function detailOf(body: unknown): string {
  const text = JSON.stringify(shorten(maskSecrets(body ?? {}), 0));
  if (text.length <= MOST_CHARACTERS) return text;
  const names = typeof body === 'object' && body !== null ? Object.keys(body).slice(0, MOST_ITEMS) : [];
  return JSON.stringify({ too_long: true, fields: names.map(cut) });
}

function shorten(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return OWN_SECRET.test(value) ? MASK : cut(redactUrls(withoutUserinfo(value)));
  if (value instanceof Date) return value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MOST_DEPTH) return '…';
  if (Array.isArray(value)) {
    const items: unknown[] = value.slice(0, MOST_ITEMS).map((item) => shorten(item, depth + 1));
    return value.length > MOST_ITEMS ? [...items, `… ${value.length - MOST_ITEMS} more`] : items;
  }
  const isSetting = 'key' in value && 'value' in value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_ITEMS)
      .map(([name, item]: [string, unknown]) => {
        const isSecret = isSecretSetting(name) || SECRET_FIELD.test(name);
        const isPlain = item === null || typeof item === 'boolean' || (isSetting && name === 'key');
        return [cut(name), isSecret && !isPlain ? MASK : shorten(item, depth + 1)];
      }),
  );
}

const cut = (text: string): string => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text);

/** https://user:password@host: who fetches a file with a password is nobody's business. */
const withoutUserinfo = (text: string): string =>
  text.replace(/^([a-z][a-z0-9+.-]{0,20}:\/\/)[^/?#\s]{1,500}@/i, `$1${MASK}@`);
