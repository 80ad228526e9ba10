/** Chooses the version of OCPP from what a charger offers (T6, T7). Pure; it must never throw, whatever the header holds. */
import type { Protocol } from './contract.ts';

const MAX_HEADER = 1024;

/** The charger's own spelling of the chosen version is what has to be echoed: a client compares it with what it offered. */
export type Offer<V> = { readonly token: string; readonly version: V };

/** Whether it names any, be it one of ours or not. */
export const offersAny = (header: string | undefined): boolean => /[^\s,]/.test(header ?? '');

/**
 * The newest version that both sides speak, whatever the order: a charger only says by it what it would like (OCPP-J 1.6 §3.1.3). Case, duplicates, empty places and unknown tokens do not matter.
 * Undefined: none of ours was offered.
 */
export function chooseVersion<V extends { readonly protocol: Protocol }>(
  header: string | undefined,
  versions: readonly V[],
): Offer<V> | undefined {
  if (header === undefined || header.length > MAX_HEADER) return undefined;
  let best: Offer<V> | undefined;
  for (const part of header.split(',')) {
    const token = part.trim();
    const protocol = token.toLowerCase();
    const version = versions.find((each) => each.protocol === protocol);
    if (version === undefined) continue;
    // The names of the versions sort by age: ocpp1.6 < ocpp2.0.1 < ocpp2.1.
    if (best === undefined || version.protocol > best.version.protocol) best = { token, version };
  }
  return best;
}
