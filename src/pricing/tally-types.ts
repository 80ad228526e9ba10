/** What is counted of a session so far (tally.ts), and the draft of it that a step writes into (walk.ts). Plain data. */
import type { Phase } from './types.ts';

export type Turn = { readonly at: number; readonly phase: Phase };

export type Tally = {
  readonly startedAt: number;
  /** Until when it is known what happened: the last sample. */
  readonly seenAt: number;
  /** Counted until here. */
  readonly at: number;
  readonly energyUwh: number;
  readonly phase: Phase;
  readonly phaseAt: number;
  readonly idleMs: number;
  /** The component of the flat fee; -1: none yet. */
  readonly flat: number;
  /** Turns of phase since the last reading: how the energy was spread over them is not known yet. */
  readonly pending: readonly Turn[];
  /** By component: µWh of energy, ms of times. */
  readonly quantities: readonly number[];
};

/** A piece, and for which components it was counted; undefined: for none. */
export type Traced = {
  readonly at: number;
  readonly ms: number;
  readonly uwh: number;
  readonly phase: Phase;
  readonly energy: number | undefined;
  readonly time: number | undefined;
  readonly idle: number | undefined;
};

export type Draft = { -readonly [Part in keyof Tally]: Tally[Part] } & {
  pending: Turn[];
  quantities: number[];
  /** Given: every piece is noted there. */
  trace?: Traced[];
};
