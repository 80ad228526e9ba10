/** The words of the monitoring room. */
import type { MonitoringBase, ReportedEvent, ToldMonitor, ToldStream } from '../ingest/inputs.ts';

export type { MonitoringBase, ReportedEvent, ToldMonitor, ToldStream };

/** A row of variable_monitors. */
export type MonitorRow = ToldMonitor & { readonly seenAt: Date };

/** A row of device_conditions: what is wrong, or was, with one variable by one monitor. Issue 7's alerts read it. */
export type ConditionRow = {
  readonly key: string;
  /** -1: none; the station reports it without being asked to. */
  readonly monitorId: number;
  readonly state: 'alerting' | 'cleared';
  /** null: the station did not say, and the monitor is not known. */
  readonly severity: number | null;
  readonly origin: string;
  readonly openedAt: Date;
  /** By our clock as far as the station's is measured, of the event that counts or the last one before it. */
  readonly lastAt: Date;
  readonly clearedAt: Date | null;
  /** Since it was opened. */
  readonly occurrences: number;
  readonly value: string | null;
  readonly techCode: string | null;
  readonly techInfo: string | null;
  readonly transactionId: string | null;
  /** The row of device_events that says so. */
  readonly eventId: string;
};

export type EventRow = ReportedEvent & { readonly receivedAt: Date };

/** A row of event_streams. */
export type StreamRow = ToldStream & {
  readonly status: 'open' | 'closed';
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly lastAt: Date | null;
  readonly pending: number;
  readonly received: number;
};
export type StreamValue = { readonly streamId: number; readonly at: Date; readonly value: string };

/** A row of monitoring_settings: what the station was last told, and agreed to. */
export type Settings = {
  readonly base: MonitoringBase | null;
  readonly baseAt: Date | null;
  readonly level: number | null;
  readonly levelAt: Date | null;
};

export type MonitoringState = {
  readonly settings: Settings;
  readonly monitors: ReadonlyMap<number, MonitorRow>;
  /** Monitors that are no more. */
  readonly gone: ReadonlySet<number>;
  /** Those that the inputs name, by key and monitor; where monitors may end, all that stand. */
  readonly conditions: ReadonlyMap<string, ConditionRow>;
  /** Of all that the station has. */
  readonly alertingCount: number;
  /** What is on record already of the events that the inputs bring. */
  readonly known: ReadonlySet<string>;
  readonly events: readonly EventRow[];
  readonly streams: ReadonlyMap<number, StreamRow>;
  readonly values: readonly StreamValue[];
};

export const NO_MONITOR = -1;
export const conditionKey = (key: string, monitorId: number | null): string => `${monitorId ?? NO_MONITOR} ${key}`;
/** What makes two reports one: a station repeats what was not acknowledged. */
export const eventKey = (event: Pick<ReportedEvent, 'eventId' | 'key'> & { readonly at: Date }): string =>
  `${event.eventId} ${event.at.getTime()} ${event.key}`;
