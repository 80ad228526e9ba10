/** Settings of chargers that are secret: by name, whatever the version or vendor. Pure. Shown and kept masked everywhere. */

export const MASK = '***';
/** AuthorizationKey, BasicAuthPassword, WifiPassphrase, ApiKey, SimPin … */
const SECRET_NAME = /(?:key|password|passwd|passphrase|secret|psk|simpin|credentials?)$/i;
/** What a key of OCPP 2.x says behind the name of its variable (platform/variable-key.ts). */
const BEHIND_NAME = /(?:\[[^[\]]{0,200}\])?(?:\/[a-z]{1,10})?$/i;
/** No name of a setting is longer; of a longer text only its end is looked at. */
const LONGEST_NAME = 100;

export function isSecretSetting(name: string): boolean {
  const own = name
    .slice(-4 * LONGEST_NAME)
    .trim()
    .replace(BEHIND_NAME, '')
    .slice(-LONGEST_NAME);
  return SECRET_NAME.test(own) && !/(?:^|\.)publickey$/i.test(own);
}

/**
 * Within a JSON value: {key, value} of 1.6, {variable: {name}, attributeValue} of 2.x, fields that are secret by name, and what opens a
 * network (2.x APNType, VPNType); and who is meant (2.x customerIdentifier).
 */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const secret = namesSecret(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => {
      const isValue = secret && (name === 'value' || name === 'attributeValue');
      if (isValue && item !== '' && item !== null) return [name, MASK];
      if (/password$|^customeridentifier$/i.test(name) && typeof item === 'string') return [name, MASK];
      if (name === 'simPin' && item !== null) return [name, MASK];
      if (name === 'vpn' && typeof item === 'object' && item !== null && 'key' in item) {
        return [name, maskSecrets({ ...item, key: MASK })];
      }
      return [name, maskSecrets(item)];
    }),
  );
}

function namesSecret(value: object): boolean {
  const variable: unknown = 'variable' in value ? value.variable : undefined;
  const inner = typeof variable === 'object' && variable !== null && 'name' in variable ? variable.name : undefined;
  const name: unknown = 'key' in value ? value.key : inner;
  return typeof name === 'string' && isSecretSetting(name);
}

/** The top-level fields of a payload that hold a secret, and the payload without them; undefined: there are none. */
export function splitSecrets(
  payload: Readonly<Record<string, unknown>>,
): { readonly masked: Record<string, unknown>; readonly secret: Record<string, unknown> } | undefined {
  const masked = maskSecrets(payload) as Record<string, unknown>; // an object stays one
  const names = Object.keys(payload).filter((name) => JSON.stringify(payload[name]) !== JSON.stringify(masked[name]));
  if (names.length === 0) return undefined;
  return { masked, secret: Object.fromEntries(names.map((name) => [name, payload[name]])) };
}
