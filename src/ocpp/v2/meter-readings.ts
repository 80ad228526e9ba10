/**
 * How OCPP 2.x writes one sampled value (SampledValueType): a number with a power of ten beside its unit, and perhaps the same
 * value signed, which is proof for the driver and kept whole. The rest is shared by all versions (ocpp/meter-readings.ts).
 */
import type { ChargerInstant, MeterReading } from '../../ingest/inputs.ts';
import type { Sample } from '../measurands.ts';
import * as shared from '../meter-readings.ts';
import { isRecord, readInteger, readNumber, readRecord, readText } from '../reading.ts';

const VALUE_LENGTH = 500;
/** SignedMeterValueType.signedMeterData: 2,500 characters in 2.0.1, 32,768 in 2.1. */
const SIGNED_LENGTH = 32_768;
const KEY_LENGTH = 2_500;
/** Beyond this no power of ten is one of a meter. */
const MOST_EXPONENT = 12;

export const readMeterValues = (meterValue: unknown, instant: (raw: unknown) => ChargerInstant): MeterReading[] =>
  shared.readMeterValues(meterValue, instant, readSample);

function readSample(said: Readonly<Record<string, unknown>>): Sample | undefined {
  const raw = readText(said['value'], VALUE_LENGTH);
  const signature = signatureOf(said['signedMeterValue']);
  if (raw === undefined && signature === undefined) return undefined;
  const unitOfMeasure = readRecord(said['unitOfMeasure']);
  const exponent = readInteger(unitOfMeasure['multiplier'], -MOST_EXPONENT, MOST_EXPONENT) ?? 0;
  const value = readNumber(said['value']);
  return {
    measurand: shared.measurandOf(said['measurand']),
    value: value === undefined ? undefined : scaled(value, exponent),
    raw: raw ?? '',
    unit: readText(unitOfMeasure['unit'], 20),
    phase: readText(said['phase'], 20),
    location: readText(said['location'], 20),
    signed: raw === undefined,
    ...(exponent !== 0 && { exponent }),
    ...(signature !== undefined && { signature }),
  };
}

/** By the decimal point and not by a multiplication: 1.1 × 10³ is 1100. */
const scaled = (value: number, exponent: number): number => (exponent === 0 ? value : shifted(value, exponent));
function shifted(value: number, exponent: number): number {
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  return Number(`${mantissa}e${Number(power) + exponent}`);
}

function signatureOf(value: unknown): Record<string, string> | undefined {
  if (!isRecord(value)) return undefined;
  const data = readText(value['signedMeterData'], SIGNED_LENGTH);
  if (data === undefined) return undefined;
  const signature: Record<string, string> = { signed_data: data };
  const fields = { signing_method: 'signingMethod', encoding_method: 'encodingMethod', public_key: 'publicKey' };
  for (const [name, field] of Object.entries(fields)) {
    const text = readText(value[field], KEY_LENGTH);
    if (text !== undefined) signature[name] = text;
  }
  return signature;
}
