/** What a charger has said of its settings. Pure. */
import type { Learned } from '../../ingest/inputs.ts';
import type { ConfigurationState, Setting } from '../types.ts';

/** A charger that invents keys without end gets no more rows than this. */
const MOST_SETTINGS = 1000;
/** OCPP 1.6 §9.1: how many keys may be asked for by name at once. */
export const MAX_KEYS = 'GetConfigurationMaxKeys';

export function learn(state: ConfigurationState, learned: Learned | undefined, at: Date): ConfigurationState {
  const settings = new Map(state.settings);
  const put = (key: string, setting: Omit<Setting, 'fetchedAt'>): void => {
    if (settings.has(key) || settings.size < MOST_SETTINGS || key === MAX_KEYS) {
      settings.set(key, { ...setting, fetchedAt: at });
    }
  };
  if (learned?.about === 'configuration_read') {
    for (const { key, ...said } of learned.settings) put(key, { ...said, known: true });
    for (const key of learned.unknown) put(key, { value: null, readonly: false, secret: false, known: false });
    return { ...state, settings };
  }
  // What was refused, or is in force after the next boot only, changes nothing yet.
  if (learned?.about !== 'setting_changed') return state;
  const { key, value, secret, outcome } = learned;
  if (outcome === 'not_supported') put(key, { value: null, readonly: false, secret, known: false });
  else if (outcome === 'accepted') {
    put(key, { value, readonly: settings.get(key)?.readonly ?? false, secret, known: true });
  } else return state;
  return { ...state, settings };
}

/** true and True, a and " a " are the same to every charger that was seen. configuration/drift-store.ts says the same in SQL. */
export function isSame(a: string, b: string): boolean {
  const [left, right] = [a.trim(), b.trim()];
  return left === right || (/^(true|false)$/i.test(left) && left.toLowerCase() === right.toLowerCase());
}
