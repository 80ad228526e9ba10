/** The words of the device-model room. */
import type { Call, Protocol } from '../commands/index.ts';
import type { Characteristics, ReportBase, ReportRequest, ToldAttribute } from '../ingest/inputs.ts';
import type { Parts } from '../platform/parts.ts';

export type { Characteristics, ReportBase, ToldAttribute };

export type ReportStatus =
  /** The station has not sent anything yet. */
  | 'requested'
  | 'receiving'
  | 'completed'
  /** The station has nothing to report on this. */
  | 'empty'
  | 'refused'
  /** It ended before all of it had come. What came is kept. */
  | 'timed_out'
  /** The station could not be asked. */
  | 'failed';

/** A row of device_reports. */
export type ReportRow = Omit<ReportRequest, 'reportId'> & {
  readonly id: string;
  readonly status: ReportStatus;
  readonly parts: Parts;
  /** Numbers of parts that never came; null: not known to be missing. */
  readonly missing: readonly number[] | null;
  /** The reading of the configuration that wanted it. */
  readonly changeId: string | null;
  /** What the station ran when it was asked. */
  readonly firmwareVersion: string | null;
  readonly createdAt: Date;
  /** null: it has ended. */
  readonly dueAt: Date | null;
  readonly completedAt: Date | null;
  readonly error: string | null;
};

/** A row of device_models: what is known as a whole. */
export type ModelRow = {
  /** Of the last report that was complete. */
  readonly inventoryBase: ReportBase | null;
  readonly inventoryAt: Date | null;
  readonly inventoryFirmware: string | null;
  /** When the server itself wants to ask for one; null: it does not. */
  readonly wantedAt: Date | null;
  readonly wantedBase: ReportBase | null;
};

/** What a station said of an attribute's value, outside of reports. */
export type ToldValue = { readonly key: string; readonly value: string };

/** To be written down. */
export type Told = {
  readonly at: Date;
  readonly attributes: readonly ToldAttribute[];
  readonly values: readonly ToldValue[];
};

export type DeviceState = {
  readonly connected: boolean;
  readonly protocol: Protocol | null;
  readonly isAccepted: boolean;
  readonly openSessions: number;
  readonly firmwareVersion: string | null;
  readonly model: ModelRow;
  /** Those that are open, and those that the inputs name. */
  readonly reports: ReadonlyMap<string, ReportRow>;
  readonly told: readonly Told[];
  /** A full inventory is complete: what was not told since then is gone. */
  readonly goneBefore: Date | null;
};

/** How a version of OCPP puts it; undefined: it cannot. */
export type Words = {
  baseReport(protocol: Protocol, base: ReportBase, requestId: number): Call | undefined;
};
