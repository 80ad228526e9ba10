/** Ids: a prefix that tells what it is, and a ULID that sorts by time. */
import { hash, randomFillSync, randomInt } from 'node:crypto';
import { decodeTime, encodeTime, monotonicFactory } from 'ulid';
import { ULID_DIGITS } from './derived-id.ts';

export type IdPrefix =
  | 'org'
  | 'usr'
  | 'inv'
  | 'aem'
  | 'lgn'
  | 'key'
  | 'site'
  | 'cp'
  | 'ses'
  | 'slm'
  | 'sev'
  | 'tok'
  | 'tgr'
  | 'utk'
  | 'rsv'
  | 'tar'
  | 'tas'
  | 'ccr'
  | 'cmd'
  | 'blk'
  | 'cfg'
  | 'com'
  | 'cft'
  | 'evt'
  | 'rpt'
  | 'vev'
  | 'npr'
  | 'whe'
  | 'whd'
  | 'whr'
  | 'qua'
  | 'upl'
  | 'exs'
  | 'srw'
  | 'rct'
  | 'exf'
  | 'fwr'
  | 'fwi'
  | 'fwu'
  | 'rol'
  | 'dmr'
  | 'stl'
  | 'pay'
  | 'bsw'
  | 'cin'
  | 'csr'
  | 'evc'
  | 'crt'
  | 'cpr'
  | 'xlm'
  | 'nds'
  | 'der'
  | 'drp'
  | 'dev'
  | 'hnd'
  | 'ldh'
  | 'node'
  | 'alr'
  | 'alc'
  | 'mtw'
  | 'alt'
  | 'eff'
  | 'req';

/** A ULID draws sixteen random numbers; asking the system for each took a twentieth of the server's time. */
function createDraw(): () => number {
  const bytes = new Uint8Array(4096);
  let used = bytes.length;
  return () => {
    if (used === bytes.length) {
      randomFillSync(bytes);
      used = 0;
    }
    const drawn = bytes[used] ?? 0;
    used += 1;
    return drawn / 256;
  };
}

const next = monotonicFactory(createDraw());

export const newId = (prefix: IdPrefix): string => `${prefix}_${next()}`;

/** Drawn from what is known, not from chance: a decision that is taken again asks for the same. */
export function idFrom<Prefix extends IdPrefix>(prefix: Prefix, at: Date, known: string): `${Prefix}_${string}` {
  const drawn = hash('sha256', known, 'buffer').subarray(0, 16);
  return `${prefix}_${encodeTime(at.getTime())}${[...drawn].map((byte) => ULID_DIGITS[byte % 32]).join('')}`;
}

/** The smallest id of that prefix made at that time. */
export const firstIdAt = (prefix: IdPrefix, at: Date): string =>
  `${prefix}_${encodeTime(Math.max(0, at.getTime()))}${'0'.repeat(16)}`;

/** Sorts behind every id of that prefix, by whatever language a database sorts: a letter comes after the digit that a ULID begins with. */
export const behindIds = (prefix: IdPrefix): string => `${prefix}_z`;

/** When an id was made. */
export const timeOf = (id: string): Date => new Date(decodeTime(id.slice(-26)));

/** A number by which a charger names what we asked it for (OCPP 2.x: requestId): positive, and no second one alike is open. */
export const nextRequestId = (): number => randomInt(1, 2 ** 31 - 1);
