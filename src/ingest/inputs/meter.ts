/** Meter readings to be kept. Types only. */
import type { Common, MeterReading } from './common.ts';

/** Readings to be kept, fed by sessions. */
export type MeterInput = Common & {
  readonly room: 'meter';
  readonly type: 'sampled';
  readonly evseId: number;
  readonly connectorId: number;
  readonly transactionId: number | null;
  readonly readings: readonly MeterReading[];
};
