/**
 * Takes secrets out of a frame before it is kept: keys that are set by ChangeConfiguration, SetVariables or SetNetworkProfile, and
 * credentials in URLs; and what a station tells of a person (2.0.1 N09). Pure. What names a secret and cannot be read is not kept at all.
 */
import { isSecretSetting } from '../platform/secret-settings.ts';
import { redactUrls } from '../platform/transfer-url.ts';

const MASK = '***';
const SUSPICIOUS =
  /customeri(?:nformation|dentifier)"|[a-z_](?:key|passwd|passphrase|secret|psk|credentials?)"|authorizationkey|password|simpin|:\\?\//i;
const TELLS_OF_PERSON = /"notifycustomerinformation"/i;
const PERSONAL = /"notifycustomerinformation"|"customeridentifier"/i;
const SECRET_NAME = /^(authorizationkey|.*password|simpin)$/i;
const SECRET_TEXT = /authorizationkey|password|simpin/i;
/** No name of a setting is longer; a longer text that names one may hold its value. */
const LONGEST_NAME = 50;

export function redactFrame(raw: string): string {
  if (!SUSPICIOUS.test(raw)) return raw; // nearly all
  const text = redactUrls(raw);
  if (!SECRET_TEXT.test(text) && !PERSONAL.test(text) && !quotesSecret(text)) return text;
  try {
    const frame: unknown = JSON.parse(text);
    return JSON.stringify(mask(TELLS_OF_PERSON.test(text) ? withoutData(frame) : frame));
  } catch {
    return `[not kept: ${raw.length} characters that name a secret and are no JSON]`; // SyntaxError, or nested beyond reason
  }
}

/** The payload of the message; its other fields stay. */
const withoutData = (frame: unknown): unknown =>
  Array.isArray(frame)
    ? frame.map((each: unknown) => (isObject(each) && 'data' in each ? { ...each, data: MASK } : each))
    : frame;

/** Some word in quotes is the name of a secret setting; the words of the protocol itself are not. */
function quotesSecret(text: string): boolean {
  for (const [, word = ''] of text.matchAll(/"([\w.-]{4,100})"/g)) {
    if (isSecretSetting(word) && word !== 'configurationKey' && word !== 'unknownKey') return true;
  }
  return false;
}

function mask(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONGEST_NAME && SECRET_TEXT.test(value) ? MASK : value;
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== 'object' || value === null) return value;
  const setting = namesSecret(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => {
      const isSecret = SECRET_NAME.test(name) || /^customeridentifier$/i.test(name);
      if (isSecret && (typeof item === 'string' || typeof item === 'number')) return [name, MASK];
      if (name === 'vpn' && typeof item === 'object' && item !== null && 'key' in item) {
        return [name, mask({ ...item, key: MASK })];
      }
      if (setting && (name === 'value' || name === 'attributeValue' || name === 'actualValue')) return [name, MASK];
      if (setting && name === 'variableAttribute' && Array.isArray(item)) {
        return [name, item.map((each: unknown) => (isObject(each) ? { ...each, value: MASK } : each))];
      }
      return [name, mask(item)];
    }),
  );
}

/** {key, value} of 1.6, {variable: {name}, attributeValue} of 2.x. */
function namesSecret(value: object): boolean {
  const named =
    'key' in value ? value.key : 'variable' in value && isObject(value.variable) ? value.variable['name'] : '';
  return typeof named === 'string' && (SECRET_NAME.test(named) || isSecretSetting(named));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
