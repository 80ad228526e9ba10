/** What may be asked of the device model of a station, in the domain's words; OCPP 1.6 has none. Types only. */
import type { MonitoringBase, ReportBase } from '../ingest/inputs.ts';

export const reportCriteria = ['active', 'available', 'enabled', 'problem'] as const;
export const monitoringCriteria = ['threshold', 'delta', 'periodic'] as const;
/** The last two since 2.1. */
export const monitorTypes = [
  'upper_threshold',
  'lower_threshold',
  'delta',
  'periodic',
  'periodic_clock_aligned',
  'target_delta',
  'target_delta_relative',
] as const;

/** A component, or one of its variables. What is not said is meant to be any. */
export type ComponentWish = {
  readonly component: string;
  readonly componentInstance?: string | undefined;
  readonly evseId?: number | undefined;
  readonly connectorId?: number | undefined;
  readonly variable?: string | undefined;
  readonly variableInstance?: string | undefined;
};

export type MonitorWish = {
  /** Replaces the one of this number; absent: a new one. */
  readonly monitorId?: number | undefined;
  /** platform/variable-key.ts */
  readonly key: string;
  readonly type: (typeof monitorTypes)[number];
  readonly value: number;
  readonly severity: number;
  readonly transaction?: boolean | undefined;
  /** 2.1: told as a stream. */
  readonly stream?: { readonly intervalS?: number | undefined; readonly values?: number | undefined } | undefined;
};

/** 2.x NetworkConnectionProfileType, as REST takes it: its words are OCPP's, its names too. */
export type NetworkConnection = Readonly<Record<string, unknown>>;

export type DeviceCommand =
  | { readonly of: 'base_report'; readonly requestId: number; readonly base: ReportBase }
  | {
      readonly of: 'report';
      readonly requestId: number;
      readonly criteria: readonly (typeof reportCriteria)[number][];
      readonly components: readonly ComponentWish[];
    }
  | {
      readonly of: 'monitoring_report';
      readonly requestId: number;
      readonly criteria: readonly (typeof monitoringCriteria)[number][];
      readonly components: readonly ComponentWish[];
    }
  | { readonly of: 'set_monitors'; readonly monitors: readonly MonitorWish[] }
  | { readonly of: 'clear_monitors'; readonly monitorIds: readonly number[] }
  | { readonly of: 'monitoring_base'; readonly base: MonitoringBase }
  | { readonly of: 'monitoring_level'; readonly severity: number }
  | { readonly of: 'list_streams' }
  | {
      readonly of: 'adjust_stream';
      readonly streamId: number;
      readonly intervalS?: number | undefined;
      readonly values?: number | undefined;
    }
  | { readonly of: 'network_profile'; readonly slot: number; readonly connection: NetworkConnection };
