/** The words of the session-limits room. */
import type { Call, FriendlyCommand, Protocol } from '../commands/index.ts';
import type { LimitKind, LimitSource, TransactionLimit } from '../ingest/inputs.ts';

export type { LimitKind, LimitSource, Protocol, TransactionLimit };

export const kinds = ['energy', 'time', 'cost', 'soc'] as const satisfies readonly LimitKind[];
export const sources = ['operator', 'remote_start', 'payment', 'credit', 'station'] as const satisfies readonly (
  | LimitSource
  | 'station'
)[];

/** A row of session_limits. */
export type LimitRow = {
  readonly id: string;
  /** null: the remote start that it came with has begun none yet. */
  readonly sessionId: string | null;
  readonly commandId: string | null;
  /** What was set here; {}: nothing. */
  readonly limit: TransactionLimit;
  /** So much is paid, or left on a prepaid token: it may cost no more, whoever sets what; null: nothing of the kind. */
  readonly ceiling: string | null;
  /** station: nothing was set here. What it is paid by stays, whoever sets less. */
  readonly source: LimitSource | 'station';
  readonly setBy: string;
  readonly setAt: Date;
  /** What the station said last; null: nothing. */
  readonly told: TransactionLimit | null;
  /** Answers that brought it what was set since that was changed. */
  readonly offered: number;
  readonly reached: LimitKind | null;
  readonly reachedBy: 'station' | 'csms' | null;
  readonly reachedAt: Date | null;
  /** How often the station was asked to stop. */
  readonly stops: number;
  /** The station has confirmed it and charges on beyond it, since then; null: it does not. */
  readonly ignoredSince: Date | null;
  /** Its time is over, the station has ignored it for too long, or is asked to stop once more. */
  readonly dueAt: Date | null;
  readonly endedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** Of one charge point: those that the inputs name, by id. */
export type LimitState = {
  readonly limits: ReadonlyMap<string, LimitRow>;
  /** Of its last connection. */
  readonly protocol: Protocol | null;
};

/** How a wish is put in a version of OCPP. Implemented by src/ocpp. */
export type Words = (protocol: Protocol, command: FriendlyCommand) => Call | undefined;

export type Context = {
  readonly words: Words;
  /** Drawn from what is known: always the same for the same. */
  readonly idFrom: (prefix: 'cmd' | 'slm', at: Date, known: string) => string;
  readonly now: Date;
};
