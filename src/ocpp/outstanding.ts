/** A call of ours that waits for its answer. */
import type { CommandOutcome } from '../ingest/inputs.ts';

export type OutstandingCall = {
  readonly id: string;
  readonly action: string;
  /** Undefined: a question of the transport's own. */
  readonly commandId: string | undefined;
  /** Of what asked for it. */
  readonly traceId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly sentAt: number;
  /** Monotonic; moved on while the socket is not read. */
  deadline: number;
  readonly settle: (outcome: CommandOutcome) => void;
};
