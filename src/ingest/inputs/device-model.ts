/** The device model of OCPP 2.x: what a station says it is made of. Types only. */
import type { Part } from '../../platform/parts.ts';
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';
import type { ReportBase } from './report-base.ts';
import type { ToldMonitor } from './told-monitor.ts';

/** One attribute of one variable, as the station told it. What it did not say is null. */
export type ToldAttribute = {
  /** platform/variable-key.ts */
  readonly key: string;
  /** null: not told, write-only or secret. */
  readonly value: string | null;
  readonly secret: boolean;
  readonly mutability: 'read_only' | 'write_only' | 'read_write';
  readonly persistent: boolean;
  readonly constant: boolean;
  readonly characteristics: Characteristics | null;
};
export type Characteristics = {
  readonly dataType: string;
  readonly unit: string | null;
  readonly minLimit: number | null;
  readonly maxLimit: number | null;
  readonly maxElements: number | null;
  readonly valuesList: string | null;
  readonly supportsMonitoring: boolean;
};

/** A report that is being asked for. */
export type ReportRequest = {
  readonly reportId: string;
  readonly kind: 'variables' | 'monitors';
  /** By which its parts are known; a positive int32. */
  readonly requestId: number;
  readonly commandId: string;
  /** null: by criteria. */
  readonly base: ReportBase | null;
  /** As it was asked for, to be shown. */
  readonly criteria: Readonly<Record<string, unknown>> | null;
  readonly requestedBy: string;
  readonly waitingNode: string | null;
  /** Until then its command may wait. */
  readonly expiresAt: Date;
};

export type DeviceModelInput = Common & { readonly room: 'device_model' } & (
    | ({ readonly type: 'requested' } & ReportRequest)
    /** All that can be configured, on behalf of a reading of the configuration, which is told how it ended. */
    | { readonly type: 'configuration_wanted'; readonly changeId: string; readonly expiresAt: Date }
    | CommandEnded
    | {
        readonly type: 'report_part';
        readonly requestId: number;
        readonly part: Part;
        readonly kind: 'variables';
        readonly attributes: readonly ToldAttribute[];
      }
    | {
        readonly type: 'report_part';
        readonly requestId: number;
        readonly part: Part;
        readonly kind: 'monitors';
        readonly monitors: readonly ToldMonitor[];
      }
    /** dueAt of a report has passed. */
    | { readonly type: 'overdue'; readonly reportId: string }
    /** Fed by stations: an accepted boot. */
    | { readonly type: 'booted'; readonly firmwareVersion: string | null }
    /** An inventory that the server itself wants is due. */
    | { readonly type: 'inventory_due' }
  );
