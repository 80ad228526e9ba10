/** What the transport needs of the rest, as small as it can live with. Types, and the limits it keeps. */
import type { Deviation, Protocol } from './contract.ts';

export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** How one CALL of a charger ended. */
export type InboundOutcome =
  | 'answered'
  | 'mended'
  | 'repeated'
  | 'quarantined'
  | 'refused'
  | 'not_implemented'
  | 'not_accepted_yet'
  | 'broken_result'
  | 'failed'
  | 'abandoned';

/** No charger's id ever becomes a label; `action` is one that the version has, or `unknown`. */
export type TransportMetrics = {
  /** A request to connect: `accepted`, or why it was turned away. */
  knock(outcome: string): void;
  opened(protocol: Protocol): void;
  closed(protocol: Protocol, reason: string): void;
  inbound(protocol: Protocol, action: string, outcome: InboundOutcome, seconds: number): void;
  outbound(protocol: Protocol, action: string, outcome: string, seconds: number): void;
  /** Messages that were no CALL and belonged to nothing: unreadable, unmatched, unknown_type. */
  stray(protocol: Protocol, what: string): void;
};

/** Every frame that went over the wire. `append` never waits. */
export type FrameSink = {
  append(frame: {
    readonly chargePointNumber: number;
    /** Milliseconds since 1970. */
    readonly atMs: number;
    readonly inbound: boolean;
    readonly messageType: number | null;
    readonly messageId: string | null;
    readonly action: string | null;
    readonly raw: string;
    readonly traceId: string | null;
  }): void;
};

/** What was mended, counted. `record` never waits. */
export type DeviationSink = {
  record(
    charger: { readonly chargePointId: string; readonly organizationId: string },
    action: string,
    deviations: readonly Deviation[],
    at: Date,
  ): void;
};

export type Limits = {
  /** Bytes of one message; beyond: close 1009. A charger repeats a StopTransaction for ever: it has the readings of a whole session. */
  readonly maxPayload: number;
  /** The same for whoever is no charge point of ours. */
  readonly maxStrangePayload: number;
  /** Bytes from which on a frame is large: it waits unread until fewer than `mostLarge` chargers have such in work. */
  readonly largeFrom: number;
  readonly mostLarge: number;
  /** Bytes of large frames that lie unread, of all chargers of this process together; whose frame is beyond: close 1013. */
  readonly maxLargeUnreadBytes: number;
  /** Bytes that a charger may leave unread; beyond: it is cut off. */
  readonly maxUnread: number;
  /** Messages (and their bytes) that wait for the one in work, from which on the socket is not read. */
  readonly pauseAtMessages: number;
  readonly pauseAtBytes: number;
  /** What may still arrive with the last read, a frame of `maxPayload` among it; beyond: close 1008. */
  readonly maxWaitingMessages: number;
  readonly maxWaitingBytes: number;
  readonly pingEveryMs: number;
  /** Without any frame for so long a charger is gone; it is noticed with the next tick, a second later at most. */
  readonly silenceMs: number;
  /** B2: commands wait so long for a BootNotification that may never come. */
  readonly settleMs: number;
  /** B5: so long after it became ready a charger may take to report its statuses by itself. */
  readonly statusWaitMs: number;
  /** R4: how long an answer that comes after its time-out is still matched. */
  readonly lateAnswerMs: number;
  /** Until the handler is tried again that could not hand its input in. */
  readonly retryMs: number;
};

export const defaultLimits: Limits = {
  maxPayload: 2 * 1024 * 1024,
  maxStrangePayload: 256 * 1024,
  largeFrom: 256 * 1024,
  mostLarge: 4,
  maxLargeUnreadBytes: 256 * 1024 * 1024,
  maxUnread: 1024 * 1024,
  pauseAtMessages: 16,
  pauseAtBytes: 64 * 1024,
  maxWaitingMessages: 8192,
  maxWaitingBytes: 3 * 1024 * 1024,
  pingEveryMs: 20_000,
  silenceMs: 43_500,
  settleMs: 20_000,
  statusWaitMs: 20_000,
  lateAnswerMs: 600_000,
  retryMs: 1_000,
};
