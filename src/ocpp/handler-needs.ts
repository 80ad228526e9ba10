/** What the handlers of every version are given. Types only. */
import type { Clock } from '../platform/clock.ts';
import type { IdPrefix } from '../platform/ids.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { Door } from './door.ts';

export type Needs = {
  readonly door: Door;
  readonly clocks: ClockWatch;
  readonly clock: Clock;
  /** A fresh positive int32 from the installation's sequence. */
  readonly nextTransactionId: () => Promise<number>;
  readonly newId: (prefix: IdPrefix) => string;
};
