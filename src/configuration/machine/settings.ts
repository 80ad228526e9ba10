/** What a charger has said of its settings. Pure. */
import type { Learned } from '../../ingest/inputs.ts';
import type { ConfigurationState, Setting } from '../types.ts';
import { isLimit } from './limits.ts';

/** A charger that invents keys without end gets no more rows than this. */
const MOST_SETTINGS = 1000;

export function learn(state: ConfigurationState, learned: Learned | undefined, at: Date): ConfigurationState {
  const settings = new Map(state.settings);
  const put = (key: string, setting: Omit<Setting, 'fetchedAt'>): void => {
    if (settings.has(key) || settings.size < MOST_SETTINGS || isLimit(key)) {
      settings.set(key, { ...setting, fetchedAt: at });
    }
  };
  if (learned?.about === 'configuration_read') {
    for (const { key, ...said } of learned.settings) {
      put(key, { ...said, readonly: said.readonly ?? settings.get(key)?.readonly ?? false, known: true });
    }
    for (const key of learned.unknown) put(key, { value: null, readonly: false, secret: false, known: false });
    return { ...state, settings };
  }
  if (learned?.about !== 'settings_changed') return state;
  // What was refused, or is in force after the next boot only, changes nothing yet.
  const changes = learned.changes.filter(({ outcome }) => outcome === 'not_supported' || outcome === 'accepted');
  if (changes.length === 0) return state;
  for (const { key, value, secret, outcome } of changes) {
    if (outcome === 'not_supported') put(key, { value: null, readonly: false, secret, known: false });
    else put(key, { value, readonly: settings.get(key)?.readonly ?? false, secret, known: true });
  }
  return { ...state, settings };
}

/** true and True, a and " a " are the same to every charger that was seen. configuration/drift-store.ts says the same in SQL. */
export function isSame(a: string, b: string): boolean {
  const [left, right] = [a.trim(), b.trim()];
  return left === right || (/^(true|false)$/i.test(left) && left.toLowerCase() === right.toLowerCase());
}
