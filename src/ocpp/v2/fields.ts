/** Fields that several OCPP 2.x messages share, read by the same rules. */
import { readInteger, readRecord } from '../reading.ts';

/** No station has more; a larger number is a fault, and would not fit the int2 of meter_samples. */
const MOST_PLACES = 1000;

/** 0 is the whole station; undefined: not said, negative or absurd. */
export const readEvseId = (value: unknown): number | undefined => readInteger(value, 0, MOST_PLACES);
export const readConnectorId = (value: unknown): number | undefined => readInteger(value, 0, MOST_PLACES);

/** EVSEType. Without a connector its first is meant: most EVSEs have no other. */
export function readEvse(value: unknown): { evseId: number; connectorId: number } | undefined {
  const said = readRecord(value);
  const evseId = readEvseId(said['id']);
  if (evseId === undefined) return undefined;
  return { evseId, connectorId: readConnectorId(said['connectorId']) ?? (evseId === 0 ? 0 : 1) };
}
