/** How OCPP 1.6 writes one sampled value (§7.43). The rest is the same in all versions (ocpp/meter-readings.ts). */
import type { ChargerInstant, MeterReading } from '../../ingest/inputs.ts';
import type { Sample } from '../measurands.ts';
import * as shared from '../meter-readings.ts';
import { readNumber, readText } from '../reading.ts';

/** Signed values (OCMF and the like) are proof for the driver: not to be cut at a column's width. */
const SIGNED_LENGTH = 16_384;
const VALUE_LENGTH = 500;

export const readMeterValues = (meterValue: unknown, instant: (raw: unknown) => ChargerInstant): MeterReading[] =>
  shared.readMeterValues(meterValue, instant, readSample);

function readSample(said: Readonly<Record<string, unknown>>): Sample | undefined {
  const signed = readText(said['format'], 50)?.toLowerCase() === 'signeddata';
  const raw = readText(said['value'], signed ? SIGNED_LENGTH : VALUE_LENGTH);
  if (raw === undefined) return undefined;
  return {
    measurand: shared.measurandOf(said['measurand'] ?? said['mesurand']), // so spelt by a maker's firmware, also in its manual
    value: signed ? undefined : readNumber(said['value']),
    raw,
    unit: readText(said['unit'], 20),
    phase: readText(said['phase'], 20),
    location: readText(said['location'], 20),
    signed,
  };
}
