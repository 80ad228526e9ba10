/** What may be asked of the device model of a station, in the domain's words; OCPP 1.6 has none. Types only. */
import type { ReportBase } from '../ingest/inputs.ts';

export const reportCriteria = ['active', 'available', 'enabled', 'problem'] as const;

/** A component, or one of its variables. What is not said is meant to be any. */
export type ComponentWish = {
  readonly component: string;
  readonly componentInstance?: string | undefined;
  readonly evseId?: number | undefined;
  readonly connectorId?: number | undefined;
  readonly variable?: string | undefined;
  readonly variableInstance?: string | undefined;
};

export type DeviceCommand =
  | { readonly of: 'base_report'; readonly requestId: number; readonly base: ReportBase }
  | {
      readonly of: 'report';
      readonly requestId: number;
      readonly criteria: readonly (typeof reportCriteria)[number][];
      readonly components: readonly ComponentWish[];
    };
