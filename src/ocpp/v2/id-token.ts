/** IdTokenType: who is meant by a token, in 2.x's words. Whether this version has the word is for its schema to say. */
import { folded } from '../reading.ts';

/** The tokens room's words → IdTokenEnumType (2.1: a text with these values). */
const TYPES: Readonly<Record<string, string>> = {
  emaid: 'eMAID',
  app: 'Central',
  key_code: 'KeyCode',
  local: 'Local',
  mac: 'MacAddress',
  vin: 'VIN',
  central: 'Central',
  direct_payment: 'DirectPayment',
};

/** An ISO 15693 card has eight bytes, the first of them E0; other cards are taken for ISO 14443. */
const ISO15693 = /^E0[0-9A-F]{14}$/i;

/** `kind` undefined: a card. */
export function idTokenToWire(uid: string, kind?: string): { readonly idToken: string; readonly type: string } {
  const type = kind === undefined ? undefined : TYPES[kind];
  return { idToken: uid, type: type ?? (ISO15693.test(uid) ? 'ISO15693' : 'ISO14443') };
}

/** The tag of a group is made here, not by a card. */
export const groupTokenToWire = (tag: string) => ({ idToken: tag, type: 'Central' });

/** Both kinds of cards are one to us: what is printed on a card does not tell which it is. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['iso14443', 'rfid'],
  ['iso15693', 'rfid'],
  ['emaid', 'emaid'],
  ['central', 'central'],
  ['keycode', 'key_code'],
  ['local', 'local'],
  ['macaddress', 'mac'],
  ['vin', 'vin'],
]);

/** The tokens room's word; undefined: it has none for this. */
export const readTokenKind = (value: unknown): string | undefined =>
  typeof value === 'string' ? KINDS.get(folded(value.slice(0, 64))) : undefined;
