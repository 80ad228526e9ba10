/** Monitors of a station's variables, the events that they cause, and streams of them (OCPP 2.x). Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { ChargerInstant, Common } from './common.ts';
import type { MonitoringBase, ToldMonitor, ToldStream } from './told-monitor.ts';

export type { MonitoringBase, ToldMonitor, ToldStream };

/** One thing that happened to one variable, as the station told it (2.0.1 N07). */
export type ReportedEvent = {
  /** Drawn before: decide has no randomness. */
  readonly id: string;
  /** The station's own number of it. */
  readonly eventId: number;
  readonly at: ChargerInstant;
  readonly trigger: 'alerting' | 'delta' | 'periodic';
  /** The event that caused it, by the station's number. */
  readonly cause: number | null;
  /** platform/variable-key.ts */
  readonly key: string;
  /** null: secret. */
  readonly value: string | null;
  readonly techCode: string | null;
  readonly techInfo: string | null;
  /** What it reports is over. */
  readonly cleared: boolean;
  readonly transactionId: string | null;
  readonly monitorId: number | null;
  /** hard_wired_notification | hard_wired_monitor | preconfigured_monitor | custom_monitor */
  readonly origin: string;
  /** 2.1 says it; of 2.0.1 the monitor's counts. */
  readonly severity: number | null;
};

export type MonitoringInput = Common & { readonly room: 'monitoring' } & (
    | CommandEnded
    /** A part of a report. Fed by the device model. */
    | { readonly type: 'monitors_told'; readonly monitors: readonly ToldMonitor[] }
    /** A report on all monitors is complete: what was not told since then is no more. Fed by the device model. */
    | { readonly type: 'all_monitors_told'; readonly since: Date }
    | { readonly type: 'events_reported'; readonly events: readonly ReportedEvent[] }
    /** 2.1 N11. Reply: {@link StreamReply}. */
    | { readonly type: 'stream_opened'; readonly stream: ToldStream }
    | { readonly type: 'stream_closed'; readonly streamId: number }
    /** The station has rebooted: what was open is no more. Fed by stations. */
    | { readonly type: 'rebooted' }
    | {
        readonly type: 'stream_values';
        readonly streamId: number;
        /** How many the station still holds back. */
        readonly pending: number;
        readonly values: readonly { readonly at: Date; readonly value: string }[];
      }
  );

export type StreamReply = { readonly accepted: boolean };
