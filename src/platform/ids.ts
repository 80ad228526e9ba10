/** Ids: a prefix that tells what it is, and a ULID that sorts by time. */
import { monotonicFactory } from 'ulid';

export type IdPrefix =
  | 'org'
  | 'usr'
  | 'key'
  | 'site'
  | 'cp'
  | 'ses'
  | 'tok'
  | 'cmd'
  | 'evt'
  | 'whe'
  | 'whd'
  | 'whr'
  | 'qua'
  | 'node'
  | 'req';

const next = monotonicFactory();

export const newId = (prefix: IdPrefix): string => `${prefix}_${next()}`;
