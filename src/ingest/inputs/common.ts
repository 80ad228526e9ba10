/**
 * What the inputs of several rooms have in common. Types only.
 * Instants from a charger are `at`: already made sane by the adapter (ocpp/instants.ts), with what was said kept in `rawAt`.
 */
import type { connectorStatuses } from '../../events/index.ts';

export type ConnectorStatus = (typeof connectorStatuses)[number];

/** When a charger says something happened. */
export type ChargerInstant = {
  /** Sane: 2015 .. received + 1 day, else the time of receipt, by the charger's clock as far as that is known. */
  readonly at: Date;
  /** `at` by our clock, where the charger's is measured to be off (ocpp/clock-watch.ts). */
  readonly ours?: Date;
  /** What the charger wrote, cut to 64 characters; undefined: nothing. */
  readonly raw: string | undefined;
  /** False: `at` is the time of receipt because `raw` was absent or implausible. */
  readonly plausible: boolean;
  /** It lies before this connection began: replayed from an offline queue. */
  readonly historical: boolean;
};

/** One reading of several measurands at one instant. Energy register in Wh, power W, current A, voltage V, SoC %. */
export type MeterReading = {
  readonly at: ChargerInstant;
  /** meter/contexts.ts; 'sample_periodic' when the charger does not say. */
  readonly context: string;
  readonly energyWh?: number;
  readonly powerW?: number;
  readonly currentA?: number;
  readonly voltageV?: number;
  readonly socPercent?: number;
  /** Sampled values that have no field above (other measurands, single phases), as the charger said them. */
  readonly extra?: readonly Readonly<Record<string, string | number>>[];
  /** Doubts found while reading the values: unit_missing, kwh_as_wh, … */
  readonly flags?: readonly string[];
};

export type Common = {
  readonly chargePointId: string;
  readonly receivedAt: Date;
  /** Who asks: under the lock the charge point has to be of this organization still, or it is as unknown as one that is gone. */
  readonly onlyFor?: string | undefined;
};
