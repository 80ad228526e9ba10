/** Fields that several OCPP 1.6 messages share, read by the same rules. */
import { MOST_INT32, readInteger, readNumber, readText } from '../reading.ts';

/** No charger has more connectors; a larger number is a fault, and would not fit the int2 of meter_samples. */
const MOST_CONNECTORS = 1000;
/** 1 TWh: more than any meter counts. */
const MOST_WH = 1e12;

/** 0 is the charge point itself (OCPP 1.6 §4.9); undefined: not said, negative or absurd. */
export const readConnectorId = (value: unknown): number | undefined => readInteger(value, 0, MOST_CONNECTORS);

/** Ours are positive int32 (§4.8: the Central System supplies it): −1, 0, 2⁶³ and text are none of ours (X3). */
export const readTransactionId = (value: unknown): number | undefined => readInteger(value, 1, MOST_INT32);

/** An IdToken has 20 characters; chargers send 21 (R8) and more. Trimmed (X13), case kept: only comparing ignores it. */
export const readIdTag = (value: unknown): string | undefined => readText(value, 64);

export const readReservationId = (value: unknown): number | undefined => readInteger(value, 1, MOST_INT32);

/** A register in Wh as it stands in StartTransaction and StopTransaction, and what is odd about it. */
export function readRegister(value: unknown): {
  wh: number | undefined;
  oddity: 'missing' | 'invalid' | 'rounded' | undefined;
} {
  if (value === undefined || value === null || value === '') return { wh: undefined, oddity: 'missing' };
  const number = readNumber(value);
  if (number === undefined || number < 0 || number > MOST_WH) return { wh: undefined, oddity: 'invalid' };
  const wh = Math.round(number) + 0;
  return { wh, oddity: wh === number ? undefined : 'rounded' };
}
