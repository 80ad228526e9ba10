/** Ids: a prefix that tells what it is, and a ULID that sorts by time. */
import { randomFillSync, randomInt } from 'node:crypto';
import { decodeTime, encodeTime, monotonicFactory } from 'ulid';

export type IdPrefix =
  | 'org'
  | 'usr'
  | 'key'
  | 'site'
  | 'cp'
  | 'ses'
  | 'sev'
  | 'tok'
  | 'tgr'
  | 'utk'
  | 'rsv'
  | 'tar'
  | 'tas'
  | 'cmd'
  | 'blk'
  | 'cfg'
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
  | 'fwr'
  | 'dmr'
  | 'stl'
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
  | 'node'
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

/** The smallest id of that prefix made at that time. */
export const firstIdAt = (prefix: IdPrefix, at: Date): string =>
  `${prefix}_${encodeTime(Math.max(0, at.getTime()))}${'0'.repeat(16)}`;

/** When an id was made. */
export const timeOf = (id: string): Date => new Date(decodeTime(id.slice(-26)));

/** A number by which a charger names what we asked it for (OCPP 2.x: requestId): positive, and no second one alike is open. */
export const nextRequestId = (): number => randomInt(1, 2 ** 31 - 1);
