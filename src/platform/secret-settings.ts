/** Settings of chargers that are secret: by name, whatever the version or vendor. Pure. Shown and kept masked everywhere. */

export const MASK = '***';
/** AuthorizationKey, BasicAuthPassword, WifiPassphrase, ApiKey, SimPin … */
const SECRET_NAME = /(?:key|password|passwd|passphrase|secret|psk|simpin|credentials?)$/i;
/** No name of a setting is longer. */
const LONGEST_NAME = 100;

export const isSecretSetting = (name: string): boolean =>
  name.length <= LONGEST_NAME && SECRET_NAME.test(name.trim()) && name.trim().toLowerCase() !== 'publickey';

/** Within a JSON value: {key, value} of 1.6, {variable: {name}, attributeValue} of 2.x, and fields that are secret by name. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const secret = namesSecret(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => {
      const isValue = secret && (name === 'value' || name === 'attributeValue');
      if (isValue && item !== '' && item !== null) return [name, MASK];
      if (/password$/i.test(name) && typeof item === 'string') return [name, MASK];
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
