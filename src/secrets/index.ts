/**
 * The key ring: one secret (or several, while one is being replaced) from which every purpose gets a key of its own, so that
 * no use can weaken another. Nothing outside of this room ever sees the ring's keys.
 */
import { hkdfSync } from 'node:crypto';
import { ConfigError } from '../config/config-error.ts';
import { type Cipher, createCipher } from './cipher.ts';
import { keyFileIn, readKeyFile } from './key-file.ts';
import { KEY_BYTES, parseKeyRing } from './key-text.ts';

export { type Cipher, SealedError, sealedUnder } from './cipher.ts';
export { HOW_TO_MAKE_A_KEY, newKeyText } from './key-text.ts';
export { warnOfLostKeys } from './lost-keys-store.ts';
export { type LiveProcess, liveProcesses } from './reseal-store.ts';
export { type Rotation, rotateSecretKeys } from './rotate.ts';
export { PASSING, SEALED } from './sealed-columns.ts';

export type NamedKey = { readonly kid: string; readonly key: Buffer };

/** Keys of HMACs, which are stored beside the kid they were made under. */
export type Peppers = {
  /** For what is made now. */
  current(): NamedKey;
  /** For what was made before; undefined when the ring lost that key. */
  byKid(kid: string): Buffer | undefined;
};

export type KeyRing = {
  /** Current first. What is stored under another kid cannot be used until its key is put back. */
  readonly kids: readonly string[];
  peppers(purpose: 'api-key' | 'charger-key' | 'audit' | 'idempotency'): Peppers;
  cipher(purpose: string): Cipher;
  /** 256 bits, for HS256: signed with the current one, accepted under each. */
  jwtKeys(): { readonly current: NamedKey; readonly all: readonly NamedKey[] };
};

type Options = {
  /** SECRET_KEYS; without it the file in `dataDir` is used, and made if there is none. */
  readonly keys: string | undefined;
  readonly dataDir: string;
};

/** Throws ConfigError when the ring is missing a proper key. */
export function openKeyRing({ keys: text, dataDir }: Options): KeyRing {
  const { keys, faults } = parseKeyRing(text ?? readKeyFile(dataDir));
  if (faults.length > 0) {
    const place = text === undefined ? keyFileIn(dataDir) : 'SECRET_KEYS';
    throw new ConfigError(faults.map((fault) => `${place}: ${fault}`));
  }
  const derived = new Map<string, readonly NamedKey[]>();
  function keysFor(purpose: string): readonly NamedKey[] {
    const known = derived.get(purpose);
    if (known !== undefined) return known;
    const made = keys.map(({ kid, bytes }) => ({
      kid,
      key: Buffer.from(hkdfSync('sha256', bytes, 'dynamo-csms', purpose, KEY_BYTES)),
    }));
    derived.set(purpose, made);
    return made;
  }
  const currentOf = (named: readonly NamedKey[]): NamedKey => named[0]!; // without a fault there is at least one key
  function peppersFor(purpose: string): Peppers {
    const named = keysFor(purpose);
    const byKid = new Map(named.map(({ kid, key }) => [kid, key]));
    return { current: () => currentOf(named), byKid: (kid) => byKid.get(kid) };
  }
  return {
    kids: keys.map(({ kid }) => kid),
    peppers: (purpose) => peppersFor(`pepper:${purpose}`),
    cipher: (purpose) => createCipher(peppersFor(`cipher:${purpose}`)),
    jwtKeys: () => ({ current: currentOf(keysFor('jwt')), all: keysFor('jwt') }),
  };
}
