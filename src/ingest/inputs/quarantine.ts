/** Messages beyond use. Types only. */
import type { Common } from './common.ts';

/** A message that could not even be coerced is kept raw. */
export type QuarantineInput = Common & {
  readonly room: 'quarantine';
  readonly type: 'quarantined';
  readonly quarantineId: string;
  readonly protocol: string;
  readonly action: string;
  readonly payload: string;
  readonly reason: string;
};
