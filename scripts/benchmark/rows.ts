/** What every scenario reports, and what it may take. */
export type Row = {
  readonly scenario: string;
  readonly target: 'server' | 'bare' | 'graphile-worker' | 'pg-boss';
  readonly chargers: number;
  readonly messages: number;
  readonly perS: number;
  readonly errors: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly max?: number;
  readonly serverCpuS: number;
  readonly databaseCpuS: number;
  /** Messages per second of CPU of server and PostgreSQL together. */
  readonly perCpuS?: number;
  /** Of 1.6's messages per CPU-second in the same round, median. */
  readonly ofOldPercent?: number;
  /** What other processes used of the machine meanwhile. */
  readonly othersPercent?: number;
  readonly sqlPerMessage?: number;
  readonly kibPerConnection?: number;
  readonly deliveriesPerS?: number;
  readonly note?: string;
};

export type Plan = {
  readonly seconds: number;
  readonly warmupS: number;
  readonly chargers: number;
  readonly idle: number;
  /** Chargers of the boot storm. */
  readonly storm: number;
  readonly sessionsPerS: number;
};

/** A counter of GET /metrics. */
export const STATEMENTS = 'dynamo_sql_statements_total';
export const rounded = (value: number, digits = 0): number => Math.round(value * 10 ** digits) / 10 ** digits;
