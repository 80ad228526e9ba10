/** Monitors and streams as a station tells them. Types only. */

/** One monitor of one variable (2.0.1 VariableMonitoringType). */
export type ToldMonitor = {
  /** Of the variable; the attribute is always Actual. */
  readonly key: string;
  readonly monitorId: number;
  /** upper_threshold | lower_threshold | delta | periodic | periodic_clock_aligned | target_delta | target_delta_relative */
  readonly type: string;
  readonly value: number;
  /** 0 (danger) .. 9 (debug) */
  readonly severity: number;
  /** Only while a transaction runs. */
  readonly transaction: boolean;
  /** As of events; null: 2.0.1 does not say. */
  readonly origin: string | null;
};

/** 2.1 ConstantStreamDataType. */
export type ToldStream = {
  readonly streamId: number;
  readonly monitorId: number;
  readonly intervalS: number | null;
  readonly values: number | null;
};

export type MonitoringBase = 'all' | 'factory_default' | 'hard_wired_only';
