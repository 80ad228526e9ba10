/** Fields that several OCPP 2.x messages share, read by the same rules. */
import { folded, isRecord, MOST_INT32, readInteger, readRecord, readText } from '../reading.ts';

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

export const readReservationId = (value: unknown): number | undefined => readInteger(value, 1, MOST_INT32);

/** StatusInfoType in one line; undefined: there is none. */
export function readStatusInfo(value: unknown): string | undefined {
  const said = readRecord(value);
  const parts = [readText(said['reasonCode'], 50), readText(said['additionalInfo'], 1024)];
  return readText(parts.filter((each) => each !== undefined).join(': '), 1100);
}
/** A token as a station names it. */
export type IdToken = {
  /** null: nobody need say who he is (NoAuthorization). '': it is named and cannot be read. */
  readonly uid: string | null;
  /** As it was said: 2.1 leaves it to the station. */
  readonly type: string;
  readonly isTyped: boolean;
  /** 2.1 C18: a payment that the station's own terminal, or we, have authorized. */
  readonly isPayment: boolean;
};

/** IdTokenType; undefined: none came. Trimmed (X13), case kept: only comparing ignores it. */
export function readIdToken(value: unknown): IdToken | undefined {
  if (!isRecord(value)) return undefined;
  const type = readText(value['type'], 20) ?? '';
  const isNobody = folded(type) === 'noauthorization';
  // 36 characters in 2.0.1, 255 in 2.1: never cut, it would be somebody else's.
  const uid = isNobody ? null : (readText(value['idToken'], 255) ?? '');
  return { uid, type, isTyped: folded(type) === 'keycode', isPayment: folded(type) === 'directpayment' };
}

export const readPositive = (value: unknown): number | undefined => readInteger(value, 0, MOST_INT32);

/** transactionId of a station: 36 characters; longer ones are told apart up to 64. */
export const readTransactionId = (value: unknown): string | undefined => readText(value, 64);
